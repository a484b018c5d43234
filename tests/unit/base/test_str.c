/*
 * test_str.c: pieces of text: equal, cut, trimmed, read as numbers.
 */
#include "base/is.h"

static void
two_texts_are_equal_by_bytes_and_length(void **state)
{
	static const struct {
		struct str a, b;
		bool equal, nocase;
	} cases[] = {
		{ STR(""), STR(""), true, true },
		{ STR_NONE, STR(""), true, true },
		{ STR("a"), STR("a"), true, true },
		{ STR("a"), STR("b"), false, false },
		{ STR("a"), STR("ab"), false, false },
		{ STR("Bearer"), STR("bEARER"), false, true },
		{ STR("a\0b"), STR("a\0c"), false, false },
		{ STR("a\0b"), STR("a\0b"), true, true },
		/* only ASCII letters have a case */
		{ STR("\303\204"), STR("\303\244"), false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_int(str_eq(cases[i].a, cases[i].b), cases[i].equal, shown(cases[i].a));
		if (memchr(cases[i].b.s, '\0', cases[i].b.n) == NULL)
			is_int(str_is_nocase(cases[i].a, cases[i].b.s), cases[i].nocase, shown(cases[i].a));
	}
}

static void
a_prefix_is_no_longer_than_the_text(void **state)
{
	static const struct {
		struct str text, prefix;
		bool starts, nocase;
	} cases[] = {
		{ STR("drvp_abc"), STR("drvp_"), true, true },
		{ STR("drvp"), STR("drvp_"), false, false },
		{ STR("DRVP_x"), STR("drvp_"), false, true },
		{ STR("x"), STR(""), true, true },
		{ STR_NONE, STR(""), true, true },
		{ STR_NONE, STR("x"), false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_int(str_starts(cases[i].text, cases[i].prefix), cases[i].starts, shown(cases[i].text));
		is_int(str_starts_nocase(cases[i].text, cases[i].prefix), cases[i].nocase,
		    shown(cases[i].text));
	}
}

static void
only_bytes_of_a_set(void **state)
{
	static const struct {
		struct str text;
		bool only;
	} cases[] = {
		{ STR("0af"), true },
		{ STR(""), true },
		{ STR_NONE, true },
		{ STR("0aF"), false },
		/* the NUL that ends the set is not in it */
		{ STR("0a\0"), false },
		{ STR("\0"), false },
		{ STR("\377"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_int(str_only(cases[i].text, "0123456789abcdef"), cases[i].only, shown(cases[i].text));
}

static void
a_byte_is_found_or_not(void **state)
{
	(void)state;
	is_int(str_find(STR("a/b/c"), '/'), 1, "the first");
	is_int(str_find(STR("abc"), '/'), -1, "none");
	is_int(str_find(STR_NONE, '/'), -1, "no text");
	is_int(str_find(STR("ab\0c"), 'c'), 3, "past a NUL");
	is_int(str_find(STR("abc"), '\0'), -1, "the end is no byte of the text");
}

static void
an_offset_past_the_end_is_empty(void **state)
{
	(void)state;
	is_str(str_from(STR("abc"), 1), STR("bc"), "from 1");
	is_str(str_from(STR("abc"), 3), STR(""), "from the end");
	is_str(str_from(STR("abc"), SIZE_MAX), STR(""), "from far away");
	is_str(str_from(STR_NONE, 7), STR_NONE, "of nothing");
}

static void
blanks_at_both_ends_go(void **state)
{
	static const struct {
		struct str text, want;
	} cases[] = {
		{ STR("  a b\t "), STR("a b") },
		{ STR(" \t "), STR("") },
		{ STR(""), STR("") },
		{ STR("a"), STR("a") },
		{ STR("\na\n"), STR("\na\n") },
		{ STR_NONE, STR_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_str(str_trim(cases[i].text), cases[i].want, shown(cases[i].text));
}

static void
cut_gives_every_piece_once(void **state)
{
	static const struct {
		struct str text;
		const char *pieces; /* each followed by '|' */
	} cases[] = {
		{ STR("a/b/c"), "a|b|c|" },
		{ STR("a"), "a|" },
		{ STR(""), "|" },
		{ STR("/"), "||" },
		{ STR("a//"), "a|||" },
		{ STR_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str rest = cases[i].text, piece;
		char got[64];
		size_t n = 0;

		while (str_cut(&rest, '/', &piece))
			n += (size_t)snprintf(got + n, sizeof got - n, "%.*s|", (int)piece.n, piece.s);
		is_str(str_part(got, n), str_of(cases[i].pieces), shown(cases[i].text));
		is_true(rest.s == NULL, shown(cases[i].text));
	}
}

static void
words_between_blanks(void **state)
{
	static const struct {
		struct str text;
		const char *words;
	} cases[] = {
		{ STR("a b"), "a|b|" },
		{ STR(" \ta\t \tb  "), "a|b|" },
		{ STR(""), "" },
		{ STR(" \t"), "" },
		{ STR_NONE, "" },
		{ STR("10.0.0.0/8 ::1"), "10.0.0.0/8|::1|" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str rest = cases[i].text, word;
		char got[64];
		size_t n = 0;

		while (str_word(&rest, &word))
			n += (size_t)snprintf(got + n, sizeof got - n, "%.*s|", (int)word.n, word.s);
		is_str(str_part(got, n), str_of(cases[i].words), shown(cases[i].text));
	}
}

static void
a_number_is_digits_and_fits(void **state)
{
	static const struct {
		struct str text;
		bool good;
		int64_t value;
	} cases[] = {
		{ STR("0"), true, 0 },
		{ STR("-0"), true, 0 },
		{ STR("007"), true, 7 },
		{ STR("-42"), true, -42 },
		{ STR("9223372036854775807"), true, INT64_MAX },
		{ STR("-9223372036854775808"), true, INT64_MIN },
		{ STR("9223372036854775808"), false, 0 },
		{ STR("-9223372036854775809"), false, 0 },
		{ STR("99999999999999999999999"), false, 0 },
		{ STR(""), false, 0 },
		{ STR_NONE, false, 0 },
		{ STR("-"), false, 0 },
		{ STR("--1"), false, 0 },
		{ STR("+1"), false, 0 },
		{ STR(" 1"), false, 0 },
		{ STR("1 "), false, 0 },
		{ STR("1e3"), false, 0 },
		{ STR("0x10"), false, 0 },
		{ STR("1\0"), false, 0 },
		/* an Arabic digit */
		{ STR("\331\241"), false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = 77;

		is_int(str_int(cases[i].text, &value), cases[i].good, shown(cases[i].text));
		is_int(value, cases[i].good ? cases[i].value : 77, shown(cases[i].text));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_texts_are_equal_by_bytes_and_length),
		cmocka_unit_test(a_prefix_is_no_longer_than_the_text),
		cmocka_unit_test(only_bytes_of_a_set),
		cmocka_unit_test(a_byte_is_found_or_not),
		cmocka_unit_test(an_offset_past_the_end_is_empty),
		cmocka_unit_test(blanks_at_both_ends_go),
		cmocka_unit_test(cut_gives_every_piece_once),
		cmocka_unit_test(words_between_blanks),
		cmocka_unit_test(a_number_is_digits_and_fits),
	};

	return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
