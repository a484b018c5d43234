/*
 * cmd_user_sessions.c: "claviger user sessions", "logout", "unlink", "confirm" and
 * "reset": how a person is logged in, an end to it, and a way back in.
 */
#include "config.h"

#include "core/change.h"
#include "core/login.h"
#include "core/reset.h"
#include "front/cmd_user.h"
#include "front/operator.h"
#include "store/identities.h"
#include "store/sessions.h"
#include "store/users.h"

static enum fault
find(struct work *w, const struct command_words *said, struct user *u)
{
	const char *address = said->v[0];
	const char *email = login_email(w, str_of(address));
	enum fault f = email == NULL ? FAULT_NOT_FOUND : users_by_email(w, email, u);

	if (f == FAULT_NOT_FOUND)
		return fault_at(w, f, NULL, "there is no account of %s; claviger user list shows them",
		    address);
	return f;
}

static enum fault
sessions_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	struct session_row *rows;
	struct user u;
	enum fault f;

	*n = 0;
	if ((f = find(w, ctx, &u)) == FAULT_NONE)
		f = sessions_of_user(w, u.id, p, &rows, n);
	for (size_t i = 0; f == FAULT_NONE && i < *n; i++) {
		sheet_begin(s);
		sheet_text(s, "id", rows[i].id);
		sheet_text(s, "source", rows[i].source);
		sheet_time(s, "created_at", rows[i].created_at);
		sheet_time(s, "expires_at", rows[i].expires_at);
		sheet_text(s, "address", rows[i].address);
		sheet_text(s, "agent", rows[i].agent);
		sheet_end(s);
		p->after_at = rows[i].created_at;
		p->after_id = rows[i].id;
	}
	return f;
}

int
user_sessions(const struct command_line *line)
{
	static const struct operator_task task = { false, 1, DB_SHOWS, true, SHEET_COLUMNS, NULL,
		sessions_page };
	struct command_words said;

	return operator_runs(line, &task, NULL, &said);
}

static enum fault
logout_deed(struct work *w, void *ctx, struct sheet *s)
{
	struct user u;
	enum fault f = find(w, ctx, &u);

	(void)s;
	if (f != FAULT_NONE || (f = sessions_end_of_user(w, u.id, NULL)) != FAULT_NONE)
		return f;
	return change_user(w, ACT_USER_LOGOUT, u.id, STR_NONE);
}

/* Who was known by a token elsewhere is met anew; what the old tokens opened ends. */
static enum fault
unlink_deed(struct work *w, void *ctx, struct sheet *s)
{
	struct user u;
	enum fault f = find(w, ctx, &u);

	(void)s;
	if (f != FAULT_NONE || (f = identities_remove(w, u.id)) != FAULT_NONE ||
	    (f = change_user(w, ACT_USER_UNLINK, u.id, STR_NONE)) != FAULT_NONE)
		return f;
	return sessions_end_of_user(w, u.id, NULL);
}

static enum fault
confirm_deed(struct work *w, void *ctx, struct sheet *s)
{
	struct user u;
	enum fault f = find(w, ctx, &u);

	(void)s;
	if (f != FAULT_NONE || (f = users_confirm(w, u.id)) != FAULT_NONE)
		return f;
	return change_user(w, ACT_USER_CONFIRM, u.id, STR_NONE);
}

static enum fault
reset_deed(struct work *w, void *ctx, struct sheet *s)
{
	struct str token;
	struct user u;
	enum fault f;

	if ((f = find(w, ctx, &u)) != FAULT_NONE || (f = reset_make(w, &u, &token)) != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "token", token.s);
	sheet_end(s);
	return FAULT_NONE;
}

static int
to_one(const struct command_line *line, operator_deed *deed, enum sheet_form form)
{
	const struct operator_task task = { false, 1, DB_CHANGES, false, form, deed, NULL };
	struct command_words said;

	return operator_runs(line, &task, NULL, &said);
}

int
user_logout(const struct command_line *line)
{
	return to_one(line, logout_deed, SHEET_IDS);
}

int
user_unlink(const struct command_line *line)
{
	return to_one(line, unlink_deed, SHEET_IDS);
}

int
user_confirm(const struct command_line *line)
{
	return to_one(line, confirm_deed, SHEET_IDS);
}

int
user_reset(const struct command_line *line)
{
	return to_one(line, reset_deed, SHEET_COLUMNS);
}
