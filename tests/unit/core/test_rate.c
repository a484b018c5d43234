/*
 * test_rate.c: the requests of a key are counted over all processes; what was
 * used comes back at an even pace.
 */
#include <sys/wait.h>

#include "base/clock.h"

/* The clock of the room under test stands until somebody moves it. */
static int64_t now_ms;
static int64_t
clock_of_test(void)
{
	return now_ms;
}
#define clock_ms clock_of_test
#include "core/rate.c"
#undef clock_ms

#include "base/bench.h"

static struct standing key;
static struct rate r;

static int
start(void **state)
{
	counters_open();
	return bench_open(state);
}

static int
fresh(void **state)
{
	(void)state;
	now_ms = 1000;
	settings->keys_remembered = 8;
	settings->limits_key_requests = 0;
	rate_open(settings);
	key = (struct standing){ .kind = kind_of(KIND_PERSONAL),
		.key_id = "key_1",
		.rate_requests = 5,
		.rate_seconds = 10 };
	return 0;
}

static int
charge_times(int n)
{
	int passed = 0;

	for (int i = 0; i < n; i++)
		passed += rate_charge(&w, &key, &r) == FAULT_NONE;
	return passed;
}

/* The first test: what the command line does. */
static void
without_a_table_nothing_is_limited(void **state)
{
	(void)state;
	key = (struct standing){ .kind = kind_of(KIND_PERSONAL), .key_id = "key_1", .rate_requests = 1 };
	is_int(charge_times(10), 10, "not opened");
}

static void
the_limit_and_not_one_more(void **state)
{
	uint64_t refused = counter_value(COUNT_RATE_LIMITED);

	(void)state;
	for (int i = 4; i >= 0; i--) {
		is_fault(rate_charge(&w, &key, &r), FAULT_NONE, "within the limit");
		is_int(r.left, i, "left");
		is_int(r.whole_in, 2 * (5 - i), "whole in");
		is_int(r.retry_after, 0, "none to wait");
	}
	is_fault(rate_charge(&w, &key, &r), FAULT_RATE_LIMITED, "beyond it");
	is_int(r.left, 0, "nothing left");
	is_int(r.whole_in, 10, "whole in");
	is_int(r.retry_after, 2, "one in");
	is_int(w.trouble.retry_after, 2, "for the header");
	is_int(charge_times(100), 0, "what is refused does not make it longer");
	is_int(r.retry_after, 2, "the same");
	is_int(counter_value(COUNT_RATE_LIMITED), refused + 101, "counted");
}

static void
what_was_used_comes_back_one_by_one(void **state)
{
	(void)state;
	is_int(charge_times(9), 5, "all");
	now_ms += 1999;
	is_int(charge_times(9), 0, "not yet");
	now_ms += 1;
	is_int(charge_times(9), 1, "one");
	now_ms += 4000;
	is_int(charge_times(9), 2, "two");
	now_ms += 1000000;
	is_int(charge_times(9), 5, "never more than all");
}

/* In any time t after the start: all of them at once, and the pace for t. */
static void
never_more_than_the_pace(void **state)
{
	static const struct {
		int64_t requests, seconds;
	} limits[] = { { 1, 1 }, { 7, 1 }, { 3, 7 }, { 1000000, 1 }, { 1000000, 86400 }, { 1, 86400 },
		{ 999983, 60 }, { 100, 60 } };

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		const char *row = arena_print(w.arena, "limit %zu", i);
		int64_t passed = 0, from = now_ms;

		key.rate_requests = limits[i].requests;
		key.rate_seconds = limits[i].seconds;
		for (int n = 0; n < 20000; n++) {
			passed += rate_charge(&w, &key, &r) == FAULT_NONE;
			now_ms += n % 7 == 0;
			is_true((passed - limits[i].requests) * limits[i].seconds * 1000 <=
				(now_ms - from) * limits[i].requests,
			    row);
		}
		is_true(passed >= limits[i].requests || passed == 20000, row);
	}
}

