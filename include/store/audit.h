/*
 * audit.h: the rows of what happened.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "base/work.h"

struct event {
	int64_t id, at;
	const char *org_id, *action, *actor_type, *actor_id, *key_id, *target_id, *address, *request_id;
	const char *before_change, *after_change;
	struct str prev, hash;
};

struct event_filter {
	int64_t before_id; /* 0: from the newest */
	int64_t since, limit;
	const char *actor_id, *key_id, *action; /* NULL: any */
};

enum fault audit_insert(struct work *, const struct event *);
/* Newest first. */
enum fault audit_page(struct work *, const char *org, const struct event_filter *, struct event **,
    size_t *n);
/* Events that have no place in their chain yet, oldest first, over all organizations. */
enum fault audit_unsealed(struct work *, size_t max, struct event **, size_t *n);
/* The end of an organization's chain: 0 and STR_NONE before the first. */
enum fault audit_end(struct work *, const char *org, int64_t *place, struct str *hash);
/* FAULT_TAKEN if somebody else has sealed at this place. */
enum fault audit_seal(struct work *, int64_t id, int64_t place, struct str prev, struct str hash);

#endif
