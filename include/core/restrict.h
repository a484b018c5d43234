/*
 * restrict.h: what a new key is to be restricted to, from the words of a wish.
 */
#ifndef CORE_RESTRICT_H
#define CORE_RESTRICT_H

#include "core/mint.h"

/*
 * The rows to store; NULL when nothing narrows the key.  Each must be a resource
 * the actor may read, of a type this kind may be restricted to.
 */
enum fault restrict_to(struct work *, const struct kind *, const struct mint_wish *,
    struct restriction **rows);

#endif
