/*
 * ui_machines.c: machines, for admins: their list, and the four tabs of each.
 */
#include "ui/ui.h"

#include "core/grant.h"
#include "core/machine.h"
#include "core/machine_access.h"
#include "core/resource.h"
#include "core/retire.h"
#include "core/team.h"
#include "ui/board.h"
#include "ui/keys.h"
#include "ui/limit.h"

#define LIST "/settings/machines"

struct machine_form {
	struct given_text name, description, expires_in, allowed_ips;
	struct given_int requests, seconds;
};
static const struct field form_fields[] = { FIELD(machine_form, name), FIELD(machine_form, description),
	FIELD(machine_form, expires_in), FIELD(machine_form, allowed_ips), FIELD(machine_form, requests),
	FIELD(machine_form, seconds) };
const struct shape shape_ui_machine = SHAPE("MachineForm", machine_form, form_fields);

struct access_form {
	struct given_text resource, role, team;
};
static const struct field access_fields[] = { FIELD(access_form, resource), FIELD(access_form, role),
	FIELD(access_form, team) };
const struct shape shape_ui_access = SHAPE("AccessForm", access_form, access_fields);

enum machine_tab { TAB_OVERVIEW, TAB_SOURCES, TAB_TEAMS, TAB_SETTINGS };

static const char *
path_of(struct call *c, const char *id, const char *rest)
{
	return arena_print(c->work->arena, LIST "/%s%s", id, rest);
}

/* --- the list, and a new one --- */

enum fault
ui_machines(struct call *c)
{
	struct machine *rows;
	struct board *b;
	struct page page;
	size_t n;
	enum fault f;

	if ((f = board_begin(c, WORDS_machines, NAV_MACHINES, &b)) != FAULT_NONE ||
	    (f = board_search(c, b, LIST, WORDS_search_machines_hint, &machines_orders, &page)) !=
		FAULT_NONE ||
	    (f = machines_page(c->work, c->work->actor->org_id, &page, &rows, &n)) != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_machines_intro);
	/* The list of all keys is sorted and filtered, and has theirs. */
	if (n > 1)
		board_link(c, b, WORDS_filter_and_order, "/settings/keys?kind=machine")->plain = true;
	board_link(c, b, WORDS_new_machine, LIST "/new");
	board_list(c, b, WORDS_no_machines, WORDS_col_status, WORDS_col_used, WORDS_col_expires);
	board_sort(c, b, WORDS_col_created, MACHINES_BY_CREATION);
	board_sort(c, b, WORDS_col_name, MACHINES_BY_NAME);
	board_sort(c, b, WORDS_col_used, MACHINES_BY_USE);
	board_sort(c, b, WORDS_col_expires, MACHINES_BY_END);
	n = board_shown(c, b, &page, rows, sizeof *rows, n);
	for (size_t i = 0; i < n; i++) {
		struct line *l = board_line(b, rows[i].name);
		struct when used = when_of(c->work, rows[i].last_used_at, WORDS_never_used);

		l->about = rows[i].description;
		l->link = frame_link(c, path_of(c, rows[i].id, ""));
		l->state = machine_state(c->work, &rows[i]);
		l->state_text = state_word(l->state);
		l->second = used.far == NULL ? used.text : used.far;
		l->when = when_of(c->work, rows[i].expires_at, WORDS_never);
		l->ends = true;
	}
	return board_show(c, b);
}

/* The periods of a machine's key; the organization's limit is core's to enforce. */
static void
offer_periods(struct call *c, struct board *b, struct board_form *form)
{
	static const struct {
		const char *value;
		enum words text;
	} periods[] = { { "30d", WORDS_days_30 }, { "90d", WORDS_days_90 }, { "6mo", WORDS_months_6 },
		{ "1y", WORDS_year_1 }, { "never", WORDS_never } };
	struct control *k = form_select(c, form, "expires_in", WORDS_expiration, COUNT(periods));

	for (size_t i = 0; i < COUNT(periods); i++)
		control_option(b, k, periods[i].value, words_text(periods[i].text), i == 1);
}

static void
describe(struct board_form *form, const struct machine *m)
{
	struct control *k = form_control(form, CONTROL_TEXT, "name", WORDS_name, WORDS_machine_name_hint);

	k->value = m == NULL ? NULL : m->name;
	k = form_control(form, CONTROL_TEXT, "description", WORDS_description, WORDS_none);
	k->value = m == NULL ? NULL : m->description;
	k->max = 500;
	k->needed = false;
}

