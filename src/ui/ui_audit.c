/*
 * ui_audit.c: what happened in an organization: who did what with which key, by
 * name where those that an event names are still there.
 */
#include "ui/ui.h"

#include "base/clock.h"
#include "base/html_out.h"
#include "core/change.h"
#include "store/audit.h"
#include "store/machines.h"
#include "store/members.h"
#include "store/orgs.h"
#include "store/resources.h"
#include "store/teams.h"
#include "store/users.h"
#include "ui/audit.h"
#include "ui/keys.h"
#include "ui/pick.h"
#include "ui/templates.h"
#include "ui/trouble.h"

#define PATH	  "/settings/audit"
#define SHOWN	  50
#define QUERY_MAX 1024

static const struct {
	const char *action;
	enum words text;
} acts[] = {
#define ACTED(action, word) { action, WORDS_##word },
#include "ui/acts.def"
#undef ACTED
};

static const char *
act_text(const char *action)
{
	for (size_t i = 0; i < COUNT(acts); i++)
		if (strcmp(acts[i].action, action) == 0)
			return words_text(acts[i].text);
	return action;
}

/* --- names --- */

static enum fault
name_of_key(struct call *c, const char *id, struct named *n)
{
	struct key k;
	enum fault f = keys_get(c->work, c->work->actor->org_id, id, &k);

	if (f != FAULT_NONE)
		return f;
	n->text = k.name;
	if (k.machine_id != NULL)
		n->link = arena_print(c->work->arena, "/settings/machines/%s", k.machine_id);
	else
		n->link = key_path(c, family_named(k.kind), id, "");
	return FAULT_NONE;
}

/* Also of whoever has left: what they did is still told. */
static enum fault
name_of_user(struct call *c, const char *id, struct named *n)
{
	struct member m;
	struct user u;
	enum fault f = members_of_user(c->work, c->work->actor->org_id, id, &m);

	if (f == FAULT_NONE) {
		n->text = m.name;
		n->link = arena_print(c->work->arena, "/settings/members/%s", id);
	} else if (f == FAULT_NOT_FOUND && (f = users_get(c->work, id, &u)) == FAULT_NONE) {
		n->text = u.name;
	}
	return f;
}

static enum fault
name_of_machine(struct call *c, const char *id, struct named *n)
{
	struct machine m;
	enum fault f = machines_get(c->work, c->work->actor->org_id, id, &m);

	if (f == FAULT_NONE) {
		n->text = m.name;
		n->link = arena_print(c->work->arena, "/settings/machines/%s", id);
	}
	return f;
}

static enum fault
name_of_team(struct call *c, const char *id, struct named *n)
{
	struct team t;
	enum fault f = teams_get(c->work, c->work->actor->org_id, id, &t);

	if (f == FAULT_NONE) {
		n->text = t.name;
		n->link = arena_print(c->work->arena, "/settings/teams/%s", id);
	}
	return f;
}

static enum fault
name_of_org(struct call *c, const char *id, struct named *n)
{
	struct org o;
	enum fault f = orgs_get(c->work, c->work->actor->org_id, &o);

	if (f == FAULT_NONE && strcmp(o.id, id) == 0) {
		n->text = o.name;
		n->link = "/settings/organization";
	}
	return f;
}

static enum fault
name_of_resource(struct call *c, const char *id, struct named *n)
{
	struct resource r;
	enum fault f = resources_get(c->work, c->work->actor->org_id, id, &r);

	if (f == FAULT_NONE) {
		n->text = r.name;
		n->link = arena_print(c->work->arena, "/settings/resources/%s", id);
	}
	return f;
}

static enum fault
look_up(struct call *c, struct named *n)
{
	static const struct {
		const char *prefix;
		enum fault (*name)(struct call *, const char *, struct named *);
	} sorts[] = { { "usr_", name_of_user }, { "mch_", name_of_machine }, { "key_", name_of_key },
		{ "tem_", name_of_team }, { "org_", name_of_org }, { "res_", name_of_resource },
		{ "spc", name_of_resource }, { "bse", name_of_resource }, { "tbl", name_of_resource } };
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < COUNT(sorts); i++)
		if (str_starts(str_of(n->id), str_of(sorts[i].prefix))) {
			f = sorts[i].name(c, n->id, n);
			break;
		}
	if (n->link != NULL)
		n->link = frame_link(c, n->link);
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

