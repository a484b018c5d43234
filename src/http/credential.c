/*
 * credential.c: the one credential of a request.
 */
#include "http/credential.h"

#include "base/secret.h"
#include "base/settings.h"
#include "core/kind.h"
#include "core/login.h"

#define CREDENTIAL_MAX 4096
#define IN_URL_MIN     16 /* a prefix and this many characters: no accident */

/* RFC 6750 section 2.1: b64token. */
static struct charset token68 =
    CHARSET("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

struct url_search {
	const struct settings *settings;
	bool found;
};

/* RFC 8959: the mark before a secret is none of it. */
static struct str
without_mark(struct str text)
{
	return str_starts(text, STR("secret-token:")) ? str_from(text, sizeof "secret-token:" - 1) : text;
}

static bool
starts_like_key(const struct settings *s, struct str value)
{
	const struct kind *k;

	value = without_mark(value);
	for (size_t i = 0; (k = kind_at(i)) != NULL; i++)
		if (value.n >= IN_URL_MIN && str_starts(value, str_of(kind_prefix(k, s))))
			return true;
	return false;
}

static bool
look_at_pair(void *ctx, struct str name, struct str value)
{
	struct url_search *u = ctx;

	u->found = str_is(name, "access_token") || starts_like_key(u->settings, value) ||
	    starts_like_key(u->settings, name) || (login_shape(value) && value.n >= IN_URL_MIN);
	return !u->found;
}

/* "Bearer", blanks, one token68, nothing else (RFC 9110 section 11.4). */
static enum fault
read_header(struct str header, struct str *text)
{
	struct str rest = header, scheme, more;

	if (str_find(header, ',') >= 0)
		return FAULT_TWO_CREDENTIALS;
	if (!str_word(&rest, &scheme) || !str_is_nocase(scheme, "Bearer") || !str_word(&rest, text))
		return FAULT_INVALID_TOKEN;
	if (str_word(&rest, &more))
		return FAULT_TWO_CREDENTIALS;
	*text = without_mark(*text);
	return text->n == 0 || text->n > CREDENTIAL_MAX || !str_all(*text, &token68) ? FAULT_INVALID_TOKEN
										     : FAULT_NONE;
}

/* Below the path, or the path itself. */
static bool
is_below(struct str path, struct str top)
{
	if (top.n == 1)
		return true;
	return str_starts(path, top) && (path.n == top.n || path.s[top.n] == '/');
}

/* The web server has read the other schemes for itself. */
static bool
has_bearer(struct str header)
{
	struct str scheme;

	return str_word(&header, &scheme) && str_is_nocase(scheme, "Bearer");
}

bool
credential_remote_user(struct work *w, const struct request *r, struct str *name)
{
	const struct settings *s = w->settings;
	struct str path;

	if (s->sessions_remote_user_from[0] == '\0' || r->remote_user.n == 0 || r->role != ROLE_RESPONDER ||
	    r->mode.s != NULL || has_bearer(r->header[HEADER_AUTHORIZATION]))
		return false;
	if (!ranges_hold(str_of(s->sessions_remote_user_from), &r->peer) ||
	    request_path(w->arena, r->target, &path) != FAULT_NONE ||
	    !is_below(path, str_of(s->sessions_remote_user_below)))
		return false;
	*name = r->remote_user;
	return true;
}

const char *
credential_cookie(const struct request *r)
{
	return r->https ? "__Host-claviger" : "claviger";
}

bool
credential_in_url(struct work *w, const struct request *r)
{
	struct url_search u = { w->settings, false };

	query_each(w->arena, r->query, look_at_pair, &u);
	return u.found;
}

enum fault
credential_read(struct work *w, const struct request *r, struct str *text, bool *from_cookie)
{
	*from_cookie = false;
	return credential_in_url(w, r) ? FAULT_CREDENTIAL_IN_URL
				       : credential_of_headers(r, text, from_cookie);
}

enum fault
credential_of_headers(const struct request *r, struct str *text, bool *from_cookie)
{
	*from_cookie = false;
	if (r->header[HEADER_AUTHORIZATION].s != NULL)
		return read_header(r->header[HEADER_AUTHORIZATION], text);
	*text = request_cookie(r, credential_cookie(r));
	*from_cookie = text->n > 0;
	return *from_cookie ? FAULT_NONE : FAULT_NO_CREDENTIAL;
}

bool
credential_same_origin(struct work *w, const struct request *r)
{
	const char *own = request_base_url(w->arena, r, w->settings);

	return own[0] != '\0' && str_is_nocase(r->header[HEADER_ORIGIN], own);
}

enum fault
credential_csrf(struct work *w, const struct request *r, struct str form, const char *session_id)
{
	struct str given = r->header[HEADER_CSRF_TOKEN];

	if (!credential_same_origin(w, r))
		return FAULT_CSRF;
	if (given.s == NULL)
		given = query_value(w->vault, form, "csrf");
	return secret_equal(given, str_of(login_csrf(w, session_id))) ? FAULT_NONE : FAULT_CSRF;
}

enum fault
credential_of_page(const struct request *r, struct str *text)
{
	if (has_bearer(r->header[HEADER_AUTHORIZATION]))
		return FAULT_SESSION_REQUIRED;
	*text = request_cookie(r, credential_cookie(r));
	return text->n > 0 ? FAULT_NONE : FAULT_NO_CREDENTIAL;
}

const char *
credential_set_cookie(struct work *w, const struct request *r, struct str token, int64_t seconds)
{
	return arena_print(w->vault, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
	    credential_cookie(r), (int)token.n, token.s == NULL ? "" : token.s, (long long)seconds,
	    r->https ? "; Secure" : "");
}
