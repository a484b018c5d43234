/*
 * ui_team.c: one team, and who is in it.
 */
#include "ui/ui.h"

#include "core/team.h"
#include "store/machines.h"
#include "store/members.h"
#include "ui/org.h"

struct subject_form {
	struct given_text subject, role;
};
static const struct field subject_fields[] = { FIELD(subject_form, subject), FIELD(subject_form, role) };
const struct shape shape_ui_subject = SHAPE("SubjectForm", subject_form, subject_fields);

enum fault
org_offer_subjects(struct call *c, struct board *b, struct board_form *form, const char *name,
    bool with_teams, bool everyone)
{
	const char *org = c->work->actor->org_id;
	struct pick *pick = pick_begin(c, WORDS_who);
	size_t members_n = 0, machines_n = 0, teams_n;
	struct machine *machines;
	struct member *members;
	struct team *teams;
	struct control *k;
	enum fault f = teams_page(c->work, org, &pick->page, &teams, &teams_n);

	if (f == FAULT_NONE && b->frame.admin)
		f = members_page(c->work, org, &pick->page, &members, &members_n);
	if (f == FAULT_NONE && b->frame.admin)
		f = machines_page(c->work, org, &pick->page, &machines, &machines_n);
	if (f != FAULT_NONE)
		return f;
	teams_n = with_teams ? pick_some(pick, teams_n) : 0;
	members_n = pick_some(pick, members_n);
	machines_n = pick_some(pick, machines_n);
	k = form_select(c, form, name, WORDS_who, members_n + machines_n + teams_n + 1);
	k->pick = pick;
	if (everyone)
		control_option(b, k, "everyone", words_text(WORDS_everyone), false);
	for (size_t i = 0; i < teams_n; i++)
		control_option(b, k, teams[i].id,
		    words_format(c->work->arena, WORDS_team_named, teams[i].name), false);
	for (size_t i = 0; i < members_n; i++)
		control_option(b, k, members[i].user_id,
		    arena_print(c->work->arena, "%s (%s)", members[i].name, members[i].email), false);
	for (size_t i = 0; i < machines_n; i++)
		control_option(b, k, machines[i].id,
		    words_format(c->work->arena, WORDS_machine_named, machines[i].name), false);
	return FAULT_NONE;
}

static const char *
path_of(struct call *c, const char *rest)
{
	return arena_print(c->work->arena, "/settings/teams/%s%s", call_param(c, "team"), rest);
}

enum fault
ui_team(struct call *c)
{
	const char *org = c->work->actor->org_id, *id = call_param(c, "team");
	struct team_subject *rows;
	struct board_form *form;
	size_t n, found = 0, first;
	struct board *b;
	struct page page;
	struct team t;
	enum fault f;

	if ((f = teams_get(c->work, org, id, &t)) != FAULT_NONE ||
	    (f = teams_subjects(c->work, org, id, &rows, &n)) != FAULT_NONE ||
	    (f = board_begin_named(c, t.name, NAV_ORGANIZATION, &b)) != FAULT_NONE ||
	    (f = board_search(c, b, path_of(c, ""), WORDS_search_names_hint, NULL, &page)) != FAULT_NONE)
		return f;
	b->back = frame_link(c, "/settings/teams");
	b->back_text = words_text(WORDS_teams);
	board_list(c, b, WORDS_empty_team, WORDS_none, WORDS_none, WORDS_joined);
	for (size_t i = 0; i < n; i++)
		if (board_found(c, b, rows[i].name))
			rows[found++] = rows[i];
	n = board_slice(c, b, path_of(c, ""), found, &first);
	for (size_t i = first; i < first + n; i++) {
		struct line *l = board_line(b, rows[i].name);

		l->when = when_of(c->work, rows[i].added_at, WORDS_never);
		line_act(c, l, WORDS_remove,
		    path_of(c, arena_print(c->work->arena, "/members/%s/remove", rows[i].id)));
	}
	form = board_form(c, b, WORDS_add_to_team, WORDS_add, path_of(c, "/members"));
	if ((f = org_offer_subjects(c, b, form, "subject", false, false)) != FAULT_NONE)
		return f;
	form = board_form(c, b, WORDS_rename, WORDS_save, path_of(c, ""));
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none)->value = t.name;
	form = board_form(c, b, WORDS_danger_zone, WORDS_delete_team, path_of(c, "/delete"));
	if ((f = form_danger(c, form, WORDS_delete_team_text)) != FAULT_NONE)
		return f;
	return board_show(c, b);
}

enum fault
ui_team_rename(struct call *c)
{
	struct team t;
	enum fault f = team_rename(c->work, call_param(c, "team"), c->body, &t);

	return f != FAULT_NONE ? f : frame_go(c, path_of(c, ""), "saved");
}

enum fault
ui_team_delete(struct call *c)
{
	enum fault f = frame_proof(c);

	if (f == FAULT_NONE)
		f = team_delete(c->work, call_param(c, "team"));
	return f != FAULT_NONE ? f : frame_go(c, "/settings/teams", "removed");
}

enum fault
ui_team_add(struct call *c)
{
	const struct subject_form *form = c->body;
	enum fault f;

	if (pick_asked(c))
		return pick_again(c);
	f = team_add(c->work, call_param(c, "team"), arena_text(c->work->vault, form->subject.v));
	return f != FAULT_NONE ? f : frame_go(c, path_of(c, ""), "added");
}

enum fault
ui_team_remove(struct call *c)
{
	enum fault f = team_remove(c->work, call_param(c, "team"), call_param(c, "subject"));

	return f != FAULT_NONE ? f : frame_go(c, path_of(c, ""), "removed");
}
