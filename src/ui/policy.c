/*
 * policy.c: what a change of an organization's policy would do, before it is made.
 */
#include "ui/policy.h"

#include <string.h>

#include "core/policy_preview.h"
#include "ui/templates.h"

#define ENDS_MAX 200

static const char *
number(struct call *c, int64_t n)
{
	return arena_print(c->work->arena, "%lld", (long long)n);
}

static void
say(struct policy_said *s, const char *text)
{
	s->lines.v[s->lines.n++] = (struct policy_line){ text };
}

static void
say_number(struct call *c, struct policy_said *s, int64_t n, enum words one, enum words many)
{
	if (n > 0)
		say(s, n == 1 ? words_text(one) : words_format(c->work->arena, many, number(c, n)));
}

/* "90" and "90d" are days, the others have words of their own. */
static const char *
end_text(struct call *c, const char *word)
{
	static const struct {
		const char *word;
		enum words text;
	} periods[] = { { "6mo", WORDS_months_6 }, { "1y", WORDS_year_1 }, { "never", WORDS_never } };
	struct str days = { word, strspn(word, "0123456789") };

	for (size_t i = 0; i < COUNT(periods); i++)
		if (strcmp(periods[i].word, word) == 0)
			return words_text(periods[i].text);
	return words_format(c->work->arena, WORDS_n_days, arena_text(c->work->arena, days));
}

static const char *
refused_text(struct call *c, const struct policy_effect *e)
{
	struct out o = out_limit(c->work->arena, ENDS_MAX);

	for (size_t i = 0; i < e->refused_n; i++) {
		out_put(&o, i == 0 ? "" : ", ");
		out_put(&o, end_text(c, e->refused[i]));
	}
	return words_format(c->work->arena, WORDS_preview_refused, out_text(&o).s);
}

static void
tell(struct call *c, const struct policy_effect *e, const struct org *after, struct policy_said *s)
{
	bool counts = kind_counts(e->kind, after->personal_enabled != 0);

	*s = (struct policy_said){ .kind = words_text(kind_word(e->kind)) };
	say_number(c, s, e->stopping, WORDS_preview_stop_one, WORDS_preview_stop);
	say_number(c, s, e->returning, WORDS_preview_return_one, WORDS_preview_return);
	if (!counts)
		say(s, words_text(WORDS_preview_no_new));
	else if (e->refused_n > 0)
		say(s, refused_text(c, e));
	else
		say(s, words_text(WORDS_preview_new));
	say_number(c, s, e->outliving, WORDS_preview_outlive_one, WORDS_preview_outlive);
}

static void
tell_all(struct call *c, const struct policy_preview *preview, struct policy_page *p)
{
	struct arena *a = c->work->arena;

	p->effects.v = arena_array(a, struct policy_said, KIND__MAX);
	for (size_t i = 0; i < preview->effects_n; i++) {
		tell(c, &preview->effects[i], &preview->policy, &p->effects.v[p->effects.n++]);
		p->stops |= preview->effects[i].stopping > 0;
	}
	p->keys.v = arena_array(a, struct policy_key, preview->keys_n + 1);
	for (size_t i = 0; i < preview->keys_n; i++) {
		const struct key *k = &preview->keys[i];

		p->keys.v[p->keys.n++] = (struct policy_key){ k->name, k->owner_name,
			when_of(c->work, k->last_used_at, WORDS_never_used) };
	}
}

static void
field(struct policy_page *p, const char *name, const char *value)
{
	p->fields.v[p->fields.n++] = (struct policy_field){ name, value };
}

static void
keep(struct call *c, const struct policy_wish *wish, struct str name, struct policy_page *p)
{
	field(p, "name", arena_text(c->work->arena, name));
	if (wish->personal_tokens_enabled.v)
		field(p, "personal_tokens_enabled", "on");
	if (wish->space_never_allowed.v)
		field(p, "space_never_allowed", "on");
	if (wish->personal_max_days.is == GIVEN)
		field(p, "personal_max_days", number(c, wish->personal_max_days.v));
	field(p, "machine_max_days",
	    wish->machine_max_days.is == GIVEN ? number(c, wish->machine_max_days.v) : "");
}

enum fault
policy_ask(struct call *c, const struct policy_wish *wish, struct str name, bool *asked)
{
	struct policy_preview preview;
	struct policy_page p = { .stops = false };
	enum fault f = policy_preview(c->work, c->work->actor->org_id, wish, &preview);

	*asked = f == FAULT_NONE && preview.effects_n > 0;
	if (!*asked || (f = frame_begin(c, WORDS_preview, NAV_ORGANIZATION, &p.frame)) != FAULT_NONE)
		return f;
	p.action = p.back = frame_link(c, "/settings/organization");
	tell_all(c, &preview, &p);
	keep(c, wish, name, &p);
	page_policy(&c->resp->body, &p);
	return FAULT_NONE;
}
