/*
 * memory_known.c: which texts cannot be keys, so that a flood of invented ones is
 * no flood of questions to the database.
 *
 * A Bloom filter of the lookup digests of all keys there are or ever were, of
 * blocks that are a cache line each (Putze, Sanders, Singler, "Cache-, hash- and
 * space-efficient Bloom filters", 2007).  A digest is a keyed one, so nobody
 * outside can choose its bits.  What is not in it is no key; what is may be one:
 * with a million keys one invented text of 40,000 costs a look into the database.
 *
 * A new key is put in before its row is committed, and the keeper reads those
 * there are when the service starts, and again and again, for the sake of keys
 * that somebody put into the database himself.  Nothing is ever taken out.
 */
#include "config.h"

#include "core/memory_map.h"

#include <string.h>

#define BITS	  6 /* of a key, in its block */
#define BIT_WIDTH 9 /* which of 512 */

/* Half of the digest chooses the block, the other half the bits. */
struct place {
	_Atomic uint64_t *block;
	uint64_t word[KNOWN_WORDS];
};

static struct place
place_of(const uint8_t lookup[static LOOKUP_SIZE])
{
	struct place p = { .word = { 0 } };
	uint64_t half[2];

	memcpy(half, lookup, sizeof half);
	p.block = memory.known[half[0] % KNOWN_BLOCKS];
	for (int i = 0; i < BITS; i++, half[1] >>= BIT_WIDTH)
		p.word[half[1] >> 6 & (KNOWN_WORDS - 1)] |= UINT64_C(1) << (half[1] & 63);
	return p;
}

bool
memory_no_key(const struct work *w, const uint8_t lookup[static LOOKUP_SIZE])
{
	struct place p;

	if (memory.head == NULL || w->settings->keys_cluster || memory_load(&memory.head->known) == 0 ||
	    memory_load(&memory.head->database) == 0)
		return false;
	p = place_of(lookup);
	for (size_t i = 0; i < KNOWN_WORDS; i++)
		if ((memory_load(&p.block[i]) & p.word[i]) != p.word[i])
			return true;
	return false;
}

void
memory_key_comes(const uint8_t lookup[static LOOKUP_SIZE])
{
	struct place p;

	if (memory.head == NULL)
		return;
	p = place_of(lookup);
	for (size_t i = 0; i < KNOWN_WORDS; i++)
		if (p.word[i] != 0)
			atomic_fetch_or_explicit(&p.block[i], p.word[i], memory_order_relaxed);
}

void
memory_known_all(bool all)
{
	if (memory.head != NULL)
		atomic_store_explicit(&memory.head->known, all, memory_order_release);
}