enum fault
ui_machine_new(struct call *c)
{
	struct board_form *form;
	struct control *k;
	struct board *b;
	enum fault f = board_begin(c, WORDS_new_machine, NAV_MACHINES, &b);

	if (f != FAULT_NONE)
		return f;
	form = board_form(c, b, WORDS_none, WORDS_create, LIST);
	form->once = true;
	describe(form, NULL);
	offer_periods(c, b, form);
	offer_limit(c, form, 0, 0);
	k = form_control(form, CONTROL_TEXT, "allowed_ips", WORDS_allowed_ips, WORDS_allowed_ips_hint);
	k->max = 1000;
	k->needed = false;
	return board_show(c, b);
}

static struct machine_wish
wish_of(const struct call *c)
{
	const struct machine_form *form = c->body;

	return (struct machine_wish){ .name = form->name,
		.description = form->description,
		.expires_in = form->expires_in,
		.allowed_ips = ranges_given(c->work, form->allowed_ips),
		.rate_limit = limit_given(c->work, &form->requests, &form->seconds) };
}

enum fault
ui_machine_make(struct call *c)
{
	struct machine_wish wish = wish_of(c);
	struct machine m;
	struct minted key;
	bool again;
	enum fault f = frame_once(c, &again);

	if (f != FAULT_NONE)
		return f;
	if (again)
		return frame_go(c, LIST, "sent_before");
	if ((f = machine_create(c->work, &wish, &m, &key)) != FAULT_NONE)
		return f;
	return reveal(c, NAV_MACHINES, path_of(c, m.id, ""), &key, false);
}

/* --- one of them --- */

static enum fault
begin(struct call *c, enum machine_tab tab, struct machine *m, struct board **b)
{
	const char *id = call_param(c, "machine");
	enum fault f = machines_get(c->work, c->work->actor->org_id, id, m);

	if (f != FAULT_NONE || (f = board_begin_named(c, m->name, NAV_MACHINES, b)) != FAULT_NONE)
		return f;
	(*b)->back = frame_link(c, LIST);
	(*b)->back_text = words_text(WORDS_machines);
	board_tab(c, *b, WORDS_overview, path_of(c, id, ""), tab == TAB_OVERVIEW);
	board_tab(c, *b, WORDS_sources, path_of(c, id, "/sources"), tab == TAB_SOURCES);
	board_tab(c, *b, WORDS_teams, path_of(c, id, "/teams"), tab == TAB_TEAMS);
	board_tab(c, *b, WORDS_settings, path_of(c, id, "/settings"), tab == TAB_SETTINGS);
	return FAULT_NONE;
}

enum fault
ui_machine(struct call *c)
{
	struct board_form *form;
	struct machine m;
	struct board *b;
	enum fault f = begin(c, TAB_OVERVIEW, &m, &b);

	if (f != FAULT_NONE)
		return f;
	if (m.description != NULL)
		board_fact(b, WORDS_description, m.description);
	board_fact(b, WORDS_col_status, state_word(machine_state(c->work, &m)));
	if (m.prefix != NULL) {
		board_fact(b, WORDS_col_prefix, arena_print(c->work->arena, "%s…", m.prefix));
		b->facts.v[b->facts.n - 1].code = true;
	}
	board_instant(b, WORDS_col_expires, when_of(c->work, m.expires_at, WORDS_never), true);
	board_instant(b, WORDS_col_used, when_of(c->work, m.last_used_at, WORDS_never_used), false);
	board_instant(b, WORDS_col_created, when_of(c->work, m.created_at, WORDS_never), false);
	board_fact(b, WORDS_limit, limit_text(c, m.rate_requests, m.rate_seconds));
	if (m.past_until > c->work->now)
		board_instant(b, WORDS_past_until, when_of(c->work, m.past_until, WORDS_never), true);
	if (m.key_id != NULL && strcmp(machine_state(c->work, &m), "active") == 0) {
		b->mcp = mcp_view(c, kind_of(KIND_MACHINE));
		offer_rotation(c, b, m.past_until, path_of(c, m.id, "/rotate"), path_of(c, m.id, "/rotated"));
	}
	if (m.key_id != NULL && (f = board_insight(c, b, m.key_id, path_of(c, m.id, ""))) != FAULT_NONE)
		return f;
	form = board_form(c, b, WORDS_regenerate, WORDS_regenerate, path_of(c, m.id, "/key"));
	form->text = WORDS_regenerate_text;
	form->once = true;
	offer_periods(c, b, form);
	return board_show(c, b);
}

enum fault
ui_machine_key(struct call *c)
{
	struct machine_wish wish = wish_of(c);
	const char *id = call_param(c, "machine");
	struct minted key;
	bool again;
	enum fault f = frame_once(c, &again);

	if (f != FAULT_NONE)
		return f;
	if (again)
		return frame_go(c, path_of(c, id, ""), "sent_before");
	if ((f = machine_regenerate(c->work, id, &wish, &key)) != FAULT_NONE)
		return f;
	return reveal(c, NAV_MACHINES, path_of(c, id, ""), &key, true);
}

