/*
 * test_regex.c: what is found, and that no expression takes for ever.
 */
#include "base/regex.h"

#include "base/bench.h"
#include "base/out.h"

static void
what_is_found(void **state)
{
	static const struct {
		const char *expression;
		unsigned how;
		struct str text;
		enum regex_found found;
		size_t from, to;
	} cases[] = {
		{ "b", 0, STR("abc"), REGEX_YES, 1, 2 },
		{ "^b", 0, STR("abc"), REGEX_NO, 0, 0 },
		{ "B", 0, STR("abc"), REGEX_NO, 0, 0 },
		{ "B", REGEX_ANY_CASE, STR("abc"), REGEX_YES, 1, 2 },
		{ "\303\204", REGEX_ANY_CASE, STR("x\303\244y"), REGEX_YES, 1, 3 },
		{ "a.c", REGEX_LITERAL, STR("abc a.c"), REGEX_YES, 4, 7 },
		{ "A.C", REGEX_LITERAL | REGEX_ANY_CASE, STR("abc a.c"), REGEX_YES, 4, 7 },
		{ "(", REGEX_LITERAL, STR("f(x)"), REGEX_YES, 1, 2 },
		{ "\\d{3,}", 0, STR("a12b345"), REGEX_YES, 4, 7 },
		{ "x$", 0, STR("\377\376x"), REGEX_YES, 2, 3 },
		{ ".", 0, STR("\377"), REGEX_NO, 0, 0 },
		{ "a", 0, STR("\0a"), REGEX_YES, 1, 2 },
		{ "^$", 0, STR(""), REGEX_YES, 0, 0 },
		{ "a", 0, STR_NONE, REGEX_NO, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *why = NULL, *e = cases[i].expression;
		struct regex *r = regex_make(w.arena, str_of(e), cases[i].how, &why);
		size_t from = 0, to = 0;

		is_true(r != NULL, e);
		is_int(regex_find(r, cases[i].text, &from, &to), cases[i].found, e);
		is_int(from, cases[i].from, e);
		is_int(to, cases[i].to, e);
	}
}

/* n times a, n times b: a piece of text for what follows. */
static struct str
repeated(const char *piece, size_t n)
{
	struct out o = out_limit(w.arena, n * strlen(piece) + 1);

	for (size_t i = 0; i < n; i++)
		out_put(&o, piece);
	return out_text(&o);
}

static void
what_is_no_expression_is_told(void **state)
{
	const struct str cases[] = { STR(""), STR("("), STR("[a"), STR("a{2,1}"), STR("\\"), STR("*"),
		STR("\\C"), STR("\377"), STR("(?<n>a)(?<n>b)"), repeated("a", REGEX_MAX + 1),
		repeated("(", 100), repeated("(((((((((((((((((((((((((((((((((", 2), STR("(?1"),
		/* What these compile to would be gigabytes. */
		STR("((((a{1,900}){1,900}){1,900}){1,900}){1,900}"), STR("(?:(?:x{1000}){1000}){1000}") };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *why = NULL;

		is_true(regex_make(w.arena, cases[i], 0, &why) == NULL, shown(cases[i]));
		is_true(why != NULL && *why != '\0', shown(cases[i]));
	}
}

/* Each would take longer than anybody waits if nothing ended it: the test is that it ends. */
static void
what_explodes_is_given_up(void **state)
{
	static const char *const cases[] = { "^(a+)+$", "^(a|aa)+$", "^(a|a)*$", "(x+x+)+y", "(a*)*b",
		"^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^a]z", "^(?:a?){50}a{50}b",
		"(?=(a+))a*b\\1", "((a+)*)*c", "(*LIMIT_MATCH=4000000000)^(a+)+$" };
	const char *why = NULL;
	size_t from, to;
	struct str text =
	    str_of(arena_print(w.arena, "%sxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx!", repeated("a", 5000).s));

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct regex *r = regex_make(w.arena, str_of(cases[i]), 0, &why);

		is_true(r != NULL, cases[i]);
		is_true(regex_find(r, text, &from, &to) != REGEX_YES, cases[i]);
	}
	/* So many steps end soon by themselves, but there may be a million such lines. */
	text = STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
	is_int(regex_find(regex_make(w.arena, STR("^(a|aa)+$"), 0, &why), text, &from, &to), REGEX_TOO_HARD,
	    "steps");
	is_true(arena_peak(w.arena) < (size_t)32 << 20, "memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found),
		cmocka_unit_test(what_is_no_expression_is_told),
		cmocka_unit_test(what_explodes_is_given_up),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
