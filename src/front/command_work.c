/*
 * command_work.c: what a command works with, reads and prints.
 */
#include "config.h"

#include "front/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "front/setup.h"
#include "front/workplace.h"

#define PASSWORD_LINE_MAX 1024

/* The work, and what it was made from. */
struct desk {
	struct work work; /* first: a desk is found by its work */
	struct setup *setup;
};

struct settings *
command_settings(const struct command_line *line)
{
	return settings_read(line->config, command_problem, NULL);
}

struct work *
command_open(const struct command_line *line)
{
	struct setup *setup = setup_read(line->config, command_problem, NULL);
	struct desk *desk;
	struct work *w;

	if (setup == NULL)
		return NULL;
	log_role("command");
	if ((desk = calloc(1, sizeof *desk)) == NULL)
		abort();
	desk->setup = setup;
	w = &desk->work;
	workplace_open(w, setup->settings, DB_APP);
	if (db_ready(w->db) != FAULT_NONE) {
		(void)command_failed("database: %s", db_problem(w->db));
		command_close(&w);
	}
	return w;
}

void
command_close(struct work **wp)
{
	struct desk *desk = (struct desk *)(void *)*wp;

	if (desk == NULL)
		return;
	workplace_close(&desk->work);
	setup_free(&desk->setup);
	free(desk);
	*wp = NULL;
}

/* Turn a terminal's echo off or back on; false if it is none. */
static bool
set_echo(bool on)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t) < 0)
		return false;
	t.c_lflag = on ? t.c_lflag | ECHO : t.c_lflag & ~(tcflag_t)ECHO;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &t) == 0;
}

/* Byte by byte: no buffer of stdio keeps a copy.  -1 if the line is too long. */
static ssize_t
read_line(char *line, size_t max)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, line + n, 1)) > 0 && line[n] != '\n')
		if (++n == max)
			return -1;
	return got < 0 ? -1 : (ssize_t)n;
}

bool
command_password(struct work *w, struct str *password)
{
	char *line = arena_take(w->vault, PASSWORD_LINE_MAX + 1);
	bool terminal = set_echo(false);
	ssize_t n;

	if (terminal)
		(void)fputs("password: ", stderr);
	n = read_line(line, PASSWORD_LINE_MAX);
	if (terminal) {
		(void)set_echo(true);
		(void)fputc('\n', stderr);
	}
	if (n > 0 && line[n - 1] == '\r')
		n--;
	*password = (struct str){ line, n < 0 ? 0 : (size_t)n };
	if (n <= 0)
		(void)command_failed(n < 0 ? "the password on standard input cannot be read, or is too long"
					   : "there is no password on standard input");
	return n > 0;
}

int
command_print(const struct out *o)
{
	struct str text = out_text(o);

	if (out_failed(o))
		return command_failed("%s", fault_title(FAULT_RESPONSE_TOO_LARGE));
	if (text.n > 0 && fwrite(text.s, 1, text.n, stdout) != text.n)
		return command_failed("standard output: %s", strerror(errno));
	if (fflush(stdout) != 0)
		return command_failed("standard output: %s", strerror(errno));
	return COMMAND_DONE;
}
