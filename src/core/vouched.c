/*
 * vouched.c: sessions of people whom somebody else vouches for.
 *
 * A token of the host application is a session of its own: its id is made from
 * what was signed, so that the same token is the same session on every host, and
 * ending it ends the token however its signature is written.
 */
#include "core/vouched.h"

#include "base/hex.h"
#include "base/settings.h"
#include "core/change.h"
#include "core/identity.h"
#include "core/jwt.h"
#include "core/login.h"
#include "core/secrets.h"
#include "db/db.h"
#include "store/sessions.h"

#define ID_BYTES 14 /* as digits, and four letters before them: an id of 32 */

static const char *
session_id(struct work *w, struct str signed_part)
{
	struct str key = { (const char *)secrets_session_key(), SECRET_SIZE };
	char digits[2 * ID_BYTES + 1];
	uint8_t digest[SECRET_SIZE];

	secret_hmac(key, str_of(arena_print(w->arena, "jwt:%.*s", (int)signed_part.n, signed_part.s)),
	    digest);
	hex_text(digest, ID_BYTES, digits);
	return arena_print(w->arena, "ses_%s", digits);
}

/* The session and that it was begun: by the user, whoever presents the token to us. */
static enum fault
keep(struct work *w, const struct jwt *j, const struct session *row)
{
	const struct standing *asker = w->actor;
	bool own = !db_in_transaction(w->db);
	enum fault f = own ? db_begin(w, DB_CHANGES) : FAULT_NONE;

	if (f != FAULT_NONE)
		return f;
	w->actor = NULL;
	if ((f = login_note(w, row->id, row->user_id, "jwt", j->expires_at, STR_NONE)) == FAULT_NONE)
		f = change_user(w, ACT_LOGIN, row->user_id, change_of(w, "issuer", j->issuer));
	w->actor = asker;
	if (own && f == FAULT_NONE)
		return db_commit(w);
	if (own)
		db_rollback(w);
	return f;
}

/* The session of a token that was not seen before; of another request that was faster. */
static enum fault
begin(struct work *w, const struct jwt *j, struct session *row)
{
	struct identity who = { j->issuer, j->subject, j->email, j->name };
	struct identified u;
	enum fault f = identity_user(w, &who, &u);

	if (f != FAULT_NONE)
		return f;
	*row = (struct session){ .id = row->id,
		.user_id = u.user_id,
		.user_name = u.user_name,
		.user_email = u.user_email,
		.expires_at = j->expires_at };
	if (db_account(w->db) != DB_APP)
		return FAULT_NONE;
	f = keep(w, j, row);
	return f == FAULT_TAKEN ? sessions_get(w, row->id, row) : f;
}

/* "ann", with the domain of the settings, or an address as it is. */
static const char *
address_of(struct work *w, struct str name)
{
	const char *domain = w->settings->sessions_remote_user_domain;

	if (str_find(name, '@') >= 0 || domain[0] == '\0')
		return login_email(w, name);
	return login_email(w, str_of(arena_print(w->arena, "%.*s@%s", (int)name.n, name.s, domain)));
}

enum fault
vouched_remote_user(struct work *w, struct str name, struct presented *p)
{
	struct identity who = { .issuer = "remote_user", .email = address_of(w, name) };
	struct identified u;
	struct session row;
	enum fault f;

	*p = (struct presented){ .reason = REASON_MALFORMED };
	if (who.email == NULL)
		return FAULT_NONE;
	p->reason = REASON_UNKNOWN;
	if ((f = identity_user(w, &who, &u)) != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	row = (struct session){ .id = arena_print(w->arena, "remote:%s", u.user_id),
		.user_id = u.user_id,
		.user_name = u.user_name,
		.user_email = u.user_email };
	p->standing = standing_of_session(w, &row);
	p->standing->by_server = true;
	p->reason = decide_alive(p->standing, w->now);
	return FAULT_NONE;
}

enum fault
vouched_jwt(struct work *w, struct str token, struct presented *p)
{
	struct session row;
	const char *id;
	struct jwt j;
	enum fault f;

	*p = (struct presented){ .reason = jwt_read(w, token, &j) };
	if (p->reason != REASON_OK)
		return FAULT_NONE;
	p->reason = REASON_UNKNOWN;
	id = session_id(w, j.signed_part);
	if ((f = sessions_get(w, id, &row)) == FAULT_NOT_FOUND) {
		row.id = id;
		f = begin(w, &j, &row);
	}
	if (f != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	p->standing = standing_of_session(w, &row);
	p->standing->header_only = true;
	p->reason = decide_alive(p->standing, w->now);
	return FAULT_NONE;
}
