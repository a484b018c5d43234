/*
 * organization.c: making, changing and ending organizations.
 */
#include "core/organization.h"

#include "core/change.h"
#include "core/id.h"
#include "core/member.h"
#include "core/name.h"
#include "core/standing.h"
#include "core/tell.h"
#include "core/type.h"
#include "store/members.h"
#include "store/resources.h"

/* The days a cap may have; the same as a personal token may be asked for. */
static const int64_t caps[] = { 30, 90, 180, 365 };

/* Who makes an organization has just shown to be there; whom the operator names may not be. */
static enum fault
first_admin(struct work *w, const char *org_id, const char *user_id)
{
	struct user u;
	bool awaits = false;
	enum fault f;

	if (w->actor == NULL || w->actor->owner == OWNER_OPERATOR) {
		if ((f = users_get(w, user_id, &u)) != FAULT_NONE)
			return f;
		awaits = member_awaits(&u, org_id);
	}
	return members_insert(w, org_id, id_make(w, "mem_"), user_id, "admin", awaits);
}

enum fault
organization_create(struct work *w, const struct organization_wish *wish, const char *admin_user_id,
    struct org *o)
{
	const char *name, *id = id_make(w, type_of(TYPE_ORGANIZATION)->id_prefix);
	struct resource self;
	enum fault f;

	if ((f = name_check(w, "name", &wish->name, &name)) != FAULT_NONE)
		return f;
	/* The organization is a resource too: roles on it are grants like any other. */
	self = (struct resource){ .id = id,
		.type = type_of(TYPE_ORGANIZATION)->name,
		.name = name,
		.created_by = actor_id(w) };
	if ((f = orgs_insert(w, id, name)) != FAULT_NONE ||
	    (f = resources_insert(w, id, &self)) != FAULT_NONE)
		return f;
	if (admin_user_id != NULL && (f = first_admin(w, id, admin_user_id)) != FAULT_NONE)
		return f;
	if ((f = change(w, ACT_ORG_CREATE, id, id, STR_NONE, tell_organization(w, name, admin_user_id))) !=
	    FAULT_NONE)
		return f;
	return orgs_get(w, id, o);
}

enum fault
organization_rename(struct work *w, const char *org_id, const struct organization_wish *wish, struct org *o)
{
	const char *name;
	enum fault f;

	if ((f = orgs_get(w, org_id, o)) != FAULT_NONE || wish->name.is == ABSENT ||
	    (f = name_check(w, "name", &wish->name, &name)) != FAULT_NONE)
		return f;
	if ((f = orgs_rename(w, org_id, name)) != FAULT_NONE ||
	    (f = change(w, ACT_ORG_RENAME, org_id, org_id, change_of(w, "name", o->name),
		 change_of(w, "name", name))) != FAULT_NONE)
		return f;
	return orgs_get(w, org_id, o);
}

enum fault
organization_delete(struct work *w, const char *org_id)
{
	enum fault f;

	if ((f = orgs_delete(w, org_id)) != FAULT_NONE)
		return f;
	return change(w, ACT_ORG_DELETE, org_id, org_id, change_of(w, "name", w->actor->org_name), STR_NONE);
}

static enum fault
take_flag(struct work *w, const char *field, const struct given_flag *g, int64_t *into)
{
	if (g->is == IS_NULL)
		return fault_at(w, FAULT_BAD_FIELD, field, "must be true or false");
	if (g->is == GIVEN)
		*into = g->v;
	return FAULT_NONE;
}

static enum fault
take_cap(struct work *w, const char *field, const struct given_int *g, bool may_be_null, int64_t *into)
{
	if (g->is == ABSENT)
		return FAULT_NONE;
	if (g->is == IS_NULL && may_be_null) {
		*into = 0;
		return FAULT_NONE;
	}
	for (size_t i = 0; i < COUNT(caps) && g->is == GIVEN; i++) {
		if (g->v == caps[i]) {
			*into = g->v;
			return FAULT_NONE;
		}
	}
	return fault_at(w, FAULT_BAD_FIELD, field, "must be 30, 90, 180 or 365%s",
	    may_be_null ? ", or null" : "");
}

static struct str
policy_text(struct work *w, const struct org *o)
{
	struct out out = out_limit(w->arena, OUT_HEADER_MAX);
	struct json j = json_into(&out);

	json_object(&j, NULL);
	json_flag(&j, "personal_tokens_enabled", o->personal_enabled != 0);
	json_int(&j, "personal_max_days", o->personal_max_days);
	if (o->machine_max_days == 0)
		json_null(&j, "machine_max_days");
	else
		json_int(&j, "machine_max_days", o->machine_max_days);
	json_flag(&j, "space_never_allowed", o->space_never_allowed != 0);
	json_end(&j);
	return out_text(&out);
}

enum fault
organization_wished(struct work *w, const struct policy_wish *wish, struct org *o)
{
	enum fault f;

	if ((f = take_flag(w, "personal_tokens_enabled", &wish->personal_tokens_enabled,
		 &o->personal_enabled)) != FAULT_NONE ||
	    (f = take_flag(w, "space_never_allowed", &wish->space_never_allowed, &o->space_never_allowed)) !=
		FAULT_NONE ||
	    (f = take_cap(w, "personal_max_days", &wish->personal_max_days, false, &o->personal_max_days)) !=
		FAULT_NONE)
		return f;
	return take_cap(w, "machine_max_days", &wish->machine_max_days, true, &o->machine_max_days);
}

enum fault
organization_set_policy(struct work *w, const char *org_id, const struct policy_wish *wish, struct org *o)
{
	struct str before;
	enum fault f;

	if ((f = orgs_get(w, org_id, o)) != FAULT_NONE)
		return f;
	before = policy_text(w, o);
	if ((f = organization_wished(w, wish, o)) != FAULT_NONE || (f = orgs_set_policy(w, o)) != FAULT_NONE)
		return f;
	return change(w, ACT_POLICY_SET, org_id, org_id, before, policy_text(w, o));
}
