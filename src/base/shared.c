/*
 * shared.c: anonymous shared memory, left out of core dumps.
 */
#include "config.h"

#include "base/shared.h"

#include <stdlib.h>
#include <sys/mman.h>

void *
shared_take(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	(void)madvise(p, n, MADV_DONTDUMP);
	return p;
}
