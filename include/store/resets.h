/*
 * resets.h: the rows of wishes for another password, and of what became of them.
 */
#ifndef STORE_RESETS_H
#define STORE_RESETS_H

#include "base/work.h"

#define RESET_DIGEST_SIZE 32

struct reset {
	const char *id, *email;
	const char *user_id; /* NULL until it is posted */
};

/* Somebody asks for it; whether there is such an account is not looked at. */
enum fault resets_ask(struct work *, const char *id, const char *email);
/* Those nobody has seen to, the oldest first. */
enum fault resets_waiting(struct work *, size_t max, struct reset **, size_t *n);
/* How many of a user's were posted since. */
enum fault resets_recent(struct work *, const char *user_id, int64_t since, int64_t *n);
/* Whose it is, and the digest of its token.  *posted: false if another host was faster. */
enum fault resets_post(struct work *, const char *id, const char *user_id,
    const uint8_t digest[static RESET_DIGEST_SIZE], int64_t expires_at, bool *posted);
/* It leads nowhere. */
enum fault resets_drop(struct work *, const char *id);
/* A live one by its token's digest; FAULT_NOT_FOUND. */
enum fault resets_by_digest(struct work *, const uint8_t digest[static RESET_DIGEST_SIZE], struct reset *);
/* All of a user's are used up.  *n: how many were not yet. */
enum fault resets_use(struct work *, const char *user_id, int64_t *n);
enum fault resets_forget(struct work *, int64_t before);

#endif
