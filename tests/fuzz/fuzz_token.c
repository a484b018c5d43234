/*
 * fuzz_token.c: texts that may be keys.
 *
 * What is taken for a key has the prefix, the length and the alphabet of its
 * kind, and no longer is one when a byte is missing or added.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "core/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
say_nothing(void *ctx, const char *where, const char *what)
{
	(void)ctx;
	assert(where != NULL && what != NULL);
}

static void
check_key(const struct settings *s, const struct kind *k, struct str text)
{
	struct str prefix = str_of(kind_prefix(k, s)), body = str_from(text, prefix.n);
	char longer[KIND_TEXT_MAX + 1], sum[6];

	assert(str_starts(text, prefix) && text.n < KIND_TEXT_MAX);
	if (k->body == BODY_HEX40) {
		assert(body.n == 40 && str_only(body, "0123456789abcdef"));
	} else {
		assert(body.n == 43 + 6 && str_only(body, base62_digits));
		token_checksum((struct str){ text.s, text.n - 6 }, sum);
		assert(memcmp(sum, text.s + text.n - 6, 6) == 0);
	}
	assert(k->shown < text.n);
	memcpy(longer, text.s, text.n);
	longer[text.n] = text.s[text.n - 1];
	assert(token_kind(s, (struct str){ longer, text.n + 1 }) == NULL);
	assert(token_kind(s, (struct str){ longer, text.n - 1 }) == NULL);
	assert(token_kind(s, (struct str){ longer + 1, text.n - 1 }) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings *s;
	struct str text = { (const char *)data, size };
	const struct kind *k;

	if (s == NULL)
		s = settings_read(NULL, say_nothing, NULL);
	assert(s != NULL);
	if ((k = token_kind(s, text)) != NULL)
		check_key(s, k, text);
	return 0;
}
