/*
 * test_hash.c: numbers for texts in tables.
 */
#include "base/hash.h"

#include "base/bench.h"

#define KEY UINT64_C(0x9e3779b97f4a7c15)

static void
what_differs_in_anything_differs(void **state)
{
	(void)state;
	is_true(hash_mix(1, KEY, "abc", 3) == hash_mix(1, KEY, "abc", 3), "the same");
	is_true(hash_mix(1, KEY, "abc", 3) != hash_mix(1, KEY, "abd", 3), "a byte");
	is_true(hash_mix(1, KEY, "abc", 3) != hash_mix(1, KEY, "abc", 2), "the length");
	is_true(hash_mix(1, KEY, "abc", 3) != hash_mix(2, KEY, "abc", 3), "the start");
	is_true(hash_mix(1, KEY, "abc", 3) != hash_mix(1, KEY + 2, "abc", 3), "the key");
	is_true(hash_mix(hash_mix(1, KEY, "ab", 2), KEY, "c", 1) != hash_mix(1, KEY, "abc", 3), "the pieces");
}

/* Ids that differ in their last digits only: no bucket gets many times its share. */
static void
ids_spread(void **state)
{
	unsigned low[64] = { 0 }, high[64] = { 0 };

	(void)state;
	for (int i = 0; i < 64 * 100; i++) {
		const char *id = arena_print(w.arena, "key_00000000000000%06d", i);
		uint64_t h = hash_mix(KEY ^ 77, KEY, id, strlen(id));

		low[h & 63]++;
		high[h >> 58]++;
	}
	for (size_t i = 0; i < 64; i++) {
		is_true(low[i] > 50 && low[i] < 170, "low bits");
		is_true(high[i] > 50 && high[i] < 170, "high bits");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_differs_in_anything_differs),
		cmocka_unit_test(ids_spread),
	};

	return cmocka_run_group_tests_name("base/hash", tests, bench_open, bench_close);
}
