/*
 * str.c: borrowed pieces of text.  Nothing here allocates.
 */
#include "base/str.h"

#include <strings.h>

bool
str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

bool
str_is_nocase(struct str a, const char *z)
{
	struct str b = str_of(z);

	return a.n == b.n && str_starts_nocase(a, b);
}

bool
str_starts(struct str a, struct str prefix)
{
	return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.s, prefix.s, prefix.n) == 0);
}

bool
str_starts_nocase(struct str a, struct str prefix)
{
	return a.n >= prefix.n && (prefix.n == 0 || strncasecmp(a.s, prefix.s, prefix.n) == 0);
}

static void
make_set(struct charset *set)
{
	for (const char *s = set->list; *s != '\0'; s++)
		set->bits[(unsigned char)*s >> 6] |= UINT64_C(1) << ((unsigned char)*s & 63);
	set->made = true;
}

bool
str_all(struct str a, struct charset *set)
{
	if (!set->made)
		make_set(set);
	for (size_t i = 0; i < a.n; i++) {
		unsigned char c = (unsigned char)a.s[i];

		if ((set->bits[c >> 6] >> (c & 63) & 1) == 0)
			return false;
	}
	return true;
}

bool
str_only(struct str a, const char *list)
{
	struct charset set = CHARSET(list);

	return str_all(a, &set);
}

ptrdiff_t
str_find(struct str a, char c)
{
	const char *at = a.n == 0 ? NULL : memchr(a.s, c, a.n);

	return at == NULL ? -1 : at - a.s;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
str_trim(struct str a)
{
	while (a.n > 0 && is_blank(a.s[0]))
		a = str_from(a, 1);
	while (a.n > 0 && is_blank(a.s[a.n - 1]))
		a.n--;
	return a;
}

bool
str_cut(struct str *rest, char sep, struct str *piece)
{
	ptrdiff_t at;

	if (rest->s == NULL)
		return false;
	at = str_find(*rest, sep);
	if (at < 0) {
		*piece = *rest;
		*rest = STR_NONE;
		return true;
	}
	*piece = (struct str){ rest->s, (size_t)at };
	*rest = str_from(*rest, (size_t)at + 1);
	return true;
}

bool
str_word(struct str *rest, struct str *word)
{
	size_t n = 0;

	*rest = str_trim(*rest);
	while (n < rest->n && !is_blank(rest->s[n]))
		n++;
	*word = (struct str){ rest->s, n };
	*rest = str_from(*rest, n);
	return n > 0;
}

bool
str_int(struct str a, int64_t *value)
{
	bool minus = a.n > 0 && a.s[0] == '-';
	int64_t v = 0;

	if (minus)
		a = str_from(a, 1);
	if (a.n == 0)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (a.s[i] < '0' || a.s[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, a.s[i] - '0', &v))
			return false;
	}
	if (!minus && __builtin_sub_overflow((int64_t)0, v, &v))
		return false;
	*value = v;
	return true;
}
