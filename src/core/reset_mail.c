/*
 * reset_mail.c: telling somebody how to choose a password.
 *
 * The link is made of the address in the settings and never of a request's host,
 * which is whatever the one who asks writes there.  The token stands behind its #,
 * which browsers send to nobody.
 */
#include "core/reset.h"

#include "base/clock.h"
#include "base/settings.h"
#include "core/mail.h"

#define PAGE "/login/reset#"

static const char *
time_text(struct work *w, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(at, text);
	return arena_print(w->arena, "%.10s %.5s UTC", text, text + 11);
}

enum fault
reset_mail(struct work *w, const struct user *u, struct str token, int64_t good_until)
{
	const char *base = w->settings->service_base_url;
	const struct mail_value values[] = {
		{ "link", base[0] == '\0' ? "" : arena_print(w->vault, "%s" PAGE "%s", base, token.s) },
		{ "no_link", base[0] == '\0' ? "yes" : "" },
		{ "token", token.s },
		{ "until", time_text(w, good_until) },
	};
	const struct mail_wish wish = { .template = "password_reset",
		.user_id = u->id,
		.good_until = good_until,
		.values = values,
		.n = COUNT(values) };

	return mail_post(w, &wish);
}
