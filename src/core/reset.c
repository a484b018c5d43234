/*
 * reset.c: another password for whoever can read the mail of an address.
 */
#include "core/reset.h"

#include "base/log.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/settings.h"
#include "core/account.h"
#include "core/change.h"
#include "core/id.h"
#include "core/login.h"
#include "core/password.h"
#include "core/throttle.h"
#include "db/db.h"
#include "store/resets.h"
#include "store/sessions.h"

#define TOKEN_RANDOM 43
#define TOKEN_MAX    64
#define AT_ONCE	     200

static enum fault
passwords_kept(struct work *w)
{
	return w->settings->access_passwords
	    ? FAULT_NONE
	    : fault_at(w, FAULT_CONFLICT, NULL, "this installation keeps no passwords");
}

enum fault
reset_ask(struct work *w, const struct reset_wish *wish)
{
	const char *email;
	enum fault f;

	if ((f = account_need(w, "email", &wish->email)) != FAULT_NONE ||
	    (f = passwords_kept(w)) != FAULT_NONE ||
	    (f = throttle_check(w, THROTTLE_RESET, STR_NONE)) != FAULT_NONE)
		return f;
	throttle_count(w, THROTTLE_RESET, STR_NONE);
	if ((email = login_email(w, wish->email.v)) == NULL)
		return FAULT_NONE;
	return resets_ask(w, id_make(w, "rst_"), email);
}

/* A fresh token of a wish, which becomes the user's. */
static enum fault
post(struct work *w, const char *id, const struct user *u, int64_t expires_at, struct str *token)
{
	uint8_t digest[SECRET_SIZE];
	char *text = arena_take(w->vault, TOKEN_RANDOM + 1);
	bool posted;
	enum fault f;

	random_base62(text, TOKEN_RANDOM);
	*token = str_of(arena_print(w->vault, "rst_%s", text));
	secret_sha256(*token, STR_NONE, digest);
	if ((f = resets_post(w, id, u->id, digest, expires_at, &posted)) != FAULT_NONE)
		return f;
	return posted ? FAULT_NONE : FAULT_CONFLICT;
}

enum fault
reset_make(struct work *w, const struct user *u, struct str *token)
{
	const char *id = id_make(w, "rst_");
	enum fault f;

	if ((f = passwords_kept(w)) != FAULT_NONE || (f = resets_ask(w, id, u->email)) != FAULT_NONE)
		return f;
	return post(w, id, u, w->now + RESET_OPERATOR_SECONDS, token);
}

/* Nobody is to be sent mail without end by others. */
static enum fault
may_post(struct work *w, const struct reset *r, struct user *u, bool *may)
{
	int64_t recent;
	enum fault f = users_by_email(w, r->email, u);

	*may = false;
	if (f != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	if ((f = resets_recent(w, u->id, w->now - RESET_SECONDS, &recent)) != FAULT_NONE)
		return f;
	*may = recent < RESET_AN_HOUR;
	if (!*may)
		log_event(LOG_WARN, "reset_refused", "user", u->id, "why", "asked for too often", NULL);
	return FAULT_NONE;
}

static enum fault
see_to(struct work *w, const struct reset *r)
{
	struct str token;
	struct user u;
	bool may;
	enum fault f;

	if ((f = may_post(w, r, &u, &may)) != FAULT_NONE)
		return f;
	if (!may)
		return resets_drop(w, r->id);
	if ((f = post(w, r->id, &u, w->now + RESET_SECONDS, &token)) != FAULT_NONE)
		return f == FAULT_CONFLICT ? FAULT_NONE : f; /* another host has seen to it */
	return reset_mail(w, &u, token, w->now + RESET_SECONDS);
}

enum fault
reset_upkeep(struct work *w)
{
	struct reset *rows;
	size_t n;
	enum fault f;

	if ((f = db_begin(w, DB_CHANGES)) != FAULT_NONE)
		return f;
	f = resets_waiting(w, AT_ONCE, &rows, &n);
	for (size_t i = 0; f == FAULT_NONE && i < n; i++)
		f = see_to(w, &rows[i]);
	if (f == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

/* A wrong token is a failed presentation like that of a key. */
static enum fault
find(struct work *w, struct str token, struct reset *r)
{
	uint8_t digest[SECRET_SIZE];
	enum fault f;

	if ((f = throttle_check(w, THROTTLE_PRESENTED, STR_NONE)) != FAULT_NONE)
		return f;
	if (token.n > TOKEN_MAX)
		token.n = 0;
	secret_sha256(token, STR_NONE, digest);
	if ((f = resets_by_digest(w, digest, r)) != FAULT_NOT_FOUND)
		return f;
	throttle_count(w, THROTTLE_PRESENTED, STR_NONE);
	return FAULT_INVALID_TOKEN;
}

static enum fault
set_password(struct work *w, const char *user_id, const char *hash)
{
	struct user u;
	int64_t n;
	enum fault f;

	if ((f = users_lock(w, user_id, &u)) != FAULT_NONE || (f = resets_use(w, user_id, &n)) != FAULT_NONE)
		return f;
	if (n == 0)
		return FAULT_INVALID_TOKEN; /* used while the new password was hashed */
	log_event(LOG_NOTE, "password_reset", "request_id", w->request_id, "user", user_id, NULL);
	if ((f = users_set_password(w, user_id, hash)) != FAULT_NONE ||
	    (f = users_confirm(w, user_id)) != FAULT_NONE ||
	    (f = change_user(w, ACT_USER_PASSWORD, user_id, change_of(w, "by", "token"))) != FAULT_NONE)
		return f;
	return sessions_end_of_user(w, user_id, NULL);
}

enum fault
reset_confirm(struct work *w, const struct reset_confirm_wish *wish)
{
	struct str fresh;
	struct reset r;
	const char *hash;
	enum fault f;

	if ((f = account_need(w, "token", &wish->token)) != FAULT_NONE ||
	    (f = account_need(w, "new_password", &wish->new_password)) != FAULT_NONE ||
	    (f = passwords_kept(w)) != FAULT_NONE ||
	    (f = password_check(w, "new_password", wish->new_password.v, &fresh)) != FAULT_NONE ||
	    (f = find(w, wish->token.v, &r)) != FAULT_NONE ||
	    (f = password_hash(w, fresh, &hash)) != FAULT_NONE)
		return f;
	return set_password(w, r.user_id, hash);
}
