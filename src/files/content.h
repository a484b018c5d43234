/*
 * content.h: what writing whole files and writing chunks share.
 */
#ifndef FILES_CONTENT_H
#define FILES_CONTENT_H

#include "base/out.h"
#include "files/entry.h"
#include "files/upload.h"

/* A stream that is counted, and whose end asks once more. */
struct watched {
	struct stream *from;
	const struct reach *reach;
	const char *path;
	const char *id; /* of the file it is for */
	int64_t room;	/* bytes that may come; -1: any number */
	int64_t n;
};
struct stream watched_stream(struct watched *);

/*
 * How many bytes the quota allows, those its row had before counted as free; -1: any.
 * FAULT_QUOTA: not so many.
 */
enum fault content_room(struct place *, int64_t size, int64_t had, int64_t *room);
enum fault content_arrived(struct place *, struct file_row *, const struct found *);

/*
 * Whether what is being written is still meant for that path: FAULT_CONFLICT if the row has
 * moved with its folder, or was removed.
 */
enum fault content_stands(struct work *, const char *id, const char *path);
/* It does not, and what was written lies there all the same: it is taken away.  The fault for it. */
enum fault content_undo(struct place *, const char *path, const struct found *);

/* --- uploads in chunks at a path, or below it --- */

/* FAULT_CONFLICT: there are some. */
enum fault uploads_none(struct place *, const char *path);
/* Give one up. */
enum fault upload_drop(struct work *, const struct upload_row *);
enum fault upload_drop_in(struct place *, const struct upload_row *);
#define AWAITED_FOR 86400 /* seconds that a whole file is awaited, which was asked for */

/* Give them up. */
enum fault uploads_drop(struct place *, const char *path);

#endif
