/*
 * reminders.h: the rows of what is to be said, and has been said, about the ends
 * of keys.
 */
#ifndef STORE_REMINDERS_H
#define STORE_REMINDERS_H

#include "base/work.h"

/* A key with what a reminder of its end needs to know. */
struct ending_key {
	const char *org_id, *id, *kind, *name, *prefix, *membership_id, *machine_id;
	int64_t created_at, renewed_at, expires_at, ended_at, last_used_at;
	const char *org_name;
	int64_t personal_enabled, org_deleted_at;
	const char *user_id;
	int64_t left_at;
	const char *machine_name;
	int64_t machine_deleted_at;
};

/* Where a look through the keys of one reminder stands. */
struct reminder_place {
	int64_t days;	   /* the reminder */
	int64_t after, to; /* keys that end after this second, up to that one */
	int64_t at;	   /* the last one seen: when it ends, */
	const char *id;	   /* and which it is; "": none yet */
	int64_t believed;  /* what was noted later than this was noted by a wrong clock */
};

struct recipient {
	const char *user_id, *email, *name, *role;
};

/*
 * Living keys of the place that have not had this reminder or a later one, at
 * most max of them in the order of their ends.
 */
enum fault reminders_due(struct work *, const struct reminder_place *, size_t max, struct ending_key **,
    size_t *n);
/* FAULT_NOT_FOUND. */
enum fault reminders_key(struct work *, const char *org, const char *id, struct ending_key *);
/*
 * Note one.  *first: nobody did before, or only by a clock that was wrong (see
 * struct reminder_place).
 */
enum fault reminders_note(struct work *, const struct ending_key *, int64_t days, int64_t believed,
    bool *first);
/* FAULT_NO_ROW before the first look. */
enum fault reminders_since(struct work *, int64_t *since);
enum fault reminders_set_since(struct work *, int64_t since);

/* The admins an organization has now, at most max. */
enum fault reminders_admins(struct work *, const char *org, size_t max, struct recipient **, size_t *n);
/* A member an organization has now; FAULT_NOT_FOUND. */
enum fault reminders_member(struct work *, const char *org, const char *user_id, struct recipient *);

#endif
