/*
 * cmd_mcp.c: claviger mcp
 *
 * For programs that start their servers and talk to them over standard input and
 * output: each line is a message, and so is each line that comes back.  Needs no
 * configuration and runs anywhere; the token is in the environment, where no
 * list of processes shows it.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "front/command.h"
#include "mcp/bridge.h"

#define ARENA_MAX ((size_t)64 << 20)
#define LINE_MAX_ ((size_t)1 << 20)

/* The first of these that is set. */
static const char *const names[] = { "CLAVIGER_API_TOKEN", "DONOTNAME_API_TOKEN" };

static char *
token_of_environment(void)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return NULL;
}

static bool
carry_line(struct bridge *b, struct arena *a, struct str line)
{
	struct out answer = out_limit(a, OUT_BODY_MAX + 4096);
	struct str text;
	bool written = true;

	bridge_carry(b, a, line, &answer);
	text = out_text(&answer);
	if (text.n > 0)
		written = fwrite(text.s, 1, text.n, stdout) == text.n && putchar('\n') == '\n' &&
		    fflush(stdout) == 0;
	arena_reset(a);
	return written;
}

/* Until the client hangs up. */
static int
carry_all(struct bridge *b)
{
	struct arena *a = arena_open(ARENA_MAX, ARENA_PLAIN);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int status = COMMAND_DONE;

	while (status == COMMAND_DONE && (n = getline(&line, &room, stdin)) > 0) {
		struct str text = { line, (size_t)n };

		while (text.n > 0 && (text.s[text.n - 1] == '\n' || text.s[text.n - 1] == '\r'))
			text.n--;
		if (text.n == 0)
			continue;
		/* Said as a message that cannot be read, which it is. */
		if (!carry_line(b, a, text.n > LINE_MAX_ ? STR("") : text))
			status = command_failed("standard output is gone");
	}
	free(line);
	arena_free(&a);
	return status;
}

int
cmd_mcp(const struct command_line *line)
{
	const struct command_option options[] = { OPTION_END };
	char *token = token_of_environment();
	const char *url = getenv("CLAVIGER_URL"), *why;
	struct command_words words;
	struct bridge *b;
	int status = COMMAND_DONE;

	if (!command_options(line, options, 0, 0, &words, &status))
		return status;
	if (token == NULL)
		return command_failed("set %s to the text of a key", names[0]);
	if (url == NULL || *url == '\0')
		return command_failed(
		    "set CLAVIGER_URL to where the service is, as https://keys.example.org");
	if ((b = bridge_open(url, str_of(token), &why)) == NULL)
		return command_failed("%s", why);
	/* It is not needed any more, and what this process starts or leaves behind need not have it. */
	secret_wipe(token, strlen(token));
	status = carry_all(b);
	bridge_close(&b);
	return status;
}
