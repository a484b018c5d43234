/*
 * reminder.h: mail about keys that end: 30, 7 and 1 days before, and once after.
 *
 * A reminder belongs to an end: a key whose end is moved begins anew.  One that
 * is not shorter than what the key was given to live is left out.  When several
 * are due, as after a long pause or a jump of the clock, only the most urgent is
 * said, and none of the milder ones later.
 */
#ifndef CORE_REMINDER_H
#define CORE_REMINDER_H

#include "core/id.h"
#include "store/reminders.h"

#define REMINDER_NONE (-1)

/*
 * The reminder that is due: how many days before the end it is meant for, 0 once
 * it is over, or REMINDER_NONE.  set_at is when the end was set.
 */
int64_t reminder_due(int64_t set_at, int64_t expires_at, int64_t now);

/*
 * Is it still right to say it?  False for a key that is ended, has another end
 * now, belongs to nobody any more or is of a kind that does not count, and when
 * a more urgent one is due.
 */
bool reminder_stands(const struct ending_key *, int64_t expires_at, int64_t days, int64_t now);

struct reminder {
	struct ending_key key;
	int64_t days;
};

/* Which template says it. */
const char *reminder_template(int64_t days);

/* A look through all that is due. */
struct reminder_look {
	int64_t since, now;
	size_t window; /* which of the reminders, the most urgent first */
	struct reminder_place place;
	char id[ID_MAX + 1];
};

enum fault reminder_look(struct work *, struct reminder_look *);
/* Some more, in the arena, which may be reset before; *n == 0: these were all. */
enum fault reminder_next(struct work *, struct reminder_look *, struct reminder **, size_t *n);

/* The owner, or all admins where the owner is no person. */
enum fault reminder_recipients(struct work *, const struct ending_key *, struct recipient **, size_t *n);

/*
 * Put all that is due into the outbox, one row for each person, each key in a
 * transaction of its own; *n of them.  Resets the arena.
 */
enum fault reminder_post_all(struct work *, size_t *n);

#endif
