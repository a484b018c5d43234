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

/*
 * What the organization's policy says about a kind, for those who ask before they
 * make one: the ends there are to choose from, and those of them that a new key
 * may have.
 */
#define EXPIRY_CHOICES_MAX 5

struct expiry_choice {
	const char *word; /* as in the request */
	int64_t days;	  /* 0: never */
};

/* False when there are no more; a kind that ends when somebody says so has none that a policy could refuse. */
bool expiry_choice(const struct kind *, size_t, struct expiry_choice *);
bool expiry_allowed(const struct kind *, const struct org *, const struct expiry_choice *);
/* The latest end a new key may be given now; 0: any. */
int64_t expiry_latest(const struct kind *, const struct org *, int64_t now);

#endif
