/*
 * test_memory_changers.c: an organization is in flux while it is changed, and no
 * longer, whoever dies in between: processes are killed before each step.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include <sys/prctl.h>

/* Die before so many more steps; below 0: not at all. */
static int steps_left = -1;

/* Every step of the protocol is one of these. */
static inline bool
step(_Atomic uint64_t *word, uint64_t *seen, uint64_t to, memory_order good, memory_order bad)
{
	if (steps_left-- == 0)
		(void)raise(SIGKILL);
	return atomic_compare_exchange_strong_explicit(word, seen, to, good, bad);
}

#undef atomic_compare_exchange_strong_explicit
#define atomic_compare_exchange_strong_explicit(word, seen, to, good, bad) step(word, seen, to, good, bad)

/* What happens while somebody looks whether a process lives, at this look. */
static void (*meanwhile)(void);
static int looks_left;

static inline int
look_at(pid_t pid, int number)
{
	int result = kill(pid, number), error = errno;

	if (meanwhile != NULL && looks_left-- == 0)
		meanwhile();
	errno = error;
	return result;
}

#define kill(pid, number) look_at(pid, number)

#include "base/random.h"
#include "core/remembered.h"

#undef kill

static int
fresh_and_kept(void **state)
{
	if (fresh(state) != 0)
		return -1;
	steps_left = -1;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	return 0;
}

static unsigned
changes(void)
{
	return (unsigned)changes_of(word_of_org());
}

static size_t
taken_places(void)
{
	size_t n = 0;

	for (size_t i = 0; i < CHANGERS; i++)
		n += state_of(atomic_load(&memory.changers[i].word)) != FREE;
	return n;
}

/* --- while everybody lives --- */

static void
in_flux_nothing_is_believed(void **state)
{
	(void)state;
	is_true(is_found(), "before");
	for (int certain = 1; certain >= 0; certain--) {
		is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
		is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "more of the same change");
		is_int(changes_of(word_of_org()), 1, "counted once");
		is_true(!is_found(), "in flux");
		w.after_tx(&w, certain != 0);
		is_true(w.after_tx == NULL, "once");
		is_true(is_found() == (certain != 0), "over, or nobody knows");
	}
	is_int(db.asked, 2, "the epoch was asked anew");
}

static void
two_changes_are_two(void **state)
{
	struct work other = w;

	(void)state;
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "one");
	is_fault(memory_flux(&other, ORG_ID), FAULT_NONE, "two");
	w.after_tx(&w, true);
	is_true(!is_found(), "one is left");
	other.after_tx(&other, true);
	is_true(is_found(), "none is left");
}

static void
other_organizations_are_not_in_flux(void **state)
{
	(void)state;
	is_fault(memory_flux(&w, "org_two"), FAULT_NONE, "another");
	is_true(is_found(), "not this one");
	w.after_tx(&w, true);
}

static void
one_transaction_changes_one_organization(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	fflush(NULL);
	if ((pid = fork()) == 0) {
		(void)close(STDERR_FILENO); /* it says what failed */
		(void)signal(SIGABRT, SIG_DFL);
		(void)memory_flux(&w, ORG_ID);
		(void)memory_flux(&w, "org_two");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	is_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "the second is a bug");
}

static void
too_many_changes_are_refused(void **state)
{
	struct work each[CHANGERS];

	(void)state;
	for (size_t i = 0; i < CHANGERS; i++) {
		each[i] = w;
		is_fault(memory_flux(&each[i], ORG_ID), FAULT_NONE, "a change");
		is_true(!is_found(), "in flux");
	}
	is_fault(memory_flux(&w, ORG_ID), FAULT_BUSY, "one too many");
	is_true(w.after_tx == NULL, "nothing to end");
	is_int(changes(), CHANGERS, "nor counted");
	for (size_t i = 0; i < CHANGERS; i++)
		each[i].after_tx(&each[i], true);
	is_true(is_found(), "all over");
	is_int(taken_places(), 0, "all free");
}

