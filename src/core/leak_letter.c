/*
 * leak_letter.c: who hears that a key leaked, and what.
 */
#include "core/leak_letter.h"

#include <string.h>

#include "base/clock.h"
#include "core/mail.h"
#include "store/machines.h"
#include "store/reminders.h"

#define ADMINS_MAX 200
#define GOOD_FOR   (30 * CLOCK_DAY)

static const char *
mark(bool yes)
{
	return yes ? "yes" : "";
}

static enum fault
post(struct work *w, const struct standing *k, const struct leak *l, const char *user_id, bool is_owner)
{
	bool revoked = w->settings->leaks_revoke;
	const struct mail_value values[] = {
		{ "title", k->kind->title },
		{ "name", k->key_name },
		{ "prefix", k->key_prefix },
		{ "organization", k->org_name },
		{ "url", arena_text(w->arena, l->url) },
		{ "machine", k->machine_id == NULL ? "" : k->owner_name },
		{ "revoked", mark(revoked) },
		{ "alive", mark(!revoked) },
		{ "owner", mark(is_owner) },
		{ "admin", mark(!is_owner) },
	};
	const struct mail_wish wish = { .template = LEAK_TEMPLATE,
		.user_id = user_id,
		.org_id = k->org_id,
		.key_id = k->key_id,
		.good_until = w->now + GOOD_FOR,
		.values = values,
		.n = COUNT(values) };

	return mail_post(w, &wish);
}

enum fault
leak_mail(struct work *w, const struct standing *k, const struct leak *l)
{
	const char *owner = k->membership_id == NULL ? "" : k->owner_id;
	struct recipient *admins;
	size_t n = 0;
	enum fault f = reminders_admins(w, k->org_id, ADMINS_MAX, &admins, &n);

	if (f == FAULT_NONE && owner[0] != '\0')
		f = post(w, k, l, owner, true);
	for (size_t i = 0; f == FAULT_NONE && i < n; i++)
		if (strcmp(admins[i].user_id, owner) != 0)
			f = post(w, k, l, admins[i].user_id, false);
	return f;
}
