/*
 * account.c: what people do with the account of their own.
 */
#include "core/account.h"

#include <string.h>

#include "base/log.h"
#include "base/settings.h"
#include "core/change.h"
#include "core/denial.h"
#include "core/password.h"
#include "core/standing.h"
#include "core/throttle.h"
#include "store/sessions.h"
#include "store/users.h"

enum fault
account_need(struct work *w, const char *field, const struct given_text *g)
{
	if (g->is == GIVEN)
		return FAULT_NONE;
	return fault_at(w, g->is == ABSENT ? FAULT_MISSING_FIELD : FAULT_BAD_FIELD, field, "must be given");
}

static enum fault
wish_check(struct work *w, const struct password_wish *wish, struct str *fresh)
{
	enum fault f;

	if ((f = account_need(w, "password", &wish->password)) != FAULT_NONE ||
	    (f = account_need(w, "new_password", &wish->new_password)) != FAULT_NONE)
		return f;
	if (!w->settings->access_passwords)
		return fault_at(w, FAULT_BAD_FIELD, "new_password", "this installation keeps no passwords");
	return password_check(w, "new_password", wish->new_password.v, fresh);
}

/* A session that was stolen must not be good for trying passwords without end. */
static enum fault
password_right(struct work *w, const struct user *u, const char *field, struct str password)
{
	struct str account = str_of(u->email), normal = password_normal(w, password);
	bool right, outdated;
	enum fault f;

	if (u->password_hash == NULL)
		return fault_at(w, FAULT_CONFLICT, NULL, "there is no password to change");
	if ((f = throttle_check(w, THROTTLE_LOGIN, account)) != FAULT_NONE)
		return f;
	throttle_count(w, THROTTLE_LOGIN, account);
	f = password_verify(w, u->password_hash, normal.s == NULL ? STR("") : normal, &right, &outdated);
	if (f == FAULT_BUSY)
		throttle_take_back(w, THROTTLE_LOGIN, account);
	if (f != FAULT_NONE)
		return f;
	if (right)
		return FAULT_NONE;
	denial_login(w, u->id);
	return fault_at(w, FAULT_BAD_FIELD, field, "is not the password");
}

enum fault
account_set_password(struct work *w, const struct password_wish *wish)
{
	const struct standing *s = w->actor;
	struct user before, now;
	const char *hash;
	struct str fresh;
	enum fault f;

	if ((f = wish_check(w, wish, &fresh)) != FAULT_NONE ||
	    (f = users_get(w, s->owner_id, &before)) != FAULT_NONE ||
	    (f = password_right(w, &before, "password", wish->password.v)) != FAULT_NONE ||
	    (f = password_hash(w, fresh, &hash)) != FAULT_NONE ||
	    (f = users_lock(w, s->owner_id, &now)) != FAULT_NONE)
		return f;
	/* In the time this took the operator, or a reset by mail, may have set another. */
	if (now.password_hash == NULL || strcmp(now.password_hash, before.password_hash) != 0)
		return FAULT_RACE_LOST;
	log_event(LOG_NOTE, "password_changed", "request_id", w->request_id, "user", s->owner_id, NULL);
	if ((f = users_set_password(w, s->owner_id, hash)) != FAULT_NONE ||
	    (f = change_user(w, ACT_USER_PASSWORD, s->owner_id, STR_NONE)) != FAULT_NONE)
		return f;
	return sessions_end_of_user(w, s->owner_id, s->session_id);
}

enum fault
account_recent(struct work *w, bool *recent)
{
	const struct standing *s = w->actor;
	struct user u;
	int64_t at;
	enum fault f;

	*recent = !w->settings->access_passwords || s->by_server;
	if (*recent)
		return FAULT_NONE;
	if ((f = users_get(w, s->owner_id, &u)) != FAULT_NONE ||
	    (f = sessions_proven(w, s->session_id, &at)) != FAULT_NONE)
		return f;
	*recent = u.password_hash == NULL || w->now < at + PROOF_SECONDS;
	return FAULT_NONE;
}

enum fault
account_prove(struct work *w, struct str password, const char **hash)
{
	struct user u;
	enum fault f;

	if ((f = users_get(w, w->actor->owner_id, &u)) != FAULT_NONE ||
	    (f = password_right(w, &u, "proof", password)) != FAULT_NONE)
		return f;
	*hash = u.password_hash;
	return FAULT_NONE;
}

/* A hash has a salt of its own: the same one is that of the same user, and of the same password. */
enum fault
account_proven(struct work *w, const char *hash)
{
	struct user u;
	enum fault f;

	if ((f = users_get(w, w->actor->owner_id, &u)) != FAULT_NONE)
		return f;
	if (u.password_hash == NULL || strcmp(u.password_hash, hash) != 0)
		return FAULT_RACE_LOST;
	return sessions_prove(w, w->actor->session_id);
}

enum fault
account_end_session(struct work *w, const char *session_id)
{
	enum fault f = sessions_end_own(w, w->actor->owner_id, session_id);

	if (f != FAULT_NONE)
		return f;
	return change_user(w, ACT_USER_LOGOUT, w->actor->owner_id, change_of(w, "session", session_id));
}

enum fault
account_end_others(struct work *w)
{
	enum fault f = sessions_end_of_user(w, w->actor->owner_id, w->actor->session_id);

	if (f != FAULT_NONE)
		return f;
	return change_user(w, ACT_USER_LOGOUT, w->actor->owner_id, change_of(w, "session", "others"));
}
