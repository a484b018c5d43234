/*
 * ui_org.c: the organization, for its admins: its name and policy, its people
 * and its teams.
 */
#include "ui/ui.h"

#include "core/member.h"
#include "core/organization.h"
#include "core/team.h"
#include "ui/org.h"
#include "ui/policy.h"

struct policy_form {
	struct given_text name;
	struct given_flag personal_tokens_enabled, space_never_allowed, confirmed;
	struct given_int personal_max_days, machine_max_days;
};
static const struct field policy_fields[] = { FIELD(policy_form, name),
	FIELD(policy_form, personal_tokens_enabled), FIELD(policy_form, space_never_allowed),
	FIELD(policy_form, personal_max_days), FIELD(policy_form, machine_max_days),
	FIELD(policy_form, confirmed) };
const struct shape shape_ui_policy = SHAPE("PolicyForm", policy_form, policy_fields);

static const struct field member_fields[] = { FIELD(member_wish, email), FIELD(member_wish, name),
	FIELD(member_wish, role), FIELD(member_wish, password) };
const struct shape shape_ui_member = SHAPE("MemberForm", member_wish, member_fields);

static const struct field team_fields[] = { FIELD(team_wish, name) };
const struct shape shape_ui_team = SHAPE("TeamForm", team_wish, team_fields);

enum fault
org_begin(struct call *c, enum org_tab tab, struct board **b)
{
	static const struct {
		enum words text;
		const char *path;
	} tabs[] = { { WORDS_policy, "/settings/organization" }, { WORDS_members, "/settings/members" },
		{ WORDS_teams, "/settings/teams" }, { WORDS_resources, "/settings/resources" } };
	enum fault f = tab == ORG_RESOURCES ? board_begin(c, WORDS_resources, NAV_RESOURCES, b)
					    : board_begin(c, WORDS_organization, NAV_ORGANIZATION, b);

	/* Members have the last of them only, and it is no tab then. */
	for (size_t i = 0; f == FAULT_NONE && (*b)->frame.admin && i < COUNT(tabs); i++)
		board_tab(c, *b, tabs[i].text, tabs[i].path, i == (size_t)tab);
	return f;
}

/* --- what it allows --- */

static void
offer_cap(struct call *c, struct board *b, struct board_form *form, const char *name, enum words label,
    int64_t now, bool unlimited)
{
	static const int64_t days[] = { 30, 90, 180, 365 };
	struct control *k = form_select(c, form, name, label, COUNT(days) + 1);

	if (unlimited)
		control_option(b, k, "", words_text(WORDS_no_limit), now == 0);
	for (size_t i = 0; i < COUNT(days); i++) {
		const char *value = arena_print(c->work->arena, "%lld", (long long)days[i]);

		control_option(b, k, value, words_format(c->work->arena, WORDS_n_days, value),
		    now == days[i]);
	}
}

enum fault
ui_org(struct call *c)
{
	struct census_view *census;
	struct board_form *form;
	struct control *k;
	struct board *b;
	struct org o;
	enum fault f;

	if ((f = org_begin(c, ORG_POLICY, &b)) != FAULT_NONE ||
	    (f = orgs_get(c->work, c->work->actor->org_id, &o)) != FAULT_NONE ||
	    (f = census_view(c, &census)) != FAULT_NONE)
		return f;
	b->census = census;
	form = board_form(c, b, WORDS_none, WORDS_save, "/settings/organization");
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none)->value = o.name;
	k = form_control(form, CONTROL_FLAG, "personal_tokens_enabled", WORDS_allow_personal,
	    WORDS_allow_personal_hint);
	k->on = o.personal_enabled != 0;
	offer_cap(c, b, form, "personal_max_days", WORDS_personal_cap, o.personal_max_days, false);
	form->controls.v[form->controls.n - 1].hint = WORDS_cap_hint;
	offer_cap(c, b, form, "machine_max_days", WORDS_machine_cap, o.machine_max_days, true);
	form->controls.v[form->controls.n - 1].hint = WORDS_machine_cap_hint;
	k = form_control(form, CONTROL_FLAG, "space_never_allowed", WORDS_allow_never,
	    WORDS_allow_never_hint);
	k->on = o.space_never_allowed != 0;
	form =
	    board_form(c, b, WORDS_danger_zone, WORDS_delete_organization, "/settings/organization/delete");
	form_control(form, CONTROL_TEXT, "confirm", WORDS_write_name, WORDS_none);
	if ((f = form_danger(c, form, WORDS_delete_organization_text)) != FAULT_NONE)
		return f;
	return board_show(c, b);
}

