/*
 * test_admission.c: so many runs at once and no more, one for each key, over
 * real processes, of which some are killed.
 *
 * Nothing here is timed: who waits is seen in the table, and a process that
 * waits for ever ends the test by an alarm.
 */
#include "config.h"

#include <stdint.h>

static int64_t look_ms = 10;

#define ADMISSION_LOOK_MS look_ms
#define ADMISSION_SEATS	  16

#include "core/admission.c"

#include "base/bench.h"

#define ALARM	  60   /* seconds until a process that hangs is ended */
#define EVER	  5000 /* so long nobody waits in these tests, in ms */
#define PATIENCE  2000 /* looks, 10 ms apart, until something must have come about */
#define KILLS	  150
#define CHILD_MAX 16

/* What the processes of a test tell each other. */
static struct {
	_Atomic int now, most, ran, over, mine, busy, wrong;
	_Atomic int go;	  /* the children may go on */
	_Atomic int stop; /* and end */
	pthread_mutex_t running;
} * told;

/* The settings free what they were read with. */
static const char *memory_file;

static pid_t children[CHILD_MAX];
static size_t children_n;

static const uint8_t key_a[ADMISSION_TAG] = "the first of all", key_b[ADMISSION_TAG] = "and another key.";

static int
start(void **state)
{
	(void)alarm(5 * ALARM);
	told = shared_take(sizeof *told);
	if (bench_open(state) != 0)
		return -1;
	memory_file = settings->keys_memory_file;
	return 0;
}

/* Each test has a table and counters of its own; the old ones stay mapped. */
static int
fresh(void **state)
{
	(void)state;
	counters_open();
	admission_open();
	memset(told, 0, sizeof *told);
	lock_make(&told->running);
	children_n = 0;
	look_ms = 10;
	settings->keys_argon2_at_once = 1;
	settings->keys_argon2_wait = EVER;
	settings->keys_memory_file = "/somewhere";
	bench_clear();
	return 0;
}

static int
finish(void **state)
{
	settings->keys_memory_file = memory_file;
	return bench_close(state);
}

static size_t
begin(void (*what)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0 && children_n < CHILD_MAX);
	if (pid == 0) {
		(void)alarm(ALARM);
		what();
		_exit(0);
	}
	children[children_n] = pid;
	return children_n++;
}

static void
ends(size_t child)
{
	int status;

	assert_int_equal(waitpid(children[child], &status, 0), children[child]);
	is_int(status, 0, "how a process ended");
}

static void
kill_one(size_t child)
{
	assert_int_equal(kill(children[child], SIGKILL), 0);
	assert_int_equal(waitpid(children[child], NULL, 0), children[child]);
}

/* What the seats say, whoever sits there. */
static int
how_many(enum doing what)
{
	int n = 0;

	for (size_t i = 0; i < table->taken; i++)
		n += doing(&table->seat[i]) == what;
	return n;
}

static void
nap(void)
{
	(void)usleep(10000);
}

#define await(cond) \
	do { \
		for (int left_ = PATIENCE; !(cond) && left_ > 0; left_--) \
			nap(); \
		is_true(cond, "has come about"); \
	} while (0)

static void
run_until_told(void)
{
	if (admission_run(&w) != FAULT_NONE) {
		told->busy++;
		return;
	}
	told->ran++;
	while (!told->go)
		nap();
	admission_ran();
	while (!told->stop)
		nap();
}

static void
run_once(void)
{
	if (admission_run(&w) != FAULT_NONE)
		told->busy++;
	else
		told->ran++;
	admission_ran();
}

/* The first test: what the command line does. */
static void
without_a_table_nothing_is_limited(void **state)
{
	int64_t until = 0;
	bool mine = false;

	(void)state;
	for (int i = 0; i < 3; i++) {
		is_fault(admission_run(&w), FAULT_NONE, "a run");
		is_fault(admission_claim(&w, key_a, &until, &mine), FAULT_NONE, "a key");
		is_int(mine, true, "always ours");
	}
	admission_ran();
	admission_done();
}

static void
half_the_cores_unless_told_otherwise(void **state)
{
	cpu_set_t all, one;

	(void)state;
	settings->keys_argon2_at_once = 0;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	is_int(most(&w), CPU_COUNT(&all) > 3 ? CPU_COUNT(&all) / 2 : 1, "of all cores");
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &all) && CPU_COUNT(&one) == 0)
			CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	is_int(half_the_cores(), 1, "of one core");
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
	settings->keys_argon2_at_once = 7;
	is_int(most(&w), 7, "as it was set");
}

