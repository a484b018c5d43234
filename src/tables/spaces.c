/*
 * spaces.c: spaces, bases and tables.
 */
#include "tables/tables.h"

#include "core/ask.h"
#include "core/rank.h"
#include "core/resource.h"
#include "records/table.h"
#include "tables/show.h"

#define PAGE_ROOM ((size_t)2 << 20) /* of things looked at, also those that are not shown */

struct thing_wish {
	struct given_text name, spaceId;
	struct given_rows fields; /* of struct field_wish */
};

static const struct field name_fields[] = { FIELD_NEEDED(thing_wish, name) };
const struct shape shape_tables_name = SHAPE("NameWish", thing_wish, name_fields);

static const struct field base_fields[] = {
	FIELD_NEEDED(thing_wish, name),
	FIELD_NEEDED(thing_wish, spaceId),
};
const struct shape shape_tables_base = SHAPE("BaseWish", thing_wish, base_fields);

static const struct field table_fields[] = {
	FIELD_NEEDED(thing_wish, name),
	FIELD_ROWS(thing_wish, fields, &shape_tables_field),
};
const struct shape shape_tables_table = SHAPE("TableWish", thing_wish, table_fields);

/* --- answers --- */

static const char *
role_on(struct call *c, const char *id)
{
	static const char *const roles[] = { [RANK_NONE] = "viewer",
		[RANK_MEMBER] = "viewer",
		[RANK_EDITOR] = "editor",
		[RANK_ADMIN] = "owner" };
	const struct granted *best = NULL;
	struct target *t;

	if (ask_target(c->work, c->work->actor->org_id, id, &t) != FAULT_NONE)
		return roles[RANK_NONE];
	return roles[rank_on(c->work->actor, t, &best)];
}

static void
open_thing(struct call *c, struct json *j, const struct resource *r)
{
	json_object(j, NULL);
	json_text(j, "id", r->id);
	json_text(j, "name", r->name);
	if (strcmp(r->type, "base") == 0)
		json_text(j, "spaceId", r->parent_id);
	json_text(j, "role", role_on(c, r->id));
}

enum fault
show_thing(struct call *c, struct json *j, const struct resource *r)
{
	open_thing(c, j, r);
	json_end(j);
	return FAULT_NONE;
}

enum fault
show_things(struct call *c, const char *type, const char *parent)
{
	struct page at = page_first(), next;
	struct json *j = call_json(c);
	struct resource *rows;
	size_t n, shown = 0;
	enum fault f;

	at.limit = PAGE_LIMIT_MAX;
	json_list(j, NULL);
	do {
		if ((f = work_room(c->work, PAGE_ROOM)) != FAULT_NONE ||
		    (f = resource_list(c->work, type, parent, &at, &rows, &n, &next)) != FAULT_NONE)
			return f;
		for (size_t i = 0; i < n; i++)
			(void)show_thing(c, j, &rows[i]);
		shown += n;
		at = next;
	} while (next.after_id != NULL && shown < THINGS_SHOWN);
	json_end(j);
	return FAULT_NONE;
}

/* What the address is about: the last that it names. */
static enum fault
the_thing(struct call *c, struct resource *r)
{
	static const char *const params[] = { "table", "base", "space" };
	size_t i = 0;

	while (i < COUNT(params) - 1 && route_param(c->route, params[i]) < 0)
		i++;
	return resources_get(c->work, c->work->actor->org_id, call_param(c, params[i]), r);
}

enum fault
tables_thing(struct call *c)
{
	struct resource r;
	enum fault f = the_thing(c, &r);

	return f != FAULT_NONE ? f : show_thing(c, call_json(c), &r);
}

/* --- changes --- */

static enum fault
make(struct call *c, const char *type, const char *parent, struct resource *r)
{
	const struct thing_wish *wish = c->body;
	struct resource_wish resource = { .type = { GIVEN, str_of(type) }, .name = wish->name };

	if (parent != NULL)
		resource.parent = (struct given_text){ GIVEN, str_of(parent) };
	return resource_create(c->work, &resource, r);
}

static enum fault
make_thing(struct call *c, const char *type, const char *parent)
{
	struct resource r;
	enum fault f = make(c, type, parent, &r);

	return f != FAULT_NONE ? f : show_thing(c, call_json(c), &r);
}

enum fault
tables_thing_rename(struct call *c)
{
	const struct thing_wish *wish = c->body;
	struct resource_wish change = { .name = wish->name };
	struct resource r;
	enum fault f;

	if ((f = the_thing(c, &r)) != FAULT_NONE ||
	    (f = resource_change(c->work, r.id, &change, &r)) != FAULT_NONE)
		return f;
	return show_thing(c, call_json(c), &r);
}

enum fault
tables_thing_delete(struct call *c)
{
	struct resource r;
	enum fault f = the_thing(c, &r);

	return f != FAULT_NONE ? f : resource_delete(c->work, r.id);
}

/* --- lists, and what is new --- */

enum fault
tables_spaces(struct call *c)
{
	return show_things(c, "space", NULL);
}

enum fault
tables_space_create(struct call *c)
{
	return make_thing(c, "space", NULL);
}

enum fault
tables_bases(struct call *c)
{
	return show_things(c, "base", call_param(c, "space"));
}

enum fault
tables_all_bases(struct call *c)
{
	return show_things(c, "base", NULL);
}

enum fault
tables_base_create_in(struct call *c)
{
	return make_thing(c, "base", call_param(c, "space"));
}

enum fault
tables_base_create(struct call *c)
{
	const struct thing_wish *wish = c->body;

	if (wish->spaceId.is != GIVEN)
		return fault_at(c->work, FAULT_MISSING_FIELD, "spaceId", "must be given");
	return make_thing(c, "base", arena_text(c->work->arena, wish->spaceId.v));
}

enum fault
tables_tables(struct call *c)
{
	return show_things(c, "table", call_param(c, "base"));
}

/* With its first fields, and a view that shows all of it. */
enum fault
tables_table_create(struct call *c)
{
	const struct thing_wish *wish = c->body;
	const struct field_wish *fields = wish->fields.v;
	struct view_wish grid = { .name = { GIVEN, STR("Grid view") } };
	struct record_field field;
	struct record_view view;
	struct resource r;
	struct json *j;
	enum fault f = make(c, "table", call_param(c, "base"), &r);

	for (size_t i = 0; wish->fields.is == GIVEN && i < wish->fields.n && f == FAULT_NONE; i++)
		f = table_field_add(c->work, r.id, &fields[i], &field);
	if (f != FAULT_NONE || (f = table_view_add(c->work, r.id, &grid, &view)) != FAULT_NONE)
		return f;
	j = call_json(c);
	open_thing(c, j, &r);
	json_text(j, "defaultViewId", view.id);
	f = show_fields(c, j, "fields", r.id);
	json_end(j);
	return f;
}
