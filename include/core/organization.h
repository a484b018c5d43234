/*
 * organization.h: making, changing and ending organizations, and their policy.
 */
#ifndef CORE_ORGANIZATION_H
#define CORE_ORGANIZATION_H

#include "base/given.h"
#include "base/work.h"
#include "store/orgs.h"

struct organization_wish {
	struct given_text name;
};

struct policy_wish {
	struct given_flag personal_tokens_enabled, space_never_allowed;
	struct given_int personal_max_days, machine_max_days;
};

/* The user becomes its first admin. */
enum fault organization_create(struct work *, const struct organization_wish *, const char *admin_user_id,
    struct org *);
enum fault organization_rename(struct work *, const char *org_id, const struct organization_wish *,
    struct org *);
/* Its keys are dead with it. */
enum fault organization_delete(struct work *, const char *org_id);
/* The policy as it would be with this wish; FAULT_BAD_FIELD. */
enum fault organization_wished(struct work *, const struct policy_wish *, struct org *);
enum fault organization_set_policy(struct work *, const char *org_id, const struct policy_wish *,
    struct org *);

#endif
