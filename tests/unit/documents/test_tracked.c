/*
 * test_tracked.c: indexes of Git, good and broken, and what is shown of a working tree.
 */
#include "config.h"

#include "documents/tree.h"

#include "documents/file.h"
#include "documents/git_index.h"
#include "documents/tracked.h"

/* --- an index, made by hand --- */

static char made[64 << 10];
static size_t made_n, hash_n, entries;
static unsigned version;
static const char *before;

static void
add(const void *bytes, size_t n)
{
	memcpy(made + made_n, bytes, n);
	made_n += n;
}

static void
add_number(uint32_t v)
{
	char b[] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };

	add(b, 4);
}

static void
start(unsigned v, size_t hash)
{
	memset(made, 0, sizeof made);
	made_n = entries = 0;
	version = v;
	hash_n = hash;
	before = "";
	add("DIRC", 4);
	add_number(v);
	add_number(0);
}

static void
entry(const char *path, uint32_t mode, unsigned flags)
{
	size_t begin = made_n, n = strlen(path), same = 0;
	char stat[40] = { 0 };

	add(stat, 24);
	add_number(mode);
	add(stat, 12);
	memset(made + made_n, 0x5a, hash_n);
	made_n += hash_n;
	flags |= n < 0xfff ? (unsigned)n : 0xfff;
	add((char[]){ (char)(flags >> 8), (char)flags }, 2);
	if ((flags & 0x4000) != 0)
		add("\x20\0", 2);
	while (version == 4 && before[same] != '\0' && before[same] == path[same])
		same++;
	if (version == 4)
		add((char[]){ (char)(strlen(before) - same) }, 1);
	add(path + same, n - same + 1);
	while (version < 4 && (made_n - begin) % 8 != 0)
		add("", 1);
	before = path;
	made[11] = (char)++entries;
}

static void
extension(const char *name, uint32_t n)
{
	add(name, 4);
	add_number(n);
	made_n += n;
}

static void
finish(void)
{
	made_n += hash_n;
	put_bytes("index", made, made_n);
}

static bool
note(void *ctx, struct str path)
{
	out_str(ctx, path);
	out_char(ctx, ' ');
	return true;
}

/* The paths, a blank behind each; "broken". */
static const char *
paths(void)
{
	struct out o = out_limit(w.arena, 16 << 10);
	int fd = open(arena_print(w.arena, "%s/index", tree), O_RDONLY | O_CLOEXEC);
	bool good = git_index_read(fd, note, &o);

	(void)close(fd);
	if (!good)
		return "broken";
	return out_text(&o).n == 0 ? "" : arena_text(w.arena, out_text(&o));
}

#define PLAIN 0100644

static void
all_versions_and_names(void **state)
{
	const char *longer = arena_print(w.arena, "l/%03000d/%01000d", 1, 2);

	(void)state;
	for (unsigned v = 2; v <= 4; v++) {
		for (size_t hash = 20; hash <= 32; hash += 12) {
			const char *what = arena_print(w.arena, "version %u, %zu bytes", v, hash);

			start(v, hash);
			entry("a", PLAIN, 0);
			entry("a-b", 0100755, v == 2 ? 0 : 0x4000);
			entry("a/b", PLAIN, 0x8000);
			entry("a/bc", PLAIN, 0x1000);
			entry("a/bc", PLAIN, 0x2000);
			entry("j", 0120000, 0);
			entry("k", 0160000, 0);
			entry(longer, PLAIN, 0);
			extension("TREE", 13);
			finish();
			is_text(paths(), arena_print(w.arena, "a a-b a/b a/bc a/bc %s ", longer), what);
			start(v, hash);
			finish();
			is_text(paths(), "", what);
		}
	}
	start(4, 20);
	entry("a", PLAIN, 0);
	entry("b/", 0040000, 0x4000);
	extension("sdir", 0);
	finish();
	is_text(paths(), "a ", "sparse");
}

