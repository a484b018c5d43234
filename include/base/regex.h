/*
 * regex.h: looking for a text or a regular expression, with limits.
 *
 * Expressions come from strangers: how long they are, how deep they nest, how
 * much they compile to and how many steps and how much memory one look may take
 * are all bounded, so that none of them explodes.  The syntax is Perl's (PCRE2),
 * on UTF-8; bytes that are none match nothing.
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/arena.h"

#define REGEX_MAX 512 /* bytes of an expression */

enum { REGEX_LITERAL = 1, REGEX_ANY_CASE = 2 };

enum regex_found { REGEX_NO, REGEX_YES, REGEX_TOO_HARD };

struct regex;

/* Lives in the arena.  NULL: *why says what is wrong with the expression. */
struct regex *regex_make(struct arena *, struct str expression, unsigned how, const char **why);

/* The first match: bytes *from to *to.  TOO_HARD: a limit was met before it was known. */
enum regex_found regex_find(struct regex *, struct str text, size_t *from, size_t *to);

#endif
