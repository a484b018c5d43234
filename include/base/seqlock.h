/*
 * seqlock.h: words in shared memory that are read without waiting.
 *
 * A slot is a sequence word and some data words.  A writer makes the sequence
 * odd with one compare-and-swap, stores the data, and makes it even again; a
 * reader copies the data and looks whether the sequence was even and stayed the
 * same.  All data words are relaxed atomics; the reader has an acquire load
 * before and an acquire fence after them, the writer a release fence before and
 * a release store after, which is what C11 asks for on machines that reorder
 * loads and stores (H. Boehm, "Can seqlocks get along with programming language
 * memory models?", 2012).
 *
 * The upper half of the sequence names the process that writes: one that was
 * killed in the middle leaves an odd slot, which is a miss for readers and is
 * taken over by the next writer.  Nobody waits for anybody.
 */
#ifndef BASE_SEQLOCK_H
#define BASE_SEQLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: a writer is at it, or was in between.  The copy means nothing then. */
bool seqlock_read(const _Atomic uint64_t *seq, const _Atomic uint64_t *words, uint64_t *copy, size_t n);

/*
 * Claim a slot for writing.  False: another process has it.  *claimed is for
 * seqlock_write.
 */
bool seqlock_claim(_Atomic uint64_t *seq, uint64_t *claimed);
/* Store n words and let go. */
void seqlock_write(_Atomic uint64_t *seq, uint64_t claimed, _Atomic uint64_t *words, const uint64_t *from,
    size_t n);

#endif
