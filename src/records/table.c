/*
 * table.c: the structure of tables: fields and views.
 */
#include "records/table.h"

#include <string.h>

#include "base/json_tree.h"
#include "core/change.h"
#include "core/id.h"
#include "core/name.h"
#include "core/standing.h"
#include "records/order.h"
#include "store/records.h"

#define CHOICES_MAX 200
#define VIEWS_ROOM  ((size_t)7 << 20) /* as many as there may be, each as large as it may be */
#define TEXT_MAX    ((size_t)32 << 10)
#define ALL_MAX	    ((size_t)256 << 10) /* bytes of the choices of a table, and of its views */

/* --- fields --- */

static enum fault
bad_choices(struct work *w)
{
	return fault_at(w, FAULT_BAD_FIELD, "options",
	    "a select has up to %d choices, each with a name of its own", CHOICES_MAX);
}

/* The names of the choices, as a JSON list of texts. */
static enum fault
choices_of(struct work *w, const struct json_value *options, const char **text)
{
	const struct json_value *given = json_member(options, "choices");
	struct json_value *names, list = { .sort = JSON_IS_LIST };

	if (given == NULL || given->sort != JSON_IS_LIST || given->n > CHOICES_MAX)
		return bad_choices(w);
	names = arena_array(w->arena, struct json_value, given->n + 1);
	list.items = names;
	for (; list.n < given->n; list.n++) {
		struct json_value *one = &names[list.n];

		*one = (struct json_value){ .sort = JSON_IS_TEXT,
			.text = json_member_text(&given->items[list.n], "name") };
		if (one->text.n == 0)
			return bad_choices(w);
		for (size_t i = 0; i < list.n; i++)
			if (str_eq(names[i].text, one->text))
				return bad_choices(w);
	}
	*text = arena_text(w->arena, json_tree_text(w->arena, &list, TEXT_MAX));
	return *text == NULL ? bad_choices(w) : FAULT_NONE;
}

static enum fault
take_options(struct work *w, const struct cell_type *type, const struct given_json *options,
    struct record_field *r)
{
	if (options->is == ABSENT)
		return FAULT_NONE;
	r->choices = NULL;
	if (options->is == IS_NULL || (options->v->sort == JSON_IS_OBJECT && options->v->n == 0))
		return FAULT_NONE;
	if (type->sort != CELL_SELECT)
		return fault_at(w, FAULT_BAD_FIELD, "options", "only a select has them");
	return choices_of(w, options->v, &r->choices);
}

static enum fault
type_wished(struct work *w, const struct field_wish *wish, const struct cell_type **type)
{
	if (wish->type.is != GIVEN)
		return fault_at(w, FAULT_MISSING_FIELD, "type", "must be given");
	*type = cell_type_named(wish->type.v);
	return *type != NULL ? FAULT_NONE
			     : fault_at(w, FAULT_BAD_FIELD, "type", "must be one of %s", cell_type_names());
}

static size_t
bytes_of(const char *text)
{
	return text == NULL ? 0 : strlen(text);
}

/* Whoever reads the records of a table reads all its choices. */
static enum fault
choices_fit(struct work *w, const struct record_field *there, size_t n, const struct record_field *r)
{
	size_t all = bytes_of(r->choices);

	for (size_t i = 0; i < n; i++)
		if (strcmp(there[i].id, r->id) != 0)
			all += bytes_of(there[i].choices);
	return all <= ALL_MAX
	    ? FAULT_NONE
	    : fault_at(w, FAULT_BAD_FIELD, "options",
		  "the choices of all fields of a table have at most %zu bytes together", ALL_MAX);
}

static enum fault
name_taken(struct work *w, enum fault f)
{
	return f == FAULT_TAKEN ? fault_at(w, f, "name", "another field of the table has this name") : f;
}

