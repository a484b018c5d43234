/*
 * machine_access.h: what a machine reaches: its direct assignments, and the
 * role that comes of them and its teams.
 */
#ifndef CORE_MACHINE_ACCESS_H
#define CORE_MACHINE_ACCESS_H

#include "base/work.h"
#include "core/grant.h"

struct assignment {
	const char *resource_id, *name, *role;
	const char *effective_role;
};

/* FAULT_NOT_FOUND if there is no such machine. */
enum fault machine_assignments(struct work *, const char *machine_id, struct assignment **, size_t *n);

/* A direct assignment to a source, with a role; FAULT_NOT_FOUND for any other resource. */
enum fault machine_assign(struct work *, const char *machine_id, const char *resource_id,
    const struct grant_wish *);

#endif