/* --- places --- */

static void
note_most(int now)
{
	int was = told->most;

	while (now > was && !atomic_compare_exchange_weak(&told->most, &was, now))
		;
}

static void
run_many(void)
{
	for (int done = 0; done < 200;) {
		if (admission_run(&w) != FAULT_NONE) {
			told->busy++;
			(void)usleep(50);
			continue;
		}
		note_most(++told->now);
		(void)usleep(20);
		told->now--;
		admission_ran();
		done++;
		told->ran++;
	}
}

static void
so_many_at_once_and_no_more(void **state)
{
	for (int n = 1; n <= 3; n++) {
		(void)fresh(state);
		settings->keys_argon2_at_once = n;
		for (int i = 0; i < 8; i++)
			begin(run_many);
		for (size_t i = 0; i < children_n; i++)
			ends(i);
		is_int(told->most, n, "the most at once");
		is_int(counter_value(COUNT_ARGON2_PEAK), n, "as it is counted");
		is_int(told->ran, 1600, "nobody was lost");
		is_int(counter_value(COUNT_ARGON2_REFUSED), told->busy, "refused");
		is_true(counter_value(COUNT_ARGON2_WAITS_PLACE) > 0, "some waited");
		is_int(counter_value(COUNT_ARGON2_WAITS_KEY), 0, "none for a key");
	}
}

/* No look in between: it is the end of the run that wakes it. */
static void
who_waits_is_woken(void **state)
{
	(void)state;
	look_ms = ALARM * 10000;
	settings->keys_argon2_wait = ALARM * 10000;
	begin(run_until_told);
	await(told->ran == 1);
	begin(run_once);
	await(how_many(DOING_WAIT) == 1);
	told->go = 1;
	ends(1);
	is_int(told->ran, 2, "both");
	told->stop = 1;
	ends(0);
}

static void
as_many_wait_as_may_run(void **state)
{
	(void)state;
	settings->keys_argon2_at_once = 2;
	settings->keys_argon2_wait = ALARM * 10000;
	for (int i = 0; i < 4; i++)
		begin(run_until_told);
	await(told->ran == 2 && how_many(DOING_WAIT) == 2);
	is_fault(admission_run(&w), FAULT_BUSY, "one more");
	is_int(w.trouble.retry_after, 1, "seconds");
	is_int(how_many(DOING_WAIT), 2, "at once: the others wait on");
	is_int(counter_value(COUNT_ARGON2_REFUSED), 1, "counted");
	told->go = told->stop = 1;
	for (size_t i = 0; i < 4; i++)
		ends(i);
	is_int(told->ran, 4, "all who waited");
	is_fault(admission_run(&w), FAULT_NONE, "and now");
}

static void
nobody_waits_for_ever(void **state)
{
	static const int64_t waits[] = { 0, 1, 25 };

	(void)state;
	begin(run_until_told);
	await(told->ran == 1);
	for (size_t i = 0; i < COUNT(waits); i++) {
		settings->keys_argon2_wait = waits[i];
		is_fault(admission_run(&w), FAULT_BUSY, "while another runs");
		is_int(doing(own), DOING_NOTHING, "and waits no more");
		is_int(told->now, 0, "it runs on");
	}
	told->go = told->stop = 1;
	ends(0);
	is_fault(admission_run(&w), FAULT_NONE, "after it");
}

/* Whoever waits goes before whoever comes, also when both see a place. */
static void
who_waits_goes_first(void **state)
{
	(void)state;
	settings->keys_argon2_wait = 0;
	assert_true(guard_lock() && sit_down());
	guard_unlock();
	atomic_store(&own->doing, DOING_WAIT);
	begin(run_once);
	ends(0);
	is_int(told->busy, 1, "the newcomer");
	is_fault(admission_run(&w), FAULT_NONE, "who has waited");
}

/* --- killed --- */

static void
hold_guard(void)
{
	assert_true(guard_lock());
	told->now = 1;
	while (!told->stop)
		nap();
	guard_unlock();
}

static void
a_killed_run_frees_its_place(void **state)
{
	(void)state;
	begin(run_until_told);
	await(told->ran == 1);
	kill_one(0);
	settings->keys_argon2_wait = 0;
	is_fault(admission_run(&w), FAULT_NONE, "its place");
	is_int(how_many(DOING_RUN), 1, "ours");
}

