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

/* --- cursors of lists whose order the caller chooses --- */

static void
a_marked_cursor_comes_back(void **state)
{
	static const struct {
		int64_t at;
		const char *id, *text;
	} cases[] = {
		{ 0, "key_a", "a name: with colons, \303\251 and ::" },
		{ INT64_MAX, "key_a", NULL },
		{ 17, "spcABCDEFGHIJKLMNOP", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *cursor =
		    page_marked(w.arena, "0123456789abcdef", cases[i].at, cases[i].id, cases[i].text);
		struct page p = page_first();

		p.mark = "0123456789abcdef";
		is_true(page_marked_read(w.arena, str_of(cursor), &p), cursor);
		is_int(p.after_at, cases[i].at, cursor);
		is_text(p.after_id, cases[i].id, cursor);
		is_text(p.after_text, cases[i].text == NULL ? "" : cases[i].text, cursor);
		p.mark = "0123456789abcdee";
		is_true(!page_marked_read(w.arena, str_of(cursor), &p), "another mark");
		is_true(!page_cursor_read(w.arena, str_of(cursor), &p), "no cursor of another list");
	}
}

static void
what_is_no_marked_cursor_of_ours(void **state)
{
	static const struct str plain[] = { STR(""), STR("1:key_a"), STR("m:1:key_a"), STR("m:1::"),
		STR(":1:key_a:"), STR("n:1:key_a:"), STR("m:-1:key_a:"), STR("m:x:key_a:"), STR("m:1:key a:"),
		STR("m:1:key_a:\n"), STR("m:1:key_a:\377"), STR("m:1:key_a:a\0b") };

	(void)state;
	for (size_t i = 0; i < COUNT(plain); i++) {
		struct page p = page_first();

		p.mark = "m";
		is_true(!page_marked_read(w.arena, str_of(base64url_text(w.arena, plain[i])), &p),
		    shown(plain[i]));
	}
}

static void
a_marked_cursor_has_room_for_the_longest_name(void **state)
{
	char much[2 * PAGE_TEXT_MAX];
	struct page p = page_first();

	(void)state;
	p.mark = "0123456789abcdef";
	memset(much, 'x', sizeof much);
	much[400] = '\0'; /* a hundred characters of four bytes */
	is_true(page_marked_read(w.arena,
		    str_of(page_marked(w.arena, p.mark, INT64_MAX, "key_0123456789ABCDEFGHIJKLMNOPQR", much)),
		    &p),
	    "the longest");
	much[400] = 'x';
	much[PAGE_TEXT_MAX] = '\0';
	is_true(!page_marked_read(w.arena, str_of(page_marked(w.arena, p.mark, 1, "key_a", much)), &p),
	    "longer than any name");
}

struct row {
	int64_t at;
	const char *name, *id;
};

/* A page that goes on after a row has the cursor that leads there, in each order. */
static void
a_page_goes_on_after_a_row(void **state)
{
	static const struct page_order orders[] = { ORDER_AT("at", row, at, id),
		ORDER_BY_TEXT("name", row, name, id) };
	static const struct page_orders all = { orders, COUNT(orders) };
	static const char *const sorts[] = { NULL, "-at", "name", "-name" };
	const struct row row = { 7, "a:b", "key_a" };

	(void)state;
	for (size_t i = 0; i < COUNT(sorts); i++) {
		struct page p = page_first(), there = page_first();
		struct order o = { i / 2, i % 2 != 0 };
		const char *cursor;

		p.mark = there.mark = page_sort(w.arena, &all, o);
		is_text(p.mark, sorts[i], "what it is called");
		page_after(&p, &orders[o.by], &row);
		cursor = page_place(w.arena, &p);
		is_true(p.mark == NULL ? page_cursor_read(w.arena, str_of(cursor), &there)
				       : page_marked_read(w.arena, str_of(cursor), &there),
		    cursor);
		is_int(there.after_at, o.by == 0 ? 7 : 0, cursor);
		is_text(there.after_id, "key_a", cursor);
		is_text(o.by == 0 ? "a:b" : there.after_text, "a:b", cursor);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_page_begins_at_the_start),
		cmocka_unit_test(a_cursor_comes_back),
		cmocka_unit_test(what_is_no_cursor_of_ours),
		cmocka_unit_test(what_is_no_base64url_is_no_cursor),
		cmocka_unit_test(a_marked_cursor_comes_back),
		cmocka_unit_test(what_is_no_marked_cursor_of_ours),
		cmocka_unit_test(a_marked_cursor_has_room_for_the_longest_name),
		cmocka_unit_test(a_page_goes_on_after_a_row),
	};

	return cmocka_run_group_tests_name("base/page", tests, bench_open, bench_close);
}
