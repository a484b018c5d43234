/*
 * show.c: how things look on every page.
 */
#include "ui/show.h"

#include <string.h>

#include "base/clock.h"
#include "core/kind.h"

#define SOON	  (7 * (int64_t)CLOCK_DAY)
#define WORDS_MAX 200

/* From the longest on: seconds in it, and the texts for one and for many, past and to come. */
static const struct {
	int64_t seconds;
	enum words one_ago, many_ago, in_one, in_many;
} units[] = {
	{ 365 * (int64_t)CLOCK_DAY, WORDS_year_ago, WORDS_years_ago, WORDS_in_year, WORDS_in_years },
	{ 60 * (int64_t)CLOCK_DAY, WORDS_months_ago, WORDS_months_ago, WORDS_in_months, WORDS_in_months },
	{ CLOCK_DAY, WORDS_day_ago, WORDS_days_ago, WORDS_in_day, WORDS_in_days },
	{ 3600, WORDS_hour_ago, WORDS_hours_ago, WORDS_in_hour, WORDS_in_hours },
	{ 60, WORDS_minute_ago, WORDS_minutes_ago, WORDS_in_minute, WORDS_in_minutes },
};

static const char *
distance(struct work *w, int64_t seconds)
{
	int64_t far = seconds < 0 ? -seconds : seconds, n;
	enum words word;

	for (size_t i = 0; i < COUNT(units); i++) {
		if (far < units[i].seconds)
			continue;
		/* Months are counted in thirties, from two on; all of them are rounded. */
		n = i == 1 ? 30 * (int64_t)CLOCK_DAY : units[i].seconds;
		n = (far + n / 2) / n;
		if (seconds < 0)
			word = n == 1 ? units[i].one_ago : units[i].many_ago;
		else
			word = n == 1 ? units[i].in_one : units[i].in_many;
		return words_format(w->arena, word, arena_print(w->arena, "%lld", (long long)n));
	}
	return words_text(seconds <= 0 ? WORDS_just_now : WORDS_in_a_moment);
}

struct when
when_of(struct work *w, int64_t at, enum words none)
{
	char *iso = arena_take(w->arena, CLOCK_TEXT_SIZE);

	if (at == 0)
		return (struct when){ .text = words_text(none) };
	clock_text(at, iso);
	return (struct when){ .iso = iso,
		.text = arena_print(w->arena, "%.10s %.8s\u00a0UTC", iso, iso + 11),
		.far = distance(w, at - w->now),
		.past = at <= w->now,
		.soon = at > w->now && at - w->now <= SOON };
}

const char *
scope_word(unsigned bit)
{
	switch (bit) {
	case SCOPE_READ:
		return words_text(WORDS_scope_read);
	case SCOPE_WRITE:
		return words_text(WORDS_scope_write);
	case SCOPE_ADMIN:
		return words_text(WORDS_scope_admin);
	default:
		return words_text(WORDS_scope_full);
	}
}

const char *
scopes_text(struct work *w, unsigned scopes)
{
	struct out o = out_limit(w->arena, WORDS_MAX);

	for (unsigned bit = SCOPE_READ; bit <= SCOPE_FULL; bit <<= 1) {
		if ((scopes & bit) == 0)
			continue;
		out_put(&o, out_text(&o).n > 0 ? ", " : "");
		out_put(&o, scope_word(bit));
	}
	return arena_text(w->arena, out_text(&o));
}

const char *
state_word(const char *state)
{
	if (strcmp(state, "active") == 0)
		return words_text(WORDS_state_active);
	if (strcmp(state, "expired") == 0)
		return words_text(WORDS_state_expired);
	return words_text(strcmp(state, "revoked") == 0 ? WORDS_state_revoked : WORDS_state_no_key);
}

const char *
role_word(const char *role)
{
	if (role == NULL || strcmp(role, "none") == 0)
		return words_text(WORDS_role_none);
	if (strcmp(role, "admin") == 0)
		return words_text(WORDS_role_admin);
	return words_text(strcmp(role, "editor") == 0 ? WORDS_role_editor : WORDS_role_member);
}

static bool
is_between(char c)
{
	return c == ' ' || c == ',' || c == '\t' || c == '\r' || c == '\n';
}

struct str *
words_of(struct work *w, struct str text, size_t *n)
{
	struct str *words = arena_array(w->arena, struct str, text.n / 2 + 1);

	for (*n = 0; text.n > 0;) {
		size_t end = 0;

		while (end < text.n && !is_between(text.s[end]))
			end++;
		if (end > 0)
			words[(*n)++] = (struct str){ text.s, end };
		text = str_from(text, end > 0 ? end : 1);
	}
	return words;
}

enum words
kind_word(const struct kind *k)
{
	static const enum words words[KIND__MAX] = { [KIND_PERSONAL] = WORDS_kind_personal,
		[KIND_MACHINE] = WORDS_kind_machine,
		[KIND_ORGANIZATION] = WORDS_kind_organization,
		[KIND_PROVIDER] = WORDS_kind_provider,
		[KIND_SPACE] = WORDS_kind_space };

	return words[k->id];
}
