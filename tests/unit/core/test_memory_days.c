/*
 * test_memory_days.c: how often remembered keys were used on each day: each use
 * once, on its day and of its key, whoever dies, and told once.
 */
#include "core/remembered.h"

#define USES_MAX 64
#define TODAY	 (INT64_C(1800000000) / CLOCK_DAY)

static struct memory_use told[USES_MAX];
static size_t told_n;

static bool
keep(uint64_t nr, const char *id)
{
	w.counted = false;
	return memory_keep(&w, crowded(nr), small(id), true);
}

static bool
use(uint64_t nr)
{
	w.counted = false;
	return memory_used(&w, crowded(nr));
}

static void
use_often(uint64_t nr, int n)
{
	for (int i = 0; i < n; i++)
		is_true(use(nr), "used");
}

static void
tell(void)
{
	size_t turn = 0;

	told_n = memory_uses(&w, true, told, USES_MAX, &turn);
}

/* What is told of a key on a day. */
static int64_t
count_told(const char *id, int64_t day)
{
	int64_t n = 0;

	for (size_t i = 0; i < told_n; i++)
		for (size_t d = 0; d < MEMORY_DAYS; d++)
			if (strcmp(told[i].key_id, id) == 0 && told[i].days[d].uses > 0 &&
			    told[i].days[d].day == day)
				n += told[i].days[d].uses;
	return n;
}

static void
write_all(void)
{
	tell();
	memory_uses_written(told, told_n);
}

static void
each_use_is_told_once(void **state)
{
	(void)state;
	is_true(keep(1, "key_1") && keep(2, "key_2"), "kept");
	use_often(1, 4);
	tell();
	is_int(count_told("key_1", TODAY), 5, "with its verification");
	is_int(count_told("key_2", TODAY), 1, "only that");
	tell();
	is_int(told_n, 2, "the last uses are told until they are written");
	is_int(count_told("key_1", TODAY), 0, "the counts are not");
	memory_uses_written(told, told_n);
	tell();
	is_int(told_n, 0, "nothing is left");
}

/* An address that is looked up again in the same request, and a refusal that follows a question. */
static void
what_was_counted_is_not_counted_again(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	is_true(w.counted, "counted");
	is_true(memory_used(&w, crowded(1)), "asked again");
	is_true(memory_keep(&w, crowded(1), small("key_1"), true), "verified again");
	tell();
	is_int(count_told("key_1", TODAY), 1, "once");
}

static void
a_dead_key_is_not_used(void **state)
{
	(void)state;
	is_true(memory_keep(&w, crowded(1), small("key_1"), false), "remembered as dead");
	is_true(!w.counted, "no use");
	tell();
	is_int(told_n, 0, "nothing to tell");
}

static void
a_day_ends(void **state)
{
	(void)state;
	w.now = (TODAY + 1) * CLOCK_DAY - 1;
	is_true(keep(1, "key_1"), "kept");
	use_often(1, 2);
	w.now++;
	use_often(1, 10);
	tell();
	is_int(told_n, 1, "a key");
	is_int(count_told("key_1", TODAY), 3, "the day before");
	is_int(count_told("key_1", TODAY + 1), 10, "the day");
	memory_uses_written(told, told_n);
	w.now += 5 * CLOCK_DAY;
	use_often(1, 7);
	tell();
	is_int(count_told("key_1", TODAY + 6), 7, "days later");
}

/* Nobody could write for two days: only the latest are left, on the right days. */
static void
what_nobody_writes_is_lost_after_two_days(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	for (int i = 1; i <= 3; i++) {
		w.now += CLOCK_DAY;
		use_often(1, i);
	}
	tell();
	is_int(count_told("key_1", TODAY + 3), 3, "today");
	is_int(count_told("key_1", TODAY + 2), 2, "yesterday");
	is_int(count_told("key_1", TODAY + 1), 0, "before");
}

