/*
 * random.c: randomness from the system (getrandom(2)).
 */
#include "base/random.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/secret.h"

const char base62_digits[63] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void
random_bytes(void *buf, size_t n)
{
	char *at = buf;

	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0)
			abort(); /* a key that can be guessed is worse than none */
		at += got;
		n -= (size_t)got;
	}
}

void
random_base62(char *text, size_t n)
{
	uint8_t pool[64];
	size_t have = 0;

	for (size_t i = 0; i < n;) {
		if (have == 0) {
			random_bytes(pool, sizeof pool);
			have = sizeof pool;
		}
		/* 248 is the largest multiple of 62 in a byte: the rest would be uneven. */
		if (pool[--have] < 248)
			text[i++] = base62_digits[pool[have] % 62];
	}
	secret_wipe(pool, sizeof pool);
}
