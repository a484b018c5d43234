/*
 * jwt.h: the host application's tokens: JWTs (RFC 7519) signed by somebody else.
 *
 * Which keys there are and what a token must say are settings ([sessions]
 * jwt_...).  The algorithm is the key's, never the token's choice; nothing a token
 * names (jwk, jku, x5u) is used or fetched.
 */
#ifndef CORE_JWT_H
#define CORE_JWT_H

#include "base/settings.h"
#include "core/decide.h"

/* The keys, read before the processes are forked; on the heap. */
struct jwt_keys;

/*
 * Read and check the files of the settings, and that an issuer is named with them.
 * NULL after the problems have been told.  Without files there are no keys, and no
 * token is good.
 */
struct jwt_keys *jwt_keys_read(const struct settings *, settings_problem *, void *ctx);
void jwt_keys_free(struct jwt_keys **);
/* From now on tokens are checked with these, which are taken. */
void jwt_keys_use(struct jwt_keys *);
/* The keys for an algorithm and a key id (STR_NONE: any) one after the other; NULL after the last. */
struct signature_key;
const struct signature_key *jwt_key_next(size_t *turn, struct str algorithm, struct str kid);

/* What a good token says; texts in the arena. */
struct jwt {
	const char *issuer, *subject;
	const char *email; /* as accounts have it, or NULL */
	const char *name;  /* or NULL */
	int64_t expires_at;
	struct str signed_part; /* of the token: what tells it from others */
};

/*
 * REASON_OK, REASON_EXPIRED, or REASON_MALFORMED for whatever else is wrong with it,
 * which the log tells.
 */
enum reason jwt_read(struct work *, struct str token, struct jwt *);

#endif
