/*
 * uploads.h: the rows of uploads that come in chunks, and of their chunks.
 */
#ifndef STORE_UPLOADS_H
#define STORE_UPLOADS_H

#include "base/work.h"

struct upload_row {
	const char *org_id, *id, *provider_id, *file_id, *path;
	const char *mime;
	const char *token; /* the storage's own name for it; NULL: it has none */
	int64_t size, chunk_size, chunks;
	int64_t received; /* chunks that are there */
	int64_t bytes;	  /* in them */
	const char *created_by;
	int64_t created_at, updated_at;
};

struct upload_chunk {
	int64_t number; /* from 0 */
	int64_t size;
	const char *tag; /* what the storage said about it; NULL: nothing */
};

enum fault uploads_row(struct work *, const char *org, const char *id, struct upload_row *);
/* Of one owner, the newest first. */
enum fault uploads_of(struct work *, const char *org, const char *owner, int64_t limit, struct upload_row **,
    size_t *n);
/* Whoever's, to a path or below it. */
enum fault uploads_below(struct work *, const char *org, const char *provider, const char *path,
    int64_t limit, struct upload_row **, size_t *n);
/* Of any organization, without a chunk since before this instant. */
enum fault uploads_idle(struct work *, int64_t before, int64_t limit, struct upload_row **, size_t *n);
enum fault uploads_insert(struct work *, const char *org, const struct upload_row *);
/* A chunk is there; it may have been there before.  FAULT_CONFLICT: the upload is gone. */
enum fault uploads_chunk(struct work *, const char *org, const char *id, const struct upload_chunk *);
/* As if a chunk had come at that time. */
enum fault uploads_touch(struct work *, const char *org, const char *id, int64_t at);
enum fault uploads_chunks(struct work *, const char *org, const char *id, int64_t limit,
    struct upload_chunk **, size_t *n);
enum fault uploads_has(struct work *, const char *org, const char *id, int64_t number, bool *there);
/* With its chunks.  *was: it was there, so who asked is the one to end it. */
enum fault uploads_delete(struct work *, const char *org, const char *id, bool *was);

#endif
