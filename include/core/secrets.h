/*
 * secrets.h: the installation's own secrets, in locked memory: the peppers of
 * the lookup digests and the key that all other purposes are derived from.
 *
 * The pepper file has a line for each pepper, "<id> <64 hex digits>", the one
 * new keys use last.  The secret file has one line of 64 hex digits.
 */
#ifndef CORE_SECRETS_H
#define CORE_SECRETS_H

#include "base/secret.h"
#include "base/settings.h"
#include "store/keys.h"

#define PEPPERS_MAX 8

/* Read both files; every problem is told.  False: nothing was changed. */
bool secrets_load(const struct settings *, settings_problem *, void *ctx);
/* Make both files, mode 0600, where there is none yet. */
bool secrets_create(const struct settings *, settings_problem *, void *ctx);

/* In a child: the lock on their memory is not inherited. */
void secrets_lock(void);

size_t secrets_peppers(void);
/*
 * The digest of a text under the i-th pepper, the newest being 0: its first half
 * is stored and looked up, its second half never leaves the host's memory.
 */
void secrets_digest(size_t i, struct str text, uint8_t digest[static SECRET_SIZE]);
/* The first half alone. */
void secrets_lookup(size_t i, struct str text, uint8_t lookup[static LOOKUP_SIZE]);

/* SECRET_SIZE bytes each. */
const uint8_t *secrets_session_key(void);
const uint8_t *secrets_seal_key(void);
const uint8_t *secrets_audit_key(void);

#endif
