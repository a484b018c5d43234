/*
 * test_throttle.c: failures are counted by address over all processes, a minute
 * at a time; log-ins by account and address.
 */
#include "core/throttle.c"

#include "base/bench.h"

#define START 1800000000 /* the first second of a minute */

static int
start(void **state)
{
	counters_open();
	return bench_open(state);
}

/* Each test has a table of its own. */
static int
fresh(void **state)
{
	(void)state;
	throttle_open();
	settings->limits_failed_per_minute = 5;
	settings->limits_logins_per_minute = 3;
	w.now = START;
	w.peer = address_parse(STR("192.0.2.1"));
	return 0;
}

static void
from(const char *address)
{
	w.peer = address_parse(str_of(address));
}

static void
fail_times(int n)
{
	for (int i = 0; i < n; i++)
		throttle_count(&w, THROTTLE_PRESENTED, STR_NONE);
}

static enum fault
check(void)
{
	return throttle_check(&w, THROTTLE_PRESENTED, STR_NONE);
}

/* The first test: what the command line does. */
static void
without_a_table_nothing_is_throttled(void **state)
{
	(void)state;
	w.now = START;
	from("192.0.2.1");
	settings->limits_failed_per_minute = 1;
	fail_times(10);
	is_fault(check(), FAULT_NONE, "not opened");
}

static void
the_limit_is_reached_and_no_sooner(void **state)
{
	uint64_t refused = counter_value(COUNT_THROTTLED);

	(void)state;
	for (int i = 0; i < 5; i++) {
		is_fault(check(), FAULT_NONE, "below the limit");
		fail_times(1);
	}
	is_fault(check(), FAULT_THROTTLED, "at the limit");
	fail_times(100);
	is_fault(check(), FAULT_THROTTLED, "above it");
	is_int(counter_value(COUNT_THROTTLED), refused + 2, "counted");
}

static void
the_next_minute_begins_anew(void **state)
{
	static const struct {
		int64_t now, retry_after;
	} cases[] = {
		{ START, 60 },
		{ START + 1, 59 },
		{ START + 30, 30 },
		{ START + 59, 1 },
	};

	(void)state;
	fail_times(5);
	for (size_t i = 0; i < COUNT(cases); i++) {
		w.now = cases[i].now;
		is_fault(check(), FAULT_THROTTLED, "within the minute");
		is_int(w.trouble.retry_after, cases[i].retry_after, "seconds to wait");
	}
	w.now = START + 60;
	is_fault(check(), FAULT_NONE, "the next one");
	fail_times(4);
	is_fault(check(), FAULT_NONE, "counted from nothing");
	fail_times(1);
	is_fault(check(), FAULT_THROTTLED, "and again");
}

static void
addresses_are_counted_apart(void **state)
{
	static const struct {
		const char *address;
		bool throttled;
	} cases[] = {
		{ "192.0.2.1", true },
		{ "::ffff:192.0.2.1", true },
		{ "192.0.2.2", false },
		{ "192.0.3.1", false },
		{ "::192.0.2.1", false },
		{ "::1", false },
		{ "", false },
	};

	(void)state;
	fail_times(5);
	for (size_t i = 0; i < COUNT(cases); i++) {
		from(cases[i].address);
		is_fault(check(), cases[i].throttled ? FAULT_THROTTLED : FAULT_NONE, cases[i].address);
	}
}

/* Whoever has one IPv6 address has all of its /64. */
static void
ipv6_is_counted_by_its_64(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		char address[64];

		snprintf(address, sizeof address, "2001:db8:1:2:%x::%x", i, i);
		from(address);
		fail_times(1);
	}
	from("2001:db8:1:2:ffff:ffff:ffff:ffff");
	is_fault(check(), FAULT_THROTTLED, "the same /64");
	from("2001:db8:1:3::");
	is_fault(check(), FAULT_NONE, "its neighbour");
}

static void
exempt_ranges_are_not_counted(void **state)
{
	static const struct {
		const char *address;
		bool exempt;
	} cases[] = {
		{ "127.0.0.1", true },
		{ "127.255.255.255", true },
		{ "::1", true },
		{ "128.0.0.1", false },
		{ "::2", false },
	};
	const char *was = settings->limits_throttle_exempt;

	(void)state;
	settings->limits_throttle_exempt = "127.0.0.0/8 ::1/128";
	for (size_t i = 0; i < COUNT(cases); i++) {
		from(cases[i].address);
		fail_times(50);
		is_fault(check(), cases[i].exempt ? FAULT_NONE : FAULT_THROTTLED, cases[i].address);
	}
	settings->limits_throttle_exempt = "";
	from("127.0.0.1");
	is_fault(check(), FAULT_NONE, "nothing was counted meanwhile");
	settings->limits_throttle_exempt = was;
}

