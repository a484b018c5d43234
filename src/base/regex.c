/*
 * regex.c: regular expressions, by PCRE2.
 *
 * Its memory is the arena's, so that there is nothing to free on any way out.
 * The just-in-time compiler is not used: it needs memory that can be both
 * written and run.
 */
#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define NEST_MAX  32	 /* parentheses within parentheses */
#define STEPS_MAX 100000 /* of one look; some milliseconds */
#define DEPTH_MAX 10000	 /* of backtracking */
#define HEAP_KIB  1024
#define WAY_MAX	  4000000 /* bytes gone over in one look, there and back; some tenths of a second at most */

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	size_t at, way;
};

static void *
take(size_t n, void *ctx)
{
	return arena_take(ctx, n);
}

static void
leave(void *p, void *ctx)
{
	(void)p;
	(void)ctx;
}

/*
 * The limit of steps begins anew wherever in the text a match is tried, and one step
 * may go over all of it; so the way is measured, over the whole look.
 */
static int
measure(pcre2_callout_block *b, void *ctx)
{
	struct regex *r = ctx;
	size_t at = b->current_position;

	r->way += 1 + (at > r->at ? at - r->at : r->at - at);
	r->at = at;
	return r->way > WAY_MAX ? PCRE2_ERROR_MATCHLIMIT : 0;
}

static uint32_t
options(unsigned how)
{
	uint32_t o = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

	if ((how & REGEX_ANY_CASE) != 0)
		o |= PCRE2_CASELESS;
	/* Not all options go with a literal: it has no syntax to forbid anything in. */
	return (how & REGEX_LITERAL) != 0 ? (o & ~PCRE2_NEVER_BACKSLASH_C) | PCRE2_LITERAL
					  : o | PCRE2_AUTO_CALLOUT;
}

static const char *
explain(struct arena *a, int error, size_t at)
{
	PCRE2_UCHAR text[128];

	if (pcre2_get_error_message(error, text, sizeof text) < 0)
		return "it is no regular expression";
	return arena_print(a, "%s at byte %zu", (const char *)text, at);
}

struct regex *
regex_make(struct arena *a, struct str expression, unsigned how, const char **why)
{
	struct regex *r = arena_new(a, struct regex);
	pcre2_general_context *memory = pcre2_general_context_create(take, leave, a);
	pcre2_compile_context *c = pcre2_compile_context_create(memory);
	PCRE2_SIZE at = 0;
	int error = 0;

	if (expression.n == 0 || expression.n > REGEX_MAX) {
		*why = arena_print(a, "it must have 1 to %d bytes", REGEX_MAX);
		return NULL;
	}
	(void)pcre2_set_parens_nest_limit(c, NEST_MAX);
	r->code = pcre2_compile((PCRE2_SPTR)expression.s, expression.n, options(how), &error, &at, c);
	if (r->code == NULL) {
		*why = explain(a, error, at);
		return NULL;
	}
	r->data = pcre2_match_data_create(1, memory);
	r->limits = pcre2_match_context_create(memory);
	(void)pcre2_set_match_limit(r->limits, STEPS_MAX);
	(void)pcre2_set_depth_limit(r->limits, DEPTH_MAX);
	(void)pcre2_set_heap_limit(r->limits, HEAP_KIB);
	(void)pcre2_set_callout(r->limits, measure, r);
	return r;
}

enum regex_found
regex_find(struct regex *r, struct str text, size_t *from, size_t *to)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->data);
	int found;

	r->at = r->way = 0;
	found = pcre2_match(r->code, (PCRE2_SPTR)(text.s == NULL ? "" : text.s), text.n, 0, 0, r->data,
	    r->limits);

	if (found == PCRE2_ERROR_NOMATCH)
		return REGEX_NO;
	if (found < 0)
		return REGEX_TOO_HARD;
	/* A look-behind with \K may end before it begins. */
	*from = at[0] < at[1] ? at[0] : at[1];
	*to = at[1];
	return REGEX_YES;
}
