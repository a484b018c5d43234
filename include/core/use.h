/*
 * use.h: how often keys were used on each of the last days, as people look at it.
 */
#ifndef CORE_USE_H
#define CORE_USE_H

#include "base/work.h"

#define USE_DAYS     30 /* with today, in UTC */
#define USE_KEYS_MAX 200

struct use_days {
	int64_t first; /* the oldest of the days: its number since 1970-01-01 */
	int64_t uses[USE_DAYS];
};

/* Of a key the actor may see; FAULT_NOT_FOUND otherwise. */
enum fault use_of_key(struct work *, const char *id, struct use_days *);
/* Of at most USE_KEYS_MAX keys of the actor's organization that were read just now: one for each, in the arena. */
enum fault use_of_keys(struct work *, const char *const *ids, size_t n, struct use_days **);

#endif