enum fault
table_field_add(struct work *w, const char *table, const struct field_wish *wish, struct record_field *r)
{
	const char *org = w->actor->org_id;
	const struct cell_type *type = NULL;
	struct record_field *there;
	size_t n;
	enum fault f;

	*r = (struct record_field){ .id = id_make(w, "fld") };
	if ((f = name_check(w, "name", &wish->name, &r->name)) != FAULT_NONE ||
	    (f = type_wished(w, wish, &type)) != FAULT_NONE ||
	    (f = take_options(w, type, &wish->options, r)) != FAULT_NONE ||
	    (f = records_table(w, org, table)) != FAULT_NONE ||
	    (f = record_fields(w, org, table, &there, &n)) != FAULT_NONE)
		return f;
	if (n == RECORD_FIELDS_MAX)
		return FAULT_LIMIT_REACHED;
	if ((f = choices_fit(w, there, n, r)) != FAULT_NONE)
		return f;
	r->type = type->name;
	r->place = n == 0 ? 1 : there[n - 1].place + 1;
	f = record_fields_insert(w, org, table, r, name_fold(w, r->name));
	if (f != FAULT_NONE)
		return name_taken(w, f);
	return change(w, ACT_FIELD_CREATE, org, r->id, STR_NONE, change_of(w, "name", r->name));
}

/* One of those that there are. */
static enum fault
field_of(const struct record_field *there, size_t n, const char *id, struct record_field *r)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(there[i].id, id) != 0)
			continue;
		*r = there[i];
		return FAULT_NONE;
	}
	return FAULT_NOT_FOUND;
}

enum fault
table_field_change(struct work *w, const char *table, const char *id, const struct field_wish *wish,
    struct record_field *r)
{
	const char *org = w->actor->org_id;
	struct record_field *there;
	struct str before;
	size_t n;
	enum fault f;

	if ((f = record_fields(w, org, table, &there, &n)) != FAULT_NONE ||
	    (f = field_of(there, n, id, r)) != FAULT_NONE)
		return f;
	before = change_of(w, "name", r->name);
	if ((wish->name.is != ABSENT && (f = name_check(w, "name", &wish->name, &r->name)) != FAULT_NONE) ||
	    (f = take_options(w, cell_type_named(str_of(r->type)), &wish->options, r)) != FAULT_NONE ||
	    (wish->options.is != ABSENT && (f = choices_fit(w, there, n, r)) != FAULT_NONE))
		return f;
	f = record_fields_change(w, org, table, r, name_fold(w, r->name));
	if (f != FAULT_NONE)
		return name_taken(w, f);
	return change(w, ACT_FIELD_CHANGE, org, id, before, change_of(w, "name", r->name));
}

enum fault
table_field_remove(struct work *w, const char *table, const char *id)
{
	const char *org = w->actor->org_id;
	struct record_field *there, r;
	size_t n;
	enum fault f;

	if ((f = record_fields(w, org, table, &there, &n)) != FAULT_NONE ||
	    (f = field_of(there, n, id, &r)) != FAULT_NONE ||
	    (f = record_fields_delete(w, org, table, id)) != FAULT_NONE)
		return f;
	return change(w, ACT_FIELD_DELETE, org, id, change_of(w, "name", r.name), STR_NONE);
}

/* --- views --- */

static enum fault
views_of(struct work *w, const char *table, struct record_view **there, size_t *n)
{
	enum fault f = work_room(w, VIEWS_ROOM);

	return f != FAULT_NONE ? f : record_views(w, w->actor->org_id, table, there, n);
}

enum fault
table_view(struct work *w, const char *table, const char *id, struct record_view *r)
{
	struct record_view *there;
	size_t n;
	enum fault f = views_of(w, table, &there, &n);

	for (size_t i = 0; f == FAULT_NONE && i < n; i++) {
		if (strcmp(there[i].id, id) != 0)
			continue;
		*r = there[i];
		return FAULT_NONE;
	}
	return f == FAULT_NONE ? FAULT_NOT_FOUND : f;
}

static enum fault
store_json(struct work *w, const char *name, const struct given_json *g, const char **text)
{
	if (g->is == ABSENT)
		return FAULT_NONE;
	*text =
	    g->is == GIVEN ? arena_text(w->arena, json_tree_text(w->arena, g->v, FILTER_BYTES_MAX)) : NULL;
	return g->is != GIVEN || *text != NULL
	    ? FAULT_NONE
	    : fault_at(w, FAULT_BAD_FIELD, name, "must be JSON of at most %zu bytes", FILTER_BYTES_MAX);
}

