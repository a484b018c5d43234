/*
 * jwt.c: reading the host application's tokens.
 *
 * First the signature, by a key of the very algorithm the header names; nothing
 * else of a text that nobody signed is believed.  Then what it says.
 */
#include "core/jwt.h"

#include "base/hex.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/signature.h"
#include "base/text.h"
#include "core/login.h"

#define TOKEN_MAX   4096
#define SUBJECT_MAX 255

struct parts {
	struct str header, claims, signature; /* decoded */
	struct str signed_part;		      /* as it stands */
};

static bool
cut(struct arena *a, struct str token, struct parts *p)
{
	struct str rest = token, header, claims;

	if (token.n > TOKEN_MAX || !str_cut(&rest, '.', &header) || !str_cut(&rest, '.', &claims) ||
	    rest.s == NULL || str_find(rest, '.') >= 0)
		return false;
	p->signed_part = (struct str){ token.s, header.n + 1 + claims.n };
	p->header = base64url_bytes(a, header);
	p->claims = base64url_bytes(a, claims);
	p->signature = base64url_bytes(a, rest);
	return p->header.s != NULL && p->claims.s != NULL && p->signature.s != NULL && p->signature.n > 0;
}

static bool
is_object(struct arena *a, struct str text, struct json_value *v)
{
	return json_in(a, text, v) && v->sort == JSON_IS_OBJECT;
}

/* A token for something else (a log-out, a proof) has another type. */
static bool
type_fits(const struct json_value *header)
{
	struct str type = json_member_text(header, "typ");

	return json_member(header, "typ") == NULL || str_is_nocase(type, "JWT") ||
	    str_is_nocase(type, "at+jwt");
}

static const char *
check_signature(const struct json_value *header, const struct parts *p)
{
	const struct json_value *kid = json_member(header, "kid");
	const struct signature_key *key;
	size_t turn = 0;

	if (json_member(header, "crit") != NULL || json_member(header, "cty") != NULL)
		return "its header asks for what is not understood";
	if (!type_fits(header))
		return "it is of another type";
	if (kid != NULL && kid->sort != JSON_IS_TEXT)
		return "its kid is no text";
	while ((key = jwt_key_next(&turn, json_member_text(header, "alg"),
		    kid == NULL ? STR_NONE : kid->text)) != NULL)
		if (signature_good(key, p->signed_part, p->signature))
			return NULL;
	return turn == 0 ? "there is no key" : "no key fits its algorithm, key id and signature";
}

/* The same bytes; jwt_audience may be one of several. */
static bool
audience_fits(const struct json_value *claims, const char *want)
{
	const struct json_value *aud = json_member(claims, "aud");

	if (aud == NULL || want[0] == '\0')
		return aud == NULL && want[0] == '\0';
	if (aud->sort == JSON_IS_TEXT)
		return str_is(aud->text, want);
	for (size_t i = 0; aud->sort == JSON_IS_LIST && i < aud->n; i++)
		if (aud->items[i].sort == JSON_IS_TEXT && str_is(aud->items[i].text, want))
			return true;
	return false;
}

/* A time that may be left out. */
static bool
time_of(const struct json_value *claims, const char *name, int64_t absent, int64_t *at)
{
	const struct json_value *v = json_member(claims, name);

	*at = v == NULL ? absent : v->number;
	return v == NULL || (v->sort == JSON_IS_NUMBER && *at >= 0);
}

static const char *
check_times(struct work *w, const struct json_value *claims, struct jwt *j, enum reason *reason)
{
	const struct settings *s = w->settings;
	int64_t begins, made, latest = w->now + s->sessions_jwt_leeway;

	if (!time_of(claims, "exp", 0, &j->expires_at) || !time_of(claims, "nbf", 0, &begins) ||
	    !time_of(claims, "iat", 0, &made))
		return "a time is no number";
	if (j->expires_at == 0)
		return "it has no exp";
	if (j->expires_at > w->now + s->sessions_jwt_longest)
		return "it is valid for longer than jwt_longest";
	if (begins > latest || made > latest)
		return "it is not valid yet";
	j->expires_at += s->sessions_jwt_leeway;
	if (w->now < j->expires_at)
		return NULL;
	*reason = REASON_EXPIRED;
	return "it has expired";
}

/* Whose address it is has been looked at, as far as the token tells. */
static bool
is_verified(const struct json_value *claims)
{
	const struct json_value *v = json_member(claims, "email_verified");

	return v == NULL || (v->sort == JSON_IS_FLAG && v->flag) || str_is(v->text, "true");
}

static const char *
check_person(struct work *w, const struct json_value *claims, struct jwt *j)
{
	struct str subject = json_member_text(claims, "sub");
	struct str email = json_member_text(claims, w->settings->sessions_jwt_email_claim);

	if (subject.n == 0 || subject.n > SUBJECT_MAX || text_has_control(subject))
		return "its sub is no text of 1 to 255 bytes";
	j->subject = arena_text(w->arena, subject);
	j->name = arena_text(w->arena, json_member_text(claims, w->settings->sessions_jwt_name_claim));
	if (email.s == NULL)
		return NULL; /* may be known by the sub already */
	if (!is_verified(claims))
		return "its e-mail address is not verified";
	j->email = login_email(w, email);
	return j->email == NULL ? "its e-mail address is none" : NULL;
}

static const char *
check(struct work *w, struct str token, struct jwt *j, enum reason *reason)
{
	struct json_value header, claims;
	struct parts p;
	const char *why;

	if (!cut(w->arena, token, &p) || !is_object(w->arena, p.header, &header))
		return "it is no JWS in its compact form";
	if ((why = check_signature(&header, &p)) != NULL)
		return why;
	if (!is_object(w->arena, p.claims, &claims))
		return "its claims are no JSON object";
	j->issuer = w->settings->sessions_jwt_issuer;
	j->signed_part = p.signed_part;
	if (!str_is(json_member_text(&claims, "iss"), j->issuer))
		return "it has another iss";
	if (!audience_fits(&claims, w->settings->sessions_jwt_audience))
		return "it has another aud";
	if ((why = check_person(w, &claims, j)) != NULL)
		return why;
	return check_times(w, &claims, j, reason);
}

enum reason
jwt_read(struct work *w, struct str token, struct jwt *j)
{
	enum reason reason = REASON_MALFORMED;
	const char *why;

	*j = (struct jwt){ .issuer = NULL };
	if ((why = check(w, token, j, &reason)) == NULL)
		return REASON_OK;
	log_event(LOG_NOTE, "jwt_refused", "request_id", w->request_id, "why", why, NULL);
	return reason;
}
