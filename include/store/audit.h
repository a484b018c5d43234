/*
 * audit.h: the rows of what happened, and where the chain of each organization ends.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "base/work.h"

struct event {
	int64_t id, at;
	int64_t place; /* in its chain; 0: it has none yet */
	const char *org_id, *action, *actor_type, *actor_id, *key_id, *target_id, *address, *request_id;
	const char *before_change, *after_change;
	struct str prev, hash;
};

struct event_filter {
	int64_t before_id; /* 0: from the newest */
	int64_t since, limit;
	const char *actor_id, *key_id, *action; /* NULL: any */
};

/* Where an event is. */
struct event_place {
	int64_t id, place;
	struct str hash;
};

struct audit_chain {
	int64_t place, gone_place; /* of the last event; of the last that is gone */
	struct str hash, gone_hash, signature;
};

struct audit_org {
	const char *id;
};

/* at == 0: now. */
enum fault audit_insert(struct work *, const struct event *);
/* One for each of a list, JSON: {t: target, b: before as a text}. */
enum fault audit_insert_many(struct work *, const struct event *, struct str targets);
/* One for each organization the user is in; org_id is not looked at. */
enum fault audit_insert_of_user(struct work *, const char *user_id, const struct event *);
/* Newest first. */
enum fault audit_page(struct work *, const char *org, const struct event_filter *, struct event **,
    size_t *n);
/* Oldest first: those after a place of the chain up to another; and those that have no place yet. */
enum fault audit_sealed(struct work *, const char *org, int64_t after, int64_t last, size_t max,
    struct event **, size_t *n);
enum fault audit_unsealed(struct work *, const char *org, int64_t after_id, size_t max, struct event **,
    size_t *n);
enum fault audit_count_unsealed(struct work *, const char *org, int64_t *n);
/* FAULT_TAKEN if something else is at this place; FAULT_TRY_AGAIN if the event has one already. */
enum fault audit_seal(struct work *, int64_t id, int64_t place, struct str prev, struct str hash);
/* An event that lies outside of what its chain says it has; FAULT_NOT_FOUND: none. */
enum fault audit_stray(struct work *, const char *org, struct event_place *);

/* The end of an organization's chain; FAULT_NOT_FOUND before the first. */
enum fault audit_chain(struct work *, const char *org, struct audit_chain *);
/* The same, and nobody else changes it in this transaction. */
enum fault audit_chain_lock(struct work *, const char *org, struct audit_chain *);
/* Make it or change it. */
enum fault audit_chain_set(struct work *, const char *org, const struct audit_chain *);
/* Organizations, dead ones too, in the order of their ids: all, with unsealed events, with events to forget. */
enum fault audit_orgs(struct work *, const char *after, size_t max, struct audit_org **, size_t *n);
enum fault audit_orgs_unsealed(struct work *, const char *after, size_t max, struct audit_org **, size_t *n);
enum fault audit_orgs_old(struct work *, int64_t before, size_t max, struct audit_org **, size_t *n);

/* Is or was there such an organization? */
enum fault audit_org_is(struct work *, const char *org, bool *);

/* The first event after a place that must not be forgotten yet; FAULT_NOT_FOUND: all may. */
enum fault audit_first_kept(struct work *, const char *org, int64_t after, int64_t before,
    struct event_place *);
/* The last event that has no higher place, whatever the chain says; FAULT_NOT_FOUND: none has. */
enum fault audit_at_most(struct work *, const char *org, int64_t place, struct event_place *);
/* Events up to a place, which is old enough. */
enum fault audit_forget(struct work *, const char *org, int64_t place, int64_t *gone);

#endif
