/*
 * is.h: what a unit test says when it saw something else than it wanted.
 *
 * Each check names the row it is about (`what`), so that a failing table tells
 * which of its rows failed, and with what.
 */
#ifndef TESTS_BASE_IS_H
#define TESTS_BASE_IS_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/str.h"

static inline struct str
str_part(const char *s, size_t n)
{
	return (struct str){ s, n };
}

/* Bytes as a line of ASCII, in one of a few rotating buffers. */
static inline const char *
shown(struct str s)
{
	static char text[8][512];
	static unsigned turn;
	char *t = text[turn++ % 8];
	size_t n = 0;

	if (s.s == NULL)
		return "(none)";
	for (size_t i = 0; i < s.n && n + 8 < sizeof text[0]; i++) {
		unsigned char c = (unsigned char)s.s[i];

		n += (size_t)snprintf(t + n, sizeof text[0] - n, c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", c);
	}
	t[n] = '\0';
	return t;
}

#define is_int(got, want, what)	   is_int_at((long long)(got), (long long)(want), (what), __FILE__, __LINE__)
#define is_true(cond, what)	   is_true_at((cond), #cond, (what), __FILE__, __LINE__)
#define is_text(got, want, what)   is_str_at(str_of(got), str_of(want), (what), __FILE__, __LINE__)
#define is_str(got, want, what)	   is_str_at((got), (want), (what), __FILE__, __LINE__)
#define is_fault(got, want, what)  is_fault_at((got), (want), (what), __FILE__, __LINE__)
#define has_text(text, part, what) has_text_at((text), (part), (what), __FILE__, __LINE__)

static inline void
is_int_at(long long got, long long want, const char *what, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s: %lld, and not %lld\n", shown(str_of(what)), got, want);
	_fail(file, line);
}

static inline void
is_true_at(bool holds, const char *cond, const char *what, const char *file, int line)
{
	if (holds)
		return;
	print_error("%s: not so: %s\n", shown(str_of(what)), cond);
	_fail(file, line);
}

static inline void
is_str_at(struct str got, struct str want, const char *what, const char *file, int line)
{
	if ((got.s == NULL) == (want.s == NULL) && str_eq(got, want))
		return;
	print_error("%s: \"%s\" (%zu), and not \"%s\" (%zu)\n", shown(str_of(what)), shown(got), got.n,
	    shown(want), want.n);
	_fail(file, line);
}

static inline void
is_fault_at(enum fault got, enum fault want, const char *what, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s: %s, and not %s\n", shown(str_of(what)), fault_name(got), fault_name(want));
	_fail(file, line);
}

static inline void
has_text_at(const char *text, const char *part, const char *what, const char *file, int line)
{
	if (text != NULL && strstr(text, part) != NULL)
		return;
	print_error("%s: \"%s\" has no \"%s\"\n", shown(str_of(what)), text == NULL ? "(none)" : text, part);
	_fail(file, line);
}

/* Does the function end its process by a broken assert?  It is run in a child that says nothing. */
static inline bool
aborts(void run(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(2);
		/* The one handler cmocka set would go on with the next test in the child. */
		signal(SIGABRT, SIG_DFL);
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
