/*
 * mint.h: making keys and giving keys a new text.
 *
 * A key is shown once.  What is stored is its prefix, for people, a keyed
 * digest, for lookup, and an Argon2id hash.
 */
#ifndef CORE_MINT_H
#define CORE_MINT_H

#include "base/given.h"
#include "core/kind.h"
#include "store/keys.h"

struct mint_wish {
	struct given_text kind, name, description, permission, expires_at, expires_in;
	struct given_int expires_in_days, grace;
	struct given_texts scopes, allowed_ips;
	struct given_rows restrictions; /* of struct mint_restriction */
	struct given_rows rate_limit;	/* of struct rate_wish */
};

/* One thing a key is restricted to: a member for each type of resource, one of them given. */
struct mint_restriction {
#define TYPE(id, name, prefix, parents, traits) struct given_text name;
#include "core/types.def"
#undef TYPE
	struct given_text base_path;
};

struct minted {
	const char *key_id;
	struct str token; /* in the vault; the only time it is seen */
};

/* A key of any kind a person may ask for, in the actor's organization. */
enum fault mint_key(struct work *, const struct mint_wish *, struct minted *);
/* The key of a machine, made by machine_create. */
enum fault mint_machine_key(struct work *, const char *machine_id, const struct mint_wish *, struct minted *);
/* FAULT_CONFLICT for kinds that have no refresh; FAULT_RACE_LOST. */
enum fault mint_refresh(struct work *, const char *key_id, const struct mint_wish *, struct minted *);
/* The same for a machine's live key, with a new period. */
enum fault mint_regenerate(struct work *, const char *key_id, const struct mint_wish *, struct minted *);

/*
 * A new text, and the old one is good for wish->grace seconds more, but not for
 * longer than it was.  FAULT_CONFLICT: keys of this kind are not rotated, or
 * this one has two texts already.
 */
enum fault mint_rotate(struct work *, const char *key_id, const struct mint_wish *, struct minted *);

/*
 * Another name, description and set of scopes; restrictions are as before if they
 * are absent, and none if they are null.  For the owner alone, and for keys of kinds
 * that are refreshed; FAULT_CONFLICT for others.
 */
enum fault mint_rescope(struct work *, const char *key_id, const struct mint_wish *, struct key *changed);

#endif
