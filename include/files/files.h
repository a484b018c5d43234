/*
 * files.h: files and folders in the providers of the acting credential's
 * organization.  No door is known here, and no HTTP.
 *
 * Every function asks decide() itself, with the provider and the path, at both
 * ends where there are two, and after an id was loaded.  What may not be read is
 * FAULT_NOT_FOUND, as if it were not there; what may be read and not be done is
 * the reason's fault (403).  Of a key with a base path the folders that lead to
 * the base can be seen as well, with nothing else in them.
 *
 * They are called outside a transaction, and begin their own: no row is locked
 * while a storage is waited for.  Ids are ours ("fil_...", "fol_..."); an id
 * stays when a thing is renamed or moved.
 */
#ifndef FILES_FILES_H
#define FILES_FILES_H

#include "base/given.h"
#include "base/stream.h"

#define FILES_LIMIT_MAX	 500   /* entries of a folder at once */
#define FILES_COUNT_MAX	 10000 /* entries of a folder that are counted */
#define FILES_SEARCH_MAX 200
#define FILES_MIME_MAX	 200

struct file {
	const char *id, *provider_id;
	const char *path;      /* within the provider: "/backups/2025/a.txt" */
	const char *name;      /* its last part */
	const char *parent_id; /* of the folder it stands in; NULL: at the top */
	bool folder;
	bool pending;	  /* an upload was asked for and has not come */
	const char *mime; /* from the name, or as it was announced; NULL: a folder */
	int64_t size;
	const char
	    *tag;     /* another when the content is (an ETag's inside); NULL: not known here, or a folder */
	bool starred; /* by whoever owns the acting credential */
	const char *created_by;
	int64_t created_at, updated_at;
};

/* --- looking (read) --- */

/* A file or a folder by its id. */
enum fault files_get(struct work *, const char *id, struct file *);
/* By its path; a row is made if it had none.  "/" is no entry: FAULT_NOT_FOUND. */
enum fault files_find(struct work *, const char *provider_id, struct str path, struct file *);

enum files_sort { FILES_BOTH, FILES_ONLY, FOLDERS_ONLY };

struct files_page {
	enum files_sort sort;
	size_t offset, limit;
};

/*
 * What is in a folder, or (folder_id NULL) at the top of a provider; by name.
 * *total is how many there are, counted up to FILES_COUNT_MAX.
 */
enum fault files_list(struct work *, const char *provider_id, const char *folder_id,
    const struct files_page *, struct file **, size_t *n, size_t *total);

/* In all providers, or (provider_id not NULL) in one.  By the name's parts, in any case. */
enum fault files_search(struct work *, const char *provider_id, struct str words, bool folders, size_t limit,
    struct file **, size_t *n);
enum fault files_recent(struct work *, size_t limit, struct file **, size_t *n);
enum fault files_starred(struct work *, bool folders, struct file **, size_t *n);

/* --- changing (write) --- */

/* The same name again: FAULT_TAKEN. */
enum fault files_make_folder(struct work *, const char *provider_id, const char *parent_id, struct str name,
    struct file *);
enum fault files_rename(struct work *, const char *id, struct str name, struct file *);
/* Into another folder of the same provider; NULL: to its top. */
enum fault files_move_to(struct work *, const char *id, const char *folder_id, struct file *);
/* A folder with all that is in it. */
enum fault files_delete(struct work *, const char *id);
enum fault files_set_star(struct work *, const char *id, bool starred, struct file *);

/* --- contents --- */

/*
 * Put the whole content where the id is: of a file that is awaited (see upload.h),
 * or in place of what is there.  The stream is read to its end, or nothing
 * changes; what was awaited and did not come is awaited no more.  only_if: the
 * tag the present content must have (STR_NONE: any); FAULT_PRECONDITION_FAILED.
 */
enum fault files_write(struct work *, const char *id, struct stream *, struct str only_if, struct file *);

/*
 * The same by path: the file is made if there is none, and FAULT_TAKEN if replace
 * is false and there is one.
 */
enum fault files_put(struct work *, const char *provider_id, struct str path, bool replace, struct stream *,
    struct file *);

struct files_range {
	bool given;
	int64_t first,
	    last; /* as RFC 9110 section 14.1.2: first -1: the last `last` bytes; last -1: to the end */
};

/* Content that is open for reading: close the stream, or hand local_path to the web server. */
struct files_content {
	struct file file;
	bool part; /* only first..last of it */
	int64_t first, last;
	struct stream stream;
	const char *local_path; /* on this host's disk, if it is: for X-Accel-Redirect; NULL: it is not */
};

/* FAULT_RANGE: nothing of it is there; c->file tells the size. */
enum fault files_read(struct work *, const char *id, const struct files_range *, struct files_content *);

/* In a small file at once: FAULT_CONTENT_TOO_LARGE beyond max.  For MCP. */
enum fault files_read_whole(struct work *, const char *id, size_t max, struct str *content, struct file *);

#endif
