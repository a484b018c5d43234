/*
 * str.c: borrowed pieces of text.  Nothing here allocates.
 */
#include "base/str.h"

#include <string.h>
#include <strings.h>

struct str
str_of(const char *z)
{
	return (struct str){ z, z == NULL ? 0 : strlen(z) };
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

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

bool
str_only(struct str a, const char *set)
{
	for (size_t i = 0; i < a.n; i++)
		if (a.s[i] == '\0' || strchr(set, a.s[i]) == NULL)
			return false;
	return true;
}

ptrdiff_t
str_find(struct str a, char c)
{
	const char *at = a.n == 0 ? NULL : memchr(a.s, c, a.n);

	return at == NULL ? -1 : at - a.s;
}

struct str
str_from(struct str a, size_t from)
{
	if (from > a.n)
		from = a.n;
	return (struct str){ a.s == NULL ? NULL : a.s + from, a.n - from };
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
