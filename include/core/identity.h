/*
 * identity.h: people whom somebody else has authenticated: the host application by
 * its tokens, the web server by its name for them.
 */
#ifndef CORE_IDENTITY_H
#define CORE_IDENTITY_H

#include "base/work.h"
#include "store/identities.h"

struct identity {
	const char *issuer;
	const char *subject; /* NULL: the address is all there is, each time anew */
	const char *email;   /* as accounts have it, vouched for by the issuer; NULL: not said */
	const char *name;    /* NULL: called by the address */
};

/*
 * The account.  Who is not known by issuer and subject is found by the address,
 * and known by both from then on; or gets an account, where the settings allow it.
 * FAULT_NOT_FOUND: nobody.
 */
enum fault identity_user(struct work *, const struct identity *, struct identified *);

#endif
