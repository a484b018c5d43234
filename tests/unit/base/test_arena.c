/*
 * test_arena.c: memory for one request: zeroed, aligned, bounded, and in a
 * vault forgotten.
 */
#include "config.h"

#include "base/arena.h"

#include <stdio.h>

#include "base/is.h"

#define CAP 65536

static void
each_piece_is_zeroed_and_aligned(void **state)
{
	struct arena *a = arena_open(CAP, ARENA_PLAIN);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t n = 0; n < 100; n++) {
			char *p = arena_take(a, n);

			is_int((uintptr_t)p % 16, 0, "alignment");
			for (size_t i = 0; i < n; i++)
				is_int(p[i], 0, "a fresh byte");
			memset(p, 0xa5, n);
		}
		arena_reset(a);
	}
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
}

static void
pieces_do_not_overlap(void **state)
{
	struct arena *a = arena_open(CAP, ARENA_PLAIN);
	char *piece[64];

	(void)state;
	for (size_t i = 0; i < COUNT(piece); i++)
		memset(piece[i] = arena_take(a, i + 1), (int)i, i + 1);
	for (size_t i = 0; i < COUNT(piece); i++)
		for (size_t j = 0; j <= i; j++)
			is_int(piece[i][j], i, "a byte of a piece");
	arena_free(&a);
}

#ifndef ARENA_CHECK
/* What the system knows of the mapping around p: "dd" says that it is not dumped. */
static bool
is_dumped(const void *p)
{
	uintptr_t at = (uintptr_t)p;
	unsigned long from, to;
	bool here = false, dumped = true;
	char line[512];
	FILE *f = fopen("/proc/self/smaps", "re");

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = from <= at && at < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			dumped = strstr(line, " dd") == NULL;
	}
	(void)fclose(f);
	return dumped;
}

static void
nothing_of_it_is_dumped(void **state)
{
	static const enum arena_sort sorts[] = { ARENA_PLAIN, ARENA_WIPED };

	(void)state;
	assert_true(is_dumped(state));
	for (size_t i = 0; i < COUNT(sorts); i++) {
		struct arena *a = arena_open(CAP, sorts[i]);

		assert_false(is_dumped(arena_take(a, 16)));
		arena_free(&a);
	}
}
#endif

static void
the_peak_is_the_most_at_once(void **state)
{
	struct arena *a = arena_open(CAP, ARENA_PLAIN);
	size_t peak, left;

	(void)state;
	is_int(arena_peak(a), 0, "nothing yet");
	left = arena_left(a);
	(void)arena_take(a, 1000);
	(void)arena_take(a, 1000);
	peak = arena_peak(a);
	is_int(arena_left(a), left - peak, "what can be taken yet");
	assert_in_range(peak, 2000, 2100);
	arena_reset(a);
	(void)arena_take(a, 500);
	is_int(arena_peak(a), peak, "smaller later");
	arena_free(&a);
}

static void
all_of_it_can_be_taken(void **state)
{
	struct arena *a = arena_open(CAP, ARENA_PLAIN);

	(void)state;
	for (int i = 0; i < 3; i++) {
		(void)arena_take(a, CAP);
		arena_reset(a);
	}
	/* Far beyond what is kept from one request to the next. */
	arena_free(&a);
	a = arena_open((size_t)16 << 20, ARENA_PLAIN);
	memset(arena_take(a, (size_t)15 << 20), 1, (size_t)15 << 20);
	arena_reset(a);
	is_int(((char *)arena_take(a, (size_t)15 << 20))[(14 << 20) + 5], 0, "a page that went back");
	arena_free(&a);
}

static void
take_too_much_at_last(void)
{
	struct arena *a = arena_open(CAP, ARENA_PLAIN);

	(void)arena_take(a, CAP - 16);
	(void)arena_take(a, 17);
}

static void
take_too_much_at_once(void)
{
	(void)arena_take(arena_open(CAP, ARENA_PLAIN), CAP + 1);
}

static void
take_so_much_that_it_wraps(void)
{
	(void)arena_take(arena_open(CAP, ARENA_PLAIN), SIZE_MAX - 3);
}

static void
an_exhausted_arena_ends_the_process(void **state)
{
	(void)state;
	is_true(aborts(take_too_much_at_last), "the last piece");
	is_true(aborts(take_too_much_at_once), "one piece");
	is_true(aborts(take_so_much_that_it_wraps), "a length that wraps");
}

/* With ARENA_CHECK every piece is freed, and nobody may look at it any more. */
static void
a_vault_is_overwritten(void **state)
{
#ifdef ARENA_CHECK
	(void)state;
	skip();
#else
	struct arena *v = arena_open(CAP, ARENA_WIPED);
	char *first = arena_take(v, 100), *last;

	(void)state;
	memset(first, 's', 100);
	last = arena_text(v, STR("drvp_secret"));
	is_text(last, "drvp_secret", "before");
	arena_reset(v);
	for (size_t i = 0; i < 100; i++)
		is_int(first[i], 0, "a byte of the first piece");
	for (size_t i = 0; i < sizeof "drvp_secret"; i++)
		is_int(last[i], 0, "a byte of the last piece");
	arena_free(&v);
	/* Far beyond what is kept from one request to the next, too. */
	v = arena_open((size_t)4 << 20, ARENA_WIPED);
	first = arena_take(v, (size_t)3 << 20);
	memset(first, 's', (size_t)3 << 20);
	arena_reset(v);
	for (size_t i = 0; i < (size_t)3 << 20; i++)
		is_int(first[i], 0, "a byte of a large piece");
	arena_free(&v);
#endif
}

static void
texts_are_copied_with_their_end(void **state)
{
	struct arena *a = arena_open(CAP, ARENA_PLAIN);
	char from[] = { 'a', 'b', 'c', 'd' };
	struct str copy;
	char *text;

	(void)state;
	text = arena_text(a, str_part(from, 3));
	copy = arena_str(a, str_part(from, 4));
	from[0] = 'x';
	is_text(text, "abc", "text");
	is_str(copy, STR("abcd"), "str");
	is_int(copy.s[4], 0, "the NUL behind a str");
	is_text(arena_text(a, STR("")), "", "empty");
	assert_null(arena_text(a, STR_NONE));
	is_str(arena_str(a, STR_NONE), STR_NONE, "nothing");
	is_text(arena_print(a, "%s-%d", "x", 7), "x-7", "printed");
	is_int(strlen(arena_print(a, "%5000s", "")), 5000, "printed long");
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_piece_is_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
#ifndef ARENA_CHECK
		cmocka_unit_test(nothing_of_it_is_dumped),
#endif
		cmocka_unit_test(the_peak_is_the_most_at_once),
		cmocka_unit_test(all_of_it_can_be_taken),
		cmocka_unit_test(an_exhausted_arena_ends_the_process),
		cmocka_unit_test(a_vault_is_overwritten),
		cmocka_unit_test(texts_are_copied_with_their_end),
	};

	return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
