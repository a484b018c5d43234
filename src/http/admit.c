/*
 * admit.c: who asks, and may they?
 */
#include "http/admit.h"

#include <string.h>

#include "base/clock.h"
#include "core/ask.h"
#include "core/id.h"
#include "core/vouched.h"
#include "http/credential.h"
#include "store/orgs.h"

typedef enum fault permit_check(struct call *);

static enum fault
permit_nothing(struct call *c)
{
	(void)c;
	return FAULT_INTERNAL;
}

static enum fault
permit_public(struct call *c)
{
	(void)c;
	return FAULT_NONE;
}

static enum fault
permit_org_read(struct call *c)
{
	return ask_actor(c->work, ACTION_READ, c->work->actor->org_id);
}

static enum fault
permit_org_admin(struct call *c)
{
	return ask_actor(c->work, ACTION_ADMIN, c->work->actor->org_id);
}

static enum fault
permit_resource_read(struct call *c)
{
	return ask_actor(c->work, ACTION_READ, call_param(c, "resource"));
}

static enum fault
permit_resource_admin(struct call *c)
{
	return ask_actor(c->work, ACTION_ADMIN, call_param(c, "resource"));
}

static enum fault
permit_collection_read(struct call *c)
{
	return ask_collection(c->work, ACTION_READ, call_collection(c));
}

static enum fault
permit_collection_write(struct call *c)
{
	return ask_collection(c->work, ACTION_WRITE, call_collection(c));
}

/* A table in the address of a base is one of that base. */
static bool
stands_there(struct call *c, const struct target *t)
{
	if (t->type->id != TYPE_TABLE || route_param(c->route, "base") < 0)
		return true;
	return t->n > 1 && strcmp(t->id[1], call_param(c, "base")) == 0;
}

/* The thing in the address must be of the type it is there for; another is none. */
static enum fault
permit_typed(struct call *c, enum type_id type, enum action action)
{
	const char *id = call_param(c, type_of(type)->name);
	struct target *t;
	enum fault f = ask_target(c->work, c->work->actor->org_id, id, &t);

	if (f != FAULT_NONE)
		return f;
	if (t->type->id != type || !stands_there(c, t))
		return FAULT_NOT_FOUND;
	return ask_actor(c->work, action, id);
}

