/*
 * out.h: a text that is being written, with a limit.
 *
 * Writing past the limit writes nothing more and sets a mark that stays; ask
 * once at the end.  The buffer grows inside its arena.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include "base/arena.h"

struct out {
	struct arena *arena;
	char *buf;
	size_t n, cap, max;
	bool failed;
};

/* The limits of all that is written, in one place. */
#define OUT_HEADER_MAX 4096
#define OUT_LOG_MAX    2048
#define OUT_BODY_MAX   ((size_t)4 << 20)

struct out out_limit(struct arena *, size_t max);
/* Slower, and always right: for what finds no room. */
void out_grow(struct out *, struct str);

static inline void
out_str(struct out *o, struct str s)
{
	/* Room for a NUL behind it, and within the limit, which the buffer never exceeds. */
	if (o->failed || o->buf == NULL || s.n >= o->cap - o->n || s.n > o->max - o->n) {
		out_grow(o, s);
		return;
	}
	memcpy(o->buf + o->n, s.s == NULL ? "" : s.s, s.n);
	o->n += s.n;
	o->buf[o->n] = '\0';
}

static inline void
out_char(struct out *o, char c)
{
	out_str(o, (struct str){ &c, 1 });
}

static inline void
out_put(struct out *o, const char *z)
{
	out_str(o, str_of(z));
}
void out_int(struct out *, int64_t);
/* A number as text that ends in a NUL, at the end of these bytes. */
#define OUT_DIGITS 24
struct str out_digits(char digits[static OUT_DIGITS], int64_t);
void out_print(struct out *, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool out_failed(const struct out *);
/* What was written so far. */
struct str out_text(const struct out *);
/* Forget what was written, the mark too. */
void out_reset(struct out *);

#endif
