/*
 * main.c: which command, with which settings.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front/command.h"

#define CONFIG_DEFAULT SYSCONFDIR "/claviger/claviger.conf"

static void
show_commands(FILE *f)
{
	(void)fputs("usage: claviger [--config FILE] COMMAND ...\n\n", f);
	for (const struct command *c = commands; c->name != NULL; c++)
		(void)fprintf(f, "  %-10s %s\n", c->name, c->about);
	(void)fputs("\nclaviger COMMAND --help shows how it is called; claviger(8) explains.\n", f);
}

static int
misused(const char *word, const char *what)
{
	(void)fprintf(stderr, "claviger: %s%s%s\n", word, word[0] == '\0' ? "" : ": ", what);
	show_commands(stderr);
	return COMMAND_USAGE;
}

/*
 * The options before the command, into *line; *status is where to end, or -1 to
 * go on.
 */
static void
take_own_options(struct command_line *line, int *status)
{
	for (; line->argc > 0 && line->argv[0][0] == '-'; line->argc--, line->argv++) {
		const char *word = line->argv[0];

		if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
			show_commands(stdout);
			*status = COMMAND_DONE;
		} else if (strcmp(word, "--version") == 0) {
			*status = cmd_version(line);
		} else if (strncmp(word, "--config=", 9) == 0) {
			line->config = word + 9;
		} else if (strcmp(word, "--config") == 0 && line->argc > 1) {
			line->config = line->argv[1];
			line->argc--;
			line->argv++;
		} else {
			*status = misused(word,
			    strcmp(word, "--config") == 0 ? "a file must follow" : "there is no such option");
		}
		if (*status >= 0)
			return;
	}
}

static const struct command *
find(const char *name)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static const char *
default_config(void)
{
	const char *named = getenv("CLAVIGER_CONFIG");

	return named != NULL && named[0] != '\0' ? named : CONFIG_DEFAULT;
}

int
main(int argc, char **argv)
{
	struct command_line line = { .config = default_config(), .argc = argc - 1, .argv = argv + 1 };
	int status = -1;

	take_own_options(&line, &status);
	if (status >= 0)
		return status;
	if (line.argc == 0)
		return misused("", "a command is missing");
	if ((line.command = find(line.argv[0])) == NULL)
		return misused(line.argv[0], "there is no such command");
	line.argc--;
	line.argv++;
	return line.command->run(&line);
}
