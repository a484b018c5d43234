/*
 * git_index.h: the list of what Git tracks in a working tree (its file "index",
 * versions 2 to 4; gitformat-index(5)).
 *
 * Read in one pass and in little memory, however long it is.  No other file of Git
 * is opened and no setting of it counts, as nothing but the names is wanted.
 */
#ifndef DOCUMENTS_GIT_INDEX_H
#define DOCUMENTS_GIT_INDEX_H

#include "base/str.h"

#define GIT_PATH_MAX 4096 /* bytes of a name; an index with a longer one is broken to us */

/* A file of the index, by its path without a leading '/'.  False: no further. */
typedef bool git_index_file(void *ctx, struct str path);

/*
 * Calls each for every regular file, in the order of the bytes of their paths;
 * links and submodules are left out.  A file that is being merged is there once
 * for each of its versions.  False: it is no index, or one that leans on another
 * (a split index); what was told of it until then does not count.
 */
bool git_index_read(int fd, git_index_file *, void *ctx);

#endif