static void
who_waits_sees_that_a_run_was_killed(void **state)
{
	(void)state;
	settings->keys_argon2_wait = ALARM * 10000;
	begin(run_until_told);
	await(told->ran == 1);
	begin(run_once);
	await(how_many(DOING_WAIT) == 1);
	kill_one(0);
	ends(1);
	is_int(told->ran, 2, "it ran");
}

static void
a_killed_waiter_frees_its_place(void **state)
{
	(void)state;
	begin(run_until_told);
	await(told->ran == 1);
	begin(run_until_told);
	await(how_many(DOING_WAIT) == 1);
	kill_one(1);
	settings->keys_argon2_wait = ALARM * 10000;
	begin(run_once);
	await(how_many(DOING_WAIT) == 1);
	told->go = told->stop = 1;
	ends(0);
	ends(2);
	is_int(told->busy, 0, "refused");
}

static void
a_killed_guard_is_relieved(void **state)
{
	(void)state;
	begin(hold_guard);
	await(told->now == 1);
	kill_one(0);
	is_fault(admission_run(&w), FAULT_NONE, "the next");
	admission_ran();
	begin(run_once);
	ends(1);
	is_int(told->ran, 1, "and the one after it");
}

/* A process that was stopped there holds up nobody for longer than a second. */
static void
a_stopped_guard_makes_busy(void **state)
{
	(void)state;
	begin(hold_guard);
	await(told->now == 1);
	is_fault(admission_run(&w), FAULT_BUSY, "meanwhile");
	told->stop = 1;
	ends(0);
	is_fault(admission_run(&w), FAULT_NONE, "after it");
}

static void
take_a_seat(void)
{
	run_once();
	while (!told->stop)
		nap();
}

static void
more_processes_than_seats(void **state)
{
	(void)state;
	for (int i = 0; i < ADMISSION_SEATS; i++) {
		begin(take_a_seat);
		await(told->ran == i + 1);
	}
	is_fault(admission_run(&w), FAULT_BUSY, "no seat");
	kill_one(5);
	is_fault(admission_run(&w), FAULT_NONE, "the seat of one that is gone");
	is_true(own == &table->seat[5], "that one");
	admission_ran();
	told->stop = 1;
	for (size_t i = 0; i < children_n; i++)
		if (i != 5)
			ends(i);
}

static void
a_child_has_a_seat_of_its_own(void **state)
{
	(void)state;
	settings->keys_argon2_at_once = 2;
	is_fault(admission_run(&w), FAULT_NONE, "the parent");
	begin(run_until_told);
	await(told->ran == 1);
	is_int(how_many(DOING_RUN), 2, "two");
	told->go = told->stop = 1;
	ends(0);
	is_int(how_many(DOING_RUN), 1, "the parent's is left alone");
	admission_ran();
	is_int(how_many(DOING_RUN), 0, "none");
}

/* --- one key --- */

static void
claim_as_long_as_told(const uint8_t *key)
{
	int64_t until = 0;
	bool mine;

	if (admission_claim(&w, key, &until, &mine) != FAULT_NONE) {
		told->busy++;
		return;
	}
	if (!mine) {
		told->over++;
		return;
	}
	told->mine++;
	while (!told->go)
		nap();
	is_fault(admission_run(&w), FAULT_NONE, "let in already");
	admission_ran();
	told->ran++;
	while (!told->stop)
		nap();
	admission_done();
}

static void
claim_a(void)
{
	claim_as_long_as_told(key_a);
}

static void
claim_b(void)
{
	claim_as_long_as_told(key_b);
}

static void
one_key_is_verified_once(void **state)
{
	(void)state;
	look_ms = ALARM * 10000;
	settings->keys_argon2_wait = ALARM * 10000;
	begin(claim_a);
	await(told->mine == 1);
	for (int i = 0; i < 6; i++)
		begin(claim_a);
	await(counter_value(COUNT_ARGON2_WAITS_KEY) == 6);
	is_int(how_many(DOING_WAIT), 0, "takes no place of those who wait for one");
	told->go = 1;
	await(told->ran == 1);
	is_int(how_many(DOING_SETTLE), 1, "it has run, and is not done");
	is_fault(admission_run(&w), FAULT_NONE, "its place is free for others");
	admission_ran();
	is_int(told->over, 0, "they wait on");
	told->stop = 1;
	for (size_t i = 0; i < children_n; i++)
		ends(i);
	is_int(told->over, 6, "all at the end of it");
	is_int(told->mine, 1, "one run");
	is_int(counter_value(COUNT_ARGON2_PEAK), 1, "at once");
}

