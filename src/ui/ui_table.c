/*
 * ui_table.c: the fields a table is made of.  Its records are read and written by
 * programs.
 */
#include "ui/ui.h"

#include "base/json_tree.h"
#include "base/text.h"
#include "records/table.h"
#include "ui/resource.h"

#define CHOICES_MAX   200
#define CHOICES_BYTES 2000

struct table_field_form {
	struct given_text name, type, choices;
};
static const struct field table_field_fields[] = { FIELD_NEEDED(table_field_form, name),
	FIELD(table_field_form, type), FIELD(table_field_form, choices) };
const struct shape shape_ui_table_field = SHAPE("TableFieldForm", table_field_form, table_field_fields);

/* Where a type has two names, one is offered. */
static const struct {
	const char *name;
	enum words word;
	bool offered;
} types[] = {
	{ "singleLineText", WORDS_cell_text, true },
	{ "text", WORDS_cell_text, false },
	{ "longText", WORDS_cell_long_text, true },
	{ "number", WORDS_cell_number, true },
	{ "checkbox", WORDS_cell_checkbox, true },
	{ "date", WORDS_cell_date, true },
	{ "singleSelect", WORDS_cell_select, true },
	{ "select", WORDS_cell_select, false },
	{ "json", WORDS_cell_json, true },
};

static const char *
type_shown(const char *name)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return words_text(types[i].word);
	return name;
}

static const char *
choices_shown(struct work *w, const struct column *col)
{
	struct out o = out_limit(w->arena, CHOICES_BYTES);

	for (size_t i = 0; i < col->choices.n; i++) {
		out_put(&o, i == 0 ? "" : ", ");
		out_str(&o, col->choices.items[i].text);
	}
	/* A part of them would be taken for all. */
	return out_failed(&o) ? NULL : arena_text(w->arena, out_text(&o));
}

/* As they are written in a form, with commas between, which not every name can be. */
static bool
choices_tellable(struct work *w, const struct column *col)
{
	for (size_t i = 0; i < col->choices.n; i++) {
		struct str s = col->choices.items[i].text;

		if (str_find(s, ',') >= 0 || str_trim(s).n != s.n)
			return false;
	}
	return choices_shown(w, col) != NULL;
}

enum fault
table_begin(struct call *c, enum resource_tab tab, struct resource *r, struct board **b)
{
	enum fault f = resource_begin(c, tab, r, b);

	return f == FAULT_NONE && strcmp(r->type, "table") != 0 ? FAULT_NOT_FOUND : f;
}

static const char *
field_path(struct call *c, const char *field, const char *rest)
{
	return resource_path(c, arena_print(c->work->arena, "/fields/%s%s", field, rest));
}

/* --- the fields --- */

static void
offer_choices(struct board_form *form, const char *now)
{
	struct control *k = form_control(form, CONTROL_TEXT, "choices", WORDS_choices, WORDS_choices_hint);

	k->value = now;
	k->needed = false;
	k->max = CHOICES_BYTES;
}

static void
offer_new_field(struct call *c, struct board *b)
{
	struct board_form *form =
	    board_form(c, b, WORDS_new_field, WORDS_add_field, resource_path(c, "/fields"));
	struct control *k;

	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none);
	k = form_select(c, form, "type", WORDS_type, COUNT(types));
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].offered)
			control_option(b, k, types[i].name, words_text(types[i].word), i == 0);
	offer_choices(form, NULL);
}

enum fault
table_contents(struct call *c, struct board *b, const struct resource *r)
{
	struct columns all;
	enum fault f = columns_of(c->work, r->id, &all);

	if (f != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_fields_intro);
	board_list(c, b, WORDS_no_fields, WORDS_type, WORDS_choices, WORDS_none);
	for (size_t i = 0; i < all.n && i < BOARD_LINES; i++) {
		struct line *l = board_line(b, all.v[i].row.name);

		l->link = frame_link(c, field_path(c, all.v[i].row.id, ""));
		l->about = all.v[i].row.id;
		l->first = type_shown(all.v[i].row.type);
		l->second = choices_shown(c->work, &all.v[i]);
	}
	offer_new_field(c, b);
	return board_show(c, b);
}

/* --- one of them --- */

/* The one in the address, by its id. */
static enum fault
the_field(struct call *c, const struct column **col)
{
	const char *id = call_param(c, "field");
	struct columns all;
	enum fault f = columns_of(c->work, call_param(c, "resource"), &all);

	if (f != FAULT_NONE)
		return f;
	*col = column_find(&all, str_of(id));
	return *col != NULL && strcmp((*col)->row.id, id) == 0 ? FAULT_NONE : FAULT_NOT_FOUND;
}