static void
days_have_their_whole_number(void **state)
{
	static const struct {
		int64_t day, today;
	} cases[] = { { TODAY, TODAY }, { TODAY - 1, TODAY }, { TODAY + 1, TODAY }, { TODAY - 60000, TODAY },
		{ 65535, 65536 }, { 65536, 65535 }, { 0, 0 }, { 65536, 65536 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_int(whole_day(label_of((struct tag){ { 0, ~UINT64_C(0) } }, cases[i].day), cases[i].today),
		    cases[i].day, "whole");
}

/* All in one second, in which no use is noted any more but the first. */
static void
a_use_while_the_others_are_written_is_told(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	tell();
	use_often(1, 3);
	memory_uses_written(told, told_n);
	tell();
	is_int(count_told("key_1", TODAY), 3, "those since");
	memory_uses_written(told, told_n);
	use_often(1, 2);
	tell();
	is_int(count_told("key_1", TODAY), 2, "and those after");
}

static void
what_is_not_written_comes_back(void **state)
{
	(void)state;
	w.now = (TODAY + 1) * CLOCK_DAY - 1;
	is_true(keep(1, "key_1"), "kept");
	w.now++;
	use_often(1, 4);
	for (int i = 0; i < 3; i++) {
		tell();
		is_int(count_told("key_1", TODAY), 1, "yesterday's");
		is_int(count_told("key_1", TODAY + 1), 4 + i, "today's");
		use_often(1, 1);
		memory_uses_back(told, told_n);
	}
	write_all();
	tell();
	is_int(told_n, 0, "written");
}

/* --- a slot becomes another key's --- */

static const char *const ids[] = { "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7" };

/* All slots of a set are taken; k0 was used first, three times. */
static void
fill_set(void)
{
	for (uint64_t i = 0; i < WAYS; i++, w.now++) {
		is_true(keep(i, ids[i]), "kept");
		use_often(i, 2);
	}
}

static void
counts_are_not_lost_with_their_slot(void **state)
{
	(void)state;
	fill_set();
	is_true(keep(WAYS, "k8"), "another");
	is_text(db.counted_key, "k0", "written before it goes");
	is_int(db.day, TODAY, "its day");
	is_int(db.uses, 3, "how often");
	tell();
	is_int(count_told("k8", TODAY), 1, "the new one has its own count");
	is_int(count_told("k0", TODAY), 0, "and not the old one's");
}

static void
what_cannot_be_written_stays(void **state)
{
	static const struct {
		enum fault fault;
		int64_t left; /* of its counts */
	} cases[] = { { FAULT_TRY_AGAIN, 3 }, { FAULT_INTERNAL, 3 }, { FAULT_UNAVAILABLE, 0 } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		(void)fresh(state);
		fill_set();
		db.days_fault = cases[i].fault;
		is_true(!keep(WAYS, "k8"), "no place for another");
		is_true(!w.counted, "the caller counts it");
		tell();
		is_int(count_told("k0", TODAY), cases[i].left, "never twice: what may be written is gone");
	}
}

/* The last use is written, but not how often. */
static void
a_count_alone_keeps_the_slot(void **state)
{
	(void)state;
	fill_set();
	write_all();
	w.now = 1800000000;
	use_often(0, 1); /* in a second that is past: the last use stays */
	db.changing = true;
	is_true(!keep(WAYS, "k8"), "in a transaction nothing is written");
	db.changing = false;
	is_true(keep(WAYS, "k8"), "now");
	is_text(db.counted_key, "k0", "it was counted");
	is_int(db.uses, 1, "once");
}

/* Whoever found the slot before it was given away. */
static void
a_late_use_is_not_anothers(void **state)
{
	struct key_slot *slot;
	struct tag old;

	(void)state;
	fill_set();
	old = memory_tag(crowded(0));
	old.w[1] ^= UINT64_C(1) << 63; /* tags of the crowd differ in their other half only */
	slot = slot_nr(crowded(0));
	is_true(!memory_day_add(slot, old, TODAY, 1), "not its own");
	is_true(!memory_days_wait(slot, old), "nothing of it");
	tell();
	is_int(count_told("k0", TODAY), 3, "none more");
}

/* --- deaths, and many at once --- */

static void
use_and_die(void)
{
	use_often(1, 5);
}

static void
tell_and_die(void)
{
	tell();
}

static void
who_dies_takes_nothing_along_but_what_it_had(void **state)
{
	(void)state;
	is_true(keep(1, "key_1"), "kept");
	in_child(use_and_die);
	tell();
	is_int(count_told("key_1", TODAY), 6, "a worker");
	memory_uses_back(told, told_n);
	in_child(tell_and_die);
	use_often(1, 1);
	tell();
	is_int(count_told("key_1", TODAY), 1,
	    "the keeper: what it was about to write, and it is not written");
}

#define WORKERS 3
#define KEYS	4
#define USES	60000

static void
work_hard(void)
{
	for (int i = 0; i < USES; i++) {
		w.now = INT64_C(1800000000) + i / 100;
		(void)use((uint64_t)i % KEYS);
	}
}

/* Also while they are taken, written and given back all the time. */
static void
nothing_is_lost_or_doubled(void **state)
{
	int64_t sum[KEYS] = { 0 };
	pid_t pid[WORKERS];
	int alive = WORKERS, status;

	(void)state;
	for (uint64_t i = 0; i < KEYS; i++)
		is_true(keep(i, ids[i]), "kept");
	fflush(NULL);
	for (int i = 0; i < WORKERS; i++)
		if ((pid[i] = fork()) == 0) {
			work_hard();
			_exit(0);
		}
	for (int turn = 0; turn == 0 || told_n > 0 || alive > 0; turn++) {
		for (int i = 0; i < WORKERS; i++)
			if (pid[i] != 0 && waitpid(pid[i], &status, WNOHANG) == pid[i]) {
				assert_int_equal(status, 0);
				pid[i] = 0;
				alive--;
			}
		tell();
		if (turn % 3 == 2 && alive > 0) {
			memory_uses_back(told, told_n);
			continue;
		}
		for (size_t i = 0; i < KEYS; i++)
			sum[i] += count_told(ids[i], TODAY);
		memory_uses_written(told, told_n);
		arena_reset(w.arena);
	}
	for (size_t i = 0; i < KEYS; i++)
		is_int(sum[i], 1 + WORKERS * USES / KEYS, ids[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_use_is_told_once, fresh),
		cmocka_unit_test_setup(what_was_counted_is_not_counted_again, fresh),
		cmocka_unit_test_setup(a_dead_key_is_not_used, fresh),
		cmocka_unit_test_setup(a_day_ends, fresh),
		cmocka_unit_test_setup(what_nobody_writes_is_lost_after_two_days, fresh),
		cmocka_unit_test_setup(days_have_their_whole_number, fresh),
		cmocka_unit_test_setup(a_use_while_the_others_are_written_is_told, fresh),
		cmocka_unit_test_setup(what_is_not_written_comes_back, fresh),
		cmocka_unit_test_setup(counts_are_not_lost_with_their_slot, fresh),
		cmocka_unit_test_setup(what_cannot_be_written_stays, fresh),
		cmocka_unit_test_setup(a_count_alone_keeps_the_slot, fresh),
		cmocka_unit_test_setup(a_late_use_is_not_anothers, fresh),
		cmocka_unit_test_setup(who_dies_takes_nothing_along_but_what_it_had, fresh),
		cmocka_unit_test_setup(nothing_is_lost_or_doubled, fresh),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
