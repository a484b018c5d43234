/*
 * inquiry.h: asking for a verdict about somebody else's credential.
 */
#ifndef CORE_INQUIRY_H
#define CORE_INQUIRY_H

#include "base/given.h"
#include "core/rate.h"
#include "core/verify.h"

struct inquiry_wish {
	struct given_text token, key, action, resource, path, ip;
};

struct inquiry {
	bool active;
	const struct standing *about; /* of the right text, when the asker may know; else NULL */
	struct verdict verdict;
	struct rate rate; /* of inquire_text: the presented key's, which was charged with this */
};

/*
 * The verdict on a text (wish->token).  The asker is a machine or organization
 * key, or a session; FAULT_ROLE for others.  A text of an organization that is
 * not the asker's, or of which the asker's user is no admin, is unknown.
 */
enum fault inquire_text(struct work *, const struct inquiry_wish *, struct inquiry *);

/* The same without a question: is the text alive (RFC 7662)? */
enum fault inquire_alive(struct work *, struct str token, struct inquiry *);

/* The verdict on a key by its id, with every rule; for its owner and admins. */
enum fault inquire_key(struct work *, const struct inquiry_wish *, struct inquiry *);

#endif
