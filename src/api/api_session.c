/*
 * api_session.c: logging in and out, and who one is.
 */
#include "api/api.h"

#include <string.h>

#include "api/write.h"
#include "core/account.h"
#include "core/login.h"
#include "core/reset.h"
#include "http/credential.h"
#include "store/sessions.h"

struct login_wish {
	struct given_text email, password;
};

static const struct field login_fields[] = {
	FIELD_NEEDED(login_wish, email),
	FIELD_NEEDED(login_wish, password),
};
static const struct field password_fields[] = {
	FIELD_NEEDED(password_wish, password),
	FIELD_NEEDED(password_wish, new_password),
};
const struct shape shape_password = SHAPE("PasswordWish", password_wish, password_fields);

struct proof_wish {
	struct given_text password;
};
static const struct field proof_fields[] = { FIELD_NEEDED(proof_wish, password) };
const struct shape shape_proof = SHAPE("ProofWish", proof_wish, proof_fields);

static const struct field reset_fields[] = { FIELD_NEEDED(reset_wish, email) };
const struct shape shape_reset = SHAPE("PasswordResetWish", reset_wish, reset_fields);

static const struct field confirm_fields[] = {
	FIELD_NEEDED(reset_confirm_wish, token),
	FIELD_NEEDED(reset_confirm_wish, new_password),
};
const struct shape shape_reset_confirm =
    SHAPE("PasswordResetConfirmation", reset_confirm_wish, confirm_fields);
const struct shape shape_login = SHAPE("Login", login_wish, login_fields);

#define ORGS_SHOWN 200

static void
set_cookie(struct call *c, struct str token, int64_t seconds)
{
	response_header(c->resp, "Set-Cookie", credential_set_cookie(c->work, c->req, token, seconds));
}

static void
write_user(struct json *j, const struct login *l)
{
	json_object(j, "user");
	json_text(j, "id", l->user_id);
	json_text(j, "email", l->user_email);
	json_text(j, "name", l->user_name);
	json_end(j);
}

enum fault
api_session_begin(struct call *c)
{
	const struct login_wish *wish = c->body;
	struct login l;
	struct json *j;
	enum fault f;

	if ((f = account_need(c->work, "email", &wish->email)) != FAULT_NONE ||
	    (f = account_need(c->work, "password", &wish->password)) != FAULT_NONE)
		return f;
	/* Another site must not log its visitor in as somebody else. */
	if (c->req->header[HEADER_ORIGIN].s != NULL && !credential_same_origin(c->work, c->req))
		return FAULT_CSRF;
	f = login_begin(c->work, wish->email.v, wish->password.v, c->req->header[HEADER_USER_AGENT], &l);
	if (f != FAULT_NONE)
		return f;
	set_cookie(c, l.token, SESSION_SECONDS);
	j = call_json(c);
	json_object(j, NULL);
	json_str(j, "token", l.token);
	json_time(j, "expires_at", l.expires_at);
	write_user(j, &l);
	json_text(j, "csrf", l.csrf);
	json_end(j);
	return FAULT_NONE;
}

enum fault
api_session_end(struct call *c)
{
	if (c->caller->by_server)
		return fault_at(c->work, FAULT_CONFLICT, NULL,
		    "the web server says who you are with each request; log out there");
	set_cookie(c, STR_NONE, 0);
	return login_end(c->work, c->caller->session_id);
}

/* Before the transaction: Argon2id takes its time. */
enum fault
api_session_proof(struct call *c)
{
	const struct proof_wish *wish = c->body;
	enum fault f = account_need(c->work, "password", &wish->password);

	if (f != FAULT_NONE)
		return f;
	if (c->caller->by_server)
		return fault_at(c->work, FAULT_CONFLICT, NULL, "there is no password to show");
	f = account_prove(c->work, wish->password.v, &c->proven);
	if (f == FAULT_BAD_FIELD)
		c->work->trouble.field = "password";
	return f;
}

enum fault
api_session_proven(struct call *c)
{
	return account_proven(c->work, c->proven);
}