static void
each_key_and_each_limit_has_its_own(void **state)
{
	(void)state;
	is_int(charge_times(9), 5, "one key");
	key.key_id = "key_2";
	is_int(charge_times(9), 5, "another");
	key.rate_requests = 6;
	is_int(charge_times(9), 6, "its new limit begins whole");
	key.rate_requests = 5;
	is_int(charge_times(9), 0, "and the old one is where it was");
	key.key_id = "key_1";
	is_int(charge_times(9), 0, "as is the first key's");
}

static void
who_has_no_limit_has_none(void **state)
{
	(void)state;
	key.rate_requests = 0;
	is_int(charge_times(1000), 1000, "no limit of its own");
	is_int(r.limit.requests, 0, "nor is one told");
	settings->limits_key_requests = 3;
	settings->limits_key_seconds = 60;
	is_int(charge_times(9), 3, "the installation's");
	is_int(r.limit.requests, 3, "which is told");
	key.rate_requests = 4;
	is_int(charge_times(9), 4, "its own goes before");
	key.kind = NULL;
	is_int(charge_times(1000), 1000, "a session");
}

/* nginx asks once, and hands over the refusal a moment later. */
static void
a_refusal_is_told_once_more(void **state)
{
	(void)state;
	is_fault(rate_refused(&w, &key, &r), FAULT_NONE, "never used");
	is_int(charge_times(3), 3, "some");
	is_fault(rate_refused(&w, &key, &r), FAULT_NONE, "there was room");
	is_int(r.left, 2, "and is");
	is_int(charge_times(9), 2, "the rest");
	now_ms += 2000;
	is_fault(rate_refused(&w, &key, &r), FAULT_RATE_LIMITED, "just before there was none");
	is_int(r.retry_after, 1, "and now there is");
	now_ms += 1001;
	is_fault(rate_refused(&w, &key, &r), FAULT_NONE, "long before");
	is_int(charge_times(9), 1, "nothing of it was counted");
}

/* More keys than places: the counts of the least are forgotten, those who are at their limit stay. */
static void
a_full_table_forgets_the_least(void **state)
{
	char id[16];

	(void)state;
	is_int(charge_times(5), 5, "at its limit");
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof id, "other_%d", i);
		key.key_id = id;
		(void)charge_times(1);
	}
	key.key_id = "key_1";
	is_int(charge_times(1), 0, "still");
	now_ms += 10000;
	is_int(charge_times(9), 5, "and over");
}

enum { PROCESSES = 2, KEYS = 4000, SPINS = 2000 };

/* One of the processes that use each key for the first time at the same moment. */
static int
race(_Atomic int *there)
{
	char id[16];
	int passed = 0;

	for (int i = 0; i < KEYS; i++) {
		snprintf(id, sizeof id, "key_%d", i);
		key.key_id = id;
		atomic_fetch_add(&there[i], 1);
		for (int n = 0; atomic_load(&there[i]) < PROCESSES; n++)
			if (n > SPINS)
				(void)sched_yield();
		passed += charge_times(1);
	}
	return passed;
}

static void
processes_count_together(void **state)
{
	_Atomic int *there = shared_take(sizeof *there * (KEYS + 1));
	pid_t pid[PROCESSES];
	int status;

	(void)state;
	settings->keys_remembered = KEYS * 4;
	rate_open(settings);
	key.rate_requests = 1;
	key.rate_seconds = 86400;
	for (int p = 0; p < PROCESSES; p++) {
		if ((pid[p] = fork()) == 0) {
			atomic_fetch_add(&there[KEYS], race(there));
			_exit(0);
		}
	}
	for (int p = 0; p < PROCESSES; p++)
		assert_int_equal(waitpid(pid[p], &status, 0), pid[p]);
	is_int(atomic_load(&there[KEYS]), KEYS, "one of each key");
}

/* Whoever did not find the key, and comes to the lock when another has put it there. */
static void
a_key_gets_no_second_place(void **state)
{
	struct bucket b = bucket_of(&key, &(struct rate_limit){ 5, 10 });
	int64_t full;

	(void)state;
	is_int(charge_times(1), 1, "the other");
	is_int(settle(set_of(&b), &b, &full), STEP_DONE, "then this one");
	is_int(charge_times(9), 3, "two were counted");
}

