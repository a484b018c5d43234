/*
 * local_root.h: the directory a source or a local provider stands for.
 */
#ifndef CORE_LOCAL_ROOT_H
#define CORE_LOCAL_ROOT_H

#include "base/work.h"

/*
 * The directory itself with every link resolved, if the administrator allows it
 * now; else NULL.
 */
const char *local_root_allowed(struct work *, const char *root);

/*
 * Does the path stand below a directory that the administrator allows, by its text alone?
 * Nothing at the path is looked at.
 */
bool local_root_named(struct work *, const char *root);

/*
 * Open the root of a resource's config (JSON with "root"), to be used with
 * base/beneath.h and closed by the caller.  FAULT_NOT_FOUND: it has none, or the
 * directory is gone, leads elsewhere by now, or is allowed no more.
 */
enum fault local_root_open(struct work *, const char *config, int *root);

#endif
