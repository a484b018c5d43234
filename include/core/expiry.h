/*
 * expiry.h: when a key ends, from the words of its kind.
 */
#ifndef CORE_EXPIRY_H
#define CORE_EXPIRY_H

#include "core/mint.h"
#include "store/orgs.h"

/*
 * *ends in Unix seconds, 0 for never.  The kind's row says which member of the
 * wish is meant, the organization's policy how far it may reach; a member of
 * another kind is FAULT_BAD_FIELD.
 */
enum fault expiry_of(struct work *, const struct kind *, const struct mint_wish *, const struct org *,
    int64_t *ends);

#endif