/* What is not committed may be taken back, and its epoch come again. */
static void
nothing_is_remembered_in_the_middle_of_a_change(void **state)
{
	static const struct target t = { .id = { "src_1" }, .n = 1 };
	struct target found = t;

	(void)state;
	found.type = type_of(TYPE_SOURCE);
	db.epoch = 8;
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
	memory_keep(&w, tag_nr(2), small("key_2"), true);
	memory_keep_target(&w, ORG_ID, 8, &found);
	w.after_tx(&w, true);
	is_true(memory_find(&w, tag_nr(2)) == NULL, "no key");
	is_true(memory_find_target(&w, ORG_ID, "src_1") == NULL, "no chain");
	memory_keep_target(&w, ORG_ID, 8, &found);
	is_true(memory_find_target(&w, ORG_ID, "src_1") != NULL, "after it");
}

/* --- who dies --- */

/* A process of its own, which dies before so many steps; true: it did, false: it had no more of them. */
static bool
dies(void run(void), int steps)
{
	int status;
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		w.after_tx = NULL; /* what is under way is its parent's */
		steps_left = steps;
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
	return status != 0;
}

static void
change_and_end(void)
{
	if (memory_flux(&w, ORG_ID) != FAULT_NONE)
		_exit(1);
	w.after_tx(&w, true);
}

static void
change_and_lose(void)
{
	if (memory_flux(&w, ORG_ID) != FAULT_NONE)
		_exit(1);
	w.after_tx(&w, false);
}

/* The keeper, as in upkeep.c, where every row can be locked. */
static void
keep(void)
{
	struct memory_orphan o = { .place = 0 };

	memory_recount();
	for (; memory_orphan(&o); o.place++) {
		if (strcmp(o.org_id, ORG_ID) != 0)
			_exit(1);
		memory_mend(&o);
	}
}

static void
is_as_ever(const char *what)
{
	is_int(taken_places(), 0, what);
	is_int(changes(), 0, what);
	is_true(is_found(), what);
}

/* A change that dies before each of its steps, and keepers that die before each of theirs. */
static void
all_deaths(void run(void))
{
	bool died = true;

	for (int step_of_change = 0; died; step_of_change++) {
		bool keeper_died = true;

		for (int step_of_keeper = 0; keeper_died; step_of_keeper++) {
			died = dies(run, step_of_change);
			keeper_died = dies(keep, step_of_keeper);
			is_true(!dies(keep, -1), "the next keeper");
			is_as_ever("mended");
		}
	}
}

static void
whoever_dies_the_flux_ends(void **state)
{
	(void)state;
	all_deaths(change_and_end);
	all_deaths(change_and_lose);
}

/* The count of a change under way outlives all of that. */
static void
whoever_dies_the_living_stay_counted(void **state)
{
	void (*const runs[])(void) = { change_and_end, change_and_lose };

	(void)state;
	for (size_t i = 0; i < COUNT(runs); i++) {
		bool died = true, keeper_died;

		for (int step_of_change = 0; died; step_of_change++) {
			keeper_died = true;
			for (int step_of_keeper = 0; keeper_died; step_of_keeper++) {
				is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change that lives");
				died = dies(runs[i], step_of_change);
				is_true(changes() >= 1, "counted");
				keeper_died = dies(keep, step_of_keeper);
				is_true(changes() >= 1, "counted while it is mended");
				is_true(!is_found(), "in flux");
				is_true(!dies(keep, -1), "the next keeper");
				is_int(changes(), 1, "only the living");
				w.after_tx(&w, true);
				is_as_ever("over");
			}
		}
	}
}

static void
what_is_counted_waits_for_its_row(void **state)
{
	struct memory_orphan o = { .place = 0 };

	(void)state;
	is_true(!memory_orphan(&o), "none");
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
	o.place = 0;
	is_true(!memory_orphan(&o), "its process lives");
	w.after_tx(&w, false);
	for (int i = 0; i < 3; i++) {
		memory_recount();
		is_true(!is_found(), "counting anew is not enough");
	}
	o.place = 0;
	is_true(memory_orphan(&o), "nobody knows its end");
	is_text(o.org_id, ORG_ID, "whose");
	memory_mend(&o);
	is_as_ever("mended");
}

/* Two keepers saw the same orphan; meanwhile its place belongs to somebody else. */
static void
mending_twice_takes_nobody_elses_count(void **state)
{
	struct memory_orphan o = { .place = 0 };

	(void)state;
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
	w.after_tx(&w, false);
	is_true(memory_orphan(&o), "an orphan");
	memory_mend(&o);
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "the next one, in the same place");
	memory_mend(&o);
	is_int(changes(), 1, "it stays counted");
	w.after_tx(&w, true);
	is_as_ever("over");
}

