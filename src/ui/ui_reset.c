/*
 * ui_reset.c: a password that was forgotten, or that somebody else chose.
 *
 * The link of the mail has its token behind the #, which no browser sends: a
 * script fills it in, and without one it is copied from the mail by hand.
 */
#include "ui/ui.h"

#include "base/settings.h"
#include "core/reset.h"
#include "http/credential.h"
#include "ui/frame.h"
#include "ui/login.h"
#include "ui/templates.h"

static const struct field forgot_fields[] = { FIELD_NEEDED(reset_wish, email) };
const struct shape shape_ui_forgot = SHAPE("ForgotForm", reset_wish, forgot_fields);

static const struct field reset_fields[] = {
	FIELD_NEEDED(reset_confirm_wish, token),
	FIELD_NEEDED(reset_confirm_wish, new_password),
};
const struct shape shape_ui_reset = SHAPE("ResetForm", reset_confirm_wish, reset_fields);

static struct login_page
begin(struct call *c)
{
	struct login_page p = { .passwords = c->work->settings->access_passwords,
		.mail = c->work->settings->mail_server[0] != '\0' };

	frame_bare(c, WORDS_forgot_title, &p.frame);
	return p;
}

enum fault
ui_forgot(struct call *c)
{
	struct login_page p = begin(c);

	page_forgot(&c->resp->body, &p);
	return FAULT_NONE;
}

enum fault
ui_forgot_send(struct call *c)
{
	enum fault f;

	/* Another site must not have its visitors ask for mail. */
	if (!credential_same_origin(c->work, c->req))
		return FAULT_CSRF;
	f = reset_ask(c->work, c->body);
	return f != FAULT_NONE ? f : frame_go(c, "/login", "mail_sent");
}

enum fault
ui_reset(struct call *c)
{
	struct login_page p = begin(c);

	page_reset(&c->resp->body, &p);
	return FAULT_NONE;
}

enum fault
ui_reset_send(struct call *c)
{
	const struct reset_confirm_wish *form = c->body;
	struct reset_confirm_wish wish = { .token = { form->token.is, str_trim(form->token.v) },
		.new_password = form->new_password };
	enum fault f;

	if (!credential_same_origin(c->work, c->req))
		return FAULT_CSRF;
	f = reset_confirm(c->work, &wish);
	if (f == FAULT_INVALID_TOKEN)
		return fault_at(c->work, f, "token", "is used up, or never was one");
	return f != FAULT_NONE ? f : frame_go(c, "/login", "chosen");
}
