/*
 * rank.h: the role a credential's owner has on a resource: the highest of all
 * that was granted, on it or above it.
 */
#ifndef CORE_RANK_H
#define CORE_RANK_H

#include "core/decide.h"

/* *best is the grant that won; NULL if the role in the organization did. */
enum rank rank_on(const struct standing *, const struct target *, const struct granted **best);

/* The best role on whatever the credential may reach. */
enum rank rank_anywhere(const struct standing *, const struct granted **best);

#endif
