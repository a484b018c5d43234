/*
 * grants.h: the rows of roles on resources.
 */
#ifndef STORE_GRANTS_H
#define STORE_GRANTS_H

#include "base/work.h"

#define GRANTS_MAX 10000 /* roles of one subject that are looked at */

/* Who gets a role; at most one of the three is not NULL, none: everyone. */
struct grant_subject {
	const char *team_id, *membership_id, *machine_id;
};

/* A role on a resource as a list shows it. */
struct grant {
	const char *subject_id; /* of the user, team or machine, or "everyone" */
	const char *type, *name, *role;
	int64_t granted_at;
};

/* A role somebody has, and by what. */
struct grant_of {
	const char *resource_id, *role, *via;
};

/* A direct role of a machine on a resource. */
struct grant_on {
	const char *resource_id, *name, *role;
};

enum fault grants_on(struct work *, const char *org, const char *resource_id, struct grant **, size_t *n);
/* Direct, by teams, and to everyone. */
enum fault grants_of_member(struct work *, const char *org, const char *membership_id, struct grant_of **,
    size_t *n);
/* Direct and by teams only: never what everyone has. */
enum fault grants_of_machine(struct work *, const char *org, const char *machine_id, struct grant_of **,
    size_t *n);
enum fault grants_direct_of_machine(struct work *, const char *org, const char *machine_id,
    struct grant_on **, size_t *n);
/* The one role that is granted to this subject itself; FAULT_NOT_FOUND. */
enum fault grants_role(struct work *, const char *org, const char *resource_id, const struct grant_subject *,
    const char **role);
enum fault grants_set(struct work *, const char *org, const char *resource_id, const struct grant_subject *,
    const char *role);
enum fault grants_remove(struct work *, const char *org, const char *resource_id,
    const struct grant_subject *, int64_t *changed);

#endif
