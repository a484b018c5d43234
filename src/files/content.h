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
	int64_t room; /* bytes that may come; -1: any number */
	int64_t n;
};
struct stream watched_stream(struct watched *);

/*
 * How many bytes the quota allows, those its row had before counted as free; -1: any.
 * FAULT_QUOTA: not so many.
 */
enum fault content_room(struct place *, int64_t size, int64_t had, int64_t *room);
enum fault content_arrived(struct place *, struct file_row *, const struct found *);

#endif
