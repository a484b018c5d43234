/*
 * ui_resources.c: sources, providers and spaces, and who has which role on them.
 */
#include "ui/ui.h"

#include "core/grant.h"
#include "core/resource.h"
#include "store/grants.h"
#include "ui/org.h"

#define LIST "/settings/resources"

/* The types that are made here; a base and a table are made in their space. */
static const struct {
	const char *type;
	enum words text;
} types[] = { { "source", WORDS_source }, { "provider", WORDS_provider }, { "space", WORDS_space } };

struct resource_form {
	struct given_text type, name, root;
};
static const struct field resource_fields[] = { FIELD(resource_form, type), FIELD(resource_form, name),
	FIELD(resource_form, root) };
const struct shape shape_ui_resource = SHAPE("ResourceForm", resource_form, resource_fields);

struct grant_form {
	struct given_text subject, role;
};
static const struct field grant_fields[] = { FIELD(grant_form, subject), FIELD(grant_form, role) };
const struct shape shape_ui_grant = SHAPE("GrantForm", grant_form, grant_fields);

static const char *
type_word(const char *type)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(types[i].type, type) == 0)
			return words_text(types[i].text);
	return type;
}

enum fault
ui_resources(struct call *c)
{
	struct page page = { BOARD_LINES - 1, 0, "" }, next;
	struct board_form *form;
	struct resource *rows;
	struct control *k;
	struct board *b;
	size_t n;
	enum fault f;

	if ((f = org_begin(c, ORG_RESOURCES, &b)) != FAULT_NONE ||
	    (f = resource_list(c->work, NULL, NULL, &page, &rows, &n, &next)) != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_resources_intro);
	board_list(c, b, WORDS_no_resources, WORDS_type, WORDS_none, WORDS_col_created);
	for (size_t i = 0; i < n; i++) {
		struct line *l = board_line(b, rows[i].name);

		l->link = frame_link(c, arena_print(c->work->arena, LIST "/%s", rows[i].id));
		l->first = type_word(rows[i].type);
		l->when = when_of(c->work, rows[i].created_at, WORDS_never);
	}
	form = board_form(c, b, WORDS_new_resource, WORDS_create, LIST);
	k = form_select(c, form, "type", WORDS_type, COUNT(types));
	for (size_t i = 0; i < COUNT(types); i++)
		control_option(b, k, types[i].type, words_text(types[i].text), i == 0);
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none);
	k = form_control(form, CONTROL_TEXT, "root", WORDS_root, WORDS_root_hint);
	k->needed = false;
	k->max = 1024;
	return board_show(c, b);
}

enum fault
ui_resource_make(struct call *c)
{
	const struct resource_form *form = c->body;
	struct resource_config config = { .root = form->root };
	struct resource_wish wish = { .type = form->type, .name = form->name };
	struct resource r;
	enum fault f;

	if (str_is(form->type.v, "provider"))
		config.driver = (struct given_text){ GIVEN, STR("local") };
	if (form->root.v.n > 0)
		wish.config = (struct given_rows){ GIVEN, &config, 1 };
	f = resource_create(c->work, &wish, &r);
	return f != FAULT_NONE ? f : frame_go(c, LIST, "made");
}

static const char *
path_of(struct call *c, const char *rest)
{
	return arena_print(c->work->arena, LIST "/%s%s", call_param(c, "resource"), rest);
}

enum fault
ui_resource(struct call *c)
{
	const char *org = c->work->actor->org_id, *id = call_param(c, "resource");
	struct board_form *form;
	struct resource r;
	struct grant *rows;
	struct board *b;
	size_t n;
	enum fault f;

	if ((f = resources_get(c->work, org, id, &r)) != FAULT_NONE ||
	    (f = grants_on(c->work, org, id, &rows, &n)) != FAULT_NONE ||
	    (f = board_begin_named(c, r.name, NAV_ORGANIZATION, &b)) != FAULT_NONE)
		return f;
	b->back = frame_link(c, LIST);
	b->back_text = words_text(WORDS_resources);
	board_fact(b, WORDS_type, type_word(r.type));
	b->intro = words_text(WORDS_grants_intro);
	board_list(c, b, WORDS_no_grants, WORDS_role, WORDS_none, WORDS_since);
	for (size_t i = 0; i < n && i < BOARD_LINES; i++) {
		bool everyone = strcmp(rows[i].subject_id, "everyone") == 0;
		struct line *l = board_line(b, everyone ? words_text(WORDS_everyone) : rows[i].name);

		l->first = role_word(rows[i].role);
		l->when = when_of(c->work, rows[i].granted_at, WORDS_never);
		line_act(c, l, WORDS_remove,
		    path_of(c, arena_print(c->work->arena, "/grants/%s/remove", rows[i].subject_id)));
	}
	form = board_form(c, b, WORDS_new_grant, WORDS_assign, path_of(c, "/grants"));
	if ((f = org_offer_subjects(c, b, form, "subject", true, true)) != FAULT_NONE)
		return f;
	org_offer_role(c, b, form, "member", true);
	form = board_form(c, b, WORDS_danger_zone, WORDS_delete_resource, path_of(c, "/delete"));
	if ((f = form_danger(c, form, WORDS_delete_resource_text)) != FAULT_NONE)
		return f;
	form_control(form, CONTROL_TEXT, "confirm", WORDS_write_name, WORDS_none);
	return board_show(c, b);
}

enum fault
ui_grant_set(struct call *c)
{
	const struct grant_form *form = c->body;
	struct grant_wish wish = { .role = form->role };
	enum fault f =
	    grant_set(c->work, call_param(c, "resource"), arena_text(c->work->vault, form->subject.v), &wish);

	return f != FAULT_NONE ? f : frame_go(c, path_of(c, ""), "saved");
}

enum fault
ui_grant_remove(struct call *c)
{
	enum fault f = grant_remove(c->work, call_param(c, "resource"), call_param(c, "subject"));

	return f != FAULT_NONE ? f : frame_go(c, path_of(c, ""), "removed");
}

enum fault
ui_resource_delete(struct call *c)
{
	const char *id = call_param(c, "resource");
	struct resource r;
	enum fault f;

	if ((f = resources_get(c->work, c->work->actor->org_id, id, &r)) != FAULT_NONE ||
	    (f = confirm_name(c, r.name)) != FAULT_NONE || (f = frame_proof(c)) != FAULT_NONE ||
	    (f = resource_delete(c->work, id)) != FAULT_NONE)
		return f;
	return frame_go(c, LIST, "deleted");
}