static void
broken_ones(void **state)
{
	static const struct {
		const char *what, *first, *second;
		uint32_t mode;
		unsigned flags;
	} cases[] = {
		{ "not in order", "b", "a", PLAIN, 0 },
		{ "the same twice", "a", "a", PLAIN, 0 },
		{ "an empty path", "", "a", PLAIN, 0 },
		{ "from the root", "/a", "b", PLAIN, 0 },
		{ "an empty step", "a//b", "b", PLAIN, 0 },
		{ "a slash at the end", "a/", "b", PLAIN, 0 },
		{ "no such mode", "a", "b", 0010644, 0 },
		{ "more flags than there may be", "a", "b", PLAIN, 0x4000 },
		{ "another length", "a", "b", PLAIN, 2 },
	};

	const char *longest;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		start(2, 20);
		entry(cases[i].first, cases[i].mode, cases[i].flags);
		entry(cases[i].second, PLAIN, 0);
		finish();
		is_text(paths(), "broken", cases[i].what);
	}
	start(2, 20);
	entry("a", PLAIN, 0);
	extension("link", 20);
	finish();
	is_text(paths(), "broken", "a split one");
	start(4, 20);
	entry("a", PLAIN, 0);
	entry("b", PLAIN, 0);
	made[made_n - 3] = 2; /* takes more off than there was */
	finish();
	is_text(paths(), "broken", "nothing to take off");
	start(4, 20);
	longest = arena_print(w.arena, "%0*d", GIT_PATH_MAX, 1);
	entry(arena_print(w.arena, "%.*s", GIT_PATH_MAX - 3, longest), PLAIN, 0);
	entry(longest, PLAIN, 0);
	finish();
	is_int(strlen(paths()), 2 * GIT_PATH_MAX - 1, "the longest path there may be");
	start(2, 20);
	entry(arena_print(w.arena, "%05000d", 1), PLAIN, 0);
	finish();
	is_text(paths(), "broken", "a path that is too long");
	start(2, 20);
	entry("a", PLAIN, 0);
	entry("b/c", PLAIN, 0);
	extension("TREE", 5);
	finish();
	/* Cut off behind all entries it is one without an extension: the checksum is not asked. */
	for (size_t n = 0; n < made_n - 13; n++) {
		put_bytes("index", made, n);
		is_text(paths(), "broken", arena_print(w.arena, "the first %zu bytes", n));
	}
}

/* --- a working tree --- */

static void
make_tree(void)
{
	make_folder(".git");
	make_folder("docs");
	make_folder("build");
	put(".git/config", "needle");
	put("README", "needle");
	put("notes", "needle");
	put("docs/one", "needle");
	put("docs/secret", "needle");
	put("build/out", "needle");
	put("swapped", "needle");
}

static const char *
seen_of(const char *folder)
{
	struct out o = out_limit(w.arena, 4096);
	struct document_entry *e;
	bool more;
	size_t n;
	enum fault f = documents_list(&w, &source, str_of(folder), "", 100, &e, &n, &more);

	if (f != FAULT_NONE)
		return f == FAULT_CONFLICT ? "closed" : "none";
	for (size_t i = 0; i < n; i++)
		out_print(&o, "%s%s ", e[i].name, e[i].folder ? "/" : "");
	return out_text(&o).n == 0 ? "" : out_text(&o).s;
}

static const char *
matches(const char *path)
{
	struct document_wish wish = { .text = STR("needle"), .path = str_of(path), .limit = 100 };
	struct out o = out_limit(w.arena, 4096);
	struct document_matches found;

	if (documents_search(&w, &source, &wish, &found) != FAULT_NONE)
		return "none";
	for (size_t i = 0; i < found.n; i++)
		out_print(&o, "%s ", found.match[i].path);
	return out_text(&o).n == 0 ? "" : out_text(&o).s;
}

