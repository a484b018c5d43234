/*
 * test_page.c: cursors come back as they went out, and others are refused.
 */
#include "base/page.h"

#include "base/bench.h"
#include "base/hex.h"

static void
the_first_page_begins_at_the_start(void **state)
{
	struct page p = page_first();

	(void)state;
	is_int(p.limit, 50, "limit");
	is_int(p.after_at, 0, "at");
	is_text(p.after_id, "", "id");
}

static void
a_cursor_comes_back(void **state)
{
	static const struct {
		int64_t at;
		const char *id;
	} cases[] = {
		{ 0, "key_a" },
		{ 1800000000, "key_0123456789ABCDEFGHIJ" },
		{ INT64_MAX, "org_zzzzzzzzzzzzzzzzzzzzzzzzzzzz" },
		{ 1, "spcABCDEFGHIJKLMNOP" },
		{ 77, "12" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *cursor = page_cursor(w.arena, cases[i].at, cases[i].id);
		struct page p = page_first();

		is_true(page_cursor_read(w.arena, str_of(cursor), &p), cursor);
		is_int(p.after_at, cases[i].at, cursor);
		is_text(p.after_id, cases[i].id, cursor);
		is_int(p.limit, 50, cursor);
		is_true(strspn(cursor, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_") ==
			strlen(cursor),
		    cursor);
	}
}

/* Each as it is before base64url. */
static void
what_is_no_cursor_of_ours(void **state)
{
	static const struct str plain[] = { STR(""), STR("key_a"), STR(":"), STR(":key_a"), STR("x:key_a"),
		STR("-1:key_a"), STR("1.5:key_a"), STR("99999999999999999999:key_a"), STR("1:key a"),
		STR("1:key_a'--"), STR("1:a:b"), STR("1:key_a\n"), STR("1:key_a\0"), STR("1:\303\251"),
		STR("1:%"), STR("1\0:key_a") };

	(void)state;
	for (size_t i = 0; i < COUNT(plain); i++) {
		const char *cursor = base64url_text(w.arena, plain[i]);
		struct page p = page_first();

		is_true(!page_cursor_read(w.arena, str_of(cursor), &p), shown(plain[i]));
	}
}

static void
what_is_no_base64url_is_no_cursor(void **state)
{
	static const struct str texts[] = { STR(""), STR_NONE, STR("!"), STR("MTprZXlfYQ=="),
		STR("MTprZXlfY"), STR("MTpr ZXlf"), STR("MTprZXlf\0") };
	char much[97];
	struct page p;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		is_true(!page_cursor_read(w.arena, texts[i], &p), shown(texts[i]));
	/* sound but for its length: 96 bytes are 128 characters, the most there may be */
	memset(much, 'A', sizeof much);
	memcpy(much, "1:", 2);
	is_true(page_cursor_read(w.arena, str_of(base64url_text(w.arena, str_part(much, 96))), &p),
	    "128 characters");
	is_true(!page_cursor_read(w.arena, str_of(base64url_text(w.arena, str_part(much, 97))), &p),
	    "130 characters");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_page_begins_at_the_start),
		cmocka_unit_test(a_cursor_comes_back),
		cmocka_unit_test(what_is_no_cursor_of_ours),
		cmocka_unit_test(what_is_no_base64url_is_no_cursor),
	};

	return cmocka_run_group_tests_name("base/page", tests, bench_open, bench_close);
}
