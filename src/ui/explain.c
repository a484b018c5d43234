/*
 * explain.c: what a key may do, rule by rule, on its page.
 */
#include "ui/insight.h"

#include <string.h>

#include "core/ask.h"
#include "core/inquiry.h"
#include "core/resource.h"
#include "ui/pick.h"
#include "ui/show.h"
#include "ui/trouble.h"

static const struct {
	const char *said;
	enum words text;
} steps[] = {
#define STEP(said, word) { said, WORDS_##word },
#include "ui/steps.def"
#undef STEP
};

static const struct {
	const char *rule;
	enum words text;
} rules[] = {
	{ "not_revoked", WORDS_rule_not_revoked },
	{ "not_replaced", WORDS_rule_not_replaced },
	{ "not_expired", WORDS_rule_not_expired },
	{ "kind_allowed", WORDS_rule_kind_allowed },
	{ "owner_exists", WORDS_rule_owner_exists },
	{ "scope", WORDS_rule_scope },
	{ "address", WORDS_rule_address },
	{ "restriction", WORDS_rule_restriction },
	{ "base_path", WORDS_rule_base_path },
	{ "role", WORDS_rule_role },
	{ "resource", WORDS_rule_resource },
	{ "path", WORDS_rule_path },
};

static const char *
rule_text(const char *rule)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (strcmp(rules[i].rule, rule) == 0)
			return words_text(rules[i].text);
	return rule;
}

static const struct {
	const char *said;
	enum words text;
} names[] = { { "read", WORDS_scope_read }, { "write", WORDS_scope_write }, { "member", WORDS_role_member },
	{ "editor", WORDS_role_editor }, { "admin", WORDS_role_admin }, { "direct", WORDS_via_direct },
	{ "everyone", WORDS_via_everyone } };

/* What people call it: an owner and a resource by their names, a role by its word. */
static const char *
name_of(const struct explain_view *v, const struct standing *about, const char *said)
{
	if (about->owner_id != NULL && strcmp(about->owner_id, said) == 0 && about->owner_name != NULL)
		return about->owner_name;
	for (size_t i = 0; i < v->places.n; i++)
		if (strcmp(v->places.v[i].value, said) == 0)
			return v->places.v[i].text;
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i].said, said) == 0)
			return words_text(names[i].text);
	return said;
}

static const char *
step_text(struct arena *a, const struct explain_view *v, const struct standing *about, const char *because)
{
	const char *given[TROUBLE_STARS];
	size_t n;

	for (size_t i = 0; i < COUNT(steps); i++) {
		if (!trouble_fits(a, because, steps[i].said, given, &n))
			continue;
		for (size_t g = 0; g < n; g++)
			given[g] = name_of(v, about, given[g]);
		return words_format_all(a, steps[i].text, given, n);
	}
	return because;
}

/* --- the question --- */

static void
offer_actions(struct call *c, struct explain_view *v)
{
	static const struct {
		const char *value;
		enum words text;
	} all[] = { { "read", WORDS_scope_read }, { "write", WORDS_scope_write },
		{ "admin", WORDS_scope_admin } };
	struct str now = call_query(c, "action");

	v->actions.v = arena_array(c->work->arena, struct choice, COUNT(all));
	for (size_t i = 0; i < COUNT(all); i++)
		v->actions.v[v->actions.n++] =
		    (struct choice){ all[i].value, words_text(all[i].text), str_is(now, all[i].value) };
}

static void
offer_place(struct explain_view *v, struct str now, const char *value, const char *text)
{
	v->places.v[v->places.n++] = (struct choice){ value, text, str_is(now, value) };
}

static bool
is_offered(const struct explain_view *v)
{
	for (size_t i = 0; i < v->places.n; i++)
		if (v->places.v[i].chosen)
			return true;
	return false;
}

/* What was chosen stays, whatever is looked for next. */
static enum fault
offer_chosen(struct call *c, struct explain_view *v, struct str now)
{
	const char *id = call_query_id(c, "resource");
	struct resource r;
	enum fault f = ask_actor(c->work, ACTION_READ, id);

	c->work->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
	if (f == FAULT_NONE && (f = resources_get(c->work, c->work->actor->org_id, id, &r)) == FAULT_NONE)
		offer_place(v, now, r.id, r.name);
	return fault_status(f) >= 500 ? f : FAULT_NONE;
}

/* What the one who asks may see, and not what the key may. */
static enum fault
offer_places(struct call *c, struct explain_view *v)
{
	struct str now = call_query(c, "resource");
	struct pick *pick = pick_begin(c, WORDS_explain_where);
	struct resource *rows;
	struct page next;
	size_t n;
	enum fault f = resource_list(c->work, NULL, NULL, &pick->page, &rows, &n, &next);

	if (f != FAULT_NONE)
		return f;
	n = pick_some(pick, n);
	pick->more = next.after_id != NULL;
	v->pick = pick;
	v->places.v = arena_array(c->work->arena, struct choice, n + 2);
	offer_place(v, now.s == NULL ? STR("") : now, "", words_text(WORDS_explain_anywhere));
	for (size_t i = 0; i < n; i++)
		offer_place(v, now, rows[i].id, rows[i].name);
	return is_offered(v) ? FAULT_NONE : offer_chosen(c, v, now);
}

/* --- the answer --- */

static struct given_text
given(struct str s)
{
	return (struct given_text){ s.n == 0 ? ABSENT : GIVEN, s };
}

static void
show(struct call *c, const struct inquiry *q, struct explain_view *v)
{
	const struct verdict *found = &q->verdict;
	struct arena *a = c->work->arena;

	v->asked = true;
	v->allowed = found->reason == REASON_OK;
	v->verdict = v->allowed ? words_text(WORDS_explain_yes_text) : NULL;
	v->steps.v = arena_array(a, struct step_row, STEPS_MAX);
	for (size_t i = 0; i < found->steps_n; i++) {
		const struct step *s = &found->steps[i];

		v->steps.v[v->steps.n++] =
		    (struct step_row){ rule_text(s->rule), step_text(a, v, q->about, s->because), s->holds };
		if (!s->holds && v->verdict == NULL)
			v->verdict = words_format(a, WORDS_explain_no_text, rule_text(s->rule));
	}
}

/* What cannot be asked is said beside the question. */
static enum fault
answer(struct call *c, const char *key_id, struct explain_view *v)
{
	const struct standing *asker = c->work->actor;
	struct inquiry_wish wish = { .key = { GIVEN, str_of(key_id) },
		.action = given(call_query(c, "action")),
		.resource = given(call_query(c, "resource")),
		.path = given(call_query(c, "path")) };
	struct inquiry q;
	enum fault f;

	if (wish.action.is != GIVEN || pick_asked(c))
		return FAULT_NONE;
	f = inquire_key(c->work, &wish, &q);
	c->work->actor = asker;
	if (f == FAULT_NONE) {
		show(c, &q, v);
		return f;
	}
	if (fault_status(f) >= 500)
		return f;
	v->trouble = trouble_text(c->work, f);
	c->work->trouble = (struct trouble){ .field = NULL };
	return FAULT_NONE;
}

enum fault
explain_view(struct call *c, const char *key_id, const char *path, struct explain_view **view)
{
	struct explain_view *v = *view = arena_new(c->work->arena, struct explain_view);
	enum fault f;

	*v = (struct explain_view){ .path = path,
		.org = c->work->actor->org_id,
		.asked_path = arena_text(c->work->arena, call_query(c, "path")) };
	offer_actions(c, v);
	if ((f = offer_places(c, v)) != FAULT_NONE)
		return f;
	return answer(c, key_id, v);
}
