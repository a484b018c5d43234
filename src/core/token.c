/*
 * token.c: the text of a key.
 */
#include "core/token.h"

#include <string.h>

#include <zlib.h>

#include "base/hex.h"
#include "base/random.h"
#include "base/secret.h"

#define BASE62_BODY 43
#define CHECKSUM    6
#define HEX_BODY    40

void
token_checksum(struct str text, char digits[static CHECKSUM])
{
	unsigned long crc = crc32(0, (const unsigned char *)text.s, (unsigned)text.n);

	for (int i = CHECKSUM - 1; i >= 0; i--) {
		digits[i] = base62_digits[crc % 62];
		crc /= 62;
	}
}

static bool
base62_crc_shape(struct str text, struct str body)
{
	static struct charset base62 = CHARSET(base62_digits);
	char digits[CHECKSUM];

	if (body.n != BASE62_BODY + CHECKSUM || !str_all(body, &base62))
		return false;
	token_checksum((struct str){ text.s, text.n - CHECKSUM }, digits);
	return secret_equal((struct str){ digits, CHECKSUM }, str_from(text, text.n - CHECKSUM));
}

static bool
hex_shape(struct str text, struct str body)
{
	(void)text;
	return body.n == HEX_BODY && str_only(body, "0123456789abcdef");
}

static void
base62_crc_make(char *text, size_t prefix)
{
	random_base62(text + prefix, BASE62_BODY);
	token_checksum((struct str){ text, prefix + BASE62_BODY }, text + prefix + BASE62_BODY);
}

static void
hex_make(char *text, size_t prefix)
{
	uint8_t bytes[HEX_BODY / 2];

	random_bytes(bytes, sizeof bytes);
	hex_text(bytes, sizeof bytes, text + prefix);
	secret_wipe(bytes, sizeof bytes);
}

static const struct {
	bool (*shape)(struct str text, struct str body);
	void (*make)(char *text, size_t prefix);
	struct token_form form;
} bodies[] = {
	[BODY_BASE62_CRC] = { base62_crc_shape, base62_crc_make,
	    { BASE62_BODY + CHECKSUM, true, "[0-9A-Za-z]" } },
	[BODY_HEX40] = { hex_shape, hex_make, { HEX_BODY, false, "[0-9a-f]" } },
};

const struct token_form *
token_form(const struct kind *k)
{
	return &bodies[k->body].form;
}

const struct kind *
token_kind(const struct settings *s, struct str text)
{
	ptrdiff_t mark = str_find(text, '_');
	struct str prefix = { text.s, (size_t)mark + 1 };
	const struct kind *k;

	if (mark < 0 || text.n >= KIND_TEXT_MAX)
		return NULL;
	for (size_t i = 0; (k = kind_at(i)) != NULL; i++)
		if (str_is(prefix, kind_prefix(k, s)))
			return bodies[k->body].shape(text, str_from(text, prefix.n)) ? k : NULL;
	return NULL;
}

struct str
token_make(struct work *w, const struct kind *k)
{
	const char *prefix = kind_prefix(k, w->settings);
	char *text = arena_take(w->vault, KIND_TEXT_MAX);
	size_t n = strlen(prefix);

	memcpy(text, prefix, n);
	bodies[k->body].make(text, n);
	w->reveals = true;
	return str_of(text);
}
