/*
 * spot.h: whose a text is that was found somewhere, for whoever found it.
 */
#ifndef CORE_SPOT_H
#define CORE_SPOT_H

#include "core/decide.h"

/*
 * The key that has this text, and whether it is alive: *reason is REASON_OK, or why
 * it is not; REASON_UNKNOWN and *s NULL if no key has it, REASON_MALFORMED if none
 * can.
 *
 * Nothing is opened by this, so the digest under the pepper is enough: no Argon2id
 * runs, and it is no use of the key.
 */
enum fault spot(struct work *, struct str text, enum reason *, struct standing **s);

#endif
