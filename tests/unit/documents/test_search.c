/*
 * test_search.c: what a search finds, and where it stops.
 */
#include "config.h"

#include "documents/tree.h"

static struct document_matches
searched(const char *path, const char *text, bool regex)
{
	struct document_wish wish = { .text = str_of(text),
		.path = str_of(path),
		.regex = regex,
		.limit = DOCUMENTS_MATCHES_MAX };
	struct document_matches m;

	is_fault(documents_search(&w, &source, &wish, &m), FAULT_NONE, text);
	return m;
}

/* "path:line ..." of all matches. */
static const char *
places(const struct document_matches *m)
{
	struct out o = out_limit(w.arena, 8192);

	out_put(&o, "");
	for (size_t i = 0; i < m->n; i++)
		out_print(&o, "%s:%lld ", m->match[i].path, (long long)m->match[i].line);
	return m->n == 0 ? "" : out_text(&o).s;
}

static void
make_tree(void)
{
	make_folder("b");
	make_folder("b/.git");
	make_folder("b/deep");
	put("a.md", "needle first\nsecond\nthird Needle\r\nf.ur");
	put("b/.git/config", "needle");
	put("b/deep/c.txt", "\n\nneedle");
	put("b/needle.txt", "nothing");
	put_bytes("b/picture", "needle\0needle", 13);
	put("z", "caf\351 needle\n");
	assert_int_equal(symlink("/etc/passwd", arena_print(w.arena, "%s/b/link", tree)), 0);
	assert_int_equal(mkfifo(arena_print(w.arena, "%s/b/pipe", tree), 0600), 0);
}

static void
what_is_found_and_where(void **state)
{
	static const struct {
		const char *path, *text;
		bool regex;
		const char *places;
	} cases[] = {
		{ NULL, "needle", false, "/a.md:1 /b/deep/c.txt:3 /z:1 " },
		{ "/b", "needle", false, "/b/deep/c.txt:3 " },
		{ "/a.md", "needle", false, "/a.md:1 " },
		{ NULL, "(?i)needle", true, "/a.md:1 /a.md:3 /b/deep/c.txt:3 /z:1 " },
		{ NULL, "f.ur", false, "/a.md:4 " },
		{ NULL, "^[st].*[de]$", true, "/a.md:2 /a.md:3 " },
		{ NULL, "root:", false, "" },
	};
	struct document_matches m;

	(void)state;
	make_tree();
	for (size_t i = 0; i < COUNT(cases); i++) {
		m = searched(cases[i].path, cases[i].text, cases[i].regex);
		is_text(places(&m), cases[i].places, cases[i].text);
		is_true(m.stopped == NULL && m.unsearched == 0, cases[i].text);
	}
	m = searched("/z", "needle", false);
	is_str(m.match[0].text, STR("caf\357\277\275 needle"), "no UTF-8");
	m = searched("/a.md", "third", false);
	is_int(m.match[0].offset, 20, "offset");
	is_str(m.match[0].text, STR("third Needle"), "without its end");
	is_int(m.files, 1, "files");
}

static void
what_is_refused(void **state)
{
	static const struct {
		const char *path, *text;
		enum fault want;
	} cases[] = {
		{ "/missing", "x", FAULT_NOT_FOUND },
		{ "/..", "x", FAULT_NOT_FOUND },
		{ "/b/.git", "x", FAULT_NOT_FOUND },
		{ "/b/link", "x", FAULT_NOT_FOUND },
		{ "/b/pipe", "x", FAULT_NOT_FOUND },
		{ "/", "(", FAULT_BAD_FIELD },
		{ "/", "", FAULT_BAD_FIELD },
	};
	struct document_matches m;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct document_wish wish = { str_of(cases[i].text), str_of(cases[i].path), true, false, 10 };

		is_fault(documents_search(&w, &source, &wish, &m), cases[i].want, cases[i].path);
	}
}

static void
what_explodes_is_refused(void **state)
{
	struct document_wish wish = { STR("^(a+)+$"), STR("/evil"), true, false, 10 };
	struct out o = out_limit(w.arena, (size_t)1 << 20);
	struct document_matches m;

	(void)state;
	for (int i = 0; i < 1000; i++)
		out_put(&o, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n");
	put_bytes("evil", o.buf, o.n);
	/* Enough time for the steps to be what ends it. */
	settings->access_search_ms = 10000;
	is_fault(documents_search(&w, &source, &wish, &m), FAULT_BAD_FIELD, "evil");
	settings->access_search_ms = 2000;
}

static void
a_long_line_is_shown_in_part(void **state)
{
	struct out o = out_limit(w.arena, (size_t)1 << 20);
	struct document_matches m;

	(void)state;
	/* Longer than a block, the needle behind it, among characters of two bytes. */
	for (int i = 0; i < 150000; i++)
		out_put(&o, "\303\244");
	out_put(&o, "needle");
	for (int i = 0; i < 1000; i++)
		out_put(&o, "\303\244");
	out_put(&o, "\nneedle\n");
	put_bytes("long", o.buf, o.n);
	m = searched("/long", "needle", false);
	is_text(places(&m), "/long:1 /long:2 ", "long");
	is_true(m.match[0].text.n > 300 && m.match[0].text.n <= DOCUMENTS_SHOWN_MAX, "shown in part");
	has_text(arena_text(w.arena, m.match[0].text), "needle", "shown");
	is_true(strstr(arena_text(w.arena, m.match[0].text), "\357\277\275") == NULL, "no character is cut");
}

static void
where_it_stops(void **state)
{
	struct document_wish wish = { STR("e"), STR_NONE, false, false, 2 };
	const char *path = "deeper";
	struct document_matches m;

	(void)state;
	is_fault(documents_search(&w, &source, &wish, &m), FAULT_NONE, "two");
	is_int(m.n, 2, "matches");
	is_text(m.stopped, "matches", "matches");
	settings->access_search_ms = 0;
	wish.text = STR("nowhere");
	is_fault(documents_search(&w, &source, &wish, &m), FAULT_NONE, "no time");
	is_text(m.stopped, "time", "time");
	settings->access_search_ms = 2000;
	for (int i = 0; i < 40; i++) {
		make_folder(path);
		path = arena_print(w.arena, "%s/d", path);
	}
	m = searched("/deeper", "nowhere", false);
	is_text(m.stopped, "depth", "depth");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_and_where),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(what_explodes_is_refused),
		cmocka_unit_test(a_long_line_is_shown_in_part),
		cmocka_unit_test(where_it_stops),
	};

	return cmocka_run_group_tests(tests, tree_open, tree_close);
}
