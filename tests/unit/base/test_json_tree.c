/*
 * test_json_tree.c: what was read is written as it was.
 */
#include "base/bench.h"
#include "base/json_tree.h"

static void
what_was_read_is_written(void **state)
{
	static const struct {
		const char *json, *written; /* NULL: as it was */
	} rows[] = { { "{}", NULL }, { "[]", NULL }, { "null", NULL }, { "true", NULL },
		{ "\"a\\\"b\"", NULL }, { "{\"a\":[1,{\"b\":null}],\"c\":false}", NULL },
		{ "9223372036854775807", NULL }, { "-9223372036854775808", NULL }, { "0.1", NULL },
		{ "1e-300", NULL }, { "1.5", NULL }, { "1.0", "1" }, { "1e3", "1000" },
		{ "0.30000000000000004", NULL }, { "123456789.12345679", NULL }, { " [ 1 , 2 ] ", "[1,2]" },
		{ "\"\\u00e4\"", "\"\xc3\xa4\"" }, { "\"<\"", "\"\\u003c\"" },
		{ "[[[[[[[[1]]]]]]]]", NULL } };
	struct json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_true(json_in(w.arena, str_of(rows[i].json), &v), rows[i].json);
		is_str(json_tree_text(w.arena, &v, 1000),
		    str_of(rows[i].written == NULL ? rows[i].json : rows[i].written), rows[i].json);
	}
}

static void
no_more_than_asked_for(void **state)
{
	struct json_value v;

	(void)state;
	is_true(json_in(w.arena, STR("[1,2,3]"), &v), "a list");
	is_str(json_tree_text(w.arena, &v, 7), STR("[1,2,3]"), "it just fits");
	is_str(json_tree_text(w.arena, &v, 6), STR_NONE, "it does not");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_is_written),
		cmocka_unit_test(no_more_than_asked_for),
	};

	return cmocka_run_group_tests_name("base/json_tree", tests, bench_open, bench_close);
}
