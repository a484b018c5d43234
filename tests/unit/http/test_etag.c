/*
 * test_etag.c: entity tags in lists.
 */
#include "base/bench.h"
#include "http/etag.h"

static void
tags_in_lists(void **state)
{
	static const struct {
		const char *header;
		bool strong, weak;
	} rows[] = { { "\"1\"", true, true }, { " \"1\" ", true, true }, { "\"0\", \"1\"", true, true },
		{ "*", true, true }, { "W/\"1\"", false, true }, { "\"0\",W/\"1\"", false, true },
		{ "\"11\"", false, false }, { "1", false, false }, { "", false, false },
		{ ",", false, false }, { "\"1", false, false }, { "*, \"0\"", false, false },
		{ "w/\"1\"", false, false } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_int(etag_listed(str_of(rows[i].header), STR("\"1\""), false), rows[i].strong,
		    rows[i].header);
		is_int(etag_listed(str_of(rows[i].header), STR("\"1\""), true), rows[i].weak, rows[i].header);
	}
	is_true(!etag_listed(STR_NONE, STR("\"1\""), true), "no header");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tags_in_lists) };

	return cmocka_run_group_tests_name("http/etag", tests, bench_open, bench_close);
}