#define PERMIT_TYPED(type, TYPE, action, ACTION) \
	static enum fault permit_##type##_##action(struct call *c) \
	{ \
		return permit_typed(c, TYPE_##TYPE, ACTION_##ACTION); \
	}
PERMIT_TYPED(space, SPACE, read, READ)
PERMIT_TYPED(space, SPACE, admin, ADMIN)
PERMIT_TYPED(base, BASE, read, READ)
PERMIT_TYPED(base, BASE, admin, ADMIN)
PERMIT_TYPED(table, TABLE, read, READ)
PERMIT_TYPED(table, TABLE, write, WRITE)
PERMIT_TYPED(table, TABLE, admin, ADMIN)
#undef PERMIT_TYPED

static permit_check *const permits[] = {
#define PERMIT(id, check, about) [PERMIT_##id] = check,
#include "http/permit.def"
#undef PERMIT
};

/* The credential there is, and who presents it. */
static enum fault
present(struct call *c, struct presented *p)
{
	struct str text;
	enum fault f;

	if ((c->by_cookie = credential_remote_user(c->work, c->req, &text)))
		return vouched_remote_user(c->work, text, p);
	if (c->route->door->pages) {
		c->by_cookie = true;
		f = credential_of_page(c->req, &text);
	} else {
		f = credential_of_headers(c->req, &text, &c->by_cookie);
	}
	if (f != FAULT_NONE)
		return f;
	return verify_text(c->work, text, false, p);
}

static enum fault
authenticate(struct call *c)
{
	struct presented p;
	enum fault f;

	/* What stands in an address ends up in logs, also where nobody asks for it. */
	if (credential_in_url(c->work, c->req))
		return FAULT_CREDENTIAL_IN_URL;
	if (c->route->auth == AUTH_NONE)
		return FAULT_NONE;
	if ((f = present(c, &p)) != FAULT_NONE)
		return f == FAULT_NO_CREDENTIAL && c->route->auth == AUTH_OPTIONAL ? FAULT_NONE : f;
	if (p.reason != REASON_OK)
		return presented_fault(p.reason);
	/* Only we set the cookie, and only to a session of ours: what else is in it was put there by others. */
	if (c->by_cookie && (p.standing->session_id == NULL || p.standing->header_only))
		return FAULT_INVALID_TOKEN;
	c->caller = c->work->actor = p.standing;
	/* It may be asked twice who it is; it is one request. */
	return c->rate.limit.requests > 0 ? FAULT_NONE : rate_charge(c->work, c->caller, &c->rate);
}

/* NULL: the request is about no organization. */
static enum fault
organization_of(struct call *c, const char **org)
{
	const struct route *r = c->route;

	*org = NULL;
	if (c->caller == NULL)
		return FAULT_NONE;
	if (route_param(r, "org") >= 0)
		*org = call_param(c, "org");
	else if (r->door->enter != NULL && r->permit != PERMIT_PUBLIC && r->permit != PERMIT_SELF)
		return r->door->enter(c, org);
	return FAULT_NONE;
}

/* Within the organization of the address, if it has one: of a session, its user's place there. */
static enum fault
enter_organization(struct call *c)
{
	struct standing *here;
	const char *org;
	enum fault f;

	if ((f = organization_of(c, &org)) != FAULT_NONE || org == NULL)
		return f;
	if (!id_shape(str_of(org)))
		return FAULT_NOT_FOUND;
	if (c->caller->kind != NULL)
		return strcmp(c->caller->org_id, org) == 0 ? FAULT_NONE : FAULT_NOT_FOUND;
	if ((f = standing_in(c->work, c->caller, org, &here)) == FAULT_NONE)
		c->work->actor = here;
	return f;
}

static enum fault
check_credential(struct call *c)
{
	if (c->route->auth == AUTH_SESSION && c->caller->kind != NULL)
		return FAULT_SESSION_REQUIRED;
	/* A form's token stands in its body, which is read later. */
	if (c->by_cookie && c->route->method != METHOD_GET && c->route->form != BODY_FORM)
		return credential_csrf(c->work, c->req, STR_NONE, c->caller->session_id);
	return c->caller == NULL || decide_address(c->caller, &c->work->peer) ? FAULT_NONE : FAULT_ADDRESS;
}

/* The ids in the address, all of one alphabet: what is none cannot be there. */
static enum fault
check_ids(struct call *c)
{
	for (size_t i = 0; i < ROUTE_PARAMS; i++)
		if (c->param[i].s != NULL && !id_shape(c->param[i]))
			return FAULT_NOT_FOUND;
	return FAULT_NONE;
}

static enum fault
again(struct work *w)
{
	w->now = clock_now();
	return admit(w->again_ctx);
}

enum fault
admit(struct call *c)
{
	enum fault f;

	c->work->again = again;
	c->work->again_ctx = c;
	if ((f = authenticate(c)) != FAULT_NONE || (f = enter_organization(c)) != FAULT_NONE ||
	    (f = check_credential(c)) != FAULT_NONE || (f = check_ids(c)) != FAULT_NONE)
		return f;
	return permits[c->route->permit](c);
}

enum fault
admit_first(struct call *c, const char **org)
{
	struct page first = { .limit = 1, .after_id = "" };
	struct org_role *rows;
	size_t n;
	enum fault f = orgs_of_user(c->work, c->caller->owner_id, c->caller->unproven, &first, &rows, &n);

	*org = f == FAULT_NONE && n > 0 ? rows[0].id : NULL;
	return f;
}

enum fault
admit_workspace(struct call *c, const struct standing **here)
{
	struct str named = c->req->header[HEADER_WORKSPACE];
	const char *org = arena_text(c->work->arena, named);
	struct standing *there;
	enum fault f;

	*here = NULL;
	if (named.s != NULL && !id_shape(named))
		return FAULT_NOT_FOUND;
	if (c->caller->kind != NULL) {
		*here = c->caller;
		return org == NULL || strcmp(org, c->caller->org_id) == 0 ? FAULT_NONE : FAULT_NOT_FOUND;
	}
	if (org == NULL && ((f = admit_first(c, &org)) != FAULT_NONE || org == NULL))
		return f;
	if ((f = standing_in(c->work, c->caller, org, &there)) == FAULT_NONE)
		*here = there;
	return f;
}