/* The id of its live key; FAULT_CONFLICT if there is none. */
static enum fault
live_key(struct call *c, const char *machine, const char **key)
{
	struct machine m;
	enum fault f = machines_get(c->work, c->work->actor->org_id, machine, &m);

	if (f != FAULT_NONE)
		return f;
	*key = m.key_id;
	return m.key_id != NULL ? FAULT_NONE : FAULT_CONFLICT;
}

enum fault
ui_machine_rotate(struct call *c)
{
	const char *id = call_param(c, "machine"), *key;
	struct mint_wish wish = rotate_wish(c);
	struct minted m;
	bool again;
	enum fault f;

	if ((f = live_key(c, id, &key)) != FAULT_NONE || (f = frame_once(c, &again)) != FAULT_NONE)
		return f;
	if (again)
		return frame_go(c, path_of(c, id, ""), "sent_before");
	if ((f = mint_rotate(c->work, key, &wish, &m)) != FAULT_NONE)
		return f;
	return reveal(c, NAV_MACHINES, path_of(c, id, ""), &m, wish.grace.v == 0);
}

enum fault
ui_machine_rotated(struct call *c)
{
	const char *id = call_param(c, "machine"), *key;
	enum fault f;

	if ((f = live_key(c, id, &key)) != FAULT_NONE || (f = key_rotated(c->work, key)) != FAULT_NONE)
		return f;
	return frame_go(c, path_of(c, id, ""), "ended");
}

/* --- what it reaches --- */

static enum fault
offer_sources(struct call *c, struct board *b, const char *id)
{
	struct pick *pick = pick_begin(c, WORDS_source);
	struct board_form *form;
	struct resource *rows;
	struct control *k;
	struct page next;
	size_t n;
	enum fault f = resource_list(c->work, "source", NULL, &pick->page, &rows, &n, &next);

	if (f != FAULT_NONE)
		return f;
	n = pick_some(pick, n);
	pick->more = next.after_id != NULL;
	if (!pick_any(pick))
		return FAULT_NONE;
	form = board_form(c, b, WORDS_assign_source, WORDS_assign, path_of(c, id, "/sources"));
	form->text = WORDS_assign_source_text;
	k = form_select(c, form, "resource", WORDS_source, n);
	k->pick = pick;
	for (size_t i = 0; i < n; i++)
		control_option(b, k, rows[i].id, rows[i].name, false);
	k = form_select(c, form, "role", WORDS_role, 2);
	control_option(b, k, "member", words_text(WORDS_source_member), true);
	control_option(b, k, "admin", words_text(WORDS_source_admin), false);
	return FAULT_NONE;
}

enum fault
ui_machine_sources(struct call *c)
{
	struct assignment *rows;
	struct machine m;
	struct board *b;
	size_t n, first;
	enum fault f;

	if ((f = begin(c, TAB_SOURCES, &m, &b)) != FAULT_NONE ||
	    (f = machine_assignments(c->work, m.id, &rows, &n)) != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_machine_sources_intro);
	board_list(c, b, WORDS_no_assignments, WORDS_role, WORDS_effective_role, WORDS_none);
	n = board_slice(c, b, path_of(c, m.id, "/sources"), n, &first);
	for (size_t i = first; i < first + n; i++) {
		struct line *l = board_line(b, rows[i].name);

		l->first = role_word(rows[i].role);
		l->second = role_word(rows[i].effective_role);
		line_act(c, l, WORDS_remove,
		    path_of(c, m.id, arena_print(c->work->arena, "/sources/%s/remove", rows[i].resource_id)));
	}
	return (f = offer_sources(c, b, m.id)) == FAULT_NONE ? board_show(c, b) : f;
}

enum fault
ui_machine_assign(struct call *c)
{
	const struct access_form *form = c->body;
	const char *id = call_param(c, "machine");
	struct grant_wish wish = { .role = form->role };
	enum fault f;

	if (pick_asked(c))
		return pick_again(c);
	f = machine_assign(c->work, id, arena_text(c->work->arena, form->resource.v), &wish);
	return f != FAULT_NONE ? f : frame_go(c, path_of(c, id, "/sources"), "saved");
}

/* The id in the address must be a machine's: grants and teams take other subjects, too. */
static enum fault
machine_there(struct call *c, const char *id)
{
	struct machine m;

	return machines_get(c->work, c->work->actor->org_id, id, &m);
}

enum fault
ui_machine_unassign(struct call *c)
{
	const char *id = call_param(c, "machine");
	enum fault f = machine_there(c, id);

	if (f != FAULT_NONE || (f = grant_remove(c->work, call_param(c, "resource"), id)) != FAULT_NONE)
		return f;
	return frame_go(c, path_of(c, id, "/sources"), "removed");
}

