/*
 * password.c: Argon2id, with libargon2.
 */
#include "core/password.h"

#include <string.h>

#include <argon2.h>

#include "base/counters.h"
#include "base/embedded.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/text.h"

#define SALT	    16
#define HASH	    32
#define LANES	    1
#define ENCODED_MAX 200
#define MEMORY_MAX  1048576 /* KiB; a row that asks for more is broken */
#define PASSES_MAX  64

extern const struct embedded common_passwords[];

struct cost {
	int64_t memory, passes, lanes;
};

/* The number after name in "m=19456,t=2,p=1"; -1 if it is not there. */
static int64_t
cost_value(struct str list, char name)
{
	struct str item;
	int64_t v;

	while (str_cut(&list, ',', &item))
		if (item.n > 2 && item.s[0] == name && item.s[1] == '=' && str_int(str_from(item, 2), &v))
			return v;
	return -1;
}

/* $argon2id$v=19$m=19456,t=2,p=1$salt$hash */
static bool
read_cost(const char *encoded, struct cost *c)
{
	struct str rest = str_of(encoded), part[4];

	for (size_t i = 0; i < COUNT(part); i++)
		if (!str_cut(&rest, '$', &part[i]))
			return false;
	if (!str_is(part[1], "argon2id") || !str_is(part[2], "v=19"))
		return false;
	*c = (struct cost){ cost_value(part[3], 'm'), cost_value(part[3], 't'), cost_value(part[3], 'p') };
	return c->memory > 0 && c->memory <= MEMORY_MAX && c->passes > 0 && c->passes <= PASSES_MAX &&
	    c->lanes > 0 && c->lanes <= 4;
}

static enum fault
made(int error)
{
	return error == ARGON2_OK						     ? FAULT_NONE
	    : error == ARGON2_MEMORY_ALLOCATION_ERROR || error == ARGON2_THREAD_FAIL ? FAULT_BUSY
										     : FAULT_INTERNAL;
}

enum fault
password_hash(struct work *w, struct str secret, const char **encoded)
{
	char *text = arena_take(w->arena, ENCODED_MAX);
	uint8_t salt[SALT];

	random_bytes(salt, sizeof salt);
	count(COUNT_ARGON2_RUNS);
	*encoded = text;
	return made(argon2id_hash_encoded((uint32_t)w->settings->keys_argon2_passes,
	    (uint32_t)w->settings->keys_argon2_memory, LANES, secret.s, secret.n, salt, sizeof salt, HASH,
	    text, ENCODED_MAX));
}

enum fault
password_verify(struct work *w, const char *encoded, struct str secret, bool *right, bool *outdated)
{
	struct cost c;
	int error;

	*right = *outdated = false;
	if (!read_cost(encoded, &c))
		return FAULT_NONE;
	count(COUNT_ARGON2_RUNS);
	error = argon2id_verify(encoded, secret.s, secret.n);
	if (error == ARGON2_VERIFY_MISMATCH)
		return FAULT_NONE;
	*right = error == ARGON2_OK;
	*outdated = c.memory != w->settings->keys_argon2_memory ||
	    c.passes != w->settings->keys_argon2_passes || c.lanes != LANES;
	return made(error);
}

enum fault
password_pretend(struct work *w, struct str secret)
{
	const char *encoded;

	return password_hash(w, secret, &encoded);
}

static bool
is_common(struct str folded)
{
	struct str rest = { common_passwords[0].text, common_passwords[0].size }, line;

	while (str_cut(&rest, '\n', &line))
		if (line.n > 0 && line.s[0] != '#' && str_eq(line, folded))
			return true;
	return false;
}

/* "aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc": a short text again and again. */
static bool
repeats(struct str s)
{
	for (size_t n = 1; n <= s.n / 2; n++)
		if (str_eq((struct str){ s.s, s.n - n }, str_from(s, n)))
			return true;
	return false;
}

struct str
password_normal(struct work *w, struct str password)
{
	/* Normalizing may make three times as many bytes of it: measured before. */
	return password.n > PASSWORD_MAX * 4 ? STR_NONE : text_nfc(w->vault, password);
}

enum fault
password_check(struct work *w, const char *field, struct str password, struct str *normalized)
{
	size_t length;

	if (!text_valid(password))
		return fault_at(w, FAULT_BAD_FIELD, field, "must be UTF-8");
	*normalized = password_normal(w, password);
	length = text_length(*normalized);
	if (length < PASSWORD_MIN || length > PASSWORD_MAX)
		return fault_at(w, FAULT_BAD_FIELD, field, "must have %d to %d characters", PASSWORD_MIN,
		    PASSWORD_MAX);
	if (repeats(*normalized) || is_common(text_fold(w->vault, *normalized)))
		return fault_at(w, FAULT_BAD_FIELD, field,
		    "is on the list of common passwords; choose another");
	return FAULT_NONE;
}
