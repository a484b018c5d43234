/*
 * arena.h: memory that lives as long as one request.
 *
 * Take, never free, reset at the end.  An arena never returns NULL: whatever a
 * client can make large is bounded before, as a fault, so an exhausted arena is
 * a bug and ends the process.  All that was used is overwritten at the reset, and
 * none of it is in a core dump, since a body may hold a password and an answer a
 * new key.  A wiped arena (the vault) is for secrets themselves: it is locked in
 * memory as well.
 *
 * With --enable-arena-check every piece is its own malloc, so that
 * AddressSanitizer sees an overrun.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>

#include "base/str.h"

struct arena;

enum arena_sort { ARENA_PLAIN, ARENA_WIPED };

/* Reserve cap bytes of address space; pages are used as they are touched. */
struct arena *arena_open(size_t cap, enum arena_sort);
void arena_free(struct arena **);

/* Lock a wiped arena's pages again: a child does not inherit the lock over fork(2). */
void arena_lock(struct arena *);
/* Forget all that was taken, and overwrite it. */
void arena_reset(struct arena *);
/* How many bytes can still be taken: for whoever has to stop before there are none. */
size_t arena_left(const struct arena *);
/* The most bytes that were in use at once since arena_open. */
size_t arena_peak(const struct arena *);

/* n zeroed bytes, aligned for any type. */
void *arena_take(struct arena *, size_t n) __attribute__((returns_nonnull, malloc));
#define arena_new(a, type)	((type *)arena_take((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_take((a), sizeof(type) * (n)))

/* A NUL-terminated copy.  STR_NONE gives NULL. */
char *arena_text(struct arena *, struct str);
/* A copy of the bytes. */
struct str arena_str(struct arena *, struct str);
char *arena_print(struct arena *, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_vprint(struct arena *, const char *format, va_list)
    __attribute__((format(printf, 2, 0), returns_nonnull));

#endif