static void
log_ins_are_counted_by_account_and_address(void **state)
{
	static const struct {
		const char *address, *account;
		bool throttled;
	} cases[] = {
		{ "192.0.2.1", "ann@example.org", true },
		{ "192.0.2.1", "bob@example.org", false },
		{ "192.0.2.2", "ann@example.org", false },
		{ "192.0.2.1", "", false },
	};

	(void)state;
	for (int i = 0; i < 3; i++)
		throttle_count(&w, THROTTLE_LOGIN, STR("ann@example.org"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		from(cases[i].address);
		is_fault(throttle_check(&w, THROTTLE_LOGIN, str_of(cases[i].account)),
		    cases[i].throttled ? FAULT_THROTTLED : FAULT_NONE, cases[i].account);
	}
	from("192.0.2.1");
	is_fault(check(), FAULT_NONE, "presented keys are another count");
}

static void
what_was_no_log_in_is_taken_back(void **state)
{
	const struct str ann = STR("ann@example.org");

	(void)state;
	throttle_take_back(&w, THROTTLE_LOGIN, ann);
	for (int i = 0; i < 20; i++) {
		throttle_count(&w, THROTTLE_LOGIN, ann);
		throttle_take_back(&w, THROTTLE_LOGIN, ann);
	}
	is_fault(throttle_check(&w, THROTTLE_LOGIN, ann), FAULT_NONE, "none of them counts");
	throttle_take_back(&w, THROTTLE_LOGIN, ann);
	for (int i = 0; i < 3; i++) {
		is_fault(throttle_check(&w, THROTTLE_LOGIN, ann), FAULT_NONE, "below the limit");
		throttle_count(&w, THROTTLE_LOGIN, ann);
	}
	is_fault(throttle_check(&w, THROTTLE_LOGIN, ann), FAULT_THROTTLED, "at the limit");
	throttle_take_back(&w, THROTTLE_LOGIN, ann);
	is_fault(throttle_check(&w, THROTTLE_LOGIN, ann), FAULT_NONE, "below it again");
}

/* The word that tells those who have not failed is not one for all of them. */
static void
most_addresses_stay_quiet(void **state)
{
	size_t loud = 0;

	(void)state;
	fail_times(1);
	is_true(!is_quiet(&w, THROTTLE_PRESENTED), "who failed");
	for (int i = 0; i < 4096; i++) {
		char address[64];

		snprintf(address, sizeof address, i % 2 == 0 ? "10.0.%d.%d" : "2001:db8:%x:%x::", i >> 8,
		    i & 255);
		from(address);
		loud += !is_quiet(&w, THROTTLE_PRESENTED);
	}
	is_true(loud < 64, "others");
	from("192.0.2.1");
	w.now += 60;
	is_true(is_quiet(&w, THROTTLE_PRESENTED), "the next minute");
}

/* Several workers count together, whoever gets in between. */
static void
processes_count_together(void **state)
{
	pid_t pid[6];

	(void)state;
	for (size_t i = 0; i < COUNT(pid); i++) {
		if ((pid[i] = fork()) == 0) {
			fail_times(500);
			_exit(0);
		}
	}
	for (size_t i = 0; i < COUNT(pid); i++)
		assert_int_equal(waitpid(pid[i], NULL, 0), pid[i]);
	settings->limits_failed_per_minute = 3000;
	is_fault(check(), FAULT_THROTTLED, "3000 of 6 processes");
	settings->limits_failed_per_minute = 3001;
	is_fault(check(), FAULT_NONE, "and not one more");
}

/* At its largest a count stays where it is, and does not run into the minute beside it. */
static void
a_count_does_not_overflow(void **state)
{
	_Atomic uint64_t *slot;
	uint64_t most;
	bool found;

	(void)state;
	fail_times(1);
	slot = find(tag_of(&w, THROTTLE_PRESENTED, STR_NONE), &found);
	assert_true(found);
	most = atomic_load(slot) | COUNT_MAX;
	atomic_store(slot, most - 1);
	fail_times(1);
	is_int(atomic_load(slot), most, "at its largest");
	fail_times(10);
	is_int(atomic_load(slot), most, "and no further");
	settings->limits_failed_per_minute = 1000000;
	is_fault(check(), FAULT_THROTTLED, "above the largest limit there may be");
}

/* A flood of addresses makes the table forget those that failed least; the worst stays. */
static void
a_flood_does_not_hide_the_worst(void **state)
{
	size_t kept = 0;

	(void)state;
	fail_times(5);
	for (int i = 0; i < 40000; i++) {
		char address[32];

		snprintf(address, sizeof address, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		from(address);
		fail_times(1);
	}
	from("192.0.2.1");
	is_fault(check(), FAULT_THROTTLED, "who failed five times");
	settings->limits_failed_per_minute = 1;
	for (int i = 30000; i < 40000; i++) {
		char address[32];

		snprintf(address, sizeof address, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		from(address);
		kept += check() == FAULT_THROTTLED;
	}
	is_true(kept > 3000, "of the last 10000 a good part is remembered");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_table_nothing_is_throttled),
		cmocka_unit_test_setup(the_limit_is_reached_and_no_sooner, fresh),
		cmocka_unit_test_setup(the_next_minute_begins_anew, fresh),
		cmocka_unit_test_setup(addresses_are_counted_apart, fresh),
		cmocka_unit_test_setup(ipv6_is_counted_by_its_64, fresh),
		cmocka_unit_test_setup(exempt_ranges_are_not_counted, fresh),
		cmocka_unit_test_setup(log_ins_are_counted_by_account_and_address, fresh),
		cmocka_unit_test_setup(what_was_no_log_in_is_taken_back, fresh),
		cmocka_unit_test_setup(most_addresses_stay_quiet, fresh),
		cmocka_unit_test_setup(processes_count_together, fresh),
		cmocka_unit_test_setup(a_count_does_not_overflow, fresh),
		cmocka_unit_test_setup(a_flood_does_not_hide_the_worst, fresh),
	};

	return cmocka_run_group_tests_name("core/throttle", tests, start, bench_close);
}
