/*
 * tracked.h: of a source that is a Git working tree, what Git tracks.
 *
 * The working tree is looked at, not what was committed; but a file that Git does
 * not track (what was built there, somebody's notes and secrets) is not there.
 */
#ifndef DOCUMENTS_TRACKED_H
#define DOCUMENTS_TRACKED_H

#include "base/beneath.h"
#include "documents/documents.h"

/*
 * Is the source's root a working tree?  Fills in what the others need.
 * FAULT_CONFLICT: it is one, but what is tracked cannot be told here.
 */
enum fault tracked_open(struct work *, struct documents *);
void tracked_close(struct documents *);
/* That it cannot be told. */
enum fault tracked_broken(struct work *);

/* May a path, as of documents_path, be a document or a folder here, where this was found at it? */
enum fault tracked_shows(struct work *, const struct documents *, const char *path, enum beneath_sort,
    bool *shown);

/* As beneath_list, of what is tracked in a folder; -1 also where nothing is. */
int tracked_list(const struct documents *, const char *folder, beneath_each *, void *ctx);

/*
 * All files of a working tree below a folder, by their paths without a leading
 * '/', in the order of their bytes; whether they still lie there is not asked.
 * Stops when it returns false.  False: what is tracked cannot be read.
 */
typedef bool tracked_file(void *ctx, struct str path);
bool tracked_files(const struct documents *, const char *folder, tracked_file *, void *ctx);

#endif
