/*
 * ui_account.c: one's own account and sessions.
 */
#include "ui/ui.h"

#include "core/account.h"
#include "store/sessions.h"
#include "ui/org.h"

static const struct field password_fields[] = { FIELD(password_wish, password),
	FIELD(password_wish, new_password) };
const struct shape shape_ui_password = SHAPE("PasswordForm", password_wish, password_fields);

struct language_form {
	struct given_text language;
};
static const struct field language_fields[] = { FIELD_NEEDED(language_form, language) };
const struct shape shape_ui_language = SHAPE("LanguageForm", language_form, language_fields);

static void
offer_languages(struct call *c, struct board *b)
{
	static const char *const names[LANGUAGE__MAX] = { "English", "Deutsch" };
	struct board_form *form = board_form(c, b, WORDS_none, WORDS_save, "/settings/language");
	struct control *k = form_select(c, form, "language", WORDS_language, LANGUAGE__MAX + 1);
	struct str chosen_one = request_cookie(c->req, "claviger_language");

	control_option(b, k, "browser", words_text(WORDS_as_the_browser), chosen_one.n == 0);
	for (int l = 0; l < LANGUAGE__MAX; l++)
		control_option(b, k, language_code((enum language)l), names[l],
		    language_of(chosen_one) == (enum language)l);
}

enum fault
ui_account(struct call *c)
{
	struct board_form *form;
	struct board *b;
	enum fault f = board_begin(c, WORDS_account, NAV_ACCOUNT, &b);

	if (f != FAULT_NONE)
		return f;
	board_fact(b, WORDS_name, c->caller->owner_name);
	board_fact(b, WORDS_email,
	    c->caller->unproven ? words_format(c->work->arena, WORDS_not_confirmed, c->caller->owner_email)
				: c->caller->owner_email);
	offer_confirmation(c, b);
	offer_languages(c, b);
	if (c->work->settings->access_passwords && !c->caller->by_server && !c->caller->header_only) {
		form = board_form(c, b, WORDS_change_password, WORDS_change_password, "/settings/account");
		form->text = WORDS_change_password_text;
		form->username = c->caller->owner_email;
		form_control(form, CONTROL_PASSWORD, "password", WORDS_password, WORDS_none);
		form_control(form, CONTROL_PASSWORD, "new_password", WORDS_new_password, WORDS_password_hint);
	}
	return board_show(c, b);
}

enum fault
ui_password(struct call *c)
{
	enum fault f = account_set_password(c->work, c->body);

	return f != FAULT_NONE ? f : frame_go(c, "/settings/account", "password");
}

enum fault
ui_language(struct call *c)
{
	const struct language_form *form = c->body;
	enum language l = language_of(form->language.v);

	response_header(c->resp, "Set-Cookie",
	    arena_print(c->work->arena, "claviger_language=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
		l == LANGUAGE__MAX ? "" : language_code(l), l == LANGUAGE__MAX ? 0 : 31536000,
		c->req->https ? "; Secure" : ""));
	return frame_go(c, "/settings/account", "saved");
}

/* --- sessions --- */

enum fault
ui_sessions(struct call *c)
{
	struct session_row *rows;
	struct page page;
	struct board *b;
	size_t n;
	enum fault f;

	if ((f = board_begin(c, WORDS_sessions, NAV_SESSIONS, &b)) != FAULT_NONE ||
	    (f = call_page(c, &page)) != FAULT_NONE ||
	    (f = sessions_of_user(c->work, c->caller->owner_id, &page, &rows, &n)) != FAULT_NONE)
		return f;
	b->intro = words_text(WORDS_sessions_intro);
	board_list(c, b, WORDS_no_sessions, WORDS_address, WORDS_begun, WORDS_col_expires);
	if (n >= (size_t)page.limit) {
		n = (size_t)page.limit - 1;
		b->next_link = arena_print(c->work->arena, "/settings/sessions?cursor=%s",
		    page_cursor(c->work->arena, rows[n - 1].created_at, rows[n - 1].id));
	}
	for (size_t i = 0; i < n; i++) {
		bool this_one = strcmp(rows[i].id, c->caller->session_id) == 0;
		struct line *l =
		    board_line(b, rows[i].agent == NULL ? words_text(WORDS_unknown) : rows[i].agent);

		l->about = this_one ? words_text(WORDS_this_session) : NULL;
		l->first = rows[i].address == NULL ? words_text(WORDS_unknown) : rows[i].address;
		l->second = when_of(c->work, rows[i].created_at, WORDS_never).text;
		l->when = when_of(c->work, rows[i].expires_at, WORDS_never);
		if (!this_one)
			line_act(c, l, WORDS_end_session,
			    arena_print(c->work->arena, "/settings/sessions/%s/end", rows[i].id));
	}
	if (b->lines.n > 1)
		board_form(c, b, WORDS_none, WORDS_end_others, "/settings/sessions");
	return board_show(c, b);
}

enum fault
ui_session_end(struct call *c)
{
	enum fault f = account_end_session(c->work, call_param(c, "session"));

	return f != FAULT_NONE ? f : frame_go(c, "/settings/sessions", "ended");
}

enum fault
ui_sessions_end_others(struct call *c)
{
	enum fault f = account_end_others(c->work);

	return f != FAULT_NONE ? f : frame_go(c, "/settings/sessions", "ended");
}
