/*
 * clock.h: instants as Unix seconds in UTC, and their text forms.
 *
 * Texts are RFC 3339 with Z.  Days are 86,400 seconds; months are calendar
 * months, clamped to the end of the month (31 August and 6 months: 28 or 29
 * February).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#define CLOCK_TEXT_SIZE 21 /* 2026-11-22T03:32:45Z and NUL */
#define CLOCK_DAY	86400

/* Seconds since the epoch, now. */
int64_t clock_now(void);
/* Milliseconds that never go backwards; only differences mean anything. */
int64_t clock_ms(void);
/* Milliseconds of the same clock as clock_now. */
int64_t clock_real_ms(void);

/*
 * From here on the time of this process and of those it forks is one, and never
 * goes back: where the system's clock is set back, it goes on from where it was,
 * so that nothing that has ended lives again.  Until clock_follow.
 */
void clock_hold(void);
/* Whoever looks after the system says that its clock is right. */
void clock_follow(void);
/* How far our time is ahead of the system's clock since that was set back. */
int64_t clock_ahead_ms(void);
/* The system's clock was not set forward by more than a minute in the last ms milliseconds. */
bool clock_steady(int64_t ms);

/* Writes CLOCK_TEXT_SIZE bytes.  Years 0 to 9999. */
void clock_text(int64_t at, char text[static CLOCK_TEXT_SIZE]);

/*
 * RFC 3339 date-time with Z or an offset, or a bare date, which means through
 * 23:59:59 of that day.  Fractions of a second are cut off.  What lies outside of the years
 * 0 to 9999, by its offset or its leap second, is none.
 */
bool clock_parse(struct str, int64_t *at);
/* The same where something begins: a bare date is the first second of its day. */
bool clock_parse_start(struct str, int64_t *at);
#define CLOCK_DATE_LENGTH 10 /* 2026-11-22 */

int64_t clock_add_months(int64_t at, int months);

#endif
