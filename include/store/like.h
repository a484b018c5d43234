/*
 * like.h: what has a text in it, whatever the case and the accents.
 */
#ifndef STORE_LIKE_H
#define STORE_LIKE_H

#include "base/arena.h"

/* Takes like_pattern()'s. */
#define LIKE_SEARCH "LIKE ? COLLATE utf8mb4_unicode_520_ci ESCAPE '!'"

/* Anything with this text in it, whose own signs of patterns are none; NULL for NULL. */
const char *like_pattern(struct arena *, const char *text);

#endif
