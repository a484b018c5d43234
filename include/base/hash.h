/*
 * hash.h: numbers for texts that nobody outside can foresee, for tables in
 * memory.  Multiply and fold under a key: enough to spread ids, and no digest;
 * whoever finds something by it looks whether it is the same.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Go on from h with these bytes; key is random and the same for all of a table. */
uint64_t hash_mix(uint64_t h, uint64_t key, const void *bytes, size_t n);

#endif
