/*
 * test_db_hostile.c: thousands of paths and names that want to be somewhere else,
 * each for looking, writing, making, renaming and moving, by a key that is limited
 * to /backups: what lies outside is neither read nor changed.
 */
#include "files/disk.h"

#include "core/base_path.h"

/* Everything outside of the base: told by its names, contents, and times of change. */
static struct out seen;

static int
see(const char *path, const struct stat *st, int sort, struct FTW *at)
{
	(void)sort, (void)at;
	if (strstr(path, "/disk/backups/") == NULL && strcmp(path + strlen(path) - 13, "/disk/backups") != 0)
		out_print(&seen, "%s %o %lld %lld.%ld\n", path, st->st_mode, (long long)st->st_size,
		    (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	return 0;
}

static const char *
outside(void)
{
	seen = out_limit(w.arena, 1 << 16);
	assert_int_equal(nftw(around, see, 16, FTW_PHYS), 0);
	return out_text(&seen).s;
}

static const char *const parts[] = { "..", ".", "", "backups", "backups2", "Backups", "backup", "secret",
	"%2e%2e", "%2f", "..%2f", "%252e", "..\\", "\\", "\xc0\xae\xc0\xae", "\xe2\x80\xa5", "\xef\xbc\x8f",
	"\xe2\x88\x95", "..;", "\x01", "\x7f", "\n", " ", "link", "top", "~", "*", "backups\xcc\x81", "\xff",
	".claviger-x" };
static const char *const joints[] = { "/", "//", "\\" };

/* The i-th of them: up to four parts, joined in one way, from the root, the base, or nowhere. */
static struct str
path_of(size_t i)
{
	static const char *const begins[] = { "/", "", "/backups/", "/backups2/", "//", "/backups" };
	struct out o = out_limit(w.arena, 1 << 15);
	const char *joint;

	out_put(&o, begins[i % COUNT(begins)]);
	i /= COUNT(begins);
	joint = joints[i % COUNT(joints)];
	i /= COUNT(joints);
	for (size_t n = 0; n < 3; n++, i /= COUNT(parts)) {
		out_put(&o, n == 0 ? "" : joint);
		out_put(&o, parts[(i + n * 7) % COUNT(parts)]);
	}
	return out_text(&o);
}

static void
no_leak(enum fault f, struct str path, const struct file *file)
{
	const char *what = shown(path);

	is_true(fault_status(f) < 500, what);
	if (f != FAULT_NONE)
		return;
	/* A way to the base, or below it. */
	is_true(base_path_covers("/backups", file->path) || strcmp(file->path, "/backups") == 0, what);
}

static struct file inside, folder;

static void
try(struct str path)
{
	struct file f = { .path = "" };
	enum fault found = files_find(&w, PROVIDER, path, &f);

	no_leak(found, path, &f);
	f.path = "";
	no_leak(files_put(&w, PROVIDER, path, true, body("x"), &f), path, &f);
	f.path = "";
	no_leak(files_make_folder(&w, PROVIDER, folder.id, path, &f), path, &f);
	f.path = "";
	no_leak(files_rename(&w, inside.id, path, &f), path, &f);
	no_leak(files_move_to(&w, inside.id, arena_text(w.arena, path), &f), path,
	    &(struct file){ .path = "" });
	no_leak(files_delete(&w, arena_text(w.arena, path)), path, &(struct file){ .path = "" });
}

static void
put_things(void)
{
	put_folder("/backups");
	put_folder("/backups/in");
	put_folder("/backups2");
	put("/backups/in/file", "inside");
	put("/backups2/secret", "secret");
	put("/secret", "secret");
	put("/top", "secret");
	assert_int_equal(symlink("../backups2", on_disk("/backups/link")), 0);
	assert_int_equal(symlink("/etc", on_disk("/backups/top")), 0);
	assert_int_equal(symlink("../secret", on_disk("/backups/secret")), 0);
	assert_int_equal(symlink("/", on_disk("/link")), 0);
}

static void
five_thousand_paths(void **state)
{
	size_t step = COUNT(parts) * COUNT(parts) * COUNT(parts) * 18 / 5100 | 1;
	const char *before;
	size_t n = 0;

	(void)state;
	put_things();
	inside = find("/backups/in/file");
	folder = find("/backups/in");
	inside.id = strdup(inside.id);
	folder.id = strdup(folder.id);
	ask_as_key(SCOPE_ADMIN, "/backups");
	before = strdup(outside());
	for (size_t i = 0; n < 5100; i += step, n++) {
		bench_clear();
		try(path_of(i));
	}
	is_text(outside(), before, "nothing outside has changed");
	free((void *)(uintptr_t)before);
	free((void *)(uintptr_t)inside.id);
	free((void *)(uintptr_t)folder.id);
}

static void
long_paths(void **state)
{
	static char text[10240];

	(void)state;
	put_things();
	inside = find("/backups/in/file");
	folder = find("/backups/in");
	ask_as_key(SCOPE_ADMIN, "/backups");
	for (size_t n = 200; n < sizeof text; n += 331) {
		memset(text, 'x', n);
		memcpy(text, "/backups/", 9);
		try((struct str){ text, n });
		for (size_t i = 9; i < n; i += 2)
			text[i] = '/';
		try((struct str){ text, n });
		for (size_t i = 0; i + 3 <= n; i += 3)
			memcpy(text + i, "../", 3);
		try((struct str){ text, n });
	}
	try((struct str){ "/backups/a\0/../../top", 21 });
}

/* While it is written to, a folder is swapped for a link and back, all the time. */
static void
a_folder_that_is_swapped_for_a_link(void **state)
{
	struct file f;
	int status;
	pid_t swapper;

	(void)state;
	put_things();
	inside = find("/backups/in/file");
	inside.id = strdup(inside.id);
	ask_as_key(SCOPE_ADMIN, "/backups");
	fflush(NULL);
	if ((swapper = fork()) == 0) {
		const char *in = on_disk("/backups/in"), *away = on_disk("/backups/away");
		const char *link = on_disk("/backups/link");

		for (;;) {
			(void)renameat2(AT_FDCWD, in, AT_FDCWD, away, 0);
			(void)renameat2(AT_FDCWD, link, AT_FDCWD, in, 0);
			(void)renameat2(AT_FDCWD, in, AT_FDCWD, link, 0);
			(void)renameat2(AT_FDCWD, away, AT_FDCWD, in, 0);
		}
	}
	for (int i = 0; i < 200; i++) {
		struct files_page page = { .limit = 10 };
		struct file *rows;
		size_t n, total;
		enum fault a, b;

		bench_clear();
		a = files_put(&w, PROVIDER, STR("/backups/in/new"), true, body("x"), &f);
		is_true(fault_status(a) < 500, "written");
		b = files_find(&w, PROVIDER, STR("/backups/in/secret"), &f);
		is_true(b != FAULT_NONE, "what is behind the link");
		a = files_list(&w, PROVIDER, NULL, &page, &rows, &n, &total);
		is_true(fault_status(a) < 500, "listed");
	}
	(void)kill(swapper, SIGKILL);
	assert_int_equal(waitpid(swapper, &status, 0), swapper);
	is_text(content_of("/backups2/new"), NULL, "nothing was written there");
	is_text(content_of("/backups2/secret"), "secret", "nor changed");
	free((void *)(uintptr_t)inside.id);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(five_thousand_paths, disk_fresh),
		cmocka_unit_test_setup(long_paths, disk_fresh),
		cmocka_unit_test_setup(a_folder_that_is_swapped_for_a_link, disk_fresh),
	};

	return cmocka_run_group_tests(tests, disk_open, disk_close);
}
