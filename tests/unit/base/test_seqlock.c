/*
 * test_seqlock.c: a copy is whole or it is none; a writer that died is no wall.
 */
#include "base/seqlock.h"

#include "base/is.h"

#include <sys/mman.h>
#include <time.h>

#define WORDS	120
#define WRITERS 2
#define READERS 2
#define SPAN_NS 1000000000
#define LEFT	UINT64_C(0x5555) /* what a writer that died had stored */

static struct shared {
	_Atomic uint64_t seq;
	_Atomic uint64_t word[WORDS];
	_Atomic uint64_t read, torn, written;
	_Atomic uint64_t until;
} * shared;

static int
open_shared(void **state)
{
	(void)state;
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED ? -1 : 0;
}

static int
close_shared(void **state)
{
	(void)state;
	return munmap(shared, sizeof *shared);
}

static int
fresh(void **state)
{
	(void)state;
	memset(shared, 0, sizeof *shared);
	return 0;
}

/* All words of one writing follow from its first: a copy of two writings does not. */
static uint64_t
pattern(uint64_t first, size_t i)
{
	return first * UINT64_C(0x9e3779b97f4a7c15) + i;
}

static bool
write_pattern(uint64_t first)
{
	uint64_t words[WORDS], claimed;

	for (size_t i = 0; i < WORDS; i++)
		words[i] = pattern(first, i);
	if (!seqlock_claim(&shared->seq, &claimed))
		return false;
	seqlock_write(&shared->seq, claimed, shared->word, words, WORDS);
	return true;
}

static bool
is_pattern(const uint64_t copy[static WORDS])
{
	for (size_t i = 0; i < WORDS; i++)
		if (copy[i] != copy[0] + i)
			return false;
	return true;
}

static bool
read_words(uint64_t copy[static WORDS])
{
	return seqlock_read(&shared->seq, shared->word, copy, WORDS);
}

/* --- one process --- */

static void
what_was_written_is_read(void **state)
{
	uint64_t copy[WORDS];

	(void)state;
	is_true(read_words(copy), "never written: zeros");
	is_int(copy[0], 0, "never written");
	for (uint64_t first = 1; first <= 5; first++) {
		is_true(write_pattern(first), "a free slot");
		is_true(read_words(copy), "after a write");
		is_true(is_pattern(copy) && copy[0] == pattern(first, 0), "what was written");
	}
}

static void
a_part_can_be_written(void **state)
{
	uint64_t copy[WORDS], claimed, one = 77;

	(void)state;
	is_true(write_pattern(1), "whole");
	is_true(seqlock_claim(&shared->seq, &claimed), "claim");
	seqlock_write(&shared->seq, claimed, shared->word, &one, 1);
	is_true(read_words(copy), "read");
	is_int(copy[0], 77, "the part");
	is_int(copy[1], pattern(1, 1), "the rest stays");
}

static void
a_claimed_slot_is_a_miss_and_cannot_be_claimed(void **state)
{
	uint64_t copy[WORDS], words[WORDS] = { 0 }, claimed, again;

	(void)state;
	is_true(write_pattern(1), "write");
	is_true(seqlock_claim(&shared->seq, &claimed), "claim");
	is_true(!read_words(copy), "a miss while it is claimed");
	is_true(!seqlock_claim(&shared->seq, &again), "one writer at a time");
	seqlock_write(&shared->seq, claimed, shared->word, words, WORDS);
	is_true(read_words(copy), "let go");
	is_true(seqlock_claim(&shared->seq, &again), "free again");
}

static void
the_count_wraps(void **state)
{
	uint64_t copy[WORDS];

	(void)state;
	atomic_store(&shared->seq, UINT32_MAX - 1);
	is_true(write_pattern(1) && read_words(copy) && is_pattern(copy), "at the end");
	is_int(atomic_load(&shared->seq), 0, "begins anew");
	is_true(write_pattern(2) && read_words(copy) && is_pattern(copy), "after it");
}

