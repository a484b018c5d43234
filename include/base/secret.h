/*
 * secret.h: the one place to compare secrets, to derive from them and to
 * forget them.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/str.h"

#define SECRET_SIZE 32

/* Equal, in time that depends on the lengths only. */
bool secret_equal(struct str, struct str);
/* Overwrite; the compiler does not drop it. */
void secret_wipe(void *, size_t n);

/* HMAC-SHA-256 (RFC 2104, FIPS 198-1) of the message under the key. */
void secret_hmac(struct str key, struct str message, uint8_t digest[static SECRET_SIZE]);
/*
 * The same for a key that is used again and again: what the key makes of the
 * beginning is kept.  That is as good as the key; OpenSSL holds it in its own
 * memory, which is not locked but in no core file either.  One a process and key.
 */
struct secret_mac;
struct secret_mac *secret_mac_open(struct str key);
void secret_mac_digest(struct secret_mac *, struct str message, uint8_t digest[static SECRET_SIZE]);
void secret_mac_close(struct secret_mac **);
/* SHA-256 (FIPS 180-4) of two texts, one after the other. */
void secret_sha256(struct str first, struct str second, uint8_t digest[static SECRET_SIZE]);
/* HKDF-SHA-256 (RFC 5869), empty salt: one key for each purpose. */
void secret_derive(struct str key, const char *purpose, uint8_t derived[static SECRET_SIZE]);

#endif