enum fault
ui_table_field(struct call *c)
{
	const struct column *col;
	struct board_form *form;
	struct resource r;
	struct board *b;
	enum fault f;

	if ((f = table_begin(c, TAB_CONTENTS, &r, &b)) != FAULT_NONE ||
	    (f = the_field(c, &col)) != FAULT_NONE)
		return f;
	b->frame.title = col->row.name;
	b->back = frame_link(c, resource_path(c, "/contents"));
	b->back_text = words_text(WORDS_back);
	board_fact(b, WORDS_type, type_shown(col->row.type));
	form = board_form(c, b, WORDS_rename, WORDS_save, field_path(c, col->row.id, ""));
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none)->value = col->row.name;
	if (col->type->sort == CELL_SELECT && choices_tellable(c->work, col))
		offer_choices(form, choices_shown(c->work, col));
	form = board_form(c, b, WORDS_danger_zone, WORDS_delete_field, field_path(c, col->row.id, "/delete"));
	form_control(form, CONTROL_TEXT, "confirm", WORDS_write_name, WORDS_none);
	f = form_danger(c, form, WORDS_delete_field_text);
	return f != FAULT_NONE ? f : board_show(c, b);
}

/* --- changes --- */

/* {"choices": [{"name": "one"}, ...]}, as the clients of tables give them. */
static struct given_json
options_of(struct call *c, const struct given_text *said)
{
	struct arena *a = c->work->arena;
	struct json_value *all = arena_new(a, struct json_value), *list = arena_new(a, struct json_value),
			  *items = arena_array(a, struct json_value, CHOICES_MAX + 2);
	struct str rest = said->v, one;

	*list = (struct json_value){ .name = "choices", .sort = JSON_IS_LIST, .items = items };
	while (list->n <= CHOICES_MAX && str_cut(&rest, ',', &one)) {
		struct json_value *name = arena_new(a, struct json_value);

		one = str_trim(one);
		if (one.n == 0)
			continue;
		*name = (struct json_value){ .name = "name", .sort = JSON_IS_TEXT, .text = one };
		items[list->n++] = (struct json_value){ .sort = JSON_IS_OBJECT, .items = name, .n = 1 };
	}
	*all = (struct json_value){ .sort = JSON_IS_OBJECT, .items = list, .n = list->n > 0 ? 1 : 0 };
	return (struct given_json){ said->is == GIVEN ? GIVEN : ABSENT, all };
}

enum fault
table_only(struct call *c)
{
	struct resource r;
	enum fault f = resources_get(c->work, c->work->actor->org_id, call_param(c, "resource"), &r);

	return f == FAULT_NONE && strcmp(r.type, "table") != 0 ? FAULT_NOT_FOUND : f;
}

static enum fault
choices_wrong(struct call *c, enum fault f)
{
	if (c->work->trouble.field != NULL && strcmp(c->work->trouble.field, "options") == 0)
		c->work->trouble.field = "choices";
	return f;
}

enum fault
ui_table_field_add(struct call *c)
{
	const struct table_field_form *form = c->body;
	struct field_wish wish = { .name = form->name,
		.type = form->type,
		.options = options_of(c, &form->choices) };
	struct record_field r;
	enum fault f;

	if ((f = table_only(c)) != FAULT_NONE ||
	    (f = table_field_add(c->work, call_param(c, "resource"), &wish, &r)) != FAULT_NONE)
		return choices_wrong(c, f);
	return frame_go(c, resource_path(c, "/contents"), "made");
}

enum fault
ui_table_field_change(struct call *c)
{
	const struct table_field_form *form = c->body;
	struct field_wish wish = { .name = form->name, .options = options_of(c, &form->choices) };
	const char *id = call_param(c, "field");
	struct record_field r;
	enum fault f;

	if ((f = table_only(c)) != FAULT_NONE ||
	    (f = table_field_change(c->work, call_param(c, "resource"), id, &wish, &r)) != FAULT_NONE)
		return choices_wrong(c, f);
	return frame_go(c, field_path(c, id, ""), "saved");
}

enum fault
ui_table_field_delete(struct call *c)
{
	const char *id = call_param(c, "field");
	const struct column *col;
	enum fault f;

	if ((f = table_only(c)) != FAULT_NONE || (f = the_field(c, &col)) != FAULT_NONE ||
	    (f = confirm_name(c, col->row.name)) != FAULT_NONE || (f = frame_proof(c)) != FAULT_NONE ||
	    (f = table_field_remove(c->work, call_param(c, "resource"), id)) != FAULT_NONE)
		return f;
	return frame_go(c, resource_path(c, "/contents"), "removed");
}
