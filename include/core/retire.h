/*
 * retire.h: looking at keys, renaming and ending them.
 */
#ifndef CORE_RETIRE_H
#define CORE_RETIRE_H

#include "base/given.h"
#include "core/kind.h"
#include "store/keys.h"

struct key_wish {
	struct given_text name, description;
	struct given_rows rate_limit; /* of struct rate_wish */
};

/* One the actor may see: the owner, or an admin; FAULT_NOT_FOUND otherwise. */
enum fault key_see(struct work *, const char *id, struct key *);
/* Does it belong to the membership the actor is here by? */
bool key_is_own(const struct work *, const struct key *);
enum fault key_describe(struct work *, const char *id, const struct key_wish *, struct key *);
/* The key was rotated, and the old text is to be dead when this returns; FAULT_CONFLICT: it is. */
enum fault key_rotated(struct work *, const char *id);
/* Delete or revoke, as the kind has it.  Dead when this returns. */
enum fault key_end(struct work *, const char *id);
/* One that the actor may end, as it is known; one that ended before is left as it is. */
enum fault key_end_row(struct work *, const char *org, const char *id, const char *name, const char *prefix);
/*
 * The text that this was read from, of a key: with it the key, but of one that
 * was replaced nothing else.  *was_good: it was not dead before.
 */
enum fault key_end_text(struct work *, const struct standing *, bool *was_good);
/*
 * Whoever holds the text of a key or a session may kill it; unknown texts are no
 * fault (RFC 7009).
 */
enum fault key_end_by_text(struct work *, struct str token);
/* "active", "expired" or "revoked". */
const char *key_state(const struct work *, const struct key *);

#endif
