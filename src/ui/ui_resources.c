/*
 * ui_resources.c: sources, providers and spaces: their list, and new ones.
 */
#include "ui/ui.h"

#include "core/ask.h"
#include "core/resource.h"
#include "records/table.h"
#include "ui/org.h"
#include "ui/resource.h"

#define LIST "/settings/resources"

/* What may be made, by the word for it in an address. */
static const struct make {
	const char *what, *type, *driver;
	enum words title, button;
	enum connection connection;
	bool admins; /* only they */
	bool within; /* in another one */
} makes[] = {
	{ "source", "source", NULL, WORDS_new_source, WORDS_source, CONNECTION_SOURCE, true, false },
	{ "local", "provider", "local", WORDS_new_local, WORDS_provider_local, CONNECTION_LOCAL, true,
	    false },
	{ "s3", "provider", "s3", WORDS_new_s3, WORDS_provider_s3, CONNECTION_S3, true, false },
	{ "space", "space", NULL, WORDS_new_space, WORDS_space, CONNECTION_NONE, false, false },
	{ "base", "base", NULL, WORDS_new_base, WORDS_base, CONNECTION_NONE, false, true },
	{ "table", "table", NULL, WORDS_new_table, WORDS_table, CONNECTION_NONE, false, true },
};

struct resource_form {
	struct given_text what, parent, name;
	CONNECTION_MEMBERS;
};
static const struct field resource_fields[] = { FIELD_NEEDED(resource_form, what),
	FIELD(resource_form, parent), FIELD_NEEDED(resource_form, name), CONNECTION_FIELDS(resource_form) };
const struct shape shape_ui_resource = SHAPE("ResourceForm", resource_form, resource_fields);

static const struct make *
make_named(struct str what)
{
	for (size_t i = 0; i < COUNT(makes); i++)
		if (str_is(what, makes[i].what))
			return &makes[i];
	return NULL;
}

const char *
resource_new_link(struct call *c, const char *what, const char *parent)
{
	return arena_print(c->work->arena, "%s&what=%s&parent=%s", frame_link(c, LIST "/new"), what, parent);
}

const char *
type_word(const char *type)
{
	for (size_t i = 0; i < COUNT(makes); i++)
		if (strcmp(makes[i].type, type) == 0)
			return words_text(strcmp(type, "provider") == 0 ? WORDS_provider : makes[i].button);
	return strcmp(type, "collection") == 0 ? words_text(WORDS_collection) : type;
}

/* --- the list --- */

/* Only who rules a thing has a page for it. */
enum fault
resource_line(struct call *c, struct board *b, const struct resource *r)
{
	enum fault f = ask_actor(c->work, ACTION_ADMIN, r->id);
	struct line *l = board_line(b, r->name);

	if (f == FAULT_NONE)
		l->link = frame_link(c, arena_print(c->work->arena, LIST "/%s", r->id));
	l->first = type_word(r->type);
	l->when = when_of(c->work, r->created_at, WORDS_never);
	return fault_status(f) >= 500 ? f : FAULT_NONE;
}

static bool
resource_reads(struct call *c, const char *id)
{
	bool may = ask_actor(c->work, ACTION_READ, id) == FAULT_NONE;

	c->work->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
	return may;
}

/* What a row stands in, most often a row of the same page. */
static enum fault
parent_name(struct call *c, const struct resource *rows, size_t n, const char *parent, const char **name)
{
	struct resource r;
	enum fault f;

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].id, parent) == 0) {
			*name = rows[i].name;
			return FAULT_NONE;
		}
	/* What is only below it in one's reach does not show its name. */
	if (!resource_reads(c, parent))
		return FAULT_NONE;
	if ((f = resources_get(c->work, c->work->actor->org_id, parent, &r)) == FAULT_NONE)
		*name = r.name;
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