struct names {
	size_t n;
	struct named v[3 * SHOWN];
};

/* Each id is looked up once for a page; what is gone is told by its id. */
static enum fault
name(struct call *c, struct names *known, const char *id, struct named *n)
{
	enum fault f;

	*n = (struct named){ .text = id, .id = id };
	if (id == NULL)
		return FAULT_NONE;
	if (strcmp(id, "operator") == 0)
		n->text = words_text(WORDS_operator);
	for (size_t i = 0; i < known->n; i++)
		if (strcmp(known->v[i].id, id) == 0) {
			*n = known->v[i];
			return FAULT_NONE;
		}
	if ((f = look_up(c, n)) == FAULT_NONE && known->n < COUNT(known->v))
		known->v[known->n++] = *n;
	return f;
}

/* --- what is asked for --- */

static void
offer(struct choices *all, const char *value, const char *text, struct str now)
{
	all->v[all->n++] = (struct option){ value, text, now.n == 0 ? value[0] == '\0' : str_is(now, value) };
}

static void
offer_actions(struct call *c, struct audit_page *p, struct str now)
{
	p->actions.v = arena_array(c->work->arena, struct option, COUNT(acts) + 1);
	offer(&p->actions, "", words_text(WORDS_anything), now);
	for (size_t i = 0; i < COUNT(acts); i++)
		offer(&p->actions, acts[i].action, words_text(acts[i].text), now);
}

/* Whoever was chosen stays, whatever is looked for next. */
static enum fault
offer_chosen(struct call *c, struct audit_page *p, struct str now)
{
	const char *id = arena_text(c->work->arena, now);
	struct named n = { .text = id, .id = id };
	enum fault f = look_up(c, &n);

	offer(&p->actors, id, n.text, now);
	return f;
}

static enum fault
offer_actors(struct call *c, struct audit_page *p, struct str now)
{
	struct pick *pick = pick_begin(c, WORDS_actor);
	const char *org = c->work->actor->org_id;
	struct machine *machines;
	struct member *members;
	size_t members_n, machines_n;
	bool found = now.n == 0;
	enum fault f;

	if ((f = members_page(c->work, org, &pick->page, &members, &members_n)) != FAULT_NONE ||
	    (f = machines_page(c->work, org, &pick->page, &machines, &machines_n)) != FAULT_NONE)
		return f;
	members_n = pick_some(pick, members_n);
	machines_n = pick_some(pick, machines_n);
	p->pick = pick;
	p->actors.v = arena_array(c->work->arena, struct option, members_n + machines_n + 2);
	offer(&p->actors, "", words_text(WORDS_anybody), now);
	for (size_t i = 0; i < members_n; i++)
		offer(&p->actors, members[i].user_id, members[i].name, now);
	for (size_t i = 0; i < machines_n; i++)
		offer(&p->actors, machines[i].id,
		    words_format(c->work->arena, WORDS_machine_named, machines[i].name), now);
	for (size_t i = 0; i < p->actors.n; i++)
		found = found || p->actors.v[i].chosen;
	return found ? FAULT_NONE : offer_chosen(c, p, now);
}

static struct str
said(struct call *c, const char *name)
{
	struct str value = call_query(c, name);

	return value.n == 0 ? STR_NONE : value;
}

static const char *
id_said(struct call *c, const char *name)
{
	return said(c, name).s == NULL ? NULL : call_query_id(c, name);
}

static enum fault
read_filter(struct call *c, struct event_filter *filter)
{
	struct str before = said(c, "before"), action = said(c, "action"), since = said(c, "since");

	*filter = (struct event_filter){ .limit = SHOWN + 1,
		.actor_id = id_said(c, "actor"),
		.key_id = id_said(c, "key"),
		.action = arena_text(c->work->arena, action) };
	if (before.s != NULL && (!str_int(before, &filter->before_id) || filter->before_id <= 0))
		return FAULT_BAD_CURSOR;
	if (action.s != NULL && !act_named(action))
		return fault_at(c->work, FAULT_BAD_FIELD, "action", "is no change that is recorded");
	if (since.s != NULL && !clock_parse_start(since, &filter->since))
		return fault_at(c->work, FAULT_BAD_FIELD, "since",
		    "must be a date or an instant as in RFC 3339");
	return FAULT_NONE;
}

