/*
 * test_base_path.c: one spelling for a path, and what lies below what.
 */
#include "core/base_path.h"

#include "base/bench.h"

static const struct {
	struct str text;
	const char *path; /* NULL: refused */
} spellings[] = {
	{ STR("/"), "/" },
	{ STR(""), "/" },
	{ STR("//"), "/" },
	{ STR("///////"), "/" },
	{ STR("/a"), "/a" },
	{ STR("a"), "/a" },
	{ STR("a/b"), "/a/b" },
	{ STR("/a/"), "/a" },
	{ STR("/a//b///c//"), "/a/b/c" },
	{ STR("/a b/ c "), "/a b/ c " },
	{ STR("/..."), "/..." },
	{ STR("/.a/a./..a/a..b"), "/.a/a./..a/a..b" },
	{ STR("/ ."), "/ ." },
	{ STR("/a:b;c=d?e#f*"), "/a:b;c=d?e#f*" },
	{ STR("/~root"), "/~root" },
	/* the text is decoded already: a percent sign is one */
	{ STR("/%2e%2e/x"), "/%2e%2e/x" },
	{ STR("/a%2fb"), "/a%2fb" },
	{ STR("/a%00"), "/a%00" },
	{ STR("/100%"), "/100%" },
	{ STR("."), NULL },
	{ STR(".."), NULL },
	{ STR("/."), NULL },
	{ STR("/.."), NULL },
	{ STR("/a/."), NULL },
	{ STR("/a/./b"), NULL },
	{ STR("/a/.."), NULL },
	{ STR("/a/../b"), NULL },
	{ STR("/backups/../team"), NULL },
	{ STR("../a"), NULL },
	{ STR("//..//"), NULL },
	{ STR("/a\0b"), NULL },
	{ STR("/a\0"), NULL },
	{ STR("\0"), NULL },
	{ STR("/a\\b"), NULL },
	{ STR("\\"), NULL },
	{ STR("/..\\x"), NULL },
	{ STR("/a\n"), NULL },
	{ STR("/a\tb"), NULL },
	{ STR("/a\033b"), NULL },
	{ STR("/\177"), NULL },
	{ STR("/\302\205"), NULL },
	{ STR("/\342\200\250"), NULL },
	{ STR("/\377"), NULL },
	{ STR("/\303"), NULL },
	/* '.', '/' and '\' in two bytes each */
	{ STR("/\300\256\300\256/x"), NULL },
	{ STR("/a\300\257b"), NULL },
	{ STR("/a\301\234b"), NULL },
	{ STR("/caf\303\251"), "/caf\303\251" },
	{ STR("/cafe\314\201"), "/caf\303\251" },
	{ STR("/\342\204\253ngstr\303\266m"), "/\303\205ngstr\303\266m" },
	/* other characters that look like dots and slashes are none */
	{ STR("/\342\200\244\342\200\244/x"), "/\342\200\244\342\200\244/x" },
	{ STR("/\357\274\216\357\274\216/x"), "/\357\274\216\357\274\216/x" },
	{ STR("/a\342\210\225b"), "/a\342\210\225b" },
	{ STR("/a\357\274\217b"), "/a\357\274\217b" },
};

static void
paths_and_their_one_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(spellings); i++) {
		const char *path = base_path_normalize(w.arena, spellings[i].text);

		is_text(path, spellings[i].path, shown(spellings[i].text));
		if (path != NULL)
			is_text(base_path_normalize(w.arena, str_of(path)), path, "once more");
	}
}

