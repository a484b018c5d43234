/*
 * api_orgs.c: organizations and their policy.
 */
#include "api/api.h"

#include "api/write.h"
#include "core/organization.h"
#include "core/policy_preview.h"

static const struct field organization_fields[] = { FIELD_NEEDED(organization_wish, name) };
const struct shape shape_organization = SHAPE("OrganizationWish", organization_wish, organization_fields);

static const struct field policy_fields[] = {
	FIELD(policy_wish, personal_tokens_enabled),
	FIELD(policy_wish, personal_max_days),
	FIELD(policy_wish, machine_max_days),
	FIELD(policy_wish, space_never_allowed),
};
const struct shape shape_policy = SHAPE("PolicyWish", policy_wish, policy_fields);

static enum fault
list_org(struct call *c, struct json *j, const void *row)
{
	const struct org_role *o = row;

	(void)c;
	json_object(j, NULL);
	json_text(j, "id", o->id);
	json_text(j, "name", o->name);
	json_text(j, "role", o->role);
	json_time(j, "created_at", o->created_at);
	json_end(j);
	return FAULT_NONE;
}

static const struct listing org_listing = LISTING(list_org, org_role, created_at, id);

/* Of a session those of its user; of a key the one it belongs to. */
static enum fault
read_orgs(struct call *c, const struct page *p, struct org_role **rows, size_t *n)
{
	const struct standing *s = c->caller;
	struct org o;
	enum fault f;

	if (s->kind == NULL)
		return orgs_of_user(c->work, s->owner_id, s->unproven, p, rows, n);
	if ((f = orgs_get(c->work, s->org_id, &o)) != FAULT_NONE)
		return f;
	*rows = arena_new(c->work->arena, struct org_role);
	**rows = (struct org_role){ o.id, o.name, NULL, o.created_at };
	if (s->owner == OWNER_MEMBER)
		(*rows)->role = s->org_rank == RANK_ADMIN ? "admin" : "member";
	*n = p->after_id[0] == '\0' ? 1 : 0;
	return FAULT_NONE;
}

enum fault
api_orgs_list(struct call *c)
{
	struct org_role *rows;
	struct page p;
	size_t n;
	enum fault f;

	if ((f = call_page(c, &p)) != FAULT_NONE || (f = read_orgs(c, &p, &rows, &n)) != FAULT_NONE)
		return f;
	return call_list(c, &org_listing, &p, rows, n);
}

enum fault
api_org_create(struct call *c)
{
	struct org o;
	enum fault f = organization_create(c->work, c->body, c->caller->owner_id, &o);

	if (f == FAULT_NONE)
		write_org(call_json(c), NULL, &o);
	return f;
}

enum fault
api_org_get(struct call *c)
{
	struct org o;
	enum fault f = orgs_get(c->work, c->work->actor->org_id, &o);

	if (f == FAULT_NONE)
		write_org(call_json(c), NULL, &o);
	return f;
}

enum fault
api_org_change(struct call *c)
{
	struct org o;
	enum fault f = organization_rename(c->work, c->work->actor->org_id, c->body, &o);

	if (f == FAULT_NONE)
		write_org(call_json(c), NULL, &o);
	return f;
}

enum fault
api_org_delete(struct call *c)
{
	return organization_delete(c->work, c->work->actor->org_id);
}

static void
write_policy(struct json *j, const char *name, const struct org *o)
{
	json_object(j, name);
	json_flag(j, "personal_tokens_enabled", o->personal_enabled != 0);
	json_int(j, "personal_max_days", o->personal_max_days);
	if (o->machine_max_days == 0)
		json_null(j, "machine_max_days");
	else
		json_int(j, "machine_max_days", o->machine_max_days);
	json_flag(j, "space_never_allowed", o->space_never_allowed != 0);
	json_end(j);
}

enum fault
api_policy_get(struct call *c)
{
	struct org o;
	enum fault f = orgs_get(c->work, c->work->actor->org_id, &o);

	if (f == FAULT_NONE)
		write_policy(call_json(c), NULL, &o);
	return f;
}

enum fault
api_policy_set(struct call *c)
{
	struct org o;
	enum fault f = organization_set_policy(c->work, c->work->actor->org_id, c->body, &o);

	if (f == FAULT_NONE)
		write_policy(call_json(c), NULL, &o);
	return f;
}

static void
write_effect(struct json *j, const struct policy_effect *e)
{
	json_object(j, NULL);
	json_text(j, "kind", e->kind->name);
	json_int(j, "stopping", e->stopping);
	json_int(j, "returning", e->returning);
	json_list(j, "refused");
	for (size_t i = 0; i < e->refused_n; i++)
		json_text(j, NULL, e->refused[i]);
	json_end(j);
	json_int(j, "outliving", e->outliving);
	json_end(j);
}

enum fault
api_policy_preview(struct call *c)
{
	struct policy_preview p;
	struct json *j;
	enum fault f = policy_preview(c->work, c->work->actor->org_id, c->body, &p);

	if (f != FAULT_NONE)
		return f;
	j = call_json(c);
	json_object(j, NULL);
	write_policy(j, "policy", &p.policy);
	json_list(j, "kinds");
	for (size_t i = 0; i < p.effects_n; i++)
		write_effect(j, &p.effects[i]);
	json_end(j);
	f = write_first_keys(c, j, "items", p.keys, p.keys_n);
	json_end(j);
	return f;
}
