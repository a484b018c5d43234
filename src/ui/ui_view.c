/*
 * ui_view.c: the views of a table: their names; which records they have and in which
 * order, programs say.
 */
#include "ui/ui.h"

#include "records/table.h"
#include "ui/resource.h"

struct view_form {
	struct given_text name;
};
static const struct field view_fields[] = { FIELD_NEEDED(view_form, name) };
const struct shape shape_ui_view = SHAPE("ViewForm", view_form, view_fields);

static const char *
view_path(struct call *c, const char *view, const char *rest)
{
	return resource_path(c, arena_print(c->work->arena, "/views/%s%s", view, rest));
}

enum fault
ui_views(struct call *c)
{
	struct board_form *form;
	struct record_view *rows;
	struct resource r;
	struct board *b;
	size_t n;
	enum fault f;

	if ((f = table_begin(c, TAB_VIEWS, &r, &b)) != FAULT_NONE ||
	    (f = record_views(c->work, c->work->actor->org_id, r.id, &rows, &n)) != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_views_intro);
	board_list(c, b, WORDS_no_views, WORDS_view_filter, WORDS_view_sort, WORDS_none);
	for (size_t i = 0; i < n && i < BOARD_LINES; i++) {
		struct line *l = board_line(b, rows[i].name);

		l->link = frame_link(c, view_path(c, rows[i].id, ""));
		l->about = rows[i].id;
		l->first = words_text(rows[i].filter != NULL ? WORDS_yes : WORDS_no);
		l->second = words_text(rows[i].sort != NULL ? WORDS_yes : WORDS_no);
	}
	form = board_form(c, b, WORDS_new_view, WORDS_add_view, resource_path(c, "/views"));
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_new_view_hint);
	return board_show(c, b);
}

enum fault
ui_view(struct call *c)
{
	struct board_form *form;
	struct record_view v;
	struct resource r;
	struct board *b;
	enum fault f;

	if ((f = table_begin(c, TAB_VIEWS, &r, &b)) != FAULT_NONE ||
	    (f = table_view(c->work, r.id, call_param(c, "view"), &v)) != FAULT_NONE)
		return f;
	b->frame.title = v.name;
	b->back = frame_link(c, resource_path(c, "/views"));
	b->back_text = words_text(WORDS_back);
	board_fact(b, WORDS_view_filter, v.filter != NULL ? v.filter : words_text(WORDS_view_all));
	board_fact(b, WORDS_view_sort, v.sort != NULL ? v.sort : words_text(WORDS_view_as_made));
	form = board_form(c, b, WORDS_rename, WORDS_save, view_path(c, v.id, ""));
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none)->value = v.name;
	form = board_form(c, b, WORDS_danger_zone, WORDS_delete_view, view_path(c, v.id, "/delete"));
	form_control(form, CONTROL_TEXT, "confirm", WORDS_write_name, WORDS_none);
	f = form_danger(c, form, WORDS_delete_view_text);
	return f != FAULT_NONE ? f : board_show(c, b);
}

enum fault
ui_view_add(struct call *c)
{
	const struct view_form *form = c->body;
	struct view_wish wish = { .name = form->name };
	struct record_view v;
	enum fault f;

	if ((f = table_only(c)) != FAULT_NONE ||
	    (f = table_view_add(c->work, call_param(c, "resource"), &wish, &v)) != FAULT_NONE)
		return f;
	return frame_go(c, resource_path(c, "/views"), "made");
}

enum fault
ui_view_rename(struct call *c)
{
	const struct view_form *form = c->body;
	struct view_wish wish = { .name = form->name };
	const char *id = call_param(c, "view");
	struct record_view v;
	enum fault f;

	if ((f = table_only(c)) != FAULT_NONE ||
	    (f = table_view_change(c->work, call_param(c, "resource"), id, &wish, &v)) != FAULT_NONE)
		return f;
	return frame_go(c, view_path(c, id, ""), "saved");
}

enum fault
ui_view_delete(struct call *c)
{
	const char *table = call_param(c, "resource"), *id = call_param(c, "view");
	struct record_view v;
	enum fault f;

	if ((f = table_only(c)) != FAULT_NONE || (f = table_view(c->work, table, id, &v)) != FAULT_NONE ||
	    (f = confirm_name(c, v.name)) != FAULT_NONE || (f = frame_proof(c)) != FAULT_NONE ||
	    (f = table_view_remove(c->work, table, id)) != FAULT_NONE)
		return f;
	return frame_go(c, resource_path(c, "/views"), "removed");
}
