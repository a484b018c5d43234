/*
 * machine.h: machines of the acting credential's organization.
 */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include "base/given.h"
#include "core/mint.h"
#include "store/machines.h"

struct machine_wish {
	struct given_text name, description, expires_in;
	struct given_texts allowed_ips;
	struct given_rows rate_limit; /* of struct rate_wish */
};

/* With its first key. */
enum fault machine_create(struct work *, const struct machine_wish *, struct machine *, struct minted *);
enum fault machine_describe(struct work *, const char *id, const struct machine_wish *, struct machine *);
/* With its key, its places in teams and its roles. */
enum fault machine_delete(struct work *, const char *id);
/* A new key text; the old one is dead when this returns. */
enum fault machine_regenerate(struct work *, const char *id, const struct machine_wish *, struct minted *);
/* "active", "expired", or "no_key". */
const char *machine_state(const struct work *, const struct machine *);

#endif