static void
a_path_has_a_longest(void **state)
{
	char text[3 * BASE_PATH_MAX];
	const char *path;

	(void)state;
	memset(text, 'a', sizeof text);
	text[0] = '/';
	path = base_path_normalize(w.arena, str_part(text, BASE_PATH_MAX));
	is_int(path == NULL ? 0 : strlen(path), BASE_PATH_MAX, "as long as may be");
	is_text(base_path_normalize(w.arena, str_part(text, BASE_PATH_MAX + 1)), NULL, "one longer");
	/* without its leading '/' it would grow beyond */
	text[0] = 'a';
	is_text(base_path_normalize(w.arena, str_part(text, BASE_PATH_MAX)), NULL,
	    "one longer when it is whole");
	path = base_path_normalize(w.arena, str_part(text, BASE_PATH_MAX - 1));
	is_int(path == NULL ? 0 : strlen(path), BASE_PATH_MAX, "just not too long");
	/* U+0958 becomes two characters of three bytes each in NFC, and so longer */
	for (size_t i = 1; i + 3 <= sizeof text; i += 3)
		memcpy(text + i, "\340\245\230", 3);
	text[0] = '/';
	is_true(base_path_normalize(w.arena, str_part(text, 1 + 3 * 100)) != NULL, "twice as long in NFC");
	is_text(base_path_normalize(w.arena, str_part(text, 1 + 3 * 300)), NULL, "too long in NFC");
	memset(text, '/', sizeof text);
	is_text(base_path_normalize(w.arena, str_part(text, BASE_PATH_MAX)), "/", "only slashes");
}

struct covering {
	const char *base, *path;
	bool covers;
};

static void
check_covering(const struct covering *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *base = base_path_normalize(w.arena, str_of(rows[i].base));
		const char *path = base_path_normalize(w.arena, str_of(rows[i].path));
		char what[256];

		snprintf(what, sizeof what, "%s below %s", rows[i].path, rows[i].base);
		is_int(base_path_covers(base, path), rows[i].covers, what);
	}
}

static void
seed_3_23_the_path_table(void **state)
{
	static const struct covering rows[] = {
		{ "/", "/", true },
		{ "/", "/anything", true },
		{ "/", "/backups/2025", true },
		{ "/backups", "/backups", true },
		{ "/backups", "/backups/2025", true },
		{ "/backups", "/backups/2025/a.txt", true },
		{ "/backups", "/", false },
		{ "/backups", "/other", false },
		{ "/team/assets", "/team/assets", true },
		{ "/team/assets", "/team/assets/images", true },
		{ "/team/assets", "/team", false },
		{ "/team/assets", "/team/other", false },
		{ "/team/assets", "/assets", false },
		{ "/team/assets", "/", false },
	};

	(void)state;
	check_covering(rows, COUNT(rows));
}

static void
seed_3_23_a_neighbour_with_the_same_beginning_is_outside(void **state)
{
	static const struct covering rows[] = {
		{ "/backups", "/backups2", false },
		{ "/backups", "/backups2/x", false },
		{ "/backups", "/backups-old", false },
		{ "/backups", "/backup", false },
		{ "/backups", "/backups.txt", false },
		{ "/backups", "/backups%2f2025", false },
		{ "/backups", "/Backups", false },
		{ "/backups", "/x/backups", false },
		{ "/backups", "/backups /x", false },
		{ "/b", "/backups", false },
		{ "/backups2", "/backups", false },
		{ "/team/assets", "/team/assets2/images", false },
		{ "/team/assets", "/teamassets", false },
	};

	(void)state;
	check_covering(rows, COUNT(rows));
}

static void
seed_3_23_all_spellings_of_a_base_mean_the_same(void **state)
{
	static const struct covering rows[] = {
		{ "backups", "/backups/2025", true },
		{ "/backups/", "/backups", true },
		{ "//backups//", "/backups//2025/", true },
		{ "", "/anything", true },
		{ "/caf\303\251", "/cafe\314\201/x", true },
		{ "/cafe\314\201", "/caf\303\251/x", true },
		{ "/cafe", "/cafe\314\201", false },
	};

	(void)state;
	check_covering(rows, COUNT(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_and_their_one_spelling),
		cmocka_unit_test(a_path_has_a_longest),
		cmocka_unit_test(seed_3_23_the_path_table),
		cmocka_unit_test(seed_3_23_a_neighbour_with_the_same_beginning_is_outside),
		cmocka_unit_test(seed_3_23_all_spellings_of_a_base_mean_the_same),
	};

	return cmocka_run_group_tests_name("core/base_path", tests, bench_open, bench_close);
}
