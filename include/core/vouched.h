/*
 * vouched.h: sessions of people whom somebody else vouches for: the host
 * application, by its tokens.
 */
#ifndef CORE_VOUCHED_H
#define CORE_VOUCHED_H

#include "core/verify.h"

/*
 * The standing of a token of the host application; as verify_text.  Seen for the
 * first time it becomes a session that can be listed and ended; the gate, which
 * may only look, lets it pass without.
 */
enum fault vouched_jwt(struct work *, struct str token, struct presented *);

#endif
