/*
 * use_view.c: figures as pictures: a key's use by day, and the keys of an
 * organization by kind and state.
 */
#include "ui/insight.h"

#include "base/clock.h"
#include "core/census.h"
#include "core/use.h"
#include "ui/show.h"

#define HEIGHT	   24 /* of the picture, whose bars stand at every fifth unit */
#define BARS_MAX   1000
#define DATE_CHARS 10

static const char *
date_of(struct call *c, int64_t day)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(day * CLOCK_DAY, text);
	return arena_text(c->work->arena, (struct str){ text, DATE_CHARS });
}

static const char *
number(struct call *c, int64_t n)
{
	return arena_print(c->work->arena, "%lld", (long long)n);
}

/* A bar for each day it was used on; one use is to be seen as well. */
static const char *
bars_of(struct call *c, const struct use_days *u, int64_t most)
{
	struct out o = out_limit(c->work->arena, BARS_MAX);

	for (int i = 0; i < USE_DAYS; i++) {
		int64_t high = (u->uses[i] * (HEIGHT - 2) + most - 1) / most;

		if (u->uses[i] > 0)
			out_print(&o, "M%d %dv-%d", 5 * i + 2, HEIGHT - 1, (int)(high < 2 ? 2 : high));
	}
	return out_text(&o).s;
}

static void
make_view(struct call *c, const struct use_days *u, struct use_view *v)
{
	int64_t total = 0, most = 0, when = 0;

	v->days.v = arena_array(c->work->arena, struct use_day, USE_DAYS);
	for (int i = USE_DAYS - 1; i >= 0; i--) {
		v->days.v[v->days.n++] = (struct use_day){ date_of(c, u->first + i), u->uses[i] };
		total += u->uses[i];
		if (u->uses[i] <= most)
			continue;
		most = u->uses[i];
		when = u->first + i;
	}
	v->total = words_text(total == 0 ? WORDS_use_none : WORDS_use_once);
	if (total > 1)
		v->total = words_format(c->work->arena, WORDS_use_total, number(c, total));
	if (total == 0)
		return;
	v->most = words_format(c->work->arena, WORDS_use_most, date_of(c, when), number(c, most));
	v->bars = bars_of(c, u, most);
}

enum fault
use_views(struct call *c, const char *const *ids, size_t n, struct use_view **views)
{
	struct use_days *days;
	enum fault f = use_of_keys(c->work, ids, n, &days);

	*views = arena_array(c->work->arena, struct use_view, n + 1);
	for (size_t i = 0; f == FAULT_NONE && i < n; i++) {
		(*views)[i] = (struct use_view){ .bars = NULL };
		make_view(c, &days[i], &(*views)[i]);
	}
	return f;
}

/* --- keys by kind and state --- */

static const char *
list_link(struct call *c, const char *kind, const char *state)
{
	return arena_print(c->work->arena, "%s&kind=%s&state=%s", frame_link(c, "/settings/keys"), kind,
	    state);
}

enum fault
census_view(struct call *c, struct census_view **view)
{
	struct key_count of[KIND__MAX];
	enum fault f = census_of_org(c->work, of);

	*view = arena_new(c->work->arena, struct census_view);
	(*view)->v = arena_array(c->work->arena, struct census_row, KIND__MAX);
	(*view)->all_link = frame_link(c, "/settings/keys");
	for (size_t i = 0; f == FAULT_NONE && i < KIND__MAX; i++)
		(*view)->v[(*view)->n++] = (struct census_row){
			.kind = words_text(kind_word(kind_of((enum kind_id)i))),
			.active = of[i].active,
			.expired = of[i].expired,
			.revoked = of[i].revoked,
			.soon = of[i].in_30,
			.active_link = list_link(c, of[i].kind, "active"),
			.expired_link = list_link(c, of[i].kind, "expired"),
			.revoked_link = list_link(c, of[i].kind, "revoked"),
		};
	return f;
}
