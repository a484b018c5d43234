/*
 * out.c: writing with a limit and a mark that stays.
 */
#include "base/out.h"

#include <string.h>

#define FIRST 256

struct out
out_limit(struct arena *a, size_t max)
{
	return (struct out){ .arena = a, .max = max };
}

/* Room for n more bytes and a NUL; false (and the mark) if that is too much. */
static bool
room(struct out *o, size_t n)
{
	size_t cap;
	char *buf;

	if (o->failed || n > o->max - o->n) {
		o->failed = true;
		return false;
	}
	if (o->buf != NULL && n < o->cap - o->n)
		return true;
	for (cap = o->cap == 0 ? FIRST : o->cap; cap <= o->n + n; cap *= 2)
		;
	if (cap - 1 > o->max)
		cap = o->max + 1; /* a body at its limit must not take the arena with it */
	buf = arena_take(o->arena, cap);
	if (o->n > 0)
		memcpy(buf, o->buf, o->n);
	o->buf = buf;
	o->cap = cap;
	return true;
}

void
out_grow(struct out *o, struct str s)
{
	if (s.n == 0 || !room(o, s.n))
		return;
	memcpy(o->buf + o->n, s.s, s.n);
	o->n += s.n;
	o->buf[o->n] = '\0';
}

/* From the back; a negative one digit by digit, since the smallest has no positive. */
struct str
out_digits(char digits[static OUT_DIGITS], int64_t v)
{
	bool minus = v < 0;
	size_t at = OUT_DIGITS;

	digits[--at] = '\0';
	do
		digits[--at] = (char)('0' + (minus ? -(v % 10) : v % 10));
	while ((v /= 10) != 0);
	if (minus)
		digits[--at] = '-';
	return (struct str){ digits + at, OUT_DIGITS - 1 - at };
}

void
out_int(struct out *o, int64_t v)
{
	char digits[OUT_DIGITS];

	out_str(o, out_digits(digits, v));
}

void
out_print(struct out *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	out_put(o, arena_vprint(o->arena, format, args));
	va_end(args);
}

bool
out_failed(const struct out *o)
{
	return o->failed;
}

struct str
out_text(const struct out *o)
{
	return (struct str){ o->buf == NULL ? "" : o->buf, o->n };
}

void
out_reset(struct out *o)
{
	o->n = 0;
	o->failed = false;
}
