/*
 * test_text.c: text of people: UTF-8, normal forms, white space, control
 * characters, and when two names are the same.
 */
#include "base/text.h"

#include "base/bench.h"

static void
utf_8_is_told_from_what_is_none(void **state)
{
	static const struct {
		struct str text;
		bool valid;
	} cases[] = {
		{ STR(""), true },
		{ STR_NONE, true },
		{ STR("plain"), true },
		{ STR("a\0b"), true },
		{ STR("\302\200"), true },
		{ STR("\303\251"), true },
		{ STR("\342\202\254"), true },
		{ STR("\355\237\277"), true },
		{ STR("\356\200\200"), true },
		{ STR("\360\220\200\200"), true },
		{ STR("\364\217\277\277"), true },
		/* a byte alone, and one that never occurs */
		{ STR("\200"), false },
		{ STR("\303"), false },
		{ STR("\303("), false },
		{ STR("\342\202"), false },
		{ STR("\342\050\241"), false },
		{ STR("\360\220\200"), false },
		{ STR("\376"), false },
		{ STR("\377\377"), false },
		/* longer than need be: '/' and NUL in two bytes, three and four */
		{ STR("\300\257"), false },
		{ STR("\300\200"), false },
		{ STR("\301\277"), false },
		{ STR("\340\200\257"), false },
		{ STR("\340\237\277"), false },
		{ STR("\360\200\200\257"), false },
		/* halves of surrogate pairs, and beyond the last character */
		{ STR("\355\240\200"), false },
		{ STR("\355\277\277"), false },
		{ STR("\364\220\200\200"), false },
		{ STR("\365\200\200\200"), false },
		{ STR("good \303\251 then \377"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_int(text_valid(cases[i].text), cases[i].valid, shown(cases[i].text));
		is_int(text_nfc(w.arena, cases[i].text).s != NULL, cases[i].valid, shown(cases[i].text));
		is_int(text_fold(w.arena, cases[i].text).s != NULL, cases[i].valid, shown(cases[i].text));
	}
}

static void
control_characters_are_found(void **state)
{
	static const struct {
		struct str text;
		bool control;
	} cases[] = {
		{ STR(""), false },
		{ STR("plain text"), false },
		{ STR("\303\251 \342\202\254 \360\237\224\221"), false },
		{ STR("a\tb"), true },
		{ STR("a\n"), true },
		{ STR("\r"), true },
		{ STR("a\0b"), true },
		{ STR("\033[31m"), true },
		{ STR("\177"), true },
		/* C1: U+0080, NEL, CSI, U+009F; and U+00A0, which is none */
		{ STR("\302\200"), true },
		{ STR("a\302\205"), true },
		{ STR("\302\233"), true },
		{ STR("\302\237"), true },
		{ STR("\302\240"), false },
		/* the separators of lines and paragraphs, and their neighbour */
		{ STR("a\342\200\250b"), true },
		{ STR("a\342\200\251b"), true },
		{ STR("a\342\200\252b"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_int(text_has_control(cases[i].text), cases[i].control, shown(cases[i].text));
	for (int c = 0; c < 128; c++)
		is_int(text_has_control(str_part(&(char){ (char)c }, 1)), c < 32 || c == 127,
		    "a character of ASCII");
}

static void
characters_are_counted(void **state)
{
	static const struct {
		struct str text;
		size_t n;
	} cases[] = {
		{ STR(""), 0 },
		{ STR_NONE, 0 },
		{ STR("abc"), 3 },
		{ STR("\303\251"), 1 },
		{ STR("e\314\201"), 2 },
		{ STR("\360\237\224\221\342\202\254x"), 3 },
		{ STR("a\0b"), 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_int(text_length(cases[i].text), cases[i].n, shown(cases[i].text));
}

static void
one_spelling_in_nfc(void **state)
{
	static const struct {
		struct str text, nfc;
	} cases[] = {
		{ STR(""), STR("") },
		{ STR("plain"), STR("plain") },
		{ STR("e\314\201"), STR("\303\251") },
		{ STR("\303\251"), STR("\303\251") },
		/* ANGSTROM SIGN, OHM SIGN */
		{ STR("\342\204\253"), STR("\303\205") },
		{ STR("\342\204\246"), STR("\316\251") },
		/* Hangul of three letters */
		{ STR("\341\204\222\341\205\241\341\206\253"), STR("\355\225\234") },
		/* two marks in either order: a + dot below + circumflex */
		{ STR("a\314\243\314\202"), STR("\341\272\255") },
		{ STR("a\314\202\314\243"), STR("\341\272\255") },
		/* compatibility forms stay: the ligature fi, a wide A */
		{ STR("\357\254\201"), STR("\357\254\201") },
		{ STR("\357\274\241"), STR("\357\274\241") },
		{ STR("a\0e\314\201"), STR("a\0\303\251") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str nfc = text_nfc(w.arena, cases[i].text);

		is_str(nfc, cases[i].nfc, shown(cases[i].text));
		is_str(text_nfc(w.arena, nfc), nfc, "once more");
		is_int(nfc.s[nfc.n], 0, "the NUL behind it");
	}
}

static void
white_space_at_both_ends_goes(void **state)
{
	static const struct {
		struct str text, want;
	} cases[] = {
		{ STR(" a b "), STR("a b") },
		{ STR("\t\n a\r\n"), STR("a") },
		{ STR(""), STR("") },
		{ STR("   "), STR("") },
		/* no-break space, ideographic space, line separator, NEL */
		{ STR("\302\240a\302\240"), STR("a") },
		{ STR("\343\200\200a\343\200\200"), STR("a") },
		{ STR("\342\200\250a\342\200\250"), STR("a") },
		{ STR("\302\205a"), STR("a") },
		{ STR("\302\240\343\200\200 \t"), STR("") },
		/* no white space: zero width space, and what is no UTF-8 */
		{ STR("\342\200\213a"), STR("\342\200\213a") },
		{ STR(" \377 "), STR("\377") },
		{ STR(" \303"), STR("\303") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_str(text_trim(cases[i].text), cases[i].want, shown(cases[i].text));
}

static void
names_that_are_the_same(void **state)
{
	static const struct {
		struct str a, b;
		bool same;
	} cases[] = {
		{ STR("Deploy"), STR("dEPLOY"), true },
		{ STR(" Deploy\t"), STR("deploy"), true },
		{ STR("caf\303\251"), STR("CAFE\314\201"), true },
		{ STR("\303\211"), STR("e\314\201"), true },
		{ STR("stra\303\237e"), STR("STRASSE"), true },
		{ STR("\316\243\316\221\316\243"), STR("\317\203\316\261\317\202"), true },
		{ STR("\302\240x\343\200\200"), STR("X"), true },
		{ STR("deploy"), STR("deploy1"), false },
		{ STR("de ploy"), STR("deploy"), false },
		{ STR("cafe"), STR("caf\303\251"), false },
		{ STR(""), STR(" \t"), true },
		/* a Cyrillic a is another letter */
		{ STR("a"), STR("\320\260"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str a = text_fold(w.arena, cases[i].a), b = text_fold(w.arena, cases[i].b);

		is_int(str_eq(a, b), cases[i].same, shown(cases[i].a));
		is_str(text_fold(w.arena, a), a, "folded once more");
	}
}

static void
what_is_no_text_becomes_readable(void **state)
{
	static const struct {
		struct str text, readable;
	} cases[] = {
		{ STR(""), STR("") },
		{ STR("plain \303\251"), STR("plain \303\251") },
		{ STR("a\0b"), STR("a\357\277\275b") },
		{ STR("caf\351"), STR("caf\357\277\275") },
		{ STR("\303"), STR("\357\277\275") },
		{ STR("\357\277\275"), STR("\357\277\275") },
		{ STR("\377x\303\251"), STR("\357\277\275x\303\251") },
	};
	bool lossy;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_str(text_readable(w.arena, cases[i].text, &lossy), cases[i].readable,
		    shown(cases[i].text));
		is_int(lossy, !str_eq(cases[i].text, cases[i].readable), shown(cases[i].text));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf_8_is_told_from_what_is_none),
		cmocka_unit_test(control_characters_are_found),
		cmocka_unit_test(what_is_no_text_becomes_readable),
		cmocka_unit_test(characters_are_counted),
		cmocka_unit_test(one_spelling_in_nfc),
		cmocka_unit_test(white_space_at_both_ends_goes),
		cmocka_unit_test(names_that_are_the_same),
	};

	return cmocka_run_group_tests_name("base/text", tests, bench_open, bench_close);
}