static enum fault
list_session(struct call *c, struct json *j, const void *row)
{
	const struct session_row *s = row;

	json_object(j, NULL);
	json_text(j, "id", s->id);
	json_text(j, "source", s->source);
	json_time(j, "created_at", s->created_at);
	json_time(j, "expires_at", s->expires_at);
	json_text(j, "address", s->address);
	json_text(j, "agent", s->agent);
	json_flag(j, "current", strcmp(s->id, c->caller->session_id) == 0);
	json_end(j);
	return FAULT_NONE;
}

static const struct listing session_listing = LISTING(list_session, session_row, created_at, id);

enum fault
api_sessions_list(struct call *c)
{
	struct session_row *rows;
	struct page p;
	size_t n;
	enum fault f;

	if ((f = call_page(c, &p)) != FAULT_NONE ||
	    (f = sessions_of_user(c->work, c->caller->owner_id, &p, &rows, &n)) != FAULT_NONE)
		return f;
	return call_list(c, &session_listing, &p, rows, n);
}

enum fault
api_sessions_end_one(struct call *c)
{
	return account_end_session(c->work, call_param(c, "session"));
}

enum fault
api_sessions_end_others(struct call *c)
{
	return account_end_others(c->work);
}

enum fault
api_reset_ask(struct call *c)
{
	/* Another site must not have its visitors ask for mail. */
	if (c->req->header[HEADER_ORIGIN].s != NULL && !credential_same_origin(c->work, c->req))
		return FAULT_CSRF;
	return reset_ask(c->work, c->body);
}

enum fault
api_reset_confirm(struct call *c)
{
	return reset_confirm(c->work, c->body);
}

enum fault
api_password_change(struct call *c)
{
	return account_set_password(c->work, c->body);
}

static void
write_own_key(struct call *c, struct json *j, const struct standing *s)
{
	json_object(j, "key");
	json_text(j, "id", s->key_id);
	json_text(j, "kind", s->kind->name);
	json_text(j, "name", s->key_name);
	json_text(j, "prefix", s->key_prefix);
	write_scopes(j, "scopes", s->scopes);
	write_confine(j, "restrictions", s);
	json_time(j, "expires_at", standing_end(s));
	rate_write(j, "rate_limit", s->rate_requests, s->rate_seconds);
	write_rotation(c->work, j, s);
	json_end(j);
}

static enum fault
write_own_orgs(struct call *c, struct json *j)
{
	struct page all = { ORGS_SHOWN, 0, "" };
	struct org_role *rows;
	size_t n;
	enum fault f = orgs_of_user(c->work, c->caller->owner_id, c->caller->unproven, &all, &rows, &n);

	if (f != FAULT_NONE)
		return f;
	json_null(j, "organization");
	json_list(j, "organizations");
	for (size_t i = 0; i < n; i++) {
		json_object(j, NULL);
		json_text(j, "id", rows[i].id);
		json_text(j, "name", rows[i].name);
		json_text(j, "role", rows[i].role);
		json_end(j);
	}
	json_end(j);
	if (c->by_cookie)
		json_text(j, "csrf", login_csrf(c->work, c->caller->session_id));
	return FAULT_NONE;
}

enum fault
api_self(struct call *c)
{
	const struct standing *s = c->caller;
	struct json *j = call_json(c);
	enum fault f = FAULT_NONE;

	json_object(j, NULL);
	json_text(j, "type", standing_type(s));
	json_text(j, "id", s->owner_id);
	json_text(j, "name", s->owner_name);
	if (s->owner_email != NULL)
		json_text(j, "email", s->owner_email);
	if (s->kind == NULL) {
		f = write_own_orgs(c, j);
	} else {
		json_text(j, "organization", s->org_id);
		if (s->owner == OWNER_MEMBER)
			json_text(j, "role", s->org_rank == RANK_ADMIN ? "admin" : "member");
		write_own_key(c, j, s);
	}
	json_end(j);
	return f;
}
