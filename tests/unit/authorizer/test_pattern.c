/*
 * test_pattern.c: what path patterns accept, match, bind and cover.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "authorizer/pattern.h"

static struct arena *arena;

static int
start(void **state)
{
	(void)state;
	arena = arena_open(1 << 20, ARENA_PLAIN);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct pattern
pattern(const char *text)
{
	struct pattern p;
	const char *wrong = pattern_read(arena, str_of(text), &p);

	if (wrong != NULL)
		fail_msg("%s: %s", text, wrong);
	return p;
}

/* NULL in want: it must be accepted; else what is said must contain it. */
static void
check_said(const char *in, const char *said, const char *want)
{
	if (want == NULL && said != NULL)
		fail_msg("%s: refused: %s", in, said);
	if (want != NULL && (said == NULL || strstr(said, want) == NULL))
		fail_msg("%s: says \"%s\", not \"%s\"", in, said == NULL ? "nothing" : said, want);
}

static void
patterns_that_could_never_match_are_refused(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "/", NULL },
		{ "/*", NULL },
		{ "/a", NULL },
		{ "/a/", NULL },
		{ "/a/*", NULL },
		{ "/a/{b}/c", NULL },
		{ "/a/{b}/{c...}", NULL },
		{ "/a/{b_2}", NULL },
		{ "/caf\303\251", NULL },
		{ "", "begins with /" },
		{ "a", "begins with /" },
		{ "*", "begins with /" },
		{ "{a}", "begins with /" },
		{ "//a", "//" },
		{ "/a//b", "//" },
		{ "//", "//" },
		{ "/a/./b", "no canonical path" },
		{ "/a/..", "no canonical path" },
		{ "/a\\b", "no canonical path" },
		{ "/a;b", "no canonical path" },
		{ "/a%20b", "compared decoded" },
		{ "/a?b=c", "a query is no part" },
		{ "/*/a", "comes last" },
		{ "/{a...}/b", "comes last" },
		{ "/a*", "* is a whole segment" },
		{ "/**", "* is a whole segment" },
		{ "/x{a}", "whole segment" },
		{ "/{a}x", "whole segment" },
		{ "/{a}{b}", "a name is" },
		{ "/{", "whole segment" },
		{ "/}", "whole segment" },
		{ "/{}", "a name is" },
		{ "/{...}", "a name is" },
		{ "/{A}", "a name is" },
		{ "/{1a}", "a name is" },
		{ "/{a-b}", "a name is" },
		{ "/{*}", "a name is" },
		{ "/{a..}", "a name is" },
		{ "/{a012345678901234567890123456789012}", "a name is" },
		{ "/{a}/{a}", "{a} is there twice" },
		{ "/{a}/{a...}", "{a} is there twice" },
		{ "/a\177", "control" },
		{ "/a\001", "control" },
		{ "/\303", "UTF-8" },
		{ "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3", "more than 32" },
	};
	struct pattern p;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_said(cases[i].in, pattern_read(arena, str_of(cases[i].in), &p), cases[i].want);
}

static void
a_pattern_matches_whole_segments(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool want;
	} cases[] = {
		{ "/", "/", true },
		{ "/", "/a", false },
		{ "/", "", false },
		{ "/a", "/a", true },
		{ "/a", "/a/", false },
		{ "/a", "/ab", false },
		{ "/a", "/A", false },
		{ "/a", "a", false },
		{ "/a/", "/a/", true },
		{ "/a/", "/a", false },
		{ "/a/", "/a/b", false },
		{ "/*", "/", true },
		{ "/*", "/a/b/c", true },
		{ "/*", "", false },
		{ "/a/*", "/a/b", true },
		{ "/a/*", "/a/b/c/", true },
		{ "/a/*", "/a/", true },
		{ "/a/*", "/a", false },
		{ "/a/*", "/ab/c", false },
		{ "/a/{b}", "/a/x", true },
		{ "/a/{b}", "/a/", false },
		{ "/a/{b}", "/a/x/y", false },
		{ "/a/{b}", "/a/x/", false },
		{ "/a/{b}/c", "/a/x/c", true },
		{ "/a/{b}/c", "/a//c", false },
		{ "/a/{b}/{c...}", "/a/x/", true },
		{ "/a/{b}/{c...}", "/a/x", false },
		{ "/a/{b}/{c...}", "/a/x/y/z", true },
		{ "/caf\303\251", "/caf\303\251", true },
	};
	struct bound b;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pattern p = pattern(cases[i].pattern);

		if (pattern_match(&p, str_of(cases[i].path), &b) != cases[i].want)
			fail_msg("%s and %s: want %d", cases[i].pattern, cases[i].path, cases[i].want);
	}
}

