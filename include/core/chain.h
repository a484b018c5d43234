/*
 * chain.h: the chain of an organization's events, which shows that none of them
 * was changed, taken out or put in later.
 *
 * The hash of an event is SHA-256 over the hash before it (32 zero bytes at the
 * start) and the event as text: one "name=value" a line, or the name alone where
 * there is no value.  Where the chain ends, and where it begins once old events
 * are gone, is recorded and signed with the installation's own secret.
 */
#ifndef CORE_CHAIN_H
#define CORE_CHAIN_H

#include "base/secret.h"
#include "store/audit.h"

/* --- the keeper's part; each outside of a transaction --- */

/*
 * Give the events that are new their places.  An organization whose chain is not
 * what it should be is left alone, and told of in the log; the others go on.
 */
enum fault chain_seal(struct work *);
/* Forget some of the events from before this time; *more: there are others. */
enum fault chain_forget(struct work *, int64_t before, bool *more);

/* --- looking at it --- */

struct chain_problem {
	int64_t event, place; /* 0: none, or not known */
	const char *what;
};

#define CHAIN_PROBLEMS 100

/* A place and its hash that somebody has noted; place 0: nothing. */
struct chain_known {
	int64_t place;
	uint8_t hash[SECRET_SIZE];
};

/* Nothing here lies in the arena. */
struct chain_report {
	int64_t first, last; /* places; last < first: there are no events */
	int64_t unsealed;
	uint8_t hash[SECRET_SIZE]; /* of the last */
	struct chain_problem problem[CHAIN_PROBLEMS];
	size_t problems; /* told or not */
};

/*
 * Compare every event with its chain, outside of a transaction, beside the
 * service: the arena is emptied in between.  FAULT_NONE, whatever was found.
 */
enum fault chain_check(struct work *, const char *org_id, const struct chain_known *, struct chain_report *);

/*
 * The operator takes the chain as it is, from here on: it is signed with the
 * secret of today, and an event says so.  In a transaction.  FAULT_NOT_FOUND: it
 * has no events.
 */
enum fault chain_sign(struct work *, const char *org_id);

/* --- for the rooms chain_* --- */

/* An event as the text its hash is made of. */
struct str chain_text(struct work *, const struct event *);
void chain_hash(struct work *, struct str prev, const struct event *, uint8_t hash[static SECRET_SIZE]);
/* Before the first event. */
struct str chain_zero(void);
/* What stands for the end and the beginning; the texts lie in the arena. */
struct str chain_signature(struct work *, const char *org_id, const struct audit_chain *);
bool chain_is_signed(struct work *, const char *org_id, const struct audit_chain *);
/* The end of the chain for changing it; a new one if there was none.  FAULT_CONFLICT: it is not right. */
enum fault chain_take(struct work *, const char *org_id, struct audit_chain *);
/* Write it with its signature. */
enum fault chain_put(struct work *, const char *org_id, struct audit_chain *);

#endif
