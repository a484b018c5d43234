/*
 * arena.c: memory that lives as long as one request.
 *
 * The address space is reserved once; what a request touched is handed out
 * again to the next.  Pages beyond KEEP go back to the system at reset, so that
 * one large request does not swell a worker for ever.
 */
#include "config.h"

#include "base/arena.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/secret.h"

#define ALIGN 16
#define KEEP  ((size_t)1 << 20)

struct piece {
	struct piece *next;
	size_t n;
};

struct arena {
	char *base;
	size_t cap, used, peak;
	enum arena_sort sort;
	struct piece *pieces; /* only with ARENA_CHECK */
};

struct arena *
arena_open(size_t cap, enum arena_sort sort)
{
	struct arena *a = calloc(1, sizeof *a);

	assert(a != NULL);
	a->cap = cap;
	a->sort = sort;
	a->base = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert(a->base != MAP_FAILED);
	/* A body as it came has a password in it, and an answer a new key. */
	(void)madvise(a->base, cap, MADV_DONTDUMP);
	if (sort == ARENA_WIPED)
		arena_lock(a);
	return a;
}

void
arena_lock(struct arena *a)
{
	/* A refusal (RLIMIT_MEMLOCK) only means that the pages could be swapped. */
	(void)mlock(a->base, a->cap);
}

#ifdef ARENA_CHECK
static void
drop_pieces(struct arena *a)
{
	struct piece *p;

	while ((p = a->pieces) != NULL) {
		a->pieces = p->next;
		secret_wipe(p, sizeof *p + p->n);
		free(p);
	}
}

static void *
take(struct arena *a, size_t n)
{
	struct piece *p = calloc(1, sizeof *p + n);

	assert(p != NULL);
	p->next = a->pieces;
	p->n = n;
	a->pieces = p;
	return p + 1;
}
#else
static void
drop_pieces(struct arena *a)
{
	size_t kept = a->used < KEEP ? a->used : KEEP;

	/* What is handed out again is zero again: so nothing is zeroed when it is taken. */
	if (a->sort == ARENA_WIPED)
		secret_wipe(a->base, kept);
	else
		memset(a->base, 0, kept);
	if (a->used > kept &&
	    (a->sort == ARENA_WIPED || madvise(a->base + KEEP, a->cap - KEEP, MADV_DONTNEED) < 0))
		secret_wipe(a->base + kept, a->used - kept);
}

static void *
take(struct arena *a, size_t n)
{
	(void)n;
	return a->base + a->used;
}
#endif

void
arena_free(struct arena **ap)
{
	struct arena *a = *ap;

	if (a == NULL)
		return;
	arena_reset(a);
	munmap(a->base, a->cap);
	free(a);
	*ap = NULL;
}

void
arena_reset(struct arena *a)
{
	drop_pieces(a);
	a->used = 0;
}

size_t
arena_left(const struct arena *a)
{
	return a->cap - a->used;
}

size_t
arena_peak(const struct arena *a)
{
	return a->peak;
}

void *
arena_take(struct arena *a, size_t n)
{
	size_t whole;
	void *p;

	assert(n <= a->cap);
	whole = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	assert(whole <= a->cap - a->used); /* unbounded input is a bug, and ends the process */
	p = take(a, n);
	a->used += whole;
	if (a->used > a->peak)
		a->peak = a->used;
	return p;
}

char *
arena_text(struct arena *a, struct str s)
{
	char *copy;

	if (s.s == NULL)
		return NULL;
	copy = arena_take(a, s.n + 1);
	memcpy(copy, s.s, s.n);
	return copy;
}

struct str
arena_str(struct arena *a, struct str s)
{
	return (struct str){ arena_text(a, s), s.n };
}

char *
arena_vprint(struct arena *a, const char *format, va_list args)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	assert(n >= 0);
	text = arena_take(a, (size_t)n + 1);
	(void)vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}

char *
arena_print(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprint(a, format, args);
	va_end(args);
	return text;
}