/* A list of them shows them all. */
static enum fault
view_fits(struct work *w, const char *table, const struct record_view *r)
{
	size_t all = bytes_of(r->filter) + bytes_of(r->sort), n;
	struct record_view *there;
	enum fault f = views_of(w, table, &there, &n);

	for (size_t i = 0; f == FAULT_NONE && i < n; i++)
		if (strcmp(there[i].id, r->id) != 0)
			all += bytes_of(there[i].filter) + bytes_of(there[i].sort);
	return f != FAULT_NONE || all <= ALL_MAX
	    ? f
	    : fault_at(w, FAULT_BAD_FIELD, "filter",
		  "the filters and sorts of all views of a table have at most %zu bytes together", ALL_MAX);
}

/* What it leaves out and its order must be good now; a field of theirs may go later. */
static enum fault
take_view(struct work *w, const char *table, const struct view_wish *wish, struct record_view *r)
{
	struct filter *filter;
	struct find order = { .order_n = 0 };
	struct columns c;
	enum fault f;

	if (wish->filter.is == ABSENT && wish->sort.is == ABSENT)
		return FAULT_NONE;
	if ((f = columns_of(w, table, &c)) != FAULT_NONE ||
	    (wish->filter.is == GIVEN && (f = filter_take(w, &c, wish->filter.v, &filter)) != FAULT_NONE) ||
	    (wish->sort.is == GIVEN && (f = order_of_view(w, &c, wish->sort.v, &order)) != FAULT_NONE) ||
	    (f = store_json(w, "filter", &wish->filter, &r->filter)) != FAULT_NONE ||
	    (f = store_json(w, "sort", &wish->sort, &r->sort)) != FAULT_NONE)
		return f;
	return view_fits(w, table, r);
}

enum fault
table_view_add(struct work *w, const char *table, const struct view_wish *wish, struct record_view *r)
{
	const char *org = w->actor->org_id;
	struct record_view *there;
	size_t n;
	enum fault f;

	*r = (struct record_view){ .id = id_make(w, "viw") };
	if (wish->type.is == GIVEN && !str_is(wish->type.v, "grid"))
		return fault_at(w, FAULT_BAD_FIELD, "type", "only grids are kept");
	if ((f = name_check(w, "name", &wish->name, &r->name)) != FAULT_NONE ||
	    (f = records_table(w, org, table)) != FAULT_NONE ||
	    (f = take_view(w, table, wish, r)) != FAULT_NONE ||
	    (f = views_of(w, table, &there, &n)) != FAULT_NONE)
		return f;
	if (n == RECORD_VIEWS_MAX)
		return FAULT_LIMIT_REACHED;
	r->place = n == 0 ? 1 : there[n - 1].place + 1;
	if ((f = record_views_insert(w, org, table, r)) != FAULT_NONE)
		return f;
	return change(w, ACT_VIEW_CREATE, org, r->id, STR_NONE, change_of(w, "name", r->name));
}

enum fault
table_view_change(struct work *w, const char *table, const char *id, const struct view_wish *wish,
    struct record_view *r)
{
	const char *org = w->actor->org_id;
	struct str before;
	enum fault f;

	if ((f = table_view(w, table, id, r)) != FAULT_NONE)
		return f;
	before = change_of(w, "name", r->name);
	if ((wish->name.is != ABSENT && (f = name_check(w, "name", &wish->name, &r->name)) != FAULT_NONE) ||
	    (f = take_view(w, table, wish, r)) != FAULT_NONE ||
	    (f = record_views_change(w, org, table, r)) != FAULT_NONE)
		return f;
	return change(w, ACT_VIEW_CHANGE, org, id, before, change_of(w, "name", r->name));
}

enum fault
table_view_remove(struct work *w, const char *table, const char *id)
{
	const char *org = w->actor->org_id;
	struct record_view r;
	enum fault f;

	if ((f = table_view(w, table, id, &r)) != FAULT_NONE ||
	    (f = record_views_delete(w, org, table, id)) != FAULT_NONE)
		return f;
	return change(w, ACT_VIEW_DELETE, org, id, change_of(w, "name", r.name), STR_NONE);
}