enum fault
ui_org_delete(struct call *c)
{
	const char *org = c->work->actor->org_id;
	struct org o;
	enum fault f;

	if ((f = orgs_get(c->work, org, &o)) != FAULT_NONE || (f = confirm_name(c, o.name)) != FAULT_NONE ||
	    (f = frame_proof(c)) != FAULT_NONE || (f = organization_delete(c->work, org)) != FAULT_NONE)
		return f;
	c->work->actor = c->caller; /* the next page is of another one, if there is one */
	return frame_go(c, "/settings/organizations", "deleted");
}

enum fault
ui_org_send(struct call *c)
{
	const struct policy_form *form = c->body;
	/* A box that is not ticked is not sent. */
	struct policy_wish policy = {
		.personal_tokens_enabled = { GIVEN, form->personal_tokens_enabled.v },
		.space_never_allowed = { GIVEN, form->space_never_allowed.v },
		.personal_max_days = form->personal_max_days,
		.machine_max_days = form->machine_max_days,
	};
	struct organization_wish wish = { form->name };
	const char *org = c->work->actor->org_id;
	bool asked = false;
	struct org o;
	enum fault f;

	/* Whoever was asked has seen what it does. */
	if (!form->confirmed.v && (f = policy_ask(c, &policy, form->name.v, &asked)) != FAULT_NONE)
		return f;
	if (asked)
		return FAULT_NONE;
	if ((f = orgs_get(c->work, org, &o)) != FAULT_NONE)
		return f;
	if (!str_is(form->name.v, o.name) && (f = organization_rename(c->work, org, &wish, &o)) != FAULT_NONE)
		return f;
	if ((f = organization_set_policy(c->work, org, &policy, &o)) != FAULT_NONE)
		return f;
	return frame_go(c, "/settings/organization", "saved");
}

/* --- people --- */

enum fault
ui_members(struct call *c)
{
	struct board_form *form;
	struct member *rows;
	struct control *k;
	struct page page;
	struct board *b;
	size_t n;
	enum fault f;

	if ((f = org_begin(c, ORG_MEMBERS, &b)) != FAULT_NONE ||
	    (f = board_search(c, b, "/settings/members", WORDS_search_people_hint, &members_orders, &page)) !=
		FAULT_NONE ||
	    (f = members_page(c->work, c->work->actor->org_id, &page, &rows, &n)) != FAULT_NONE)
		return f;
	board_list(c, b, WORDS_none, WORDS_role, WORDS_none, WORDS_joined);
	board_sort(c, b, WORDS_joined, MEMBERS_BY_JOINING);
	board_sort(c, b, WORDS_col_name, MEMBERS_BY_NAME);
	board_sort(c, b, WORDS_role, MEMBERS_BY_ROLE);
	n = board_shown(c, b, &page, rows, sizeof *rows, n);
	for (size_t i = 0; i < n; i++) {
		struct line *l = board_line(b, rows[i].name);

		l->about = rows[i].awaits ? words_format(c->work->arena, WORDS_not_confirmed, rows[i].email)
					  : rows[i].email;
		l->first = role_word(rows[i].role);
		l->when = when_of(c->work, rows[i].joined_at, WORDS_never);
		line_ask(c, l, WORDS_change,
		    arena_print(c->work->arena, "/settings/members/%s", rows[i].user_id));
	}
	form = board_form(c, b, WORDS_add_member, WORDS_add, "/settings/members");
	form_control(form, CONTROL_EMAIL, "email", WORDS_email, WORDS_none);
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_member_name_hint)->needed = false;
	org_offer_role(c, b, form, "member", false);
	if (c->work->settings->access_passwords) {
		k = form_control(form, CONTROL_PASSWORD, "password", WORDS_first_password,
		    WORDS_first_password_hint);
		k->needed = false;
	}
	return board_show(c, b);
}

void
org_offer_role(struct call *c, struct board *b, struct board_form *form, const char *role, bool editors)
{
	struct control *k = form_select(c, form, "role", WORDS_role, 3);

	control_option(b, k, "member", words_text(WORDS_role_member), strcmp(role, "member") == 0);
	if (editors)
		control_option(b, k, "editor", words_text(WORDS_role_editor), strcmp(role, "editor") == 0);
	control_option(b, k, "admin", words_text(WORDS_role_admin), strcmp(role, "admin") == 0);
}