/* Nothing came of it: one of those who waited does it, the others wait again. */
static void
claim_again(void)
{
	int64_t until = 0;
	bool mine = false;

	while (!mine) {
		if (admission_claim(&w, key_a, &until, &mine) != FAULT_NONE) {
			told->busy++;
			return;
		}
		told->over += !mine;
	}
	note_most(++told->now);
	nap();
	told->now--;
	admission_ran();
	told->ran++;
	admission_done();
}

static void
another_goes_on_where_one_was_killed(void **state)
{
	(void)state;
	settings->keys_argon2_at_once = 3;
	begin(claim_a);
	await(told->mine == 1);
	for (int i = 0; i < 4; i++)
		begin(claim_again);
	await(counter_value(COUNT_ARGON2_WAITS_KEY) == 4);
	kill_one(0);
	for (size_t i = 1; i < children_n; i++)
		ends(i);
	is_int(told->ran, 4, "each in turn, as nothing is remembered here");
	is_int(told->most, 1, "one at a time for one key");
	is_int(told->busy, 0, "refused");
}

static void
keys_do_not_wait_for_each_other(void **state)
{
	int64_t until = 0;
	bool mine = false;

	(void)state;
	settings->keys_argon2_at_once = 3;
	begin(claim_a);
	begin(claim_b);
	await(told->mine == 2);
	is_fault(admission_run(&w), FAULT_NONE, "and a password");
	is_int(how_many(DOING_RUN), 3, "three");
	admission_ran();
	told->go = 1;
	await(told->ran == 2);
	settings->keys_argon2_wait = 0;
	is_fault(admission_claim(&w, key_a, &until, &mine), FAULT_BUSY, "one that is not done yet");
	told->stop = 1;
	ends(0);
	ends(1);
	until = 0;
	is_fault(admission_claim(&w, key_a, &until, &mine), FAULT_NONE, "one that is");
	is_int(mine, true, "ours");
	admission_done();
	is_int(how_many(DOING_RUN), 0, "given back without a run");
}

static void
where_nothing_is_remembered_each_runs(void **state)
{
	(void)state;
	settings->keys_memory_file = "";
	settings->keys_argon2_at_once = 2;
	begin(claim_a);
	begin(claim_a);
	await(told->mine == 2);
	is_int(how_many(DOING_RUN), 2, "two");
	told->go = told->stop = 1;
	ends(0);
	ends(1);
	is_int(how_many(DOING_SETTLE), 0, "nothing to settle");
}

/* To wait for one who has to wait takes a place, or one key could occupy all processes. */
static void
a_key_that_waits_is_not_waited_for_by_all(void **state)
{
	int64_t until = 0;
	bool mine;

	(void)state;
	settings->keys_argon2_at_once = 2;
	settings->keys_argon2_wait = ALARM * 10000;
	begin(run_until_told);
	begin(run_until_told);
	await(told->ran == 2);
	begin(claim_a);
	await(how_many(DOING_WAIT) == 1);
	begin(claim_a);
	await(how_many(DOING_WAIT) == 2);
	is_int(counter_value(COUNT_ARGON2_WAITS_KEY), 1, "the second waits for the first");
	is_fault(admission_claim(&w, key_a, &until, &mine), FAULT_BUSY, "the third for nobody");
	kill_one(0);
	await(told->mine == 1);
	await(how_many(DOING_WAIT) == 0);
	is_int(told->over, 0, "the second waits for a run now");
	told->go = told->stop = 1;
	for (size_t i = 1; i < children_n; i++)
		ends(i);
	is_int(told->mine, 1, "one run");
	is_int(told->over, 1, "for both");
	is_int(told->busy, 0, "refused");
}

/* --- all of it, with processes dying anywhere --- */

/* Nobody alive may be running: the lock of one who is gone is a dead one's. */
static void
run_alone(void)
{
	int e = pthread_mutex_trylock(&told->running);

	if (e == EBUSY) {
		e = pthread_mutex_lock(&told->running);
		told->wrong += e == 0;
	}
	if (e == EOWNERDEAD)
		(void)pthread_mutex_consistent(&told->running);
	(void)usleep(100);
	(void)pthread_mutex_unlock(&told->running);
}

