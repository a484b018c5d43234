/*
 * login.c: people's sessions.
 *
 * A JWT of ours has our own header, byte for byte, so there is no algorithm to
 * choose or to confuse.  Those of the host application are another room's.
 */
#include "core/login.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "core/change.h"
#include "core/denial.h"
#include "core/id.h"
#include "core/password.h"
#include "core/secrets.h"
#include "core/throttle.h"
#include "core/vouched.h"
#include "db/db.h"
#include "store/sessions.h"
#include "store/users.h"

/* {"alg":"HS256","typ":"JWT"} */
static const char jwt_header[] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

#define EMAIL_MAX   254
#define AGENT_MAX   200
#define JWT_MAX	    1024
#define CSRF_DIGITS 43

static struct str
session_key(void)
{
	return (struct str){ (const char *)secrets_session_key(), SECRET_SIZE };
}

/*
 * Letters beyond ASCII keep their case: folding makes one of what mail servers
 * take for two people (ss and the sharp s).
 */
static struct str
lower_ascii(struct arena *a, struct str raw)
{
	struct str text = raw.n > EMAIL_MAX * 2 ? STR_NONE : text_nfc(a, text_trim(raw));
	char *c = (char *)(uintptr_t)text.s;

	for (size_t i = 0; i < text.n; i++)
		if (c[i] >= 'A' && c[i] <= 'Z')
			c[i] = (char)(c[i] - 'A' + 'a');
	return text;
}

const char *
login_email(struct work *w, struct str raw)
{
	struct str email = lower_ascii(w->arena, raw);
	ptrdiff_t at = email.s == NULL ? -1 : str_find(email, '@');
	struct str domain = at < 0 ? STR_NONE : str_from(email, (size_t)at + 1);

	if (at <= 0 || domain.n == 0 || email.n > EMAIL_MAX || str_find(domain, '@') >= 0)
		return NULL;
	return text_has_control(email) || str_find(email, ' ') >= 0 ? NULL : email.s;
}

const char *
login_csrf(struct work *w, const char *session_id)
{
	uint8_t digest[SECRET_SIZE];

	secret_hmac(session_key(), str_of(arena_print(w->arena, "csrf:%s", session_id)), digest);
	return base64url_text(w->arena, (struct str){ (const char *)digest, sizeof digest });
}

static struct str
sign(struct arena *a, struct str signed_part)
{
	uint8_t digest[SECRET_SIZE];

	secret_hmac(session_key(), signed_part, digest);
	return str_of(base64url_text(a, (struct str){ (const char *)digest, sizeof digest }));
}

static struct str
make_token(struct work *w, const char *session_id, const struct login *l)
{
	const char *claims = arena_print(w->vault,
	    "{\"iss\":\"claviger\",\"sub\":\"%s\",\"sid\":\"%s\",\"iat\":%" PRId64 ",\"exp\":%" PRId64 "}",
	    l->user_id, session_id, w->now, l->expires_at);
	const char *part =
	    arena_print(w->vault, "%s.%s", jwt_header, base64url_text(w->vault, str_of(claims)));

	w->reveals = true;
	return str_of(arena_print(w->vault, "%s.%s", part, sign(w->vault, str_of(part)).s));
}

/* What a client calls itself may be anything. */
static struct str
agent_text(struct str agent)
{
	if (agent.n > AGENT_MAX)
		agent.n = AGENT_MAX;
	return text_valid(agent) ? agent : STR_NONE;
}

enum fault
login_note(struct work *w, const char *id, const char *user_id, const char *source, int64_t expires_at,
    struct str agent)
{
	struct session_row row = { .id = id,
		.user_id = user_id,
		.source = source,
		.created_at = w->now,
		.expires_at = expires_at };
	char address[ADDRESS_TEXT_SIZE];

	address_text(&w->peer, address);
	if (address[0] != '\0')
		row.address = address;
	agent = agent_text(agent);
	row.agent = arena_text(w->arena, agent);
	return sessions_insert(w, &row);
}

static enum fault
open_session(struct work *w, const struct user *u, struct str agent, struct login *l)
{
	const char *id = id_make(w, "ses_");
	enum fault f;

	*l = (struct login){ .expires_at = w->now + SESSION_SECONDS,
		.user_id = u->id,
		.user_name = u->name,
		.user_email = u->email };
	agent = agent_text(agent);
	if ((f = login_note(w, id, u->id, "password", l->expires_at, agent)) != FAULT_NONE ||
	    (f = change_user(w, ACT_LOGIN, u->id, change_of(w, "agent", arena_text(w->arena, agent)))) !=
		FAULT_NONE)
		return f;
	l->token = make_token(w, id, l);
	l->csrf = login_csrf(w, id);
	return FAULT_NONE;
}