/* What was left empty is not given. */
static void
drop_empty(struct given_text *g)
{
	if (g->v.n == 0)
		g->is = ABSENT;
}

enum fault
ui_member_add(struct call *c)
{
	struct member_wish wish = *(const struct member_wish *)c->body;
	struct member m;
	enum fault f;

	drop_empty(&wish.name);
	drop_empty(&wish.password);
	f = member_add(c->work, &wish, &m);
	return f != FAULT_NONE ? f : frame_go(c, "/settings/members", "added");
}

enum fault
ui_member(struct call *c)
{
	const char *id = call_param(c, "user"),
		   *path = arena_print(c->work->arena, "/settings/members/%s", id);
	struct board_form *form;
	struct member m;
	struct board *b;
	enum fault f;

	if ((f = members_of_user(c->work, c->work->actor->org_id, id, &m)) != FAULT_NONE ||
	    (f = board_begin_named(c, m.name, NAV_ORGANIZATION, &b)) != FAULT_NONE)
		return f;
	b->back = frame_link(c, "/settings/members");
	b->back_text = words_text(WORDS_members);
	board_link(c, b, WORDS_their_keys, arena_print(c->work->arena, "/settings/keys?owner=%s", id))
	    ->plain = true;
	board_fact(b, WORDS_email, m.email);
	board_instant(b, WORDS_joined, when_of(c->work, m.joined_at, WORDS_never), false);
	form = board_form(c, b, WORDS_none, WORDS_save, path);
	org_offer_role(c, b, form, m.role, false);
	form = board_form(c, b, WORDS_danger_zone, WORDS_remove_member,
	    arena_print(c->work->arena, "%s/remove", path));
	if ((f = form_danger(c, form, WORDS_remove_member_text)) != FAULT_NONE)
		return f;
	return board_show(c, b);
}

enum fault
ui_member_role(struct call *c)
{
	const struct member_wish *form = c->body;
	struct member_wish wish = { .role = form->role };
	struct member m;
	enum fault f = member_set_role(c->work, call_param(c, "user"), &wish, &m);

	return f != FAULT_NONE ? f : frame_go(c, "/settings/members", "saved");
}

enum fault
ui_member_remove(struct call *c)
{
	enum fault f = frame_proof(c);

	if (f == FAULT_NONE)
		f = member_leave(c->work, call_param(c, "user"));
	return f != FAULT_NONE ? f : frame_go(c, "/settings/members", "removed");
}

/* --- teams --- */

enum fault
ui_teams(struct call *c)
{
	struct board_form *form;
	struct team *rows;
	struct board *b;
	struct page page;
	size_t n;
	enum fault f;

	if ((f = org_begin(c, ORG_TEAMS, &b)) != FAULT_NONE ||
	    (f = board_search(c, b, "/settings/teams", WORDS_search_names_hint, &teams_orders, &page)) !=
		FAULT_NONE ||
	    (f = teams_page(c->work, c->work->actor->org_id, &page, &rows, &n)) != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_teams_intro);
	board_list(c, b, WORDS_no_teams, WORDS_members, WORDS_none, WORDS_col_created);
	board_sort(c, b, WORDS_col_created, TEAMS_BY_CREATION);
	board_sort(c, b, WORDS_col_name, TEAMS_BY_NAME);
	n = board_shown(c, b, &page, rows, sizeof *rows, n);
	for (size_t i = 0; i < n; i++) {
		struct line *l = board_line(b, rows[i].name);

		l->link = frame_link(c, arena_print(c->work->arena, "/settings/teams/%s", rows[i].id));
		l->first = arena_print(c->work->arena, "%lld", (long long)rows[i].members);
		l->when = when_of(c->work, rows[i].created_at, WORDS_never);
	}
	form = board_form(c, b, WORDS_new_team, WORDS_create, "/settings/teams");
	form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_none);
	return board_show(c, b);
}

enum fault
ui_team_make(struct call *c)
{
	struct team t;
	enum fault f = team_create(c->work, c->body, &t);

	return f != FAULT_NONE ? f : frame_go(c, "/settings/teams", "made");
}
