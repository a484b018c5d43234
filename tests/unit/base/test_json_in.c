/*
 * test_json_in.c: JSON of no fixed shape: what is taken, and what is refused.
 */
#include "base/json_in.h"

#include "base/bench.h"

static void
test_a_tree(void **state)
{
	struct json_value v;
	const struct json_value *list;

	(void)state;
	bench_clear();
	is_true(json_in(w.arena,
		    STR("{\"a\":\"text\",\"n\":-7,\"r\":1.9,\"f\":true,\"g\":false,\"z\":null,"
			"\"l\":[\"x\",{\"y\":2}]}"),
		    &v),
	    "an object");
	is_int(v.sort, JSON_IS_OBJECT, "the top");
	is_int(v.n, 7, "its members");
	is_str(json_member_text(&v, "a"), STR("text"), "a");
	is_int(json_member(&v, "n")->number, -7, "n");
	is_int(json_member(&v, "r")->number, 1, "r, without its fraction");
	is_int(json_member(&v, "f")->flag, true, "f");
	is_int(json_member(&v, "g")->sort, JSON_IS_FLAG, "g");
	is_int(json_member(&v, "g")->flag, false, "g");
	is_int(json_member(&v, "z")->sort, JSON_IS_NULL, "z");
	list = json_member(&v, "l");
	is_int(list->n, 2, "l");
	is_str(list->items[0].text, STR("x"), "its first");
	is_int(json_member(&list->items[1], "y")->number, 2, "its second");
	is_true(json_member(&v, "b") == NULL, "no member");
	is_true(json_member_text(&v, "n").s == NULL, "a number is no text");
	is_true(json_member(list, "y") == NULL, "a list has no members");
}

static void
test_what_is_refused(void **state)
{
	static const char *const wrong[] = { "", " ", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}",
		"{\"x\":{\"a\":1,\"a\":1}}", "{\"a\\u0062\":1,\"ab\":1}", "[{\"a\":1,\"a\":2}]",
		"{\"a\":1} x", "{\"a\":1}{", "{'a':1}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}",
		"{\"a\":\"\xff\"}", "{\"a\":9223372036854775808}", "{\"a\":1e400}", "{\"a\":1e300}",
		"{\"a\":NaN}", "{\"a\":Infinity}", "[[[[[[[[[1]]]]]]]]]", "\xef\xbb\xbf{}" };
	struct json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		is_true(!json_in(w.arena, str_of(wrong[i]), &v), wrong[i]);
	is_true(!json_in(w.arena, STR_NONE, &v), "nothing");
	is_true(!json_in(w.arena, str_part("{\"a\":1}\0", 8), &v), "NUL at the end");
	is_true(json_in(w.arena, STR("[[[[[[[[1]]]]]]]]"), &v), "as deep as may be");
}

static void
test_a_whole_number_however_it_is_written(void **state)
{
	static const char *const whole[] = { "10", "10.0", "1e1", "-0.0", "9223372036854775807",
		"9007199254740992.0" };
	static const char *const none[] = { "10.5", "1e-1", "\"10\"", "null", "[10]" };
	struct json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(whole); i++)
		is_true(json_in(w.arena, str_of(whole[i]), &v) && json_is_integral(&v), whole[i]);
	for (size_t i = 0; i < COUNT(none); i++)
		is_true(json_in(w.arena, str_of(none[i]), &v) && !json_is_integral(&v), none[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_tree),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_a_whole_number_however_it_is_written),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