/* A process that was killed while it gave a place away holds up nobody. */
static void
a_killed_process_is_got_over(void **state)
{
	struct bucket b;
	uint64_t claimed;
	pid_t pid;
	int status;

	(void)state;
	b = bucket_of(&key, &(struct rate_limit){ 5, 10 });
	if ((pid = fork()) == 0) {
		(void)seqlock_claim(&set_of(&b)->seq, &claimed);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	is_true(set_of(&b)->seq & 1, "held");
	is_int(charge_times(9), 5, "and taken over");
}

/* --- wishes --- */

static void
what_may_be_wished(void **state)
{
	static const struct {
		struct rate_wish wish;
		enum fault fault;
		const char *field;
	} rows[] = {
		{ { { GIVEN, 1 }, { GIVEN, 1 } }, FAULT_NONE, NULL },
		{ { { GIVEN, 1000000 }, { GIVEN, 86400 } }, FAULT_NONE, NULL },
		{ { { GIVEN, 0 }, { GIVEN, 1 } }, FAULT_BAD_FIELD, "requests" },
		{ { { GIVEN, 1000001 }, { GIVEN, 1 } }, FAULT_BAD_FIELD, "requests" },
		{ { { GIVEN, -1 }, { GIVEN, 1 } }, FAULT_BAD_FIELD, "requests" },
		{ { { IS_NULL, 0 }, { GIVEN, 1 } }, FAULT_BAD_FIELD, "requests" },
		{ { { ABSENT, 0 }, { GIVEN, 1 } }, FAULT_MISSING_FIELD, "requests" },
		{ { { GIVEN, 1 }, { ABSENT, 0 } }, FAULT_MISSING_FIELD, "seconds" },
		{ { { GIVEN, 1 }, { GIVEN, 86401 } }, FAULT_BAD_FIELD, "seconds" },
		{ { { GIVEN, 1 }, { GIVEN, 0 } }, FAULT_BAD_FIELD, "seconds" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rate_wish wish = rows[i].wish;
		struct given_rows given = { GIVEN, &wish, 1 };
		struct rate_limit limit = { 7, 7 };
		const char *row = arena_print(w.arena, "row %zu", i);

		w.trouble = (struct trouble){ .field = NULL };
		is_fault(rate_wished(&w, &given, &limit), rows[i].fault, row);
		is_text(w.trouble.field, rows[i].field, row);
	}
}

static void
absent_and_null_are_not_the_same(void **state)
{
	struct rate_limit limit = { 7, 8 };
	struct given_rows given = { .is = ABSENT };

	(void)state;
	is_fault(rate_wished(&w, &given, &limit), FAULT_NONE, "absent");
	is_int(limit.requests, 7, "as it was");
	given.is = IS_NULL;
	is_fault(rate_wished(&w, &given, &limit), FAULT_NONE, "null");
	is_int(limit.requests, 0, "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_table_nothing_is_limited),
		cmocka_unit_test_setup(the_limit_and_not_one_more, fresh),
		cmocka_unit_test_setup(what_was_used_comes_back_one_by_one, fresh),
		cmocka_unit_test_setup(never_more_than_the_pace, fresh),
		cmocka_unit_test_setup(each_key_and_each_limit_has_its_own, fresh),
		cmocka_unit_test_setup(who_has_no_limit_has_none, fresh),
		cmocka_unit_test_setup(a_refusal_is_told_once_more, fresh),
		cmocka_unit_test_setup(a_full_table_forgets_the_least, fresh),
		cmocka_unit_test_setup(processes_count_together, fresh),
		cmocka_unit_test_setup(a_key_gets_no_second_place, fresh),
		cmocka_unit_test_setup(a_killed_process_is_got_over, fresh),
		cmocka_unit_test_setup(what_may_be_wished, fresh),
		cmocka_unit_test_setup(absent_and_null_are_not_the_same, fresh),
	};

	return cmocka_run_group_tests_name("core/rate", tests, start, bench_close);
}
