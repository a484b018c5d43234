/*
 * test_sheet.c: the same things as ids, columns, records and JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "front/sheet.h"

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

static void
fill(struct sheet *s, const char *id, const char *name)
{
	sheet_begin(s);
	sheet_text(s, "id", id);
	sheet_time(s, "made", 1700000000);
	sheet_time(s, "ends", 0);
	sheet_int(s, "days", -7);
	sheet_flag(s, "alive", true);
	sheet_words(s, "scopes", "read write");
	sheet_words(s, "ranges", NULL);
	sheet_text(s, "name", name);
	sheet_end(s);
}

static const char *
filled(enum sheet_form form)
{
	struct sheet s = sheet_start(arena, form);

	fill(&s, "key_a", "two words");
	fill(&s, "key_b", NULL);
	return arena_text(arena, out_text(&s.out));
}

static void
each_form_shows_the_same(void **state)
{
	static const struct {
		enum sheet_form form;
		const char *want;
	} cases[] = {
		{ SHEET_IDS, "key_a\nkey_b\n" },
		{ SHEET_COLUMNS,
		    "key_a\t2023-11-14T22:13:20Z\t-\t-7\tyes\tread write\t-\ttwo words\n"
		    "key_b\t2023-11-14T22:13:20Z\t-\t-7\tyes\tread write\t-\t-\n" },
		{ SHEET_RECORD,
		    "id\tkey_a\nmade\t2023-11-14T22:13:20Z\nends\t-\ndays\t-7\nalive\tyes\n"
		    "scopes\tread write\nranges\t-\nname\ttwo words\n"
		    "id\tkey_b\nmade\t2023-11-14T22:13:20Z\nends\t-\ndays\t-7\nalive\tyes\n"
		    "scopes\tread write\nranges\t-\nname\t-\n" },
		{ SHEET_JSON,
		    "{\"id\":\"key_a\",\"made\":\"2023-11-14T22:13:20Z\",\"ends\":null,\"days\":-7,"
		    "\"alive\":true,\"scopes\":[\"read\",\"write\"],\"ranges\":null,"
		    "\"name\":\"two words\"}\n"
		    "{\"id\":\"key_b\",\"made\":\"2023-11-14T22:13:20Z\",\"ends\":null,\"days\":-7,"
		    "\"alive\":true,\"scopes\":[\"read\",\"write\"],\"ranges\":null,\"name\":null}\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(filled(cases[i].form), cases[i].want);
}

static const char *
listed(enum sheet_form form, size_t n)
{
	struct sheet s = sheet_start(arena, form);

	sheet_begin(&s);
	sheet_list(&s, "parts");
	for (size_t i = 0; i < n; i++) {
		sheet_item(&s);
		sheet_text(&s, "provider", "res_x");
		sheet_text(&s, "base_path", i == 0 ? "/a b" : NULL);
		sheet_item_end(&s);
	}
	sheet_list_end(&s);
	sheet_text(&s, "name", "n");
	sheet_end(&s);
	return arena_text(arena, out_text(&s.out));
}

static void
lists_stand_in_records_and_in_json(void **state)
{
	(void)state;
	assert_string_equal(listed(SHEET_RECORD, 2), "parts\tres_x\t/a b\nparts\tres_x\t-\nname\tn\n");
	assert_string_equal(listed(SHEET_RECORD, 0), "name\tn\n");
	assert_string_equal(listed(SHEET_JSON, 2),
	    "{\"parts\":[{\"provider\":\"res_x\",\"base_path\":\"/a b\"},"
	    "{\"provider\":\"res_x\",\"base_path\":null}],\"name\":\"n\"}\n");
	assert_string_equal(listed(SHEET_JSON, 0), "{\"parts\":[],\"name\":\"n\"}\n");
}

/* Names are checked when they are given; a line must hold even if one was not. */
static void
no_value_ends_a_line_or_a_column(void **state)
{
	struct sheet s = sheet_start(arena, SHEET_COLUMNS);

	(void)state;
	sheet_begin(&s);
	sheet_text(&s, "id", "a\tb\nc\x1b[2J\x7f");
	sheet_text(&s, "name", "\xc3\xa9");
	sheet_end(&s);
	assert_string_equal(arena_text(arena, out_text(&s.out)), "a b c [2J \t\xc3\xa9\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_shows_the_same),
		cmocka_unit_test(lists_stand_in_records_and_in_json),
		cmocka_unit_test(no_value_ends_a_line_or_a_column),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