enum fault
resource_lines(struct call *c, struct board *b, const char *parent, const char *path)
{
	struct resource *rows;
	struct page page, next;
	size_t n;
	enum fault f;

	if ((f = board_search(c, b, path, WORDS_search_names_hint, &resources_orders, &page)) != FAULT_NONE)
		return f;
	board_sort(c, b, WORDS_col_created, RESOURCES_BY_CREATION);
	board_sort(c, b, WORDS_col_name, RESOURCES_BY_NAME);
	page.limit--;
	if ((f = resource_list(c->work, NULL, parent, &page, &rows, &n, &next)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < n && f == FAULT_NONE; i++) {
		f = resource_line(c, b, &rows[i]);
		if (f == FAULT_NONE && parent == NULL && rows[i].parent_id != NULL)
			f = parent_name(c, rows, n, rows[i].parent_id, &b->lines.v[b->lines.n - 1].second);
	}
	if (next.after_id != NULL)
		board_next(c, b, &next);
	return f;
}

enum fault
ui_resources(struct call *c)
{
	struct board *b;
	enum fault f = org_begin(c, ORG_RESOURCES, &b);

	if (f != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_resources_intro);
	for (size_t i = 0; i < COUNT(makes); i++)
		if (!makes[i].within && (b->frame.admin || !makes[i].admins)) {
			struct tab *t = board_link(c, b, makes[i].title, LIST "/new");

			t->link = resource_new_link(c, makes[i].what, "");
			t->plain = true;
		}
	board_list(c, b, WORDS_no_resources, WORDS_type, WORDS_stands_in, WORDS_col_created);
	return (f = resource_lines(c, b, NULL, LIST)) == FAULT_NONE ? board_show(c, b) : f;
}

/* --- a new one --- */

static void
hidden(struct call *c, struct board_form *form, const char *name, struct str value)
{
	form_control(form, CONTROL_HIDDEN, name, WORDS_none, WORDS_none)->value =
	    arena_text(c->work->arena, value);
}

enum fault
ui_resource_new(struct call *c)
{
	struct str query = c->again ? c->form : c->req->query;
	struct str what = query_value(c->work->arena, query, "what"),
		   parent = query_value(c->work->arena, query, "parent");
	const struct make *m = make_named(what);
	struct board_form *form;
	struct board *b;
	enum fault f;

	if (m == NULL)
		return FAULT_NOT_FOUND;
	if ((f = board_begin(c, m->title, NAV_RESOURCES, &b)) != FAULT_NONE)
		return f;
	b->back = frame_link(c, LIST);
	b->back_text = words_text(WORDS_resources);
	form = board_form(c, b, WORDS_none, WORDS_create, LIST);
	hidden(c, form, "what", what);
	if (m->within)
		hidden(c, form, "parent", parent);
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none);
	offer_connection(c, form, m->connection, NULL);
	return board_show(c, b);
}

enum fault
ui_resource_make(struct call *c)
{
	const struct resource_form *form = c->body;
	const struct make *m = make_named(form->what.v);
	struct resource_config config = { CONNECTION_GIVEN(form) };
	struct resource_wish wish = { .name = form->name };
	struct view_wish grid = { .name = { GIVEN, STR("Grid view") } };
	struct record_view view;
	struct resource r;
	enum fault f;

	if (m == NULL)
		return FAULT_NOT_FOUND;
	wish.type = (struct given_text){ GIVEN, str_of(m->type) };
	if (m->within)
		wish.parent = form->parent;
	wish.config = connection_given(m->connection, m->driver, &config);
	if ((f = resource_create(c->work, &wish, &r)) != FAULT_NONE)
		return f;
	/* As a client makes one: with a view that shows all of it. */
	if (strcmp(m->type, "table") == 0 && (f = table_view_add(c->work, r.id, &grid, &view)) != FAULT_NONE)
		return f;
	return frame_go(c, arena_print(c->work->arena, LIST "/%s", r.id), "made");
}
