/*
 * fields.c: the fields and views of a table.
 */
#include "tables/tables.h"

#include "base/json_tree.h"
#include "records/table.h"
#include "tables/show.h"

static const struct field wish_fields[] = {
	FIELD_NEEDED(field_wish, name),
	FIELD_NEEDED(field_wish, type),
	FIELD(field_wish, options),
};
const struct shape shape_tables_field = SHAPE("FieldWish", field_wish, wish_fields);

static const struct field change_fields[] = { FIELD(field_wish, name), FIELD(field_wish, options) };
const struct shape shape_tables_field_change = SHAPE("FieldChange", field_wish, change_fields);

static const struct field view_fields[] = {
	FIELD_NEEDED(view_wish, name),
	FIELD(view_wish, type),
	FIELD(view_wish, filter),
	FIELD(view_wish, sort),
};
const struct shape shape_tables_view = SHAPE("ViewWish", view_wish, view_fields);

static const struct field view_name_fields[] = { FIELD_NEEDED(view_wish, name) };
const struct shape shape_tables_view_name = SHAPE("ViewName", view_wish, view_name_fields);

static const struct field filter_fields[] = { FIELD_NEEDED(view_wish, filter) };
const struct shape shape_tables_view_filter = SHAPE("ViewFilter", view_wish, filter_fields);

static const struct field sort_fields[] = { FIELD_NEEDED(view_wish, sort) };
const struct shape shape_tables_view_sort = SHAPE("ViewSort", view_wish, sort_fields);

/* --- fields --- */

void
show_field(struct json *j, const struct column *col)
{
	json_object(j, NULL);
	json_text(j, "id", col->row.id);
	json_text(j, "name", col->row.name);
	json_text(j, "type", col->row.type);
	if (col->choices.n > 0) {
		json_object(j, "options");
		json_list(j, "choices");
		for (size_t i = 0; i < col->choices.n; i++) {
			json_object(j, NULL);
			json_str(j, "name", col->choices.items[i].text);
			json_end(j);
		}
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

enum fault
show_fields(struct call *c, struct json *j, const char *name, const char *table)
{
	struct columns all;
	enum fault f = columns_of(c->work, table, &all);

	if (f != FAULT_NONE)
		return f;
	json_list(j, name);
	for (size_t i = 0; i < all.n; i++)
		show_field(j, &all.v[i]);
	json_end(j);
	return FAULT_NONE;
}

static enum fault
show_one_field(struct call *c, const char *table, const char *id)
{
	struct columns all;
	enum fault f = columns_of(c->work, table, &all);

	if (f == FAULT_NONE)
		show_field(call_json(c), column_find(&all, str_of(id)));
	return f;
}

enum fault
tables_fields(struct call *c)
{
	return show_fields(c, call_json(c), NULL, call_param(c, "table"));
}

enum fault
tables_field_create(struct call *c)
{
	struct record_field r;
	enum fault f = table_field_add(c->work, call_param(c, "table"), c->body, &r);

	return f != FAULT_NONE ? f : show_one_field(c, call_param(c, "table"), r.id);
}

enum fault
tables_field_change(struct call *c)
{
	struct record_field r;
	enum fault f =
	    table_field_change(c->work, call_param(c, "table"), call_param(c, "field"), c->body, &r);

	return f != FAULT_NONE ? f : show_one_field(c, call_param(c, "table"), r.id);
}

enum fault
tables_field_delete(struct call *c)
{
	return table_field_remove(c->work, call_param(c, "table"), call_param(c, "field"));
}

/* --- views --- */

void
show_view(struct json *j, const struct record_view *v)
{
	json_object(j, NULL);
	json_text(j, "id", v->id);
	json_text(j, "name", v->name);
	json_text(j, "type", "grid");
	if (v->filter != NULL)
		json_raw(j, "filter", str_of(v->filter));
	if (v->sort != NULL)
		json_raw(j, "sort", str_of(v->sort));
	json_end(j);
}

enum fault
tables_views(struct call *c)
{
	struct record_view *rows;
	struct json *j;
	size_t n;
	enum fault f = record_views(c->work, c->work->actor->org_id, call_param(c, "table"), &rows, &n);

	if (f != FAULT_NONE)
		return f;
	j = call_json(c);
	json_list(j, NULL);
	for (size_t i = 0; i < n; i++)
		show_view(j, &rows[i]);
	json_end(j);
	return FAULT_NONE;
}

enum fault
tables_view(struct call *c)
{
	struct record_view v;
	enum fault f = table_view(c->work, call_param(c, "table"), call_param(c, "view"), &v);

	if (f == FAULT_NONE)
		show_view(call_json(c), &v);
	return f;
}

enum fault
tables_view_create(struct call *c)
{
	struct record_view v;
	enum fault f = table_view_add(c->work, call_param(c, "table"), c->body, &v);

	if (f == FAULT_NONE)
		show_view(call_json(c), &v);
	return f;
}

/* Its name, its filter or its sort: the body of each address has but one of them. */
enum fault
tables_view_change(struct call *c)
{
	struct record_view v;
	enum fault f = table_view_change(c->work, call_param(c, "table"), call_param(c, "view"), c->body, &v);

	if (f == FAULT_NONE)
		show_view(call_json(c), &v);
	return f;
}

enum fault
tables_view_delete(struct call *c)
{
	return table_view_remove(c->work, call_param(c, "table"), call_param(c, "view"));
}
