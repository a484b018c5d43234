/*
 * resource.c: resources: making, changing, listing and ending them.
 */
#include "core/resource.h"

#include <string.h>

#include "core/ask.h"
#include "core/change.h"
#include "core/id.h"
#include "core/name.h"
#include "core/resource_config.h"
#include "core/tell.h"
#include "store/grants.h"

#define LOOK_AT_MOST 1000 /* rows in one request */

static enum fault
type_wished(struct work *w, const struct resource_wish *wish, const struct type **type)
{
	if (wish->type.is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "type", "must be given");
	*type = wish->type.is == GIVEN ? type_named(wish->type.v) : NULL;
	if (*type == NULL || (*type)->id == TYPE_ORGANIZATION)
		return fault_at(w, FAULT_BAD_FIELD, "type", "must be one of %s", type_names());
	return FAULT_NONE;
}

/* A parent of a type this one may stand in, which the actor rules. */
static enum fault
parent_wished(struct work *w, const struct type *type, const struct resource_wish *wish, const char **parent)
{
	struct target *t;
	enum fault f;

	*parent = NULL;
	if (type->parents == 0)
		return wish->parent.is != GIVEN
		    ? FAULT_NONE
		    : fault_at(w, FAULT_BAD_FIELD, "parent", "a %s has none", type->name);
	if (wish->parent.is != GIVEN)
		return fault_at(w, FAULT_MISSING_FIELD, "parent", "a %s needs one", type->name);
	*parent = arena_text(w->arena, wish->parent.v);
	if ((f = ask_target(w, w->actor->org_id, *parent, &t)) == FAULT_NONE)
		f = ask_actor(w, ACTION_ADMIN, *parent);
	if (f == FAULT_NOT_FOUND)
		return fault_at(w, FAULT_BAD_FIELD, "parent", "there is no such resource");
	if (f == FAULT_NONE && (type->parents >> t->type->id & 1) == 0)
		return fault_at(w, FAULT_BAD_FIELD, "parent", "a %s does not stand in a %s", type->name,
		    t->type->name);
	return f;
}

/* At the top: admins of the organization, or any member where the type says so. */
static enum fault
may_make(struct work *w, const struct type *type)
{
	bool members = (type->traits & MEMBERS_MAKE) != 0 && w->actor->membership_id != NULL;

	struct verdict v = { .explain = NULL };
	enum fault f;

	if (type->parents != 0)
		return FAULT_NONE; /* the parent was asked */
	if (!members)
		return ask_actor(w, ACTION_ADMIN, w->actor->org_id);
	/* The maker will rule it, so a key's scope must reach that far; a member's role is enough. */
	if ((f = ask(w, w->actor, ACTION_ADMIN, w->actor->org_id, STR_NONE, &v)) != FAULT_NONE)
		return f;
	return v.reason == REASON_ROLE ? FAULT_NONE : reason_fault(w, &v);
}

/* Who made it rules it; an admin of the organization does so anyway. */
static enum fault
grant_to_maker(struct work *w, const struct type *type, const char *id, const char **role)
{
	struct grant_subject maker = { .membership_id = w->actor->membership_id };

	*role = NULL;
	if (maker.membership_id == NULL || (type->traits & MEMBERS_MAKE) == 0)
		return FAULT_NONE;
	*role = rank_name(RANK_ADMIN);
	return grants_set(w, w->actor->org_id, id, &maker, *role);
}

enum fault
resource_create(struct work *w, const struct resource_wish *wish, struct resource *r)
{
	const char *org = w->actor->org_id;
	const struct type *type = NULL;
	const char *role;
	enum fault f;

	*r = (struct resource){ .created_by = actor_id(w), .created_at = w->now };
	if ((f = type_wished(w, wish, &type)) != FAULT_NONE || (f = may_make(w, type)) != FAULT_NONE ||
	    (f = parent_wished(w, type, wish, &r->parent_id)) != FAULT_NONE ||
	    (f = name_check(w, "name", &wish->name, &r->name)) != FAULT_NONE)
		return f;
	r->id = id_make(w, type->id_prefix);
	r->type = type->name;
	if ((f = resource_config_take(w, type, wish, r)) != FAULT_NONE ||
	    (f = resources_insert(w, org, r)) != FAULT_NONE ||
	    (f = grant_to_maker(w, type, r->id, &role)) != FAULT_NONE)
		return f;
	return change(w, ACT_RESOURCE_CREATE, org, r->id, STR_NONE,
	    tell_resource(w, r, r->config_sealed.s != NULL, role));
}

enum fault
resource_change(struct work *w, const char *id, const struct resource_wish *wish, struct resource *r)
{
	const char *org = w->actor->org_id;
	const struct type *type;
	struct str before;
	enum fault f;

	if ((f = resources_get(w, org, id, r)) != FAULT_NONE)
		return f;
	type = type_named(str_of(r->type));
	if (type == NULL || type->id == TYPE_ORGANIZATION)
		return FAULT_NOT_FOUND;
	before = tell_resource(w, r, false, NULL);
	if ((wish->name.is != ABSENT && (f = name_check(w, "name", &wish->name, &r->name)) != FAULT_NONE) ||
	    (f = resource_config_take(w, type, wish, r)) != FAULT_NONE ||
	    (f = resources_change(w, org, r)) != FAULT_NONE)
		return f;
	return change(w, ACT_RESOURCE_CHANGE, org, id, before,
	    tell_resource(w, r, wish->config.is == GIVEN && r->config_sealed.s != NULL, NULL));
}

enum fault
resource_delete(struct work *w, const char *id)
{
	const char *org = w->actor->org_id;
	struct resource r;
	enum fault f;

	if ((f = resources_get(w, org, id, &r)) != FAULT_NONE)
		return f;
	if (strcmp(r.id, org) == 0)
		return FAULT_NOT_FOUND;
	if ((f = resources_delete(w, org, id)) != FAULT_NONE)
		return f;
	return change(w, ACT_RESOURCE_DELETE, org, id, tell_resource(w, &r, false, NULL), STR_NONE);
}

/* Of rows that were read, those the actor may see; stops when there are enough. */
static enum fault
sift(struct work *w, const struct resource *read, size_t got, size_t enough, struct resource *seen, size_t *n,
    struct page *at)
{
	enum fault f;

	for (size_t i = 0; i < got && *n < enough; i++) {
		f = ask_actor(w, ACTION_READ, read[i].id);
		if (f == FAULT_NONE)
			seen[(*n)++] = read[i];
		else if (fault_status(f) >= 500)
			return f;
		page_after(at, &resources_orders.v[at->order.by], &read[i]);
	}
	return FAULT_NONE;
}

/*
 * Pages are read until enough of what may be seen has come together, or so many
 * were looked at that the caller had better ask again: there may be a million
 * of which he may see none.
 */
enum fault
resource_list(struct work *w, const char *type, const char *parent, const struct page *p,
    struct resource **rows, size_t *n, struct page *next)
{
	size_t enough = (size_t)p->limit, got = enough, looked = 0;
	struct resource *read;
	enum fault f;

	*rows = arena_array(w->arena, struct resource, enough);
	*next = *p;
	for (*n = 0; got == enough && *n < enough && looked < LOOK_AT_MOST; looked += got)
		if ((f = resources_page(w, w->actor->org_id, type, parent, next, &read, &got)) !=
			FAULT_NONE ||
		    (f = sift(w, read, got, enough, *rows, n, next)) != FAULT_NONE)
			return f;
	if (got < enough && *n < enough)
		next->after_id = NULL; /* that was all */
	return FAULT_NONE;
}
