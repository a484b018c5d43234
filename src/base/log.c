/*
 * log.c: the log, one line of JSON an event, each in a single write(2).
 */
#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define LINE_MAX_ 2048

static int log_fd = STDERR_FILENO;
static const char *log_who = "claviger";

struct line {
	char text[LINE_MAX_];
	size_t n;
};

bool
log_open(const char *path)
{
	int fd;

	if (path == NULL || path[0] == '\0')
		return true;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return false;
	if (log_fd != STDERR_FILENO)
		close(log_fd);
	log_fd = fd;
	return true;
}

void
log_role(const char *role)
{
	log_who = role;
}

const char *
log_number(int64_t v)
{
	static char text[8][24];
	static unsigned turn;
	char *t = text[turn++ % 8];

	(void)snprintf(t, sizeof text[0], "%lld", (long long)v);
	return t;
}

/* Three bytes stay free for the end of the line. */
static void
put(struct line *l, const char *s, size_t n)
{
	if (n > sizeof l->text - 3 - l->n)
		n = sizeof l->text - 3 - l->n;
	memcpy(l->text + l->n, s, n);
	l->n += n;
}

/* Control bytes, quotes and bytes beyond ASCII cannot break or forge a line. */
static void
put_value(struct line *l, const char *s)
{
	char escaped[8];

	for (; *s != '\0' && l->n + 16 < sizeof l->text; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
			put(l, s, 1);
		else
			put(l, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", c));
	}
}

static void
put_pair(struct line *l, const char *name, const char *value)
{
	if (l->n + strlen(name) + 32 > sizeof l->text)
		return;
	put(l, l->n > 1 ? ",\"" : "\"", l->n > 1 ? 2 : 1);
	put(l, name, strlen(name));
	put(l, "\":\"", 3);
	put_value(l, value);
	put(l, "\"", 1);
}

void
log_event(enum log_level level, const char *event, ...)
{
	static const char *const names[] = { "error", "warn", "note" };
	struct line l = { .text = "{", .n = 1 };
	char at[CLOCK_TEXT_SIZE];
	const char *name, *value;
	va_list args;

	clock_text(clock_now(), at);
	put_pair(&l, "at", at);
	put_pair(&l, "level", names[level]);
	put_pair(&l, "role", log_who);
	put_pair(&l, "event", event);
	va_start(args, event);
	while ((name = va_arg(args, const char *)) != NULL)
		if ((value = va_arg(args, const char *)) != NULL)
			put_pair(&l, name, value);
	va_end(args);
	memcpy(l.text + l.n, "}\n", 2);
	/* A log that cannot be written must not stop the service. */
	if (write(log_fd, l.text, l.n + 2) < 0)
		return;
}
