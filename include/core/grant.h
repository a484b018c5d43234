/*
 * grant.h: roles on resources.
 */
#ifndef CORE_GRANT_H
#define CORE_GRANT_H

#include "base/given.h"
#include "base/work.h"

struct grant_wish {
	struct given_text role;
};

/* The resource may be the organization itself. */
enum fault grant_set(struct work *, const char *resource_id, const char *subject_id,
    const struct grant_wish *);
enum fault grant_remove(struct work *, const char *resource_id, const char *subject_id);

#endif
