/*
 * key_days.h: how often keys were used, a row for each key and day.
 *
 * A day is a number: days in UTC since 1970-01-01.
 */
#ifndef STORE_KEY_DAYS_H
#define STORE_KEY_DAYS_H

#include "base/work.h"

struct key_day {
	const char *key_id;
	int64_t day, uses;
};

/* So many uses more on that day. */
enum fault key_days_add(struct work *, const char *org, const char *key_id, int64_t day, int64_t uses);
/* The same for many: JSON, a list of {o: org, k: key, u: [{d: day, n: uses}]}. */
enum fault key_days_add_many(struct work *, struct str uses);
/* Those of keys whose ids are in a JSON list, from one day to another; at most max rows. */
enum fault key_days_of(struct work *, const char *org, struct str ids, int64_t first, int64_t last,
    size_t max, struct key_day **, size_t *n);
/* Days before this one, at most `most` rows of them; *gone is how many these were. */
enum fault key_days_forget(struct work *, int64_t before, int64_t most, int64_t *gone);

#endif
