/*
 * cmd_serve.c: claviger serve
 *
 * It stays in the foreground, as service managers want it.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "front/command.h"
#include "front/master.h"

int
cmd_serve(const struct command_line *line)
{
	bool foreground = true;
	const struct command_option options[] = { OPTION_FLAG("foreground", &foreground), OPTION_END };
	struct command_words words;
	struct setup *setup;
	int status;

	if (!command_options(line, options, 0, 0, &words, &status))
		return status;
	if ((setup = setup_read(line->config, command_problem, NULL)) == NULL)
		return COMMAND_FAILED;
	if (!log_open(setup->settings->service_log_file)) {
		status = command_failed("%s: %s", setup->settings->service_log_file, strerror(errno));
		setup_free(&setup);
		return status;
	}
	return master_run(line->config, setup, command_problem, NULL) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}
