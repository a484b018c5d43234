/*
 * test_clock_held.c: the time of a service when the system's clock is set.  Both
 * clocks are the test's here.
 */
#include "base/clock.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/is.h"

#define HOUR 3600000

static int64_t system_at = 1800000000000, boot_at = 5000;

/* In place of the C library's. */
int
clock_gettime(clockid_t which, struct timespec *t)
{
	int64_t ms = which == CLOCK_REALTIME ? system_at : boot_at;

	t->tv_sec = ms / 1000;
	t->tv_nsec = ms % 1000 * 1000000;
	return 0;
}

static void
pass(int64_t ms)
{
	system_at += ms;
	boot_at += ms;
}

static void
a_command_believes_the_system(void **state)
{
	int64_t before = clock_real_ms();

	(void)state;
	system_at -= 2 * HOUR;
	is_int(clock_real_ms(), before - 2 * HOUR, "back");
	is_int(clock_ahead_ms(), 0, "and not ahead");
	system_at += 2 * HOUR;
	is_true(clock_steady(HOUR), "it knows of no steps");
}

static void
it_never_goes_back(void **state)
{
	int64_t before;

	(void)state;
	clock_hold();
	before = clock_real_ms();
	is_int(before, system_at, "as the system has it");
	system_at -= 2 * HOUR;
	is_int(clock_real_ms(), before, "not back");
	is_int(clock_ahead_ms(), 2 * HOUR, "how far ahead");
	pass(HOUR);
	is_int(clock_real_ms(), before + HOUR, "it goes on");
	is_int(clock_now(), (before + HOUR) / 1000, "in seconds");
	system_at += 3 * HOUR;
	is_int(clock_real_ms(), system_at, "the system is ahead again");
	is_int(clock_ahead_ms(), 0, "and not ahead of it");
}

static void
it_follows_when_it_is_told(void **state)
{
	(void)state;
	clock_hold();
	(void)clock_real_ms();
	system_at -= 400 * 24 * (int64_t)HOUR;
	is_true(clock_real_ms() != system_at, "not by itself");
	clock_follow();
	is_int(clock_real_ms(), system_at, "as the system has it");
	is_int(clock_ahead_ms(), 0, "not ahead");
}

static void
what_one_process_sees_holds_for_all(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	clock_hold();
	(void)clock_real_ms();
	if ((pid = fork()) == 0) {
		system_at += HOUR;
		(void)clock_real_ms();
		_exit(0);
	}
	is_true(waitpid(pid, &status, 0) == pid, "it ended");
	is_int(clock_real_ms(), system_at + HOUR, "an hour later");
}

static void
a_step_is_remembered_for_a_while(void **state)
{
	(void)state;
	clock_hold();
	(void)clock_real_ms();
	system_at += 30000;
	(void)clock_real_ms();
	is_true(clock_steady(HOUR), "half a minute is no step");
	system_at += 400 * 24 * (int64_t)HOUR;
	(void)clock_real_ms();
	is_true(!clock_steady(HOUR), "400 days are");
	pass(HOUR);
	(void)clock_real_ms();
	is_true(!clock_steady(HOUR), "an hour later");
	pass(1);
	is_true(clock_steady(HOUR), "more than an hour later");
	system_at -= 400 * 24 * (int64_t)HOUR;
	(void)clock_real_ms();
	is_true(clock_steady(0), "back is no step forward");
	system_at += HOUR;
	(void)clock_real_ms();
	is_true(clock_steady(0), "nor is what lies behind our time");
	system_at += 800 * 24 * (int64_t)HOUR;
	(void)clock_real_ms();
	is_true(!clock_steady(HOUR), "another");
	clock_follow();
	is_true(clock_steady(HOUR), "told that it is right");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_believes_the_system),
		cmocka_unit_test(it_never_goes_back),
		cmocka_unit_test(it_follows_when_it_is_told),
		cmocka_unit_test(what_one_process_sees_holds_for_all),
		cmocka_unit_test(a_step_is_remembered_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
