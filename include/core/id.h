/*
 * id.h: making ids: a prefix that tells what it is, then 20 random base62 digits
 * (16 for spaces, bases and tables, as their clients expect).
 */
#ifndef CORE_ID_H
#define CORE_ID_H

#include "base/work.h"

#define ID_MAX 32

/* In the arena. */
const char *id_make(struct work *, const char *prefix);
/* Could this be an id?  Letters, digits and '_' only, not too long. */
bool id_shape(struct str);

#endif
