/*
 * upload.h: uploads: asked for first, then sent whole or in chunks.
 *
 * A path that an upload is awaited for is taken.  Chunks may come in any order,
 * again, and after a restart; what never becomes whole leaves nothing.  See
 * files.h for what is asked of decide(), and when.
 */
#ifndef FILES_UPLOAD_H
#define FILES_UPLOAD_H

#include "files/files.h"

struct upload_wish {
	struct str name, mime; /* mime STR_NONE: from the name */
	int64_t size;	       /* bytes in all; -1: not known (not for chunks) */
	int64_t chunk_size;    /* 0: ours */
	const char *folder_id; /* NULL: the top */
	const char *provider_id;
};

/*
 * The file as it is awaited, pending, for files_write.  FAULT_TAKEN: there is one
 * of that name already; FAULT_QUOTA.
 */
enum fault upload_ask(struct work *, const struct upload_wish *, struct file *);

struct upload {
	const char *id;
	const char *file_id, *provider_id, *path, *name;
	int64_t size, chunk_size, chunks;
	int64_t received, bytes; /* chunks that are there, and what is in them */
	int64_t created_at;
};

/* A session for chunks; the last chunk may be smaller. */
enum fault upload_begin(struct work *, const struct upload_wish *, struct upload *);
/*
 * Chunk number 0...chunks-1, of exactly its length.  When the last one that was
 * missing has come, the file is there and *whole is true.
 */
enum fault upload_chunk(struct work *, const char *id, int64_t number, struct stream *, bool *whole);
/* One's own that are not whole. */
enum fault upload_list(struct work *, struct upload **, size_t *n);
/* Give it up: nothing is left of it. */
enum fault upload_cancel(struct work *, const char *id);

/* For the keeper: end what nobody goes on with. */
void upload_upkeep(struct work *);

#endif
