/*
 * bytes.h: published vectors, which are written in hexadecimal digits, as bytes.
 */
#ifndef TESTS_BASE_BYTES_H
#define TESTS_BASE_BYTES_H

#include "base/bench.h"
#include "base/hex.h"

/* Bytes of hexadecimal digits, or n times the same byte ("aa" * 131). */
static inline struct str
bytes_of(const char *digits, size_t times)
{
	size_t n = strlen(digits) / 2;
	char *b = arena_take(w.arena, n * times + 1);

	for (size_t i = 0; i < times; i++)
		assert_true(hex_bytes(str_of(digits), b + i * n, n));
	return str_part(b, n * times);
}

#endif
