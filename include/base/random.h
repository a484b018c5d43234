/*
 * random.h: bytes from the system's generator, and texts made of them.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/str.h"

/* Ends the process if the system has no randomness to give. */
void random_bytes(void *, size_t n);
/* n characters of 0-9A-Za-z, each equally likely (no NUL is written). */
void random_base62(char *, size_t n);

extern const char base62_digits[63];

#endif
