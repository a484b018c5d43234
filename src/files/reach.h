/*
 * reach.h: what the acting credential may do in a provider: decide(), with a path.
 */
#ifndef FILES_REACH_H
#define FILES_REACH_H

#include "core/decide.h"

struct reach {
	const char *provider_id;
	const struct target *target;
};

/* FAULT_NOT_FOUND: there is no such provider, or the credential may not know of it. */
enum fault reach_open(struct work *, const char *provider_id, struct reach *);
/* The action at the path; what may not even be read there is FAULT_NOT_FOUND. */
enum fault reach_may(struct work *, const struct reach *, enum action, const char *path);
/* The same where the path was given by the caller, so that nothing is told by saying why not. */
enum fault reach_may_name(struct work *, const struct reach *, enum action, const char *path);
bool reach_reads(struct work *, const struct reach *, const char *path);
/* Where the credential's base path begins in it; "/": it has none.  NULL: it may read nothing there. */
const char *reach_base(struct work *, const struct reach *);
/* The path leads to the base, and is not it: its folder can be seen, with the next step and no more. */
bool reach_leads(struct work *, const struct reach *, const char *path);

#endif