static void
a_template_is_filled_with_what_was_bound(void **state)
{
	static const struct {
		const char *pattern, *tmpl, *path, *want;
	} cases[] = {
		{ "/files/{p}/{path...}", "/{path}", "/files/res_1/a/b", "/a/b" },
		{ "/files/{p}/{path...}", "/{path}", "/files/res_1/", "/" },
		{ "/files/{p}/{path...}", "/{path}", "/files/res_1/a/", "/a/" },
		{ "/files/{p}/{path...}", "/team/{path}", "/files/res_1/a", "/team/a" },
		{ "/{p}/{dir}/{file}", "/x/{file}/{dir}/{file}", "/1/d/f", "/x/f/d/f" },
		{ "/a", "/", "/a", "/" },
	};
	struct bound b;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pattern p = pattern(cases[i].pattern), tmpl;

		check_said(cases[i].tmpl, template_read(arena, str_of(cases[i].tmpl), &p, &tmpl), NULL);
		assert_true(pattern_match(&p, str_of(cases[i].path), &b));
		assert_string_equal(template_fill(arena, &tmpl, &p, &b), cases[i].want);
	}
}

static void
a_template_names_only_what_is_bound(void **state)
{
	static const struct {
		const char *tmpl, *want;
	} cases[] = {
		{ "/{path}", NULL },
		{ "/{other}", "{other} is not in the pattern" },
		{ "/{path...}", "without dots" },
		{ "/*", "no *" },
		{ "{path}", "begins with /" },
		{ "/a/../{path}", "no canonical path" },
		{ "/a{path}", "whole segment" },
	};
	struct pattern p, tmpl;

	(void)state;
	p = pattern("/f/{path...}");
	for (size_t i = 0; i < COUNT(cases); i++)
		check_said(cases[i].tmpl, template_read(arena, str_of(cases[i].tmpl), &p, &tmpl),
		    cases[i].want);
}

static void
a_pattern_covers_what_it_leaves_nothing_of(void **state)
{
	static const struct {
		const char *first, *second;
		bool want;
	} cases[] = {
		{ "/a", "/a", true },
		{ "/a", "/b", false },
		{ "/a", "/a/", false },
		{ "/{x}", "/{y}", true },
		{ "/{x}", "/a", true },
		{ "/a", "/{x}", false },
		{ "/{x}", "/", false },
		{ "/a/{x}", "/a/", false },
		{ "/a/{x}", "/a/*", false },
		{ "/*", "/", true },
		{ "/*", "/a/{b}/{c...}", true },
		{ "/a/*", "/a/{x...}", true },
		{ "/a/*", "/a/", true },
		{ "/a/*", "/a", false },
		{ "/a/*", "/{x}/b", false },
		{ "/{x}/*", "/a/b/c", true },
		{ "/a/b", "/a/*", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pattern p = pattern(cases[i].first), q = pattern(cases[i].second);

		if (pattern_covers(&p, &q) != cases[i].want)
			fail_msg("%s covers %s: want %d", cases[i].first, cases[i].second, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(patterns_that_could_never_match_are_refused, start, stop),
		cmocka_unit_test_setup_teardown(a_pattern_matches_whole_segments, start, stop),
		cmocka_unit_test_setup_teardown(a_template_is_filled_with_what_was_bound, start, stop),
		cmocka_unit_test_setup_teardown(a_template_names_only_what_is_bound, start, stop),
		cmocka_unit_test_setup_teardown(a_pattern_covers_what_it_leaves_nothing_of, start, stop),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
