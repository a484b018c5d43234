/*
 * orgs.h: the rows of organizations.
 */
#ifndef STORE_ORGS_H
#define STORE_ORGS_H

#include "base/page.h"
#include "base/work.h"

struct org {
	const char *id, *name;
	int64_t epoch, personal_enabled, personal_max_days, machine_max_days, space_never_allowed, created_at;
};

/* What a verdict needs of it, and the gate's account may read. */
struct org_brief {
	const char *id, *name;
	int64_t epoch;
};

/* An organization and the role somebody has in it. */
struct org_role {
	const char *id, *name, *role;
	int64_t created_at;
};

enum fault orgs_insert(struct work *, const char *id, const char *name);
/* One that is not deleted; FAULT_NOT_FOUND otherwise. */
enum fault orgs_get(struct work *, const char *id, struct org *);
enum fault orgs_brief(struct work *, const char *id, struct org_brief *);
enum fault orgs_epoch(struct work *, const char *id, int64_t *epoch);
/* unproven: without those that are closed to such a session. */
enum fault orgs_of_user(struct work *, const char *user_id, bool unproven, const struct page *,
    struct org_role **, size_t *n);
/* All of the installation, for the operator. */
enum fault orgs_all(struct work *, const struct page *, struct org **, size_t *n);
enum fault orgs_rename(struct work *, const char *id, const char *name);
enum fault orgs_set_policy(struct work *, const struct org *);
enum fault orgs_delete(struct work *, const char *id);
/*
 * Wait until nobody else is changing anything of it, and keep others out until
 * the transaction ends; FAULT_NOT_FOUND if it is gone.  Its epoch is then this.
 */
enum fault orgs_lock(struct work *, const char *id, int64_t *epoch);
/* The same beside others who ask for this: nobody changes it meanwhile. */
enum fault orgs_share(struct work *, const char *id, int64_t *epoch);
/* Whatever anybody remembers of this organization's keys counts for nothing from now on. */
enum fault orgs_bump_epoch(struct work *, const char *id);

#endif