static void
claim_for_ever(void)
{
	unsigned turn = (unsigned)getpid();
	int64_t until;
	bool mine;

	for (; !told->stop; turn = turn * 1103515245 + 12345) {
		mine = false;
		until = 0;
		if ((turn >> 16) % 3 == 0 ? admission_run(&w) != FAULT_NONE
					  : admission_claim(&w, (turn >> 16) % 3 == 1 ? key_a : key_b, &until,
						&mine) != FAULT_NONE)
			continue;
		if (doing(own) == DOING_RUN)
			run_alone();
		admission_ran();
		told->ran++;
		admission_done();
	}
}

static void
whoever_dies_wherever(void **state)
{
	int before;

	(void)state;
	settings->keys_argon2_wait = 100;
	for (int i = 0; i < 5; i++)
		begin(claim_for_ever);
	for (int i = 0; i < KILLS; i++) {
		size_t victim = (size_t)i % 5;

		(void)usleep(1000 + (unsigned)i * 7 % 1500);
		kill_one(victim);
		children_n = victim;
		begin(claim_for_ever);
		children_n = 5;
	}
	before = told->ran;
	await(told->ran > before + 10);
	told->stop = 1;
	for (size_t i = 0; i < 5; i++)
		ends(i);
	is_int(told->wrong, 0, "two at once");
	settings->keys_argon2_wait = 0;
	is_fault(admission_run(&w), FAULT_NONE, "no place was lost");
}

static void
verify_a_until_told(void)
{
	int64_t until = 0;
	bool mine;

	if (admission_claim(&w, key_a, &until, &mine) != FAULT_NONE || !mine)
		return;
	told->mine++;
	while (!told->go)
		nap();
	admission_done();
}

/* A place, room to wait, or a run of the same key: then it is worth asking the database. */
static void
who_would_be_refused_is_told_before(void **state)
{
	size_t runs, waits;

	(void)state;
	is_fault(admission_look(&w, key_b), FAULT_NONE, "nobody is there");
	runs = begin(verify_a_until_told);
	await(told->mine == 1);
	is_fault(admission_look(&w, key_b), FAULT_NONE, "there is room to wait");
	waits = begin(run_once);
	await(how_many(DOING_WAIT) == 1);
	is_fault(admission_look(&w, key_b), FAULT_BUSY, "there is none");
	is_int(w.trouble.retry_after, 1, "when to come again");
	is_fault(admission_look(&w, key_a), FAULT_NONE, "somebody is at this key");
	told->go = 1;
	ends(runs);
	ends(waits);
	is_fault(admission_look(&w, key_b), FAULT_NONE, "all are gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_table_nothing_is_limited),
		cmocka_unit_test_setup(half_the_cores_unless_told_otherwise, fresh),
		cmocka_unit_test(so_many_at_once_and_no_more),
		cmocka_unit_test_setup(who_waits_is_woken, fresh),
		cmocka_unit_test_setup(as_many_wait_as_may_run, fresh),
		cmocka_unit_test_setup(nobody_waits_for_ever, fresh),
		cmocka_unit_test_setup(who_waits_goes_first, fresh),
		cmocka_unit_test_setup(a_killed_run_frees_its_place, fresh),
		cmocka_unit_test_setup(who_waits_sees_that_a_run_was_killed, fresh),
		cmocka_unit_test_setup(a_killed_waiter_frees_its_place, fresh),
		cmocka_unit_test_setup(a_killed_guard_is_relieved, fresh),
		cmocka_unit_test_setup(a_stopped_guard_makes_busy, fresh),
		cmocka_unit_test_setup(more_processes_than_seats, fresh),
		cmocka_unit_test_setup(a_child_has_a_seat_of_its_own, fresh),
		cmocka_unit_test_setup(one_key_is_verified_once, fresh),
		cmocka_unit_test_setup(another_goes_on_where_one_was_killed, fresh),
		cmocka_unit_test_setup(keys_do_not_wait_for_each_other, fresh),
		cmocka_unit_test_setup(where_nothing_is_remembered_each_runs, fresh),
		cmocka_unit_test_setup(a_key_that_waits_is_not_waited_for_by_all, fresh),
		cmocka_unit_test_setup(whoever_dies_wherever, fresh),
		cmocka_unit_test_setup(who_would_be_refused_is_told_before, fresh),
	};

	return cmocka_run_group_tests_name("core/admission", tests, start, finish);
}
