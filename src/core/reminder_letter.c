/*
 * reminder_letter.c: the values of a reminder, as the key is now.
 *
 * Nothing of the outbox is trusted to be still so: a message may have waited for
 * days.  Never the text of a key, which nobody knows; its display prefix.
 */
#include "core/reminder_letter.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/kind.h"
#include "core/reminder.h"

#define PAGE_OF_KEY "/settings/keys/"

/* "2026-11-22 03:32:45 UTC" */
static const char *
time_text(struct work *w, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(at, text);
	return arena_print(w->arena, "%.10s %.8s UTC", text, text + 11);
}

static const char *
when_text(struct work *w, int64_t left)
{
	int64_t days = (left + CLOCK_DAY / 2) / CLOCK_DAY;

	if (days < 1)
		return "in less than a day";
	return days == 1 ? "in 1 day" : arena_print(w->arena, "in %lld days", (long long)days);
}

/* As it stands inside a sentence. */
static const char *
small_title(struct work *w, const struct kind *k)
{
	char *title = arena_text(w->arena, str_of(k->title));

	if (title[0] >= 'A' && title[0] <= 'Z')
		title[0] = (char)(title[0] - 'A' + 'a');
	return title;
}

static const char *
link_text(struct work *w, const struct ending_key *k)
{
	const char *base = w->settings->service_base_url;

	return base[0] == '\0' ? "" : arena_print(w->arena, "%s" PAGE_OF_KEY "%s", base, k->id);
}

static const char *
mark(bool yes)
{
	return yes ? "yes" : "";
}

static void
fill(struct work *w, const struct message *m, const struct ending_key *k, struct mail_value *v, size_t *n)
{
	const struct kind *kind = kind_named(str_of(k->kind));
	const struct mail_value values[] = {
		{ "to", m->name },
		{ "title", kind->title },
		{ "title_small", small_title(w, kind) },
		{ "name", k->name },
		{ "prefix", k->prefix },
		{ "organization", k->org_name },
		{ "machine", k->machine_name },
		{ "when", when_text(w, k->expires_at - w->now) },
		{ "ends", time_text(w, k->expires_at) },
		{ "last_used", k->last_used_at == 0 ? "" : time_text(w, k->last_used_at) },
		{ "never_used", mark(k->last_used_at == 0) },
		{ "replace", mark(kind->renewal == RENEW_NEVER) },
		{ "regenerate", mark(kind->renewal == RENEW_REGENERATE) },
		{ "refresh", mark(kind->renewal == RENEW_REFRESH) },
		{ "owner", mark(k->membership_id != NULL) },
		{ "admin", mark(k->membership_id == NULL) },
		{ "link", link_text(w, k) },
	};

	memcpy(v, values, sizeof values);
	*n = COUNT(values);
}

/* Whoever was an admin when it was posted may be none now. */
static enum fault
still_concerned(struct work *w, const struct message *m, const struct ending_key *k, bool *concerned)
{
	struct recipient r = { .role = "" };
	enum fault f = reminders_member(w, k->org_id, m->user_id, &r);

	if (k->membership_id != NULL)
		*concerned = f == FAULT_NONE && k->user_id != NULL && strcmp(k->user_id, m->user_id) == 0;
	else
		*concerned = f == FAULT_NONE && strcmp(r.role, "admin") == 0;
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

enum fault
reminder_letter(struct work *w, const struct message *m, struct mail_value values[static MAIL_VALUES_MAX],
    size_t *n, const char **why_not)
{
	struct ending_key k;
	bool concerned = false;
	enum fault f = reminders_key(w, m->org_id, m->key_id, &k);

	*why_not = "the key is gone";
	if (f != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	*why_not = "it is not so any more";
	if (!reminder_stands(&k, m->expires_at, m->days, w->now))
		return FAULT_NONE;
	*why_not = "it concerns somebody else now";
	if ((f = still_concerned(w, m, &k, &concerned)) != FAULT_NONE || !concerned)
		return f;
	*why_not = NULL;
	fill(w, m, &k, values, n);
	return FAULT_NONE;
}
