/*
 * fuzz_phc.c: texts that may be stored hashes.
 *
 * What is taken for one is within its bounds and has one spelling.
 */
#include <assert.h>
#include <stdint.h>

#include "core/phc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *a;
	struct str text = { (const char *)data, size };
	struct phc p;

	if (a == NULL)
		a = arena_open((size_t)1 << 20, ARENA_PLAIN);
	if (phc_read(a, text, &p)) {
		assert(p.memory >= 8 * p.lanes && p.memory <= 1048576);
		assert(p.passes >= 1 && p.passes <= 64 && p.lanes >= 1 && p.lanes <= 4);
		assert(p.salt.n >= 8 && p.salt.n <= 64 && p.hash.n >= 16 && p.hash.n <= PHC_HASH_MAX);
		assert(str_is(text, phc_text(a, &p)));
	}
	arena_reset(a);
	return 0;
}
