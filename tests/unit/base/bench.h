/*
 * bench.h: what a unit test works on: an arena, a vault, settings as they are
 * where nobody set anything, and a piece of work that holds them.
 *
 * Use bench_open and bench_close as the setup and teardown of a group; each
 * test may call bench_clear to begin with nothing.
 */
#ifndef TESTS_BASE_BENCH_H
#define TESTS_BASE_BENCH_H

#include "base/is.h"
#include "base/settings.h"
#include "base/work.h"

static struct work w;
static struct settings *settings;

static inline void
no_problem(void *ctx, const char *where, const char *what)
{
	(void)ctx;
	fail_msg("%s: %s", where, what);
}

static inline void
bench_clear(void)
{
	arena_reset(w.arena);
	arena_reset(w.vault);
	w.trouble = (struct trouble){ .field = NULL };
}

static inline int
bench_open(void **state)
{
	(void)state;
	settings = settings_read(NULL, no_problem, NULL);
	/* One run of Argon2id in these tests costs next to nothing. */
	settings->keys_argon2_memory = 64;
	settings->keys_argon2_passes = 1;
	w.arena = arena_open((size_t)64 << 20, ARENA_PLAIN);
	w.vault = arena_open((size_t)1 << 20, ARENA_WIPED);
	w.settings = settings;
	w.now = INT64_C(1800000000);
	return 0;
}

static inline int
bench_close(void **state)
{
	(void)state;
	arena_free(&w.arena);
	arena_free(&w.vault);
	settings_free(&settings);
	return 0;
}

#endif
