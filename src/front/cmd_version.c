/*
 * cmd_version.c: claviger version
 */
#include "config.h"

#include <stdio.h>

#include "front/command.h"

int
cmd_version(const struct command_line *line)
{
	struct command_words words;
	int status = COMMAND_DONE;

	/* "claviger --version" comes without a row. */
	if (line->command != NULL && !command_options(line, NULL, 0, 0, &words, &status))
		return status;
	(void)printf("claviger %s\n", PACKAGE_VERSION);
	return fflush(stdout) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}
