/*
 * test_conf.c: small files of the administrator: what is read of them, and
 * what is told when they cannot be used.
 */
#include "base/conf.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/bench.h"

static char path[] = "/tmp/claviger-file.XXXXXX";

static int
start(void **state)
{
	int fd = mkstemp(path);

	if (fd >= 0)
		close(fd);
	return fd >= 0 ? bench_open(state) : -1;
}

static int
stop(void **state)
{
	unlink(path);
	return bench_close(state);
}

static void
write_file(struct str text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.s, 1, text.n, f), text.n);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static void
the_text_without_its_last_line_end(void **state)
{
	static const struct {
		struct str text, want;
	} cases[] = {
		{ STR("secret\n"), STR("secret") },
		{ STR("secret"), STR("secret") },
		{ STR("secret\r\n"), STR("secret") },
		{ STR("a\nb\n\n"), STR("a\nb") },
		{ STR(" blanks stay \n"), STR(" blanks stay ") },
		{ STR(""), STR("") },
		{ STR("\n"), STR("") },
		{ STR("0123456789"), STR("0123456789") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *why = "x";

		write_file(cases[i].text, 0600);
		is_str(conf_file(w.arena, path, 20, true, &why), cases[i].want, shown(cases[i].text));
		is_text(why, NULL, shown(cases[i].text));
	}
}

static void
a_file_that_cannot_be_used_is_told(void **state)
{
	static const struct {
		const char *what;
		struct str text;
		mode_t mode;
		bool secret;
		const char *why; /* NULL: it can be used */
	} cases[] = {
		{ "as large as may be", STR("12345678901234567890"), 0600, true, NULL },
		{ "one byte larger", STR("123456789012345678901"), 0600, true, "at most 20 bytes" },
		{ "a secret others may read", STR("x"), 0604, true, "others may read it" },
		{ "a secret others may write", STR("x"), 0602, true, "others may read it" },
		{ "a secret of a group", STR("x"), 0640, true, NULL },
		{ "no secret", STR("x"), 0644, false, NULL },
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str got;

		write_file(cases[i].text, cases[i].mode);
		got = conf_file(w.arena, path, 20, cases[i].secret, &why);
		is_int(got.s != NULL, cases[i].why == NULL, cases[i].what);
		if (cases[i].why != NULL) {
			has_text(why, cases[i].why, cases[i].what);
			is_true(strncmp(why, path, strlen(path)) == 0, cases[i].what);
		}
	}
	is_str(conf_file(w.arena, "/nowhere/file", 20, true, &why), STR_NONE, "not there");
	is_text(why, "/nowhere/file: cannot be read: No such file or directory", "not there");
	is_str(conf_file(w.arena, "/tmp", 100000, false, &why), STR_NONE, "a directory");
	has_text(why, "/tmp: must be a file", "a directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_without_its_last_line_end),
		cmocka_unit_test(a_file_that_cannot_be_used_is_told),
	};

	return cmocka_run_group_tests_name("base/conf", tests, start, stop);
}
