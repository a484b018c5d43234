/*
 * phc.h: the text an Argon2id hash is stored as, after the PHC string format:
 *
 *	$argon2id$v=19$m=19456,t=2,p=1$salt$hash
 *
 * with salt and hash in base64 without padding.
 */
#ifndef CORE_PHC_H
#define CORE_PHC_H

#include "base/arena.h"

#define PHC_HASH_MAX 64 /* bytes */

struct phc {
	int64_t memory; /* KiB */
	int64_t passes, lanes;
	struct str salt, hash; /* as they are, not as text */
};

/*
 * False: not such a text, not in its one plain form, or it asks for more than
 * anybody should have stored.
 */
bool phc_read(struct arena *, struct str encoded, struct phc *);
const char *phc_text(struct arena *, const struct phc *);

#endif
