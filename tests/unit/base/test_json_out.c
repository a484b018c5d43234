/*
 * test_json_out.c: JSON as it is written: escapes, commas, nesting.
 */
#include "base/json_out.h"

#include "base/bench.h"

static struct out o;

static struct json
fresh(void)
{
	bench_clear();
	o = out_limit(w.arena, 65536);
	return json_into(&o);
}

static void
a_text_cannot_end_its_string(void **state)
{
	static const struct {
		struct str text;
		const char *json;
	} cases[] = {
		{ STR(""), "\"\"" },
		{ STR("abc"), "\"abc\"" },
		{ STR("a\"b"), "\"a\\\"b\"" },
		{ STR("\\"), "\"\\\\\"" },
		{ STR("\n"), "\"\\n\"" },
		{ STR("\r\t\b\f"), "\"\\u000d\\u0009\\u0008\\u000c\"" },
		{ STR("a\0b"), "\"a\\u0000b\"" },
		{ STR("\037\177"), "\"\\u001f\\u007f\"" },
		{ STR("</script>&"), "\"\\u003c/script\\u003e\\u0026\"" },
		{ STR("\303\251\342\202\254\360\237\224\221"), "\"\303\251\342\202\254\360\237\224\221\"" },
		{ STR_NONE, "null" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json j = fresh();

		json_str(&j, NULL, cases[i].text);
		is_str(out_text(&o), str_of(cases[i].json), shown(cases[i].text));
	}
}

static void
every_control_byte_is_escaped(void **state)
{
	(void)state;
	for (int c = 0; c < 0x20; c++) {
		struct json j = fresh();
		char text[] = { (char)c };

		json_str(&j, NULL, str_part(text, 1));
		is_true(out_text(&o).n > 3 && out_text(&o).s[1] == '\\', shown(str_part(text, 1)));
		is_true(memchr(out_text(&o).s, c, out_text(&o).n) == NULL, shown(str_part(text, 1)));
	}
}

static void
values_of_every_type(void **state)
{
	struct json j = fresh();

	(void)state;
	json_object(&j, NULL);
	json_text(&j, "text", "x");
	json_text(&j, "none", NULL);
	json_int(&j, "least", INT64_MIN);
	json_int(&j, "most", INT64_MAX);
	json_flag(&j, "yes", true);
	json_flag(&j, "no", false);
	json_null(&j, "null");
	json_time(&j, "at", 1800000000);
	json_time(&j, "never", 0);
	json_raw(&j, "raw", STR("{\"a\":[1]}"));
	json_raw(&j, "no_raw", STR_NONE);
	json_text(&j, "a \"name\"", "");
	json_end(&j);
	is_str(out_text(&o),
	    STR("{\"text\":\"x\",\"none\":null,\"least\":-9223372036854775808,\"most\":9223372036854775807,"
		"\"yes\":true,\"no\":false,\"null\":null,\"at\":\"2027-01-15T08:00:00Z\",\"never\":null,"
		"\"raw\":{\"a\":[1]},\"no_raw\":null,\"a \\\"name\\\"\":\"\"}"),
	    "an object of everything");
}

static void
commas_stand_between_and_nowhere_else(void **state)
{
	struct json j = fresh();

	(void)state;
	json_object(&j, NULL);
	json_list(&j, "empty");
	json_end(&j);
	json_list(&j, "items");
	json_object(&j, NULL);
	json_end(&j);
	json_object(&j, NULL);
	json_int(&j, "n", 1);
	json_list(&j, "deep");
	json_list(&j, NULL);
	json_int(&j, NULL, 1);
	json_int(&j, NULL, 2);
	json_end(&j);
	json_text(&j, NULL, "x");
	json_end(&j);
	json_int(&j, "m", 2);
	json_end(&j);
	json_end(&j);
	json_null(&j, "next");
	json_end(&j);
	is_str(out_text(&o),
	    STR("{\"empty\":[],\"items\":[{},{\"n\":1,\"deep\":[[1,2],\"x\"],\"m\":2}],\"next\":null}"),
	    "nested");
}

static void
as_deep_as_it_may_be(void **state)
{
	struct json j = fresh();
	char want[2 * JSON_DEPTH_MAX + 1] = "";

	(void)state;
	memset(want, '[', JSON_DEPTH_MAX);
	memset(want + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		json_list(&j, NULL);
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		json_end(&j);
	is_str(out_text(&o), str_of(want), "the deepest");
}

static void
too_deep(void)
{
	struct json j = fresh();

	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_list(&j, NULL);
}

static void
one_end_too_many(void)
{
	struct json j = fresh();

	json_object(&j, NULL);
	json_end(&j);
	json_end(&j);
}

static void
a_writer_out_of_balance_is_a_bug(void **state)
{
	(void)state;
	is_true(aborts(too_deep), "deeper than the most");
	is_true(aborts(one_end_too_many), "an end without a beginning");
}

static void
a_limit_is_told_by_the_out(void **state)
{
	struct json j = fresh();

	(void)state;
	o = out_limit(w.arena, 20);
	json_object(&j, NULL);
	json_text(&j, "name", "far too long for this");
	json_end(&j);
	is_true(out_failed(&o), "a document that does not fit");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_cannot_end_its_string),
		cmocka_unit_test(every_control_byte_is_escaped),
		cmocka_unit_test(values_of_every_type),
		cmocka_unit_test(commas_stand_between_and_nowhere_else),
		cmocka_unit_test(as_deep_as_it_may_be),
		cmocka_unit_test(a_writer_out_of_balance_is_a_bug),
		cmocka_unit_test(a_limit_is_told_by_the_out),
	};

	return cmocka_run_group_tests_name("base/json_out", tests, bench_open, bench_close);
}