/* Who is between two steps and lives must not be counted away. */
static void
the_living_are_waited_for(void **state)
{
	static const enum state uncertain[] = { CLAIMED, ENDING };

	(void)state;
	(void)dies(change_and_lose, 2); /* counted, and its place does not say so */
	is_int(changes(), 1, "in flux");
	for (size_t i = 0; i < COUNT(uncertain); i++) {
		struct flux f = { .org_id = ORG_ID };

		is_true(enter(&f, memory_org(ORG_ID)), "a change");
		is_true(move(f.place, &f.word, with_state(f.word, uncertain[i])), "a step of it");
		memory_recount();
		is_int(changes(), 2, "not now");
		leave(f.place, f.word);
	}
	memory_recount();
	is_as_ever("now");
}

static struct work other;

static void
begin_other(void)
{
	meanwhile = NULL;
	is_fault(memory_flux(&other, ORG_ID), FAULT_NONE, "another change");
}

static void
end_other(void)
{
	meanwhile = NULL;
	other.after_tx(&other, true);
}

/* Somebody begins or ends while the places are looked at, in one that was looked at before. */
static void
a_tally_that_is_too_old_is_not_used(void **state)
{
	(void)state;
	other = w;
	for (int begins = 1; begins >= 0; begins--) {
		begin_other();
		(void)dies(change_and_lose, 2); /* counted, and its place does not say so */
		if (begins)
			end_other();
		meanwhile = begins ? begin_other : end_other;
		looks_left = 1; /* after the one that found it */
		memory_recount();
		is_true(meanwhile == NULL, "it happened");
		is_int(changes(), begins ? 2 : 1, "not now");
		if (begins)
			end_other();
		memory_recount();
		is_as_ever("now");
	}
}

/* Who dies after it was looked at is counted as it was seen; its place must not be freed with the others. */
static void
other_is_ending(void)
{
	struct flux *f = other.after_ctx;

	meanwhile = NULL;
	is_true(move(f->place, &f->word, with_state(f->word, ENDING)), "a step of it");
}

static void
only_the_dead_that_were_seen_are_freed(void **state)
{
	struct flux *f;

	(void)state;
	other = w;
	begin_other();
	f = other.after_ctx;
	(void)dies(change_and_lose, 2);
	meanwhile = other_is_ending;
	looks_left = 1;
	memory_recount();
	is_int(changes(), 1, "counted as it was seen");
	is_int(taken_places(), 1, "its place is not free");
	leave(f->place, f->word);
	is_as_ever("over");
}

/* It was looked at while it was being counted; then it went on, and only then it died. */
static void
it_was_counted(void)
{
	uint64_t word = atomic_load(&memory.changers[0].word);

	meanwhile = NULL;
	is_true(move(&memory.changers[0], &word, with_state(word, COUNTED)), "a step of it");
}

static void
who_goes_on_before_it_dies_stays_counted(void **state)
{
	(void)state;
	(void)dies(change_and_lose, 2);
	meanwhile = it_was_counted;
	looks_left = 1;
	memory_recount();
	is_int(changes(), 1, "its change may not be over");
	is_true(!is_found(), "in flux");
	keep();
	is_as_ever("mended");
}

static void
die_in_a_change(void)
{
	if (memory_flux(&w, ORG_ID) != FAULT_NONE)
		_exit(1);
}

static void
a_start_keeps_the_flux_and_forgets_the_epochs(void **state)
{
	(void)state;
	is_true(is_found(), "known");
	memory_forget_epochs();
	is_int(epoch_of(word_of_org()), 0, "unknown");
	(void)dies(die_in_a_change, -1);
	memory_forget_epochs();
	is_int(changes(), 1, "still in flux");
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a command is at it");
	memory_forget_epochs();
	w.after_tx(&w, true);
	is_int(changes(), 1, "it counts once");
	keep();
	is_as_ever("mended");
}

/* --- all at once --- */

#define PROCESSES 4
#define KILLS	  400

/* Shared: who is in the middle of a change, and how many changes there were. */
static struct {
	_Atomic unsigned within[PROCESSES + 2], changes;
} * crowd;

