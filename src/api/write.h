/*
 * write.h: how this door writes the things it shows, each in one place.
 */
#ifndef API_WRITE_H
#define API_WRITE_H

#include "core/mint.h"
#include "http/call.h"
#include "store/keys.h"
#include "store/machines.h"
#include "store/members.h"
#include "store/orgs.h"
#include "store/resources.h"
#include "store/teams.h"

void write_org(struct json *, const char *name, const struct org *);
void write_member(struct json *, const char *name, const struct member *);
void write_team(struct json *, const char *name, const struct team *);
extern const struct listing team_listing;
extern const struct shape shape_rate_limit;
void write_machine(struct call *, struct json *, const char *name, const struct machine *);
void write_resource(struct json *, const char *name, const struct resource *);

/* Opens the key's object and writes its members; the caller ends it. */
enum fault write_key_open(struct call *, struct json *, const char *name, const struct key *);
enum fault write_key(struct call *, struct json *, const char *name, const struct key *);
/* A list of the first of them: as many as an answer has room for. */
enum fault write_first_keys(struct call *, struct json *, const char *name, const struct key *, size_t n);
/* The key as it is after minting; opened, not ended. */
enum fault write_minted_open(struct call *, struct json *, const char *name, const struct minted *);

/* Whether the key of a credential has two texts now, and which of them this is. */
void write_rotation(struct work *, struct json *, const struct standing *);

/* A list of the names of scopes. */
void write_scopes(struct json *, const char *name, unsigned scopes);
/* What a key is restricted to; null if it is not. */
void write_confine(struct json *, const char *name, const struct standing *);

#endif