static const char *
link_with(struct call *c, const char *actor, int64_t before)
{
	static const char *const kept_on[] = { "actor", "key", "action", "since" };
	struct out o = out_limit(c->work->arena, QUERY_MAX);

	out_put(&o, frame_link(c, PATH));
	for (size_t i = 0; i < COUNT(kept_on); i++) {
		struct str value = i == 0 && actor != NULL ? str_of(actor) : said(c, kept_on[i]);

		if (value.n == 0)
			continue;
		out_put(&o, "&");
		out_put(&o, kept_on[i]);
		out_put(&o, "=");
		html_query(&o, arena_text(c->work->arena, value));
	}
	if (before > 0)
		out_put(&o, arena_print(c->work->arena, "&before=%lld", (long long)before));
	return out_failed(&o) ? frame_link(c, PATH) : out_text(&o).s;
}

/* --- the page --- */

static enum fault
read_row(struct call *c, const struct event *e, struct names *known, struct audit_row *row)
{
	enum fault f;

	*row = (struct audit_row){ .action = act_text(e->action),
		.address = e->address,
		.before = e->before_change,
		.after = e->after_change,
		.request_id = e->request_id,
		.at = when_of(c->work, e->at, WORDS_never) };
	if ((f = name(c, known, e->actor_id, &row->actor)) != FAULT_NONE ||
	    (f = name(c, known, e->key_id, &row->key)) != FAULT_NONE ||
	    (f = name(c, known, e->target_id, &row->target)) != FAULT_NONE)
		return f;
	if (e->actor_id == NULL)
		row->actor.text = words_text(WORDS_nobody_known);
	else
		row->only_link = link_with(c, e->actor_id, 0);
	return FAULT_NONE;
}

static enum fault
read_rows(struct call *c, struct audit_page *p, const struct event_filter *filter)
{
	struct names *known = arena_new(c->work->arena, struct names);
	struct event *events;
	size_t n;
	enum fault f = audit_page(c->work, c->work->actor->org_id, filter, &events, &n);

	if (f != FAULT_NONE)
		return f;
	if (n > SHOWN) {
		n = SHOWN;
		p->next_link = link_with(c, NULL, events[n - 1].id);
	}
	p->rows.v = arena_array(c->work->arena, struct audit_row, n + 1);
	for (; p->rows.n < n && f == FAULT_NONE; p->rows.n++)
		f = read_row(c, &events[p->rows.n], known, &p->rows.v[p->rows.n]);
	return f;
}

enum fault
ui_audit(struct call *c)
{
	struct audit_page p = { .path = PATH, .key = said(c, "key"), .since = said(c, "since") };
	struct event_filter filter;
	enum fault wrong, f;

	if ((wrong = read_filter(c, &filter)) == FAULT_BAD_CURSOR)
		return wrong;
	if ((f = frame_begin(c, WORDS_audit, NAV_AUDIT, &p.frame)) != FAULT_NONE)
		return f;
	if (wrong != FAULT_NONE) {
		p.frame.trouble = trouble_text(c->work, wrong);
		response_status(c->resp, fault_status(wrong));
		filter = (struct event_filter){ .limit = SHOWN + 1 };
	}
	if (p.key.n > 0 || p.since.n > 0 || said(c, "actor").n > 0 || said(c, "action").n > 0)
		p.clear_link = frame_link(c, PATH);
	offer_actions(c, &p, said(c, "action"));
	if ((f = offer_actors(c, &p, said(c, "actor"))) != FAULT_NONE ||
	    (f = read_rows(c, &p, &filter)) != FAULT_NONE)
		return f;
	page_audit(&c->resp->body, &p);
	return FAULT_NONE;
}
