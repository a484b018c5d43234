/*
 * signature.h: checking signatures that somebody else made (RFC 7515, 7518, 8037).
 *
 * A key is for one algorithm, which its kind decides and never the text that is
 * checked: a public key cannot be taken for the secret of an HMAC.
 */
#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include "base/str.h"

enum signature { SIGNATURE_HS256, SIGNATURE_RS256, SIGNATURE_ES256, SIGNATURE_EDDSA, SIGNATURE__MAX };

#define SIGNATURE_SECRET_MIN 32 /* bytes of an HMAC's secret, RFC 7518 section 3.2 */

struct signature_key;

/* "RS256" and so on; false if it is none of the four.  "none" is none of them. */
bool signature_named(struct str, enum signature *);
const char *signature_name(enum signature);

/*
 * Keys, on the heap.  NULL: *why says what is wrong with it, as a literal.  A PEM
 * text is one public key (SubjectPublicKeyInfo).
 */
struct signature_key *signature_pem(struct str pem, const char **why);
struct signature_key *signature_secret(struct str secret, const char **why);
/* The numbers of a JWK, decoded: modulus and exponent; the point's x and y. */
struct signature_key *signature_rsa(struct str n, struct str e, const char **why);
struct signature_key *signature_p256(struct str x, struct str y, const char **why);
struct signature_key *signature_ed25519(struct str x, const char **why);
void signature_free(struct signature_key **);

enum signature signature_of(const struct signature_key *);
/* Is it the signature of the text, in the form a JWS has it? */
bool signature_good(const struct signature_key *, struct str text, struct str signature);
/* The same for ECDSA in DER, as everybody but JWS has it. */
bool signature_good_der(const struct signature_key *, struct str text, struct str signature);

#endif
