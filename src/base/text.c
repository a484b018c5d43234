/*
 * text.c: text of people, with libunistring.
 *
 * The library allocates with malloc when it is given no buffer that fits; each
 * result is copied into the arena and freed at once.
 */
#include "base/text.h"

#include <stdlib.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

static const uint8_t *
bytes(struct str s)
{
	return (const uint8_t *)s.s;
}

bool
text_valid(struct str s)
{
	return s.n == 0 || u8_check(bytes(s), s.n) == NULL;
}

bool
text_has_control(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		ucs4_t c;
		int n = u8_mbtouc(&c, bytes(s) + i, s.n - i);

		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return true;
		i += (size_t)n;
	}
	return false;
}

size_t
text_length(struct str s)
{
	return s.n == 0 ? 0 : u8_mbsnlen(bytes(s), s.n);
}

struct str
text_readable(struct arena *a, struct str s, bool *lossy)
{
	char *made;
	size_t n = 0;

	*lossy = !text_valid(s) || (s.n > 0 && memchr(s.s, '\0', s.n) != NULL);
	if (!*lossy)
		return s;
	made = arena_take(a, s.n * 3 + 1); /* one byte becomes three at most */
	for (size_t i = 0; i < s.n;) {
		ucs4_t c;

		i += (size_t)u8_mbtouc(&c, bytes(s) + i, s.n - i);
		n += (size_t)u8_uctomb((uint8_t *)made + n, c == 0 ? 0xfffd : c, 4);
	}
	return (struct str){ made, n };
}

/* What the library made, into the arena; NULL means it could not. */
static struct str
keep(struct arena *a, uint8_t *made, size_t n)
{
	struct str s = STR_NONE;

	if (made != NULL)
		s = arena_str(a, (struct str){ (const char *)made, n });
	free(made);
	return s;
}

struct str
text_nfc(struct arena *a, struct str s)
{
	uint8_t *made;
	size_t n = 0;

	if (!text_valid(s))
		return STR_NONE;
	if (s.n == 0)
		return STR("");
	made = u8_normalize(UNINORM_NFC, bytes(s), s.n, NULL, &n);
	return keep(a, made, n);
}

struct str
text_trim(struct str s)
{
	ucs4_t c;

	while (s.n > 0) {
		int n = u8_mbtouc(&c, bytes(s), s.n);

		if (!uc_is_property_white_space(c))
			break;
		s = str_from(s, (size_t)n);
	}
	while (s.n > 0) {
		const uint8_t *last = u8_prev(&c, bytes(s) + s.n, bytes(s));

		if (last == NULL || !uc_is_property_white_space(c))
			break;
		s.n = (size_t)(last - bytes(s));
	}
	return s;
}

struct str
text_fold(struct arena *a, struct str s)
{
	uint8_t *made;
	size_t n = 0;

	if (!text_valid(s))
		return STR_NONE;
	s = text_trim(s);
	if (s.n == 0)
		return STR("");
	made = u8_casefold(bytes(s), s.n, NULL, UNINORM_NFC, NULL, &n);
	return keep(a, made, n);
}
