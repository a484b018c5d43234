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
void out_char(struct out *, char);
void out_put(struct out *, const char *);
void out_str(struct out *, struct str);
void out_int(struct out *, int64_t);
void out_print(struct out *, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool out_failed(const struct out *);
/* What was written so far. */
struct str out_text(const struct out *);
/* Forget what was written, the mark too. */
void out_reset(struct out *);

#endif
