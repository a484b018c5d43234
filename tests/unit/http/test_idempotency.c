/*
 * test_idempotency.c: what is taken for an Idempotency-Key, and where it counts.
 */
#include "http/idempotency.h"

#include "base/bench.h"

static void
what_the_header_may_be(void **state)
{
	static const struct {
		struct str header;
		const char *key;
	} cases[] = {
		{ STR("\"8e03978e-40d5-43e8-bc93-6894a57f9324\""), "8e03978e-40d5-43e8-bc93-6894a57f9324" },
		{ STR("8e03978e-40d5-43e8-bc93-6894a57f9324"), "8e03978e-40d5-43e8-bc93-6894a57f9324" },
		{ STR(" \t\"a\" "), "a" },
		{ STR("\"a, b; c\""), "a, b; c" },
		{ STR("\"say \\\"x\\\\\""), "say \"x\\" },
		{ STR("\" \""), " " },
		{ STR("a/b+c=~:"), "a/b+c=~:" },
	};
	struct str key;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_fault(idempotency_key(w.arena, cases[i].header, &key), FAULT_NONE, shown(cases[i].header));
		is_str(key, str_of(cases[i].key), shown(cases[i].header));
	}
	is_fault(idempotency_key(w.arena, STR_NONE, &key), FAULT_NONE, "no header");
	is_true(key.s == NULL, "no header");
}

static void
what_it_may_not_be(void **state)
{
	static const struct str cases[] = { STR(""), STR(" "), STR("\"\""), STR("\""), STR("\"a"), STR("a\""),
		STR("\"a\"b"), STR("\"a\";p=1"), STR("\"a\", \"b\""), STR("a, b"), STR("a b"), STR("\"\\a\""),
		STR("\"a\\\""), STR("\"a\\"), STR("\"\303\251\""), STR("\303\251"), STR("\"a\tb\""),
		STR("\"a\0b\""), STR("a\0b"), STR("(a)"), STR("'a'") };
	char longest[260];
	struct str key;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_fault(idempotency_key(w.arena, cases[i], &key), FAULT_IDEMPOTENCY_KEY, shown(cases[i]));
	memset(longest, 'x', sizeof longest);
	is_fault(idempotency_key(w.arena, str_part(longest, 255), &key), FAULT_NONE, "255 characters");
	is_fault(idempotency_key(w.arena, str_part(longest, 256), &key), FAULT_IDEMPOTENCY_KEY,
	    "256 characters");
	longest[0] = longest[256] = '"';
	is_fault(idempotency_key(w.arena, str_part(longest, 257), &key), FAULT_NONE, "255 between quotes");
}

static void
where_it_counts(void **state)
{
	static const struct {
		const char *what;
		struct route route;
		bool counts;
	} cases[] = {
		{ "makes something",
		    { .method = METHOD_POST, .auth = AUTH_SESSION, .tx = DB_CHANGES, .answer = "Key" },
		    true },
		{ "by any credential",
		    { .method = METHOD_POST, .auth = AUTH_ANY, .tx = DB_CHANGES, .answer = "Team" }, true },
		{ "nobody asks",
		    { .method = METHOD_POST, .auth = AUTH_NONE, .tx = DB_CHANGES, .answer = "Session" },
		    false },
		{ "only shows",
		    { .method = METHOD_POST, .auth = AUTH_SESSION, .tx = DB_SHOWS, .answer = "Verdict" },
		    false },
		{ "no answer", { .method = METHOD_POST, .auth = AUTH_SESSION, .tx = DB_CHANGES }, false },
		{ "transactions of its own",
		    { .method = METHOD_POST,
			.auth = AUTH_SESSION,
			.tx = DB_CHANGES,
			.answer = "Ended",
			.no_tx = true },
		    false },
		{ "PATCH",
		    { .method = METHOD_PATCH, .auth = AUTH_SESSION, .tx = DB_CHANGES, .answer = "Key" },
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_true(idempotency_applies(&cases[i].route) == cases[i].counts, cases[i].what);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_header_may_be),
		cmocka_unit_test(what_it_may_not_be),
		cmocka_unit_test(where_it_counts),
	};

	return cmocka_run_group_tests_name("http/idempotency", tests, bench_open, bench_close);
}
