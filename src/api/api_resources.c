/*
 * api_resources.c: resources and the roles on them.
 */
#include "api/api.h"

#include "api/write.h"
#include "core/grant.h"
#include "core/resource.h"
#include "core/type.h"
#include "files/provider.h"
#include "store/grants.h"

static const struct field config_fields[] = {
	FIELD(resource_config, driver),
	FIELD(resource_config, root),
	FIELD(resource_config, endpoint),
	FIELD(resource_config, bucket),
	FIELD(resource_config, region),
	FIELD(resource_config, access_key),
	FIELD(resource_config, secret_key),
	FIELD(resource_config, prefix),
	FIELD(resource_config, quota),
};
const struct shape shape_resource_config = SHAPE("ResourceConfig", resource_config, config_fields);

static const struct field resource_fields[] = {
	FIELD_NEEDED(resource_wish, type),
	FIELD_NEEDED(resource_wish, name),
	FIELD(resource_wish, parent),
	FIELD_OBJECT(resource_wish, config, &shape_resource_config),
};
const struct shape shape_resource = SHAPE("ResourceWish", resource_wish, resource_fields);

static const struct field change_fields[] = {
	FIELD(resource_wish, name),
	FIELD_OBJECT(resource_wish, config, &shape_resource_config),
};
const struct shape shape_resource_change = SHAPE("ResourceChange", resource_wish, change_fields);

static const struct field grant_fields[] = { FIELD_NEEDED(grant_wish, role) };
const struct shape shape_grant = SHAPE("GrantWish", grant_wish, grant_fields);

static enum fault
read_filter(struct call *c, const char **type, const char **parent)
{
	struct str given = call_query(c, "type");

	if (given.s != NULL && type_named(given) == NULL)
		return fault_at(c->work, FAULT_BAD_FIELD, "type", "must be one of %s", type_names());
	*type = arena_text(c->work->arena, given);
	*parent = call_query_id(c, "parent");
	return FAULT_NONE;
}

static enum fault
list_resource(struct call *c, struct json *j, const void *row)
{
	(void)c;
	write_resource(j, NULL, row);
	return FAULT_NONE;
}

static const struct listing resource_listing = LISTING_SORTED(list_resource, resource, &resources_orders);

enum fault
api_resources_list(struct call *c)
{
	const char *type = NULL, *parent = NULL, *cursor = NULL;
	struct resource *rows;
	struct page p, next;
	size_t n;
	enum fault f;

	if ((f = call_page_sorted(c, &resources_orders, &p)) != FAULT_NONE ||
	    (f = read_filter(c, &type, &parent)) != FAULT_NONE ||
	    (f = resource_list(c->work, type, parent, &p, &rows, &n, &next)) != FAULT_NONE)
		return f;
	if (n == (size_t)p.limit)
		return call_list(c, &resource_listing, &p, rows, n);
	if (next.after_id != NULL)
		cursor = page_place(c->work->arena, &next);
	return call_list_from(c, &resource_listing, rows, n, cursor);
}

enum fault
api_resource_create(struct call *c)
{
	struct resource r;
	enum fault f = resource_create(c->work, c->body, &r);

	if (f == FAULT_NONE)
		write_resource(call_json(c), NULL, &r);
	return f;
}

enum fault
api_resource_get(struct call *c)
{
	struct resource r;
	enum fault f = resources_get(c->work, c->work->actor->org_id, call_param(c, "resource"), &r);

	if (f == FAULT_NONE)
		write_resource(call_json(c), NULL, &r);
	return f;
}

enum fault
api_resource_change(struct call *c)
{
	struct resource r;
	enum fault f = resource_change(c->work, call_param(c, "resource"), c->body, &r);

	if (f == FAULT_NONE)
		write_resource(call_json(c), NULL, &r);
	return f;
}

enum fault
api_resource_delete(struct call *c)
{
	return resource_delete(c->work, call_param(c, "resource"));
}

static enum fault
list_grant(struct call *c, struct json *j, const void *row)
{
	const struct grant *g = row;

	(void)c;
	json_object(j, NULL);
	json_text(j, "subject", g->subject_id);
	json_text(j, "type", g->type);
	json_text(j, "name", g->name);
	json_text(j, "role", g->role);
	json_time(j, "granted_at", g->granted_at);
	json_end(j);
	return FAULT_NONE;
}

static const struct listing grant_listing = LISTING(list_grant, grant, granted_at, subject_id);

enum fault
api_grants_list(struct call *c)
{
	struct grant *rows;
	size_t n;
	enum fault f = grants_on(c->work, c->work->actor->org_id, call_param(c, "resource"), &rows, &n);

	if (f != FAULT_NONE)
		return f;
	return call_list(c, &grant_listing, NULL, rows, n);
}

enum fault
api_grant_set(struct call *c)
{
	return grant_set(c->work, call_param(c, "resource"), call_param(c, "subject"), c->body);
}

enum fault
api_grant_remove(struct call *c)
{
	return grant_remove(c->work, call_param(c, "resource"), call_param(c, "subject"));
}

/* --- does a provider work --- */

struct test_wish {
	struct given_flag write;
};
static const struct field test_fields[] = { FIELD(test_wish, write) };
const struct shape shape_resource_test = SHAPE("ProviderTestWish", test_wish, test_fields);

static void
write_step(struct json *j, const struct provider_test *t, const struct provider_step *s)
{
	bool failed = s->state == CHECK_FAILED;

	json_object(j, NULL);
	json_text(j, "check", check_code(s->check));
	json_text(j, "state", check_state_code(s->state));
	json_text(j, "problem", failed ? t->problem : NULL);
	json_text(j, "advice", failed ? advice_text(t->advice) : NULL);
	json_end(j);
}

enum fault
api_resource_test(struct call *c)
{
	const struct test_wish *wish = c->body;
	bool write = wish->write.is != GIVEN || wish->write.v;
	struct provider_test t;
	struct json *j;
	enum fault f = provider_test(c->work, call_param(c, "resource"), write, &t);

	if (f != FAULT_NONE)
		return f;
	j = call_json(c);
	json_object(j, NULL);
	json_flag(j, "works", t.works);
	json_text(j, "failed", t.failed == CHECK__MAX ? NULL : check_code(t.failed));
	json_text(j, "problem", t.problem);
	json_list(j, "steps");
	for (size_t i = 0; i < t.n; i++)
		write_step(j, &t, &t.step[i]);
	json_end(j);
	json_end(j);
	return FAULT_NONE;
}
