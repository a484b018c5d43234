/*
 * test_documents.c: folders a page at a time, and documents a piece at a time.
 */
#include "config.h"

#include "documents/tree.h"

#include "documents/path.h"

static void
a_path_has_one_spelling(void **state)
{
	static const struct {
		struct str given;
		const char *path;
	} cases[] = {
		{ STR("/"), "/" },
		{ STR(""), "/" },
		{ STR_NONE, "/" },
		{ STR("a/b"), "/a/b" },
		{ STR("//a///b/"), "/a/b" },
		{ STR("/a b.md"), "/a b.md" },
		{ STR("/a\\b"), "/a\\b" },
		/* in whatever form the file system has it */
		{ STR("/e\314\201"), "/e\314\201" },
		{ STR("/.."), NULL },
		{ STR("/a/../b"), NULL },
		{ STR("/."), NULL },
		{ STR("/.git"), NULL },
		{ STR("/a/.GIT/config"), NULL },
		{ STR("/.github"), "/.github" },
		{ STR("/a\0b"), NULL },
		{ STR("/a\nb"), NULL },
		{ STR("/\377"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_text(documents_path(&w, cases[i].given), cases[i].path, shown(cases[i].given));
	is_true(documents_path(&w, str_of(arena_print(w.arena, "/%03000d", 1))) == NULL, "a long one");
}

static const char *
listed(const char *path, const char *after, int64_t limit, bool *more)
{
	struct out o = out_limit(w.arena, 4096);
	struct document_entry *e;
	size_t n;

	is_fault(documents_list(&w, &source, str_of(path), after, limit, &e, &n, more), FAULT_NONE, path);
	for (size_t i = 0; i < n; i++)
		out_print(&o, "%s%s ", e[i].name, e[i].folder ? "/" : "");
	return n == 0 ? "" : out_text(&o).s;
}

static void
a_folder_in_pages(void **state)
{
	struct document_entry *e;
	size_t n;
	bool more;

	(void)state;
	make_folder("f");
	make_folder("f/.git");
	make_folder("f/sub");
	put("f/.git/config", "[remote] url = https://user:secret@example.org");
	for (int i = 9; i >= 0; i--)
		put(arena_print(w.arena, "f/n%d", i), "");
	put("f/\377", "");
	assert_int_equal(symlink("/etc", arena_print(w.arena, "%s/f/link", tree)), 0);
	is_text(listed("/f", "", 500, &more), "n0 n1 n2 n3 n4 n5 n6 n7 n8 n9 sub/ ", "all");
	is_true(!more, "all");
	is_text(listed("/f", "", 3, &more), "n0 n1 n2 ", "first");
	is_true(more, "first");
	is_text(listed("/f", "n2", 3, &more), "n3 n4 n5 ", "next");
	is_text(listed("/f", "n8", 2, &more), "n9 sub/ ", "last");
	is_true(!more, "last");
	is_text(listed("/f/sub", "", 5, &more), "", "empty");
	for (const char *const *p =
		 (const char *[]){ "/f/link", "/missing", "/f/n1", "/f/.git", "/..", NULL };
	     *p != NULL; p++)
		is_fault(documents_list(&w, &source, str_of(*p), "", 5, &e, &n, &more), FAULT_NOT_FOUND, *p);
}

static void
a_document_by_pieces(void **state)
{
	/* an umlaut at bytes 4 and 5 */
	static const char text[] = "one\n\303\244wo\nthree\n";
	static const struct {
		struct document_range range;
		const char *text;
		int64_t offset, next;
		bool more;
	} cases[] = {
		{ { 0, 0, 0, 0 }, text, 0, 15, false },
		{ { 0, 0, 0, 15 }, text, 0, 15, false },
		{ { 0, 0, 0, 14 }, "one\n\303\244wo\nthree", 0, 14, true },
		{ { 0, 0, 0, 4 }, "one\n", 0, 4, true },
		{ { 0, 0, 0, 5 }, "one\n", 0, 4, true },
		{ { 4, 0, 0, 5 }, "\303\244wo\n", 4, 9, true },
		{ { 4, 0, 0, 1 }, "\357\277\275", 4, 5, true },
		{ { 5, 0, 0, 3 }, "\357\277\275wo", 5, 8, true },
		{ { 0, 2, 1, 0 }, "\303\244wo\n", 4, 9, true },
		{ { 0, 3, 5, 0 }, "three\n", 9, 15, false },
		{ { 0, 4, 1, 0 }, "", 15, 15, false },
		{ { 0, 900, 1, 0 }, "", 15, 15, false },
		{ { 99, 0, 0, 0 }, "", 99, 99, false },
		{ { 0, 1, 2, 0 }, "one\n\303\244wo\n", 0, 9, true },
	};
	struct document_piece p;

	(void)state;
	put("doc", text);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *what = arena_print(w.arena, "case %zu", i);

		is_fault(documents_read(&w, &source, STR("/doc"), &cases[i].range, &p), FAULT_NONE, what);
		is_str(p.text, str_of(cases[i].text), what);
		is_int(p.offset, cases[i].offset, what);
		is_int(p.next, cases[i].next, what);
		is_int(p.more, cases[i].more, what);
		is_int(p.size, 15, what);
	}
	is_text(p.path, "/doc", "path");
}

static void
what_is_no_text_is_not_read(void **state)
{
	static const struct document_range whole = { .offset = 0 };
	struct document_piece p;

	(void)state;
	put_bytes("picture", "\211PNG\r\n\032\n\0\0\0", 11);
	put("latin1", "caf\351");
	put("empty", "");
	is_fault(documents_read(&w, &source, STR("/picture"), &whole, &p), FAULT_NOT_TEXT, "picture");
	is_fault(documents_read(&w, &source, STR("/latin1"), &whole, &p), FAULT_NONE, "latin1");
	is_true(p.lossy, "latin1");
	is_str(p.text, STR("caf\357\277\275"), "latin1");
	is_fault(documents_read(&w, &source, STR("/empty"), &whole, &p), FAULT_NONE, "empty");
	is_true(!p.lossy && p.text.n == 0 && !p.more, "empty");
	is_fault(documents_read(&w, &source, STR("/none"), &whole, &p), FAULT_NOT_FOUND, "none");
	is_fault(documents_read(&w, &source, STR("/"), &whole, &p), FAULT_BAD_FIELD, "a folder");
}

/* Holes take no room on the disk, and must take none in memory. */
static void
a_document_of_a_gibibyte(void **state)
{
	static const struct document_range end = { .offset = (1 << 30) - 3 }, line = { .line = 2 };
	struct document_piece p;
	int fd;

	(void)state;
	put("huge", "begin");
	fd = open(arena_print(w.arena, "%s/huge", tree), O_WRONLY | O_CLOEXEC);
	for (off_t at = 5; at < 16384; at++)
		assert_int_equal(pwrite(fd, "x", 1, at), 1);
	assert_int_equal(pwrite(fd, "end", 3, (1 << 30) - 3), 3);
	(void)close(fd);
	is_fault(documents_read(&w, &source, STR("/huge"), &end, &p), FAULT_NONE, "its end");
	is_str(p.text, STR("end"), "its end");
	is_int(p.size, 1 << 30, "size");
	is_fault(documents_read(&w, &source, STR("/huge"), &line, &p), FAULT_BAD_FIELD,
	    "no second line near");
	is_true(arena_peak(w.arena) < (size_t)4 << 20, "memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_one_spelling),
		cmocka_unit_test(a_folder_in_pages),
		cmocka_unit_test(a_document_by_pieces),
		cmocka_unit_test(what_is_no_text_is_not_read),
		cmocka_unit_test(a_document_of_a_gibibyte),
	};

	return cmocka_run_group_tests(tests, tree_open, tree_close);
}