/* Right or not, in the same time whether the account is there or not. */
static enum fault
check_password(struct work *w, const struct user *u, struct str password, bool *outdated)
{
	bool right = false, known = u != NULL && u->password_hash != NULL && w->settings->access_passwords;
	enum fault f;

	if (known)
		f = password_verify(w, u->password_hash, password, &right, outdated);
	else
		f = password_pretend(w, password);
	if (f == FAULT_NONE && !right && known)
		denial_login(w, u->id);
	return f == FAULT_NONE && !right ? FAULT_INVALID_TOKEN : f;
}

/*
 * Verifying takes its time, in which the password may have been changed: the
 * session is of the password that is the account's now, or it is not opened.
 */
static enum fault
still_the_same(struct work *w, const struct user *u)
{
	struct user now;
	enum fault f = users_lock(w, u->id, &now);

	if (f != FAULT_NONE)
		return f;
	return now.password_hash != NULL && strcmp(now.password_hash, u->password_hash) == 0
	    ? FAULT_NONE
	    : FAULT_INVALID_TOKEN;
}

static enum fault
enter(struct work *w, const struct user *u, struct str password, struct str agent, struct login *l)
{
	const char *fresh;
	bool outdated = false;
	enum fault f;

	if ((f = check_password(w, u, password, &outdated)) != FAULT_NONE ||
	    (f = still_the_same(w, u)) != FAULT_NONE)
		return f;
	if (outdated && password_hash(w, password, &fresh) == FAULT_NONE &&
	    (f = users_set_password(w, u->id, fresh)) != FAULT_NONE)
		return f;
	return open_session(w, u, agent, l);
}

enum fault
login_begin(struct work *w, struct str address, struct str password, struct str agent, struct login *l)
{
	const char *email = login_email(w, address);
	struct str account = email == NULL ? address : str_of(email), normal = password_normal(w, password);
	struct user u;
	enum fault f;

	/* One count for all spellings of an account: it is normalized before. */
	if ((f = throttle_check(w, THROTTLE_LOGIN, account)) != FAULT_NONE)
		return f;
	throttle_count(w, THROTTLE_LOGIN, account);
	f = email == NULL ? FAULT_NOT_FOUND : users_by_email(w, email, &u);
	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	f = enter(w, f == FAULT_NONE ? &u : NULL, normal.s == NULL ? STR("") : normal, agent, l);
	/* Busy: no password was looked at, and who tries again must not be shut out for it. */
	if (f == FAULT_BUSY)
		throttle_take_back(w, THROTTLE_LOGIN, account);
	return f;
}

enum fault
login_end(struct work *w, const char *session_id)
{
	return sessions_end(w, session_id);
}

bool
login_shape(struct str text)
{
	int dots = 0;

	for (size_t i = 0; i < text.n; i++)
		dots += text.s[i] == '.';
	return dots == 2 && str_starts(text, STR("eyJ"));
}

/* The id of the session a token of ours names; NULL if it is not ours. */
static const char *
session_of(struct work *w, struct str token)
{
	static const char before[] = "\"sid\":\"";
	struct str rest = token, header, claims, signature;
	const char *at, *end;
	size_t signed_n;

	if (token.n > JWT_MAX || !str_cut(&rest, '.', &header) || !str_cut(&rest, '.', &claims) ||
	    rest.s == NULL)
		return NULL;
	signature = rest;
	signed_n = header.n + 1 + claims.n;
	if (!str_is(header, jwt_header) ||
	    !secret_equal(sign(w->vault, (struct str){ token.s, signed_n }), signature))
		return NULL;
	/* The claims are our own text from here on: nobody else could have signed them. */
	claims = base64url_bytes(w->arena, claims);
	at = claims.s == NULL ? NULL : strstr(claims.s, before);
	end = at == NULL ? NULL : strchr(at += sizeof before - 1, '"');
	return end == NULL ? NULL : arena_text(w->arena, (struct str){ at, (size_t)(end - at) });
}

enum fault
login_find(struct work *w, struct str token, struct presented *p)
{
	const char *id = session_of(w, token);
	struct session row;
	enum fault f;

	*p = (struct presented){ .reason = REASON_MALFORMED };
	if (id == NULL)
		return vouched_jwt(w, token, p);
	p->reason = REASON_UNKNOWN;
	if ((f = sessions_get(w, id, &row)) != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	p->standing = standing_of_session(w, &row);
	p->reason = decide_alive(p->standing, w->now);
	return FAULT_NONE;
}
