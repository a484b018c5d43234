/*
 * hash.c: multiply and fold.
 */
#include "base/hash.h"

uint64_t
hash_mix(uint64_t h, uint64_t key, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		unsigned __int128 m = (unsigned __int128)(h ^ p[i]) * (key | 1);

		h = (uint64_t)m ^ (uint64_t)(m >> 64);
	}
	/* So that what is gone on from differs from the same bytes in one piece. */
	return h + key;
}
