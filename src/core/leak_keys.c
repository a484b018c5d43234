/*
 * leak_keys.c: the public keys that reports of leaks are signed with.
 *
 * The file is what the reporter publishes: {"public_keys": [{"key_identifier": ...,
 * "key": PEM, ...}]}.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/hex.h"
#include "base/json_in.h"
#include "base/signature.h"
#include "core/leak.h"

#define KEYS_MAX 32
#define FILE_MAX 65536

struct leak_keys {
	size_t n;
	struct {
		struct signature_key *key;
		char *name;
	} v[KEYS_MAX];
};

static struct leak_keys *used;

void
leak_keys_free(struct leak_keys **kp)
{
	struct leak_keys *keys = *kp;

	for (size_t i = 0; keys != NULL && i < keys->n; i++) {
		signature_free(&keys->v[i].key);
		free(keys->v[i].name);
	}
	free(keys);
	*kp = NULL;
}

void
leak_keys_use(struct leak_keys *keys)
{
	leak_keys_free(&used);
	used = keys;
}

static const char *
add(struct leak_keys *keys, const struct json_value *row)
{
	struct str name = json_member_text(row, "key_identifier"), pem = json_member_text(row, "key");
	struct signature_key *key;
	const char *why;

	if (name.n == 0 || pem.n == 0)
		return "has a key without key_identifier or key";
	if (keys->n == KEYS_MAX)
		return "has more than 32 keys";
	if ((key = signature_pem(pem, &why)) == NULL)
		return why;
	if (signature_of(key) != SIGNATURE_ES256) {
		signature_free(&key);
		return "has a key that is none of ECDSA P-256";
	}
	if ((keys->v[keys->n].name = strndup(name.s, name.n)) == NULL)
		abort();
	keys->v[keys->n++].key = key;
	return NULL;
}

static const char *
add_all(struct leak_keys *keys, struct arena *a, struct str text)
{
	const struct json_value *list;
	struct json_value whole;
	const char *why = NULL;

	if (!json_in(a, text, &whole) || (list = json_member(&whole, "public_keys")) == NULL ||
	    list->sort != JSON_IS_LIST)
		return "is no JSON with a list public_keys";
	for (size_t i = 0; i < list->n && why == NULL; i++)
		why = add(keys, &list->items[i]);
	return why == NULL && keys->n == 0 ? "has no key" : why;
}

struct leak_keys *
leak_keys_read(const struct settings *s, settings_problem *tell, void *ctx)
{
	struct leak_keys *keys = calloc(1, sizeof *keys);
	const char *path = s->leaks_keys_file, *why;
	struct arena *a;
	struct str text;

	if (keys == NULL)
		abort();
	if (path[0] == '\0')
		return keys;
	a = arena_open((size_t)1 << 20, ARENA_PLAIN);
	text = conf_file(a, path, FILE_MAX, false, &why);
	why = why != NULL ? why + strlen(path) + 2 : add_all(keys, a, text);
	if (why != NULL) {
		tell(ctx, path, why);
		leak_keys_free(&keys);
	}
	arena_free(&a);
	return keys;
}

/* With the signs that fill up the last four, which others here do without. */
static struct str
unpadded(struct str text)
{
	for (int i = 0; i < 2 && text.n > 0 && text.s[text.n - 1] == '='; i++)
		text.n--;
	return text;
}

bool
leak_signed(struct arena *a, struct str name, struct str signature, struct str bytes)
{
	struct str der = signature.s == NULL ? STR_NONE : base64_bytes(a, unpadded(signature));

	for (size_t i = 0; used != NULL && der.s != NULL && i < used->n; i++)
		if (str_is(name, used->v[i].name))
			return signature_good_der(used->v[i].key, bytes, der);
	return false;
}