static void
change_for_ever(unsigned nr)
{
	for (;; bench_clear()) {
		/* The lost are many, and who mends them is killed as well. */
		if (memory_flux(&w, ORG_ID) == FAULT_BUSY) {
			(void)sched_yield();
			continue;
		}
		atomic_store(&crowd->within[nr], 1);
		(void)sched_yield();
		atomic_store(&crowd->within[nr], 0);
		w.after_tx(&w, atomic_fetch_add(&crowd->changes, 1) % 8 != 0);
	}
}

static pid_t
begin_process(unsigned nr)
{
	pid_t pid;

	if ((pid = fork()) != 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	w.after_tx = NULL;
	if (nr < PROCESSES)
		change_for_ever(nr);
	for (;;)
		keep();
}

/* Nobody can see that it is dead before it is reaped; until then its change is under way. */
static void
kill_and_begin_anew(pid_t *pid, unsigned nr)
{
	siginfo_t info;
	int status;

	(void)kill(*pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)*pid, &info, WEXITED | WNOWAIT), 0);
	atomic_store(&crowd->within[nr], 0);
	assert_int_equal(waitpid(*pid, &status, 0), *pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	*pid = begin_process(nr);
}

/* As long as somebody is within a change, it is counted. */
static void
look(void)
{
	for (unsigned nr = 0; nr < PROCESSES; nr++) {
		unsigned ended = atomic_load(&crowd->changes), n;

		if (atomic_load(&crowd->within[nr]) == 0)
			continue;
		n = changes();
		/* Still the same change? */
		if (atomic_load(&crowd->within[nr]) != 0 && atomic_load(&crowd->changes) == ended)
			is_true(n > 0, "in flux");
	}
}

static void
a_crowd_that_is_killed_at_random(void **state)
{
	pid_t pids[PROCESSES + 2]; /* two keepers as well */

	(void)state;
	crowd = mmap(NULL, sizeof *crowd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(crowd != MAP_FAILED);
	fflush(NULL);
	for (unsigned i = 0; i < COUNT(pids); i++)
		pids[i] = begin_process(i);
	for (int i = 0; i < KILLS; i++) {
		uint16_t any[2];
		unsigned nr;

		random_bytes((uint8_t *)any, sizeof any);
		nr = any[0] % COUNT(pids);
		for (int looks = any[1] % 2000; looks > 0; looks--)
			look();
		kill_and_begin_anew(&pids[nr], nr);
	}
	for (unsigned i = 0; i < COUNT(pids); i++) {
		(void)kill(pids[i], SIGKILL);
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	}
	is_true(atomic_load(&crowd->changes) > 0, "there were changes");
	keep();
	is_as_ever("all over");
	munmap(crowd, sizeof *crowd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(in_flux_nothing_is_believed, fresh_and_kept),
		cmocka_unit_test_setup(two_changes_are_two, fresh_and_kept),
		cmocka_unit_test_setup(other_organizations_are_not_in_flux, fresh_and_kept),
		cmocka_unit_test_setup(one_transaction_changes_one_organization, fresh_and_kept),
		cmocka_unit_test_setup(too_many_changes_are_refused, fresh_and_kept),
		cmocka_unit_test_setup(nothing_is_remembered_in_the_middle_of_a_change, fresh_and_kept),
		cmocka_unit_test_setup(whoever_dies_the_flux_ends, fresh_and_kept),
		cmocka_unit_test_setup(whoever_dies_the_living_stay_counted, fresh_and_kept),
		cmocka_unit_test_setup(what_is_counted_waits_for_its_row, fresh_and_kept),
		cmocka_unit_test_setup(mending_twice_takes_nobody_elses_count, fresh_and_kept),
		cmocka_unit_test_setup(the_living_are_waited_for, fresh_and_kept),
		cmocka_unit_test_setup(a_tally_that_is_too_old_is_not_used, fresh_and_kept),
		cmocka_unit_test_setup(only_the_dead_that_were_seen_are_freed, fresh_and_kept),
		cmocka_unit_test_setup(who_goes_on_before_it_dies_stays_counted, fresh_and_kept),
		cmocka_unit_test_setup(a_start_keeps_the_flux_and_forgets_the_epochs, fresh_and_kept),
		cmocka_unit_test_setup(a_crowd_that_is_killed_at_random, fresh_and_kept),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
