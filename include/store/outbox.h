/*
 * outbox.h: the rows of messages: those that are to be sent, and those that were.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "base/work.h"

/* No lease and no pause before another attempt is longer; seconds. */
#define OUTBOX_AHEAD_MAX (7 * 3600)
#define OUTBOX_ERROR_MAX 300  /* characters */
#define OUTBOX_TIDIED	 1000 /* at once */

struct message {
	const char *id, *template, *user_id, *org_id, *key_id;
	int64_t expires_at, days; /* of the reminder, if there is a key */
	struct str sealed;	  /* STR_NONE: nothing more to tell */
	const char *state;
	int64_t attempts, created_at, next_at, good_until;
	const char *last_error;
	const char *email, *name; /* of the person; only read */
};

enum fault outbox_insert(struct work *, const struct message *);
/*
 * Those whose time has come, at most max: that wait, or that somebody began to
 * send and never ended.  A time too far ahead was set by a clock that was wrong.
 */
enum fault outbox_due(struct work *, size_t max, struct message **, size_t *n);
/* All that wait or are being sent, by their ids. */
enum fault outbox_waiting(struct work *, const char *after_id, size_t max, struct message **, size_t *n);
/* How many about this key by this template there are since then. */
enum fault outbox_recent(struct work *, const char *org, const char *key_id, const char *template,
    int64_t since, int64_t *n);
enum fault outbox_count(struct work *, int64_t *n);
/*
 * Take it to send it, until w->now + lease.  *taken: false if another did, or if
 * it is not as it was read any more.
 */
enum fault outbox_take(struct work *, struct message *, int64_t lease, bool *taken);
/* Whoever took it puts it back, to be tried at `at`; why may be NULL.  Nothing if another has it now. */
enum fault outbox_put_back(struct work *, const struct message *, int64_t attempts, int64_t at,
    const char *why);
/* The end of one: "sent", "failed" or "dropped".  What it told is wiped. */
enum fault outbox_end(struct work *, const char *id, const char *state, const char *why);
/* The end of those that were good until before then and are not sent; at most so many, *n of them. */
enum fault outbox_drop_late(struct work *, int64_t before, int64_t at_most, int64_t *n);
/* Those that ended before. */
enum fault outbox_forget(struct work *, int64_t before, int64_t at_most, int64_t *n);

#endif
