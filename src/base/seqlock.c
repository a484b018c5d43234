/*
 * seqlock.c: words that are read without waiting.
 */
#include "base/seqlock.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define COUNT_BITS 32
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)

bool
seqlock_read(const _Atomic uint64_t *seq, const _Atomic uint64_t *words, uint64_t *copy, size_t n)
{
	uint64_t before = atomic_load_explicit(seq, memory_order_acquire);

	if ((before & 1) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		copy[i] = atomic_load_explicit(&words[i], memory_order_relaxed);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(seq, memory_order_relaxed) == before;
}

/* A process that is gone cannot go on writing.  One with its number merely keeps the slot unused. */
static bool
is_gone(uint64_t seq)
{
	pid_t writer = (pid_t)(seq >> COUNT_BITS);

	return writer != getpid() && kill(writer, 0) < 0 && errno == ESRCH;
}

bool
seqlock_claim(_Atomic uint64_t *seq, uint64_t *claimed)
{
	uint64_t now = atomic_load_explicit(seq, memory_order_relaxed), next;
	bool odd = (now & 1) != 0;

	if (odd && !is_gone(now))
		return false;
	/* An odd slot that is taken over goes on to the next odd number. */
	next = (now + (odd ? 2 : 1)) & COUNT_MASK;
	*claimed = (uint64_t)getpid() << COUNT_BITS | next;
	if (!atomic_compare_exchange_strong_explicit(seq, &now, *claimed, memory_order_relaxed,
		memory_order_relaxed))
		return false;
	atomic_thread_fence(memory_order_release);
	return true;
}

void
seqlock_write(_Atomic uint64_t *seq, uint64_t claimed, _Atomic uint64_t *words, const uint64_t *from,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		atomic_store_explicit(&words[i], from[i], memory_order_relaxed);
	atomic_store_explicit(seq, (claimed + 1) & COUNT_MASK, memory_order_release);
}
