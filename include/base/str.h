/*
 * str.h: a borrowed piece of text: where it starts and how long it is.
 *
 * Input is never assumed to end in NUL.  A str owns nothing; it lives as long
 * as what it points into (the request, an arena, a literal).  s == NULL means
 * "not given", which differs from "given and empty".
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *s;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE     ((struct str){ NULL, 0 })
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A NUL-terminated text as a str; NULL gives STR_NONE. */
static inline struct str
str_of(const char *z)
{
	return (struct str){ z, z == NULL ? 0 : strlen(z) };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}

bool str_is(struct str, const char *);
/* Equal but for the case of ASCII letters. */
bool str_is_nocase(struct str, const char *);
bool str_starts(struct str, struct str prefix);
bool str_starts_nocase(struct str, struct str prefix);
/* Every byte is one of the list, which ends in a NUL. */
bool str_only(struct str, const char *list);
/* The same for a set that is asked often: static struct charset digits = CHARSET("0123456789"); */
struct charset {
	const char *list;
	bool made;
	uint64_t bits[4];
};
#define CHARSET(list) \
	{ \
		(list), false, \
		{ \
			0 \
		} \
	}
bool str_all(struct str, struct charset *);
/* Offset of the first c, or -1. */
ptrdiff_t str_find(struct str, char c);

/* Bytes from..end; an offset past the end gives an empty str. */
static inline struct str
str_from(struct str a, size_t from)
{
	if (from > a.n)
		from = a.n;
	return (struct str){ a.s == NULL ? NULL : a.s + from, a.n - from };
}

/* Without blanks and tabs at both ends. */
struct str str_trim(struct str);

/*
 * Cut the text before the next sep off *rest into *piece.  The last piece is
 * what is left.  Returns false when nothing was left to cut.
 */
bool str_cut(struct str *rest, char sep, struct str *piece);
/* The next word between blanks and tabs; false when none is left. */
bool str_word(struct str *rest, struct str *word);

/* A decimal number, an optional minus, nothing else; false if it does not fit. */
bool str_int(struct str, int64_t *);

#endif
