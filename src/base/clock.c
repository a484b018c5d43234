/*
 * clock.c: instants and their texts (RFC 3339).  Only UTC; no local time and no
 * daylight saving anywhere.
 */
#include "config.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/shared.h"

#ifdef TESTING
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#define FIRST	INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define LAST	INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define STEP_MS 60000		      /* more than that is no correction of a clock that runs */

/* What all processes of a service know of the time. */
static struct {
	_Atomic int64_t lead; /* of the system's clock over the time since boot, the greatest there was */
	_Atomic int64_t stepped_at; /* of the time since boot; 0: never */
} * held;

static int64_t
milliseconds(clockid_t which)
{
	struct timespec t;

	(void)clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#ifdef TESTING
/*
 * For tests: the file named in the environment holds by how many seconds the
 * system's clock is wrong, as an int64_t, and may be written at any time.
 */
static int64_t
shift_ms(void)
{
	static const _Atomic int64_t none;
	static const _Atomic int64_t *shift;
	const char *path;
	int fd;

	if (shift == NULL) {
		path = getenv("CLAVIGER_TEST_CLOCK");
		fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
		shift = fd < 0 ? &none : mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, fd, 0);
		if (shift == MAP_FAILED)
			abort();
		if (fd >= 0)
			(void)close(fd);
	}
	return atomic_load_explicit(shift, memory_order_relaxed) * 1000;
}
#else
#define shift_ms() 0
#endif

static int64_t
system_ms(void)
{
	return milliseconds(CLOCK_REALTIME) + shift_ms();
}

/* The greatest lead there was; this one, if it is greater. */
static int64_t
raise_lead(int64_t lead, int64_t since_boot)
{
	int64_t most = atomic_load_explicit(&held->lead, memory_order_relaxed);

	while (lead > most) {
		if (!atomic_compare_exchange_weak_explicit(&held->lead, &most, lead, memory_order_relaxed,
			memory_order_relaxed))
			continue;
		if (most != INT64_MIN && lead - most > STEP_MS)
			atomic_store_explicit(&held->stepped_at, since_boot, memory_order_relaxed);
		return lead;
	}
	return most;
}

int64_t
clock_real_ms(void)
{
	/* In this order: whatever comes in between makes the lead smaller, never too great. */
	int64_t system = system_ms(), since_boot = milliseconds(CLOCK_BOOTTIME);

	return held == NULL ? system : since_boot + raise_lead(system - since_boot, since_boot);
}

void
clock_hold(void)
{
	held = shared_take(sizeof *held);
	clock_follow();
}

void
clock_follow(void)
{
	atomic_store_explicit(&held->lead, INT64_MIN, memory_order_relaxed);
	atomic_store_explicit(&held->stepped_at, 0, memory_order_relaxed);
}

int64_t
clock_ahead_ms(void)
{
	int64_t ours = clock_real_ms(), ahead = ours - system_ms();

	return ahead > 0 ? ahead : 0;
}

bool
clock_steady(int64_t ms)
{
	int64_t at = held == NULL ? 0 : atomic_load_explicit(&held->stepped_at, memory_order_relaxed);

	return at == 0 || milliseconds(CLOCK_BOOTTIME) - at > ms;
}

int64_t
clock_now(void)
{
	return clock_real_ms() / 1000;
}

int64_t
clock_ms(void)
{
	return milliseconds(CLOCK_MONOTONIC);
}

void
clock_text(int64_t at, char text[static CLOCK_TEXT_SIZE])
{
	time_t t = (time_t)at;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year + 1900 > 9999 || tm.tm_year + 1900 < 0)
		tm = (struct tm){ .tm_year = 9999 - 1900, .tm_mon = 11, .tm_mday = 31 };
	(void)strftime(text, CLOCK_TEXT_SIZE, "%04Y-%m-%dT%H:%M:%SZ", &tm);
}

/* Exactly n digits at the front of *s, within low..high. */
static bool
digits(struct str *s, size_t n, int low, int high, int *value)
{
	int64_t v;

	if (s->n < n || s->s[0] == '-' || !str_int((struct str){ s->s, n }, &v) || v < low || v > high)
		return false;
	*value = (int)v;
	*s = str_from(*s, n);
	return true;
}

static bool
mark(struct str *s, const char *set)
{
	if (s->n == 0 || !str_only((struct str){ s->s, 1 }, set))
		return false;
	*s = str_from(*s, 1);
	return true;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Seconds east of UTC: "Z", "+02:00", "-00:30"; nothing may follow. */
static bool
parse_zone(struct str s, int64_t *offset)
{
	int h, m;
	bool west;

	*offset = 0;
	if (str_is(s, "Z") || str_is(s, "z"))
		return true;
	west = s.n > 0 && s.s[0] == '-';
	if (!mark(&s, "+-") || !digits(&s, 2, 0, 23, &h) || !mark(&s, ":") || !digits(&s, 2, 0, 59, &m) ||
	    s.n > 0)
		return false;
	*offset = (west ? -1 : 1) * (h * 3600 + m * 60);
	return true;
}

static bool
parse_time(struct str s, struct tm *tm, int64_t *offset)
{
	if (!mark(&s, "Tt ") || !digits(&s, 2, 0, 23, &tm->tm_hour) || !mark(&s, ":") ||
	    !digits(&s, 2, 0, 59, &tm->tm_min) || !mark(&s, ":") || !digits(&s, 2, 0, 60, &tm->tm_sec))
		return false;
	if (mark(&s, ".")) {
		if (!mark(&s, "0123456789"))
			return false;
		while (mark(&s, "0123456789"))
			;
	}
	return parse_zone(s, offset);
}

bool
clock_parse(struct str s, int64_t *at)
{
	struct tm tm = { .tm_hour = 23, .tm_min = 59, .tm_sec = 59 };
	int64_t offset = 0, instant;
	int year, month, day;

	if (!digits(&s, 4, 0, 9999, &year) || !mark(&s, "-") || !digits(&s, 2, 1, 12, &month) ||
	    !mark(&s, "-") || !digits(&s, 2, 1, days_in(year, month), &day))
		return false;
	if (s.n > 0 && !parse_time(s, &tm, &offset))
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	instant = (int64_t)timegm(&tm) - offset;
	/* An offset may lead out of the years that can be written. */
	if (instant < FIRST || instant > LAST)
		return false;
	*at = instant;
	return true;
}

bool
clock_parse_start(struct str s, int64_t *at)
{
	if (!clock_parse(s, at))
		return false;
	if (s.n == CLOCK_DATE_LENGTH)
		*at -= CLOCK_DAY - 1;
	return true;
}

int64_t
clock_add_months(int64_t at, int months)
{
	time_t t = (time_t)at;
	struct tm tm;
	int total, last;

	(void)gmtime_r(&t, &tm);
	/* From 1900 on, so that going back stays above zero as well. */
	total = tm.tm_year * 12 + tm.tm_mon + months;
	tm.tm_year = total / 12;
	tm.tm_mon = total % 12;
	last = days_in(tm.tm_year + 1900, tm.tm_mon + 1);
	if (tm.tm_mday > last)
		tm.tm_mday = last;
	return (int64_t)timegm(&tm);
}
