/*
 * log.c: the log, one line of JSON an event.
 */
#include "base/log.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/out.h"

#define LINE_MAX_ 2048

#define GATHER_MAX PIPE_BUF /* more than that would not be one write where the log is a pipe */

static int log_fd = STDERR_FILENO;
static const char *log_who = "claviger";
static bool gathering;
static char gathered[GATHER_MAX];
static size_t gathered_n;
static int64_t noted_at; /* of the work at hand; 0: ask the clock */

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
	log_flush();
	if (log_fd != STDERR_FILENO)
		close(log_fd);
	log_fd = fd;
	return true;
}

void
log_gather(void)
{
	gathering = true;
}

/* A log that cannot be written must not stop the service. */
static void
write_out(const char *text, size_t n)
{
	if (n > 0 && write(log_fd, text, n) < 0)
		return;
}

void
log_time(int64_t at)
{
	noted_at = at;
}

void
log_flush(void)
{
	write_out(gathered, gathered_n);
	gathered_n = 0;
}

static void
add(enum log_level level, const char *text, size_t n)
{
	if (gathered_n + n > sizeof gathered)
		log_flush();
	memcpy(gathered + gathered_n, text, n);
	gathered_n += n;
	if (!gathering || level != LOG_NOTE)
		log_flush();
}

void
log_role(const char *role)
{
	log_who = role;
}

const char *
log_number(int64_t v)
{
	static char text[8][OUT_DIGITS];
	static unsigned turn;

	return out_digits(text[turn++ % 8], v).s;
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
	char *at = l->text + l->n, *end = l->text + sizeof l->text - 16;

	for (; *s != '\0' && at < end; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
			*at++ = *s;
			continue;
		}
		(void)snprintf(escaped, sizeof escaped, "\\u%04x", c);
		memcpy(at, escaped, 6);
		at += 6;
	}
	l->n = (size_t)(at - l->text);
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

/* Many lines have the same second. */
static const char *
time_text(int64_t at)
{
	static char text[CLOCK_TEXT_SIZE];
	static int64_t second = -1;

	if (at != second)
		clock_text(at, text);
	second = at;
	return text;
}

void
log_event(enum log_level level, const char *event, ...)
{
	static const char *const names[] = { "error", "warn", "note" };
	struct line l = { .text = "{", .n = 1 };
	const char *name, *value;
	va_list args;

	put_pair(&l, "at", time_text(level == LOG_NOTE && noted_at != 0 ? noted_at : clock_now()));
	put_pair(&l, "level", names[level]);
	put_pair(&l, "role", log_who);
	put_pair(&l, "event", event);
	va_start(args, event);
	while ((name = va_arg(args, const char *)) != NULL)
		if ((value = va_arg(args, const char *)) != NULL)
			put_pair(&l, name, value);
	va_end(args);
	memcpy(l.text + l.n, "}\n", 2);
	add(level, l.text, l.n + 2);
}
