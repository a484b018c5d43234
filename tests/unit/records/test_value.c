/*
 * test_value.c: keys of values compare as the values do.
 */
#include "base/bench.h"
#include "records/value.h"
#include "store/record_values.h"

static int
compared(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = memcmp(a.s, b.s, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static void
numbers_are_in_order(void **state)
{
	static const double up[] = { -9007199254740992.0, -1e9, -2.5, -1, -1e-300, 0, 1e-300, 0.1, 0.5, 1,
		1.5, 2, 10, 255, 256, 1e9, 9007199254740991.0 };

	(void)state;
	for (size_t i = 0; i < COUNT(up); i++) {
		struct str key = value_key_number(w.arena, up[i]);

		is_true(compared(value_key_least(), key) < 0 && compared(key, value_key_most()) < 0,
		    "between");
		for (size_t j = 0; j < COUNT(up); j++) {
			int order = compared(key, value_key_number(w.arena, up[j]));

			is_int((order > 0) - (order < 0), (i > j) - (i < j),
			    arena_print(w.arena, "%g and %g", up[i], up[j]));
		}
	}
	is_int(compared(value_key_number(w.arena, 0.0), value_key_number(w.arena, -0.0)), 0,
	    "there is one zero");
}

static void
texts_are_in_the_order_of_people(void **state)
{
	static const char *const up[] = { "", " ", "A", "a", "aB", "ab", "B", "b", "\xc3\x84", "\xc3\xa4",
		"\xf0\x9f\x98\x80" };

	(void)state;
	for (size_t i = 0; i + 1 < COUNT(up); i++)
		is_true(compared(value_key_text(w.arena, str_of(up[i])),
			    value_key_text(w.arena, str_of(up[i + 1]))) < 0,
		    up[i + 1]);
}

static void
long_texts_are_cut(void **state)
{
	char text[5000];
	struct str one = { text, sizeof text }, key;

	(void)state;
	memset(text, 'x', sizeof text);
	key = value_key_text(w.arena, one);
	is_int(key.n, RECORD_VALUE_BYTES, "all there is room for");
	text[4000] = 'y';
	is_str(value_key_text(w.arena, one), key, "the end is not in it");
	text[0] = 'w';
	is_true(compared(value_key_text(w.arena, one), key) < 0, "the beginning is");
	text[0] = 'x';
	text[119] = 'y';
	is_true(compared(value_key_text(w.arena, one), key) > 0, "as far as it goes");
}

static void
what_has_no_key(void **state)
{
	static const struct {
		const char *json;
		bool has;
	} rows[] = { { "null", false }, { "[1]", false }, { "{\"a\":1}", false }, { "true", true },
		{ "false", true }, { "1", true }, { "1.5", true }, { "\"\"", true } };
	struct json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_true(json_in(w.arena, str_of(rows[i].json), &v), rows[i].json);
		is_int(value_key(w.arena, &v).s != NULL, rows[i].has, rows[i].json);
	}
	is_true(compared(value_key_flag(w.arena, false), value_key_flag(w.arena, true)) < 0, "truth is more");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_in_order),
		cmocka_unit_test(texts_are_in_the_order_of_people),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(what_has_no_key),
	};

	return cmocka_run_group_tests_name("records/value", tests, bench_open, bench_close);
}
