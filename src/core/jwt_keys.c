/*
 * jwt_keys.c: the keys that the host application's tokens are checked with.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/hex.h"
#include "base/json_in.h"
#include "base/signature.h"
#include "core/jwt.h"

#define KEYS_MAX 32
#define FILE_MAX 65536

struct jwt_keys {
	size_t n;
	struct {
		struct signature_key *key;
		char *kid; /* NULL: it goes with any */
	} v[KEYS_MAX];
};

static struct jwt_keys *used;

/* What one file is read with. */
struct reading {
	struct jwt_keys *keys;
	struct arena *vault;
	const struct settings *settings;
	const char *path;
	settings_problem *tell;
	void *ctx;
};

static bool
wrong(const struct reading *r, const char *what)
{
	r->tell(r->ctx, r->path, what);
	return false;
}

static bool
allowed(const struct settings *s, const char *algorithm)
{
	struct str rest = str_of(s->sessions_jwt_algorithms), word;

	while (str_word(&rest, &word))
		if (str_is(word, algorithm))
			return true;
	return false;
}

/* The key is taken.  One whose algorithm is not allowed is as good as none. */
static bool
add(struct reading *r, struct signature_key *key, struct str kid, const char *why)
{
	struct jwt_keys *keys = r->keys;

	if (key == NULL)
		return wrong(r, why);
	if (keys->n == KEYS_MAX) {
		signature_free(&key);
		return wrong(r, "has more than 32 keys");
	}
	if (!allowed(r->settings, signature_name(signature_of(key)))) {
		signature_free(&key);
		return true;
	}
	if (kid.s != NULL && (keys->v[keys->n].kid = strndup(kid.s, kid.n)) == NULL)
		abort();
	keys->v[keys->n++].key = key;
	return true;
}

/* A secret that others may read is none. */
static bool
is_private(struct reading *r)
{
	const char *why;

	(void)conf_file(r->vault, r->path, FILE_MAX, true, &why);
	return why == NULL || wrong(r, why + strlen(r->path) + 2);
}

static bool
read_text(struct reading *r, struct str *text)
{
	const char *why;

	*text = conf_file(r->vault, r->path, FILE_MAX, false, &why);
	if (why != NULL)
		return wrong(r, why + strlen(r->path) + 2);
	return text->n > 0 || wrong(r, "is empty");
}

static bool
read_key(struct reading *r)
{
	struct signature_key *key;
	const char *why;
	struct str text;

	if (!read_text(r, &text))
		return false;
	if (strstr(text.s, "PRIVATE KEY-----") != NULL)
		return wrong(r, "holds a private key; the public one is enough, and all that belongs here");
	if (strstr(text.s, "-----BEGIN") != NULL) {
		key = signature_pem(text, &why);
		return add(r, key, STR_NONE, why);
	}
	if (!is_private(r))
		return false;
	key = signature_secret(text, &why);
	return add(r, key, STR_NONE, why);
}

/* A number of a key; empty if it is not there or no base64url. */
static struct str
number_of(struct reading *r, const struct json_value *jwk, const char *name)
{
	struct str text = json_member_text(jwk, name), bytes = STR_NONE;

	if (text.s != NULL)
		bytes = base64url_bytes(r->vault, text);
	return bytes.s == NULL ? STR("") : bytes;
}

/* The key of one JWK (RFC 7518 section 6, RFC 8037); NULL with *why NULL: of a kind we do not know. */
static struct signature_key *
key_from(struct reading *r, const struct json_value *jwk, const char **why)
{
	struct str kind = json_member_text(jwk, "kty"), curve = json_member_text(jwk, "crv");

	*why = NULL;
	if (str_is(kind, "oct"))
		return is_private(r) ? signature_secret(number_of(r, jwk, "k"), why) : NULL;
	if (str_is(kind, "RSA"))
		return signature_rsa(number_of(r, jwk, "n"), number_of(r, jwk, "e"), why);
	if (str_is(kind, "EC") && str_is(curve, "P-256"))
		return signature_p256(number_of(r, jwk, "x"), number_of(r, jwk, "y"), why);
	if (str_is(kind, "OKP") && str_is(curve, "Ed25519"))
		return signature_ed25519(number_of(r, jwk, "x"), why);
	return NULL;
}

