/*
 * identities.h: the rows of who somebody is elsewhere.
 */
#ifndef STORE_IDENTITIES_H
#define STORE_IDENTITIES_H

#include "base/work.h"

struct identified {
	const char *user_id, *user_name, *user_email;
	int64_t bound; /* the user has an identity at this issuer, perhaps another one */
};

/* FAULT_NOT_FOUND if nobody is known by it. */
enum fault identities_find(struct work *, const char *issuer, const char *subject, struct identified *);
/* The account of an address, normalized already; FAULT_NOT_FOUND. */
enum fault identities_by_email(struct work *, const char *issuer, const char *email, struct identified *);
/* FAULT_TAKEN if it is somebody's already, or the user has another one there. */
enum fault identities_insert(struct work *, const char *issuer, const char *subject, const char *user_id);
enum fault identities_remove(struct work *, const char *user_id);

#endif
