/*
 * test_beneath.c: no path and no planted link leads out of the root.
 */
#include "config.h"

#include "base/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/is.h"

static char around[] = "/tmp/claviger-beneath-XXXXXX"; /* what the root is in, and must not be left for */
static int at = -1, root = -1;

static void
put(const char *name, const char *text)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static int
tree_open(void **state)
{
	char path[sizeof around + 8];

	(void)state;
	if (mkdtemp(around) == NULL || (at = open(around, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	if (mkdirat(at, "root", 0700) < 0 || mkdirat(at, "root/a", 0700) < 0 ||
	    mkdirat(at, "root_not", 0700) < 0 || symlinkat("../..", at, "root/up") < 0 ||
	    symlinkat("/etc", at, "root/etc") < 0 || symlinkat("a", at, "root/inner") < 0 ||
	    symlinkat("../../secret", at, "root/a/leak") < 0 || mkfifoat(at, "root/pipe", 0600) < 0)
		return -1;
	put("secret", "outside");
	put("root_not/f", "outside");
	put("root/a/f", "inside");
	(void)snprintf(path, sizeof path, "%s/root", around);
	root = beneath_root(path);
	return root < 0 ? -1 : 0;
}

static int
gone(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

static int
tree_close(void **state)
{
	(void)state;
	(void)close(root);
	(void)close(at);
	return nftw(around, gone, 8, FTW_DEPTH | FTW_PHYS);
}

static void
what_is_there_is_opened(void **state)
{
	struct beneath_seen seen;
	char text[16] = "";
	int fd = beneath_open(root, "/a/f", O_RDONLY, 0);

	(void)state;
	is_true(fd >= 0, "/a/f");
	is_int(read(fd, text, sizeof text), 6, "bytes");
	is_text(text, "inside", "text");
	is_int(beneath_look(fd, &seen), 0, "look");
	is_int(seen.sort, BENEATH_FILE, "sort");
	is_int(seen.size, 6, "size");
	is_true(seen.modified > 1500000000, "modified");
	(void)close(fd);
	is_int(beneath_stat(root, "/", &seen), 0, "/");
	is_int(seen.sort, BENEATH_FOLDER, "the root");
}

static void
what_leads_out_is_refused(void **state)
{
	static const struct {
		const char *path;
		int why;
	} cases[] = {
		{ "/up", ELOOP },
		{ "/up/secret", ELOOP },
		{ "/etc/passwd", ELOOP },
		{ "/inner/f", ELOOP },
		{ "/a/leak", ELOOP },
		{ "/../secret", EXDEV },
		{ "/a/../../secret", EXDEV },
		{ "/a/../../root_not/f", EXDEV },
		{ "//../secret", EXDEV },
		{ "/missing", ENOENT },
		{ "/a/f/g", ENOTDIR },
		{ "/../root/a/f", EXDEV },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		errno = 0;
		is_int(beneath_open(root, cases[i].path, O_RDONLY, 0), -1, cases[i].path);
		is_int(errno, cases[i].why, cases[i].path);
		errno = 0;
		is_int(beneath_open(root, cases[i].path, O_WRONLY | O_CREAT | O_EXCL, 0600) >= 0,
		    cases[i].why == ENOENT, cases[i].path);
	}
	is_int(unlinkat(root, "missing", 0), 0, "made by the way");
}

static void
a_link_and_a_pipe_are_neither_file_nor_folder(void **state)
{
	struct beneath_seen seen;
	int fd;

	(void)state;
	is_int(beneath_stat(root, "/a/leak", &seen), 0, "a link itself may be looked at");
	is_int(seen.sort, BENEATH_OTHER, "a link");
	fd = beneath_open(root, "/pipe", O_RDONLY, 0);
	is_true(fd >= 0, "nobody writes into it, and we are not held up");
	is_int(beneath_look(fd, &seen), 0, "look");
	is_int(seen.sort, BENEATH_OTHER, "a pipe");
	(void)close(fd);
}

static void
the_folder_of_a_path(void **state)
{
	static const struct {
		const char *path, *name;
		bool there;
	} cases[] = {
		{ "/x", "x", true },
		{ "/a/x", "x", true },
		{ "/missing/x", "x", false },
		{ "/up/x", "x", false },
		{ "/inner/x", "x", false },
		{ "/", ".", false },
		{ "/..", "..", false },
		{ "/a/..", "..", false },
		{ "/a/", "", false },
	};
	const char *name;
	int fd;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		fd = beneath_parent(root, cases[i].path, &name);
		is_int(fd >= 0, cases[i].there, cases[i].path);
		is_text(name, cases[i].name, cases[i].path);
		if (fd >= 0)
			(void)close(fd);
	}
}

static bool
count_sorts(void *ctx, const char *name, const struct beneath_seen *seen)
{
	(void)name;
	((int *)ctx)[seen->sort]++;
	return true;
}

static bool
stop(void *ctx, const char *name, const struct beneath_seen *seen)
{
	return count_sorts(ctx, name, seen) && false;
}

static void
a_folder_is_listed(void **state)
{
	int sorts[BENEATH_OTHER + 1] = { 0 }, one[BENEATH_OTHER + 1] = { 0 };

	(void)state;
	is_int(beneath_list(root, "/", count_sorts, sorts), 0, "/");
	is_int(sorts[BENEATH_FILE], 0, "files");
	is_int(sorts[BENEATH_FOLDER], 1, "folders");
	is_int(sorts[BENEATH_OTHER], 4, "three links and a pipe");
	is_int(beneath_list(root, "/", stop, one), 0, "/");
	is_int(one[0] + one[1] + one[2], 1, "stopped after one");
	is_int(beneath_list(root, "/a/f", count_sorts, sorts), -1, "a file");
	is_int(beneath_list(root, "/up", count_sorts, sorts), -1, "a link");
}

static void
a_root_behind_a_link_is_none(void **state)
{
	char path[sizeof around + 16];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/root/inner", around);
	is_int(beneath_root(path), -1, "a link at the end");
	(void)snprintf(path, sizeof path, "%s/root/up/root", around);
	is_int(beneath_root(path), -1, "a link on the way");
	(void)snprintf(path, sizeof path, "%s/secret", around);
	is_int(beneath_root(path), -1, "a file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_opened),
		cmocka_unit_test(what_leads_out_is_refused),
		cmocka_unit_test(a_link_and_a_pipe_are_neither_file_nor_folder),
		cmocka_unit_test(the_folder_of_a_path),
		cmocka_unit_test(a_folder_is_listed),
		cmocka_unit_test(a_root_behind_a_link_is_none),
	};

	return cmocka_run_group_tests(tests, tree_open, tree_close);
}