/* --- several --- */

/* What the child's function says; it must not end by a signal. */
static int
in_child(int run(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0)
		_exit(run());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
claim_store_and_die(void)
{
	uint64_t claimed;

	if (!seqlock_claim(&shared->seq, &claimed))
		return 1;
	atomic_store(&shared->word[WORDS / 2], LEFT);
	return 0;
}

static int
claim_only(void)
{
	uint64_t claimed;

	return seqlock_claim(&shared->seq, &claimed) ? 0 : 1;
}

static void
a_dead_writer_is_a_miss_and_is_taken_over(void **state)
{
	uint64_t copy[WORDS];

	(void)state;
	for (uint64_t first = 1; first <= 3; first++) {
		is_true(write_pattern(first), "before");
		is_int(in_child(claim_store_and_die), 0, "it claimed");
		is_true(!read_words(copy), "half written: a miss");
		is_int(in_child(claim_only), 0, "another one takes it over, and dies as well");
		is_true(!read_words(copy), "still a miss");
		is_true(write_pattern(first + 100), "taken over");
		is_true(read_words(copy) && is_pattern(copy), "whole again");
		is_int(copy[0], pattern(first + 100, 0), "the new one");
	}
}

static void
a_living_writer_is_not_taken_over(void **state)
{
	uint64_t claimed;

	(void)state;
	is_true(seqlock_claim(&shared->seq, &claimed), "claim");
	is_int(in_child(claim_only), 1, "its writer lives");
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int
write_on(void)
{
	uint64_t first = (uint64_t)getpid() << 32;

	while (now_ns() < atomic_load(&shared->until))
		if (write_pattern(first++))
			atomic_fetch_add(&shared->written, 1);
	return 0;
}

static int
read_on(void)
{
	uint64_t copy[WORDS];

	while (now_ns() < atomic_load(&shared->until)) {
		if (!read_words(copy))
			continue;
		atomic_fetch_add(&shared->read, 1);
		if (!is_pattern(copy))
			atomic_fetch_add(&shared->torn, 1);
	}
	return 0;
}

/* Writers that are killed in the middle, too. */
static int
die_on(void)
{
	while (now_ns() < atomic_load(&shared->until)) {
		(void)in_child(claim_store_and_die);
		usleep(5000);
	}
	return 0;
}

static pid_t
begin(int run(void))
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(run());
	return pid;
}

static void
no_copy_is_ever_torn(void **state)
{
	pid_t pid[WRITERS + READERS + 1];
	size_t n = 0;
	int status;

	(void)state;
	is_true(write_pattern(1), "the first");
	atomic_store(&shared->until, now_ns() + SPAN_NS);
	fflush(NULL);
	for (size_t i = 0; i < WRITERS; i++)
		pid[n++] = begin(write_on);
	for (size_t i = 0; i < READERS; i++)
		pid[n++] = begin(read_on);
	pid[n++] = begin(die_on);
	while (n-- > 0)
		is_true(waitpid(pid[n], &status, 0) == pid[n] && status == 0, "a process that ends well");
	is_int(atomic_load(&shared->torn), 0, "torn copies");
	is_true(atomic_load(&shared->read) > 1000, "there were copies");
	is_true(atomic_load(&shared->written) > 1000, "there were writings");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_written_is_read, fresh),
		cmocka_unit_test_setup(a_part_can_be_written, fresh),
		cmocka_unit_test_setup(a_claimed_slot_is_a_miss_and_cannot_be_claimed, fresh),
		cmocka_unit_test_setup(the_count_wraps, fresh),
		cmocka_unit_test_setup(a_dead_writer_is_a_miss_and_is_taken_over, fresh),
		cmocka_unit_test_setup(a_living_writer_is_not_taken_over, fresh),
		cmocka_unit_test_setup(no_copy_is_ever_torn, fresh),
	};

	return cmocka_run_group_tests(tests, open_shared, close_shared);
}