/* For encryption, or for another algorithm than its kind has here: not for us. */
static bool
is_for_us(const struct json_value *jwk, const struct signature_key *key)
{
	const struct json_value *use = json_member(jwk, "use"), *alg = json_member(jwk, "alg");

	return (use == NULL || str_is(json_member_text(jwk, "use"), "sig")) &&
	    (alg == NULL || str_is(json_member_text(jwk, "alg"), signature_name(signature_of(key))));
}

static bool
read_jwk(struct reading *r, const struct json_value *jwk)
{
	struct signature_key *key;
	const char *why;

	if (jwk->sort != JSON_IS_OBJECT)
		return wrong(r, "has a key that is no object");
	if (json_member(jwk, "d") != NULL)
		return wrong(r, "holds a private key; the public one is enough, and all that belongs here");
	if ((key = key_from(r, jwk, &why)) == NULL)
		return why == NULL || wrong(r, why);
	if (is_for_us(jwk, key))
		return add(r, key, json_member_text(jwk, "kid"), NULL);
	signature_free(&key);
	return true;
}

static bool
read_jwks(struct reading *r)
{
	const struct json_value *list;
	struct json_value set;
	struct str text;

	if (!read_text(r, &text))
		return false;
	if (!json_in(r->vault, text, &set) || (list = json_member(&set, "keys")) == NULL ||
	    list->sort != JSON_IS_LIST)
		return wrong(r, "must be a JWK set: {\"keys\": [...]}");
	for (size_t i = 0; i < list->n; i++)
		if (!read_jwk(r, &list->items[i]))
			return false;
	return true;
}

static bool
read_files(struct reading *r)
{
	const struct settings *s = r->settings;
	bool good = true, any = false;

	if ((r->path = s->sessions_jwt_key_file)[0] != '\0') {
		any = true;
		good = read_key(r);
	}
	if ((r->path = s->sessions_jwt_jwks_file)[0] != '\0') {
		any = true;
		good = read_jwks(r) && good;
	}
	if (good && any && r->keys->n == 0) {
		r->path = "sessions jwt_algorithms";
		good = wrong(r, "allows no algorithm of the keys that there are");
	}
	if (any && s->sessions_jwt_issuer[0] == '\0') {
		r->path = "sessions jwt_issuer";
		good = wrong(r, "must be given where there is a key: tokens of others must not do");
	}
	return good;
}

struct jwt_keys *
jwt_keys_read(const struct settings *s, settings_problem *tell, void *ctx)
{
	struct reading r = { .settings = s, .tell = tell, .ctx = ctx };

	if ((r.keys = calloc(1, sizeof *r.keys)) == NULL)
		abort();
	r.vault = arena_open((size_t)2 << 20, ARENA_WIPED);
	if (!read_files(&r))
		jwt_keys_free(&r.keys);
	arena_free(&r.vault);
	return r.keys;
}

void
jwt_keys_free(struct jwt_keys **kp)
{
	struct jwt_keys *k = *kp;

	if (k == NULL)
		return;
	for (size_t i = 0; i < k->n; i++) {
		signature_free(&k->v[i].key);
		free(k->v[i].kid);
	}
	free(k);
	*kp = NULL;
}

void
jwt_keys_use(struct jwt_keys *keys)
{
	jwt_keys_free(&used);
	used = keys;
}

const struct signature_key *
jwt_key_next(size_t *turn, struct str algorithm, struct str kid)
{
	while (used != NULL && *turn < used->n) {
		size_t i = (*turn)++;
		const char *own = used->v[i].kid;

		if (str_is(algorithm, signature_name(signature_of(used->v[i].key))) &&
		    (kid.s == NULL || own == NULL || str_is(kid, own)))
			return used->v[i].key;
	}
	return NULL;
}
