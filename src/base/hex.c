/*
 * hex.c: bytes as text.
 */
#include "base/hex.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char b64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char b64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
hex_text(const void *bytes, size_t n, char *text)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = hex_digits[b[i] >> 4];
		text[2 * i + 1] = hex_digits[b[i] & 15];
	}
	text[2 * n] = '\0';
}

static int
value_of(char c, const char *digits)
{
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

bool
hex_bytes(struct str text, void *bytes, size_t n)
{
	uint8_t *b = bytes;

	if (text.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = value_of(text.s[2 * i], hex_digits), low = value_of(text.s[2 * i + 1], hex_digits);

		if (high < 0 || low < 0)
			return false;
		b[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static char *
to_base64(struct arena *a, struct str bytes, const char *digits)
{
	char *text = arena_take(a, bytes.n * 4 / 3 + 4), *at = text;
	uint32_t hold = 0;
	int bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		hold = hold << 8 | (uint8_t)bytes.s[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*at++ = digits[hold >> (bits - 6) & 63];
	}
	if (bits > 0)
		*at++ = digits[hold << (6 - bits) & 63];
	return text;
}

static struct str
from_base64(struct arena *a, struct str text, const char *digits)
{
	char *bytes = arena_take(a, text.n + 1), *at = bytes;
	uint32_t hold = 0;
	int bits = 0;

	if (text.n % 4 == 1)
		return STR_NONE;
	for (size_t i = 0; i < text.n; i++) {
		int v = value_of(text.s[i], digits);

		if (v < 0)
			return STR_NONE;
		hold = hold << 6 | (uint32_t)v;
		if ((bits += 6) >= 8) {
			bits -= 8;
			*at++ = (char)(hold >> bits & 255);
		}
	}
	/* Bits left over must be zero, or one text would have several spellings. */
	if (bits > 0 && (hold & ((1u << bits) - 1)) != 0)
		return STR_NONE;
	return (struct str){ bytes, (size_t)(at - bytes) };
}

char *
base64url_text(struct arena *a, struct str bytes)
{
	return to_base64(a, bytes, b64url_digits);
}

struct str
base64url_bytes(struct arena *a, struct str text)
{
	return from_base64(a, text, b64url_digits);
}

char *
base64_text(struct arena *a, struct str bytes)
{
	return to_base64(a, bytes, b64_digits);
}

struct str
base64_bytes(struct arena *a, struct str text)
{
	return from_base64(a, text, b64_digits);
}
