/*
 * ui_login.c: logging in and out.
 */
#include "ui/ui.h"

#include "base/settings.h"
#include "core/account.h"
#include "core/login.h"
#include "http/credential.h"
#include "ui/frame.h"
#include "ui/login.h"
#include "ui/templates.h"

struct login_form {
	struct given_text email, password, next;
};

static const struct field login_fields[] = {
	FIELD_NEEDED(login_form, email),
	FIELD_NEEDED(login_form, password),
	FIELD(login_form, next),
};
const struct shape shape_ui_login = SHAPE("LoginForm", login_form, login_fields);

struct nothing {
	struct given_text unused;
};
static const struct field nothing_fields[] = { FIELD(nothing, unused) };
const struct shape shape_ui_nothing = { "NothingForm", sizeof(struct nothing), nothing_fields, 0 };

enum fault
ui_start(struct call *c)
{
	return frame_go(c, "/settings/tokens", NULL);
}

/* Only to an address of our own, and not back to where one logs in or out. */
static const char *
next_of(struct call *c, struct str next)
{
	if (!frame_own_path(next) || str_starts(next, STR("/login")) || str_starts(next, STR("/logout")))
		return "";
	return arena_text(c->work->arena, next);
}

enum fault
ui_login(struct call *c)
{
	struct login_page p = { .passwords = c->work->settings->access_passwords,
		.mail = c->work->settings->mail_server[0] != '\0' };

	frame_bare(c, WORDS_log_in, &p.frame);
	p.next = next_of(c,
	    c->form.s != NULL ? query_value(c->work->arena, c->form, "next") : call_query(c, "next"));
	page_login(&c->resp->body, &p);
	return FAULT_NONE;
}

enum fault
ui_login_send(struct call *c)
{
	const struct login_form *form = c->body;
	struct login l;
	const char *next;
	enum fault f;

	/* Another site must not log its visitor in as somebody else. */
	if (!credential_same_origin(c->work, c->req))
		return FAULT_CSRF;
	if ((f = account_need(c->work, "email", &form->email)) != FAULT_NONE ||
	    (f = account_need(c->work, "password", &form->password)) != FAULT_NONE ||
	    (f = login_begin(c->work, form->email.v, form->password.v, c->req->header[HEADER_USER_AGENT],
		 &l)) != FAULT_NONE)
		return f;
	next = next_of(c, form->next.v);
	response_header(c->resp, "Set-Cookie",
	    credential_set_cookie(c->work, c->req, l.token, SESSION_SECONDS));
	return frame_go(c, next[0] == '\0' ? "/settings/tokens" : next, NULL);
}

enum fault
ui_logout(struct call *c)
{
	struct login_page p = { .by_server = c->caller->by_server };
	enum fault f = frame_begin(c, WORDS_log_out, NAV_NONE, &p.frame);

	if (f == FAULT_NONE)
		page_logout(&c->resp->body, &p);
	return f;
}

enum fault
ui_logout_send(struct call *c)
{
	enum fault f = FAULT_NONE;

	if (!c->caller->by_server)
		f = login_end(c->work, c->caller->session_id);
	if (f != FAULT_NONE)
		return f;
	response_header(c->resp, "Set-Cookie", credential_set_cookie(c->work, c->req, STR_NONE, 0));
	/* What the browser keeps of our pages goes with the session. */
	response_header(c->resp, "Clear-Site-Data", "\"cache\", \"storage\"");
	c->work->actor = NULL;
	return frame_go(c, "/login", "logged_out");
}
