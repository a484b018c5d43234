/*
 * conf.h: reading small files of the administrator: passwords, keys.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/arena.h"

/*
 * A file's text without the last line end, in the arena.  STR_NONE, and why in
 * *problem, if it cannot be read, is larger than max, or (when secret) may be
 * read by others than its owner and group.
 */
struct str conf_file(struct arena *, const char *path, size_t max, bool secret, const char **problem);

#endif
