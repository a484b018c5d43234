/*
 * seal.h: texts that are kept where others might read them: only who has the
 * installation's key can open them, and only where they were put.
 */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/arena.h"
#include "base/secret.h"

/*
 * AES-256-GCM (NIST SP 800-38D): 12 bytes nonce, the text, 16 bytes tag.
 * `about` is authenticated with it: a sealed text cannot be moved to another
 * row.  seal_open gives STR_NONE when anything was changed.
 */
struct str seal_shut(struct arena *, const uint8_t key[static SECRET_SIZE], struct str about,
    struct str text);
struct str seal_open(struct arena *, const uint8_t key[static SECRET_SIZE], struct str about,
    struct str sealed);

#endif
