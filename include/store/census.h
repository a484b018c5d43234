/*
 * census.h: how much there is of what, in the whole installation or one organization.
 */
#ifndef STORE_CENSUS_H
#define STORE_CENSUS_H

#include "base/work.h"

/* Keys of one kind: by their state, and those of the active that end within so many days. */
struct key_count {
	const char *kind;
	int64_t active, expired, revoked, in_1, in_7, in_30;
};

/* Keys are counted in so many slices, as each statement must be short. */
#define CENSUS_SLICES 64

enum fault census_keys(struct work *, unsigned slice, struct key_count **, size_t *n);
enum fault census_keys_of_org(struct work *, const char *org, struct key_count **, size_t *n);
/* When the oldest mail that waits was posted, and the oldest event that is not sealed happened; 0: none. */
enum fault census_oldest(struct work *, int64_t *mail, int64_t *event);

#endif
