/*
 * test_command.c: the words of a command line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "front/command.h"

static const char *name;
static bool json;
static struct command_words words;

static int
show(const struct command_line *line)
{
	const struct command_option options[] = { OPTION_TEXT("name", &name), OPTION_FLAG("json", &json),
		OPTION_END };
	int status;

	return command_options(line, options, 0, 2, &words, &status) ? 100 : status;
}

static const struct command thing = { "thing", show, "a command", "thing [--name NAME] [--json] [A [B]]" };
static const struct command things[] = {
	{ "show", show, "a command", "things show" },
	{ NULL, NULL, NULL, NULL },
};

/* Cut a text at its blanks and run it; what it says is not looked at. */
static int
run(const char *text, int (*run_it)(const struct command_line *))
{
	static char copy[256];
	char *argv[16];
	struct command_line line = { .command = &thing, .argc = 0, .argv = argv };

	(void)snprintf(copy, sizeof copy, "%s", text);
	for (char *at = copy; *at != '\0'; at += strspn(at, " ")) {
		argv[line.argc++] = at;
		at += strcspn(at, " ");
		if (*at != '\0')
			*at++ = '\0';
	}
	name = NULL;
	json = false;
	return run_it(&line);
}

static void
words_and_options(void **state)
{
	static const struct {
		const char *in;
		int status, n;
		const char *name;
		bool json;
	} cases[] = {
		{ "", 100, 0, NULL, false },
		{ "a b", 100, 2, NULL, false },
		{ "a b c", COMMAND_USAGE, 0, NULL, false },
		{ "--name x a", 100, 1, "x", false },
		{ "a --name=x --json b", 100, 2, "x", true },
		{ "--name= a", 100, 1, "", false },
		{ "--name", COMMAND_USAGE, 0, NULL, false },
		{ "--name --json", 100, 0, "--json", false },
		{ "--json=yes", COMMAND_USAGE, 0, NULL, false },
		{ "--nam x", COMMAND_USAGE, 0, NULL, false },
		{ "-n x", COMMAND_USAGE, 0, NULL, false },
		{ "-", 100, 1, NULL, false },
		{ "-- --json -x", 100, 2, NULL, false },
		{ "--help --nonsense", COMMAND_DONE, 0, NULL, false },
		{ "a -h", COMMAND_DONE, 0, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int status = run(cases[i].in, show);

		if (status != cases[i].status)
			fail_msg("\"%s\": status %d", cases[i].in, status);
		if (status != 100)
			continue;
		if (words.n != cases[i].n || json != cases[i].json)
			fail_msg("\"%s\": %d words, json %d", cases[i].in, words.n, json);
		if (cases[i].name == NULL ? name != NULL : name == NULL || strcmp(name, cases[i].name) != 0)
			fail_msg("\"%s\": name %s", cases[i].in, name == NULL ? "(none)" : name);
	}
}

static struct command_texts tags;

static int
gather(const struct command_line *line)
{
	const struct command_option options[] = { OPTION_TEXTS("tag", &tags), OPTION_END };
	int status;

	tags.n = 0;
	return command_options(line, options, 0, 1, &words, &status) ? 100 : status;
}

static void
an_option_more_than_once(void **state)
{
	static char word[] = "--tag=x";
	char *argv[COMMAND_TEXTS_MAX + 1];
	struct command_line line = { .command = &thing, .argc = COMMAND_TEXTS_MAX, .argv = argv };

	(void)state;
	assert_int_equal(run("--tag a w --tag=b --tag", gather), COMMAND_USAGE);
	assert_int_equal(run("--tag a w --tag=b", gather), 100);
	assert_int_equal(tags.n, 2);
	assert_string_equal(tags.v[0], "a");
	assert_string_equal(tags.v[1], "b");
	assert_int_equal(words.n, 1);
	for (size_t i = 0; i < COUNT(argv); i++)
		argv[i] = word;
	assert_int_equal(gather(&line), 100);
	assert_int_equal(tags.n, COMMAND_TEXTS_MAX);
	line.argc++;
	assert_int_equal(gather(&line), COMMAND_USAGE);
}

static int
branch(const struct command_line *line)
{
	return command_branch(line, things);
}

static void
commands_of_commands(void **state)
{
	(void)state;
	assert_int_equal(run("show a b", branch), 100);
	assert_int_equal(words.n, 2);
	assert_string_equal(words.v[1], "b");
	assert_int_equal(run("", branch), COMMAND_USAGE);
	assert_int_equal(run("hide", branch), COMMAND_USAGE);
	assert_int_equal(run("--help", branch), COMMAND_DONE);
	assert_int_equal(run("show --help", branch), COMMAND_DONE);
}

static void
every_command_has_all_its_columns(void **state)
{
	(void)state;
	for (const struct command *c = commands; c->name != NULL; c++) {
		assert_non_null(c->run);
		assert_true(c->about[0] != '\0');
		assert_true(strncmp(c->usage, c->name, strlen(c->name)) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_options),
		cmocka_unit_test(an_option_more_than_once),
		cmocka_unit_test(commands_of_commands),
		cmocka_unit_test(every_command_has_all_its_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
