/*
 * test_memory_known.c: which texts cannot be keys.
 */
#include "core/remembered.h"

#define MANY 100000

/* As even as the digests of texts are. */
static const uint8_t *
lookup_nr(uint64_t n)
{
	static uint8_t digest[SECRET_SIZE];

	secret_sha256((struct str){ (const char *)&n, sizeof n }, STR(""), digest);
	return digest;
}

static void
no_key_until_all_were_met(void **state)
{
	(void)state;
	memory_known_all(false);
	is_true(!memory_no_key(&w, lookup_nr(1)), "who knows");
	memory_known_all(true);
	is_true(memory_no_key(&w, lookup_nr(1)), "none");
	memory_key_comes(lookup_nr(1));
	is_true(!memory_no_key(&w, lookup_nr(1)), "there may be one");
	is_true(memory_no_key(&w, lookup_nr(2)), "another");
}

static void
nothing_is_said_without_the_database_or_in_a_cluster(void **state)
{
	(void)state;
	memory_known_all(true);
	memory_database(false);
	is_true(!memory_no_key(&w, lookup_nr(1)), "the database is away");
	memory_database(true);
	is_true(memory_no_key(&w, lookup_nr(1)), "it is back");
	settings->keys_cluster = true;
	is_true(!memory_no_key(&w, lookup_nr(1)), "another host may have made it");
	settings->keys_cluster = false;
}

static void
no_key_is_missed_and_few_others_are_met(void **state)
{
	size_t met = 0;

	(void)state;
	memory_known_all(true);
	for (uint64_t i = 0; i < MANY; i++)
		memory_key_comes(lookup_nr(i));
	for (uint64_t i = 0; i < MANY; i++)
		assert_false(memory_no_key(&w, lookup_nr(i)));
	for (uint64_t i = MANY; i < (uint64_t)2 * MANY; i++)
		met += !memory_no_key(&w, lookup_nr(i));
	assert_true(met < 20);
}

static void
without_a_memory_nothing_is_said(void **state)
{
	(void)state;
	forget_mapping();
	memory_known_all(true);
	memory_key_comes(lookup_nr(1));
	is_true(!memory_no_key(&w, lookup_nr(2)), "who knows");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(no_key_until_all_were_met, fresh),
		cmocka_unit_test_setup(nothing_is_said_without_the_database_or_in_a_cluster, fresh),
		cmocka_unit_test_setup(no_key_is_missed_and_few_others_are_met, fresh),
		cmocka_unit_test_setup(without_a_memory_nothing_is_said, fresh),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