static bool
is_in(const struct team *rows, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].id, id) == 0)
			return true;
	return false;
}

/* Those it is not in yet. */
static enum fault
offer_teams(struct call *c, struct board *b, const char *id, const struct team *in, size_t in_n)
{
	struct pick *pick = pick_begin(c, WORDS_team);
	struct board_form *form;
	struct team *rows;
	struct control *k;
	size_t n;
	enum fault f = teams_page(c->work, c->work->actor->org_id, &pick->page, &rows, &n);

	if (f != FAULT_NONE)
		return f;
	n = pick_some(pick, n);
	for (size_t i = 0; i < n; i++)
		pick->found -= is_in(in, in_n, rows[i].id);
	if (!pick_any(pick))
		return FAULT_NONE;
	form = board_form(c, b, WORDS_add_to_team, WORDS_add, path_of(c, id, "/teams"));
	k = form_select(c, form, "team", WORDS_team, n);
	k->pick = pick;
	for (size_t i = 0; i < n; i++)
		if (!is_in(in, in_n, rows[i].id))
			control_option(b, k, rows[i].id, rows[i].name, false);
	return FAULT_NONE;
}

enum fault
ui_machine_teams(struct call *c)
{
	struct team *rows;
	struct machine m;
	struct board *b;
	size_t n, shown, first;
	enum fault f;

	if ((f = begin(c, TAB_TEAMS, &m, &b)) != FAULT_NONE ||
	    (f = teams_of_machine(c->work, c->work->actor->org_id, m.id, &rows, &n)) != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_machine_teams_intro);
	board_list(c, b, WORDS_in_no_team, WORDS_none, WORDS_none, WORDS_none);
	shown = board_slice(c, b, path_of(c, m.id, "/teams"), n, &first);
	for (size_t i = first; i < first + shown; i++)
		line_act(c, board_line(b, rows[i].name), WORDS_remove,
		    path_of(c, m.id, arena_print(c->work->arena, "/teams/%s/remove", rows[i].id)));
	return (f = offer_teams(c, b, m.id, rows, n)) == FAULT_NONE ? board_show(c, b) : f;
}

enum fault
ui_machine_team_add(struct call *c)
{
	const struct access_form *form = c->body;
	const char *id = call_param(c, "machine");
	enum fault f;

	if (pick_asked(c))
		return pick_again(c);
	if ((f = machine_there(c, id)) != FAULT_NONE ||
	    (f = team_add(c->work, arena_text(c->work->arena, form->team.v), id)) != FAULT_NONE)
		return f;
	return frame_go(c, path_of(c, id, "/teams"), "added");
}

enum fault
ui_machine_team_remove(struct call *c)
{
	const char *id = call_param(c, "machine");
	enum fault f = machine_there(c, id);

	if (f != FAULT_NONE || (f = team_remove(c->work, call_param(c, "team"), id)) != FAULT_NONE)
		return f;
	return frame_go(c, path_of(c, id, "/teams"), "removed");
}

/* --- its settings, and its end --- */

enum fault
ui_machine_settings(struct call *c)
{
	struct board_form *form;
	struct machine m;
	struct board *b;
	enum fault f = begin(c, TAB_SETTINGS, &m, &b);

	if (f != FAULT_NONE)
		return f;
	form = board_form(c, b, WORDS_none, WORDS_save, path_of(c, m.id, "/settings"));
	describe(form, &m);
	offer_limit(c, form, m.rate_requests, m.rate_seconds);
	form = board_form(c, b, WORDS_danger_zone, WORDS_delete_machine, path_of(c, m.id, "/delete"));
	if ((f = form_danger(c, form, WORDS_delete_machine_text)) != FAULT_NONE)
		return f;
	/* Nobody deletes it by a slip: its name is to be written. */
	form_control(form, CONTROL_TEXT, "confirm", WORDS_write_name, WORDS_none);
	return board_show(c, b);
}

enum fault
ui_machine_describe(struct call *c)
{
	struct machine_wish wish = wish_of(c);
	const char *id = call_param(c, "machine");
	struct machine m;
	enum fault f = machine_describe(c->work, id, &wish, &m);

	return f != FAULT_NONE ? f : frame_go(c, path_of(c, id, "/settings"), "saved");
}

enum fault
ui_machine_delete(struct call *c)
{
	struct machine m;
	enum fault f = machines_get(c->work, c->work->actor->org_id, call_param(c, "machine"), &m);

	if (f != FAULT_NONE || (f = confirm_name(c, m.name)) != FAULT_NONE ||
	    (f = frame_proof(c)) != FAULT_NONE || (f = machine_delete(c->work, m.id)) != FAULT_NONE)
		return f;
	return frame_go(c, LIST, "deleted");
}
