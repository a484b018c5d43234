/*
 * base_path.h: paths inside a provider: one spelling each, and what lies below
 * what.
 */
#ifndef CORE_BASE_PATH_H
#define CORE_BASE_PATH_H

#include "base/arena.h"

#define BASE_PATH_MAX 1024

/*
 * The one spelling: a leading '/', no '//' and no '/' at the end, NFC.  NULL if
 * it has NUL, control bytes, a backslash, "." or ".." segments, is not UTF-8 or
 * is too long.  The text is decoded already; nothing is decoded here.
 */
const char *base_path_normalize(struct arena *, struct str);

/* Is the path the base, or below it?  Both normalized. */
bool base_path_covers(const char *base, const char *path);

#endif