static enum fault
readable(const char *path)
{
	struct document_range range = { .offset = 0 };
	struct document_piece piece;

	return documents_read(&w, &source, str_of(path), &range, &piece);
}

static void
reopen(enum fault want, const char *what)
{
	tracked_close(&source);
	is_fault(tracked_open(&w, &source), want, what);
}

static void
only_what_is_tracked(void **state)
{
	(void)state;
	make_tree();
	reopen(FAULT_NONE, "no repository");
	is_text(seen_of("/"), "README build/ docs/ index notes swapped ", "a plain directory");
	put(".git/HEAD", "ref: refs/heads/main\n");
	reopen(FAULT_NONE, "a new one");
	is_text(seen_of("/"), "", "nothing is tracked");
	is_text(matches("/"), "", "nothing is tracked");
	start(2, 20);
	entry(".git/config", PLAIN, 0);
	entry("README", PLAIN, 0);
	entry("docs/one", PLAIN, 0);
	entry("docs/one/more", PLAIN, 0);
	entry("gone", PLAIN, 0);
	entry("swapped/below", PLAIN, 0);
	finish();
	put_bytes(".git/index", made, made_n);
	reopen(FAULT_NONE, "a working tree");
	is_text(seen_of("/"), "README docs/ ", "the root");
	is_text(seen_of("/docs"), "one ", "a folder");
	is_text(seen_of("/build"), "none", "a folder that is not tracked");
	is_text(matches("/"), "/README /docs/one ", "all");
	is_text(matches("/docs"), "/docs/one ", "of a folder");
	is_text(matches("/docs/one"), "/docs/one ", "of a document");
	is_text(matches("/docs/secret"), "none", "of one that is not tracked");
	is_text(matches("/build"), "none", "of a folder that is not tracked");
	is_fault(readable("/docs/one"), FAULT_NONE, "tracked");
	is_fault(readable("/docs"), FAULT_BAD_FIELD, "a folder");
	is_fault(readable("/docs/secret"), FAULT_NOT_FOUND, "not tracked");
	is_fault(readable("/build"), FAULT_NOT_FOUND, "a folder that is not tracked");
	is_fault(readable("/swapped"), FAULT_NOT_FOUND, "a folder to Git, a file now");
	is_fault(readable("/.git/config"), FAULT_NOT_FOUND, "whatever the index says");
}

static void
closed_where_it_cannot_be_told(void **state)
{
	const char *index = arena_print(w.arena, "%s/.git/index", tree);

	(void)state;
	put_bytes(".git/index", "DIRC", 4);
	reopen(FAULT_NONE, "looked at when it is needed");
	is_text(seen_of("/"), "closed", "a broken index");
	is_text(matches("/"), "none", "a broken index");
	is_fault(readable("/README"), FAULT_CONFLICT, "a broken index");
	assert_int_equal(remove(index), 0);
	assert_int_equal(symlink("../index", index), 0);
	reopen(FAULT_CONFLICT, "a link for an index");
	assert_int_equal(remove(index), 0);
	assert_int_equal(mkdir(index, 0700), 0);
	reopen(FAULT_CONFLICT, "a folder for an index");
	assert_int_equal(rename(arena_print(w.arena, "%s/.git", tree), arena_print(w.arena, "%s/was", tree)),
	    0);
	put(".git", "gitdir: /elsewhere\n");
	reopen(FAULT_CONFLICT, "a repository elsewhere");
	assert_int_equal(remove(arena_print(w.arena, "%s/.git", tree)), 0);
	assert_int_equal(symlink("was", arena_print(w.arena, "%s/.git", tree)), 0);
	reopen(FAULT_CONFLICT, "a link to a repository");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_versions_and_names),
		cmocka_unit_test(broken_ones),
		cmocka_unit_test(only_what_is_tracked),
		cmocka_unit_test(closed_where_it_cannot_be_told),
	};

	return cmocka_run_group_tests_name("documents/tracked", tests, tree_open, tree_close);
}
