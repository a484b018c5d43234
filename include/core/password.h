/*
 * password.h: Argon2id (RFC 9106) over what must not be readable: keys and
 * passwords.  The only room that runs it.
 */
#ifndef CORE_PASSWORD_H
#define CORE_PASSWORD_H

#include "base/settings.h"
#include "base/work.h"

#define PASSWORD_MIN 15 /* characters; NIST SP 800-63B-4, a password alone */
#define PASSWORD_MAX 128

/*
 * All that run it may have to wait for a place, and give FAULT_BUSY when there
 * is none (core/admission.h), or no memory.
 */

/* The encoded hash ($argon2id$...) with a salt of its own. */
enum fault password_hash(struct work *, struct str secret, const char **encoded);

/*
 * FAULT_NONE and *right.  *outdated: right, but made with other parameters than
 * the settings have now.  Parameters read from a row are bounded: a row that
 * asks for more is wrong, and costs nothing.
 */
enum fault password_verify(struct work *, const char *encoded, struct str secret, bool *right,
    bool *outdated);

/* As much work as a verification, for an account there is none of. */
enum fault password_pretend(struct work *, struct str secret);

/* NFC, in the vault.  STR_NONE if it is not UTF-8, or longer than any password. */
struct str password_normal(struct work *, struct str);

/* Length, NFC, not on the list of common ones; the fault names the field. */
enum fault password_check(struct work *, const char *field, struct str password, struct str *normalized);

#endif
