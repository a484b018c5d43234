/*
 * files.h: the rows of files and folders in providers.
 *
 * The storage is the truth; a row gives an id to a path, and says what the
 * storage does not: who put it there, and whether an upload is still awaited.
 * Paths are bytes here: one spelling each (core/base_path.h).
 */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include "base/work.h"

struct file_row {
	const char *id, *provider_id, *path;
	const char *parent_id; /* NULL: it stands at the top, or its folder has no row */
	int64_t folder;	       /* 0 or 1 */
	int64_t pending;       /* an upload is awaited */
	int64_t size;
	const char *mime; /* NULL: a folder */
	const char *created_by;
	int64_t created_at, updated_at;
	int64_t starred; /* by the owner that was asked about */
};

/* By id; FAULT_NOT_FOUND. */
enum fault files_row(struct work *, const char *org, const char *owner, const char *id, struct file_row *);
enum fault files_row_at(struct work *, const char *org, const char *owner, const char *provider,
    const char *path, struct file_row *);
/* Those of a list of paths (JSON, of texts) that have rows, in any order. */
enum fault files_rows_at(struct work *, const char *org, const char *owner, const char *provider,
    struct str paths, size_t max, struct file_row **, size_t *n);

/* In which of its things to look, and how many. */
struct file_search {
	const char *provider_id;
	const char *base; /* at or below it; "/": everywhere */
	const char *like; /* of the name, in LIKE's terms; NULL: any */
	int64_t folders;  /* 1: only folders; 0: only files */
	int64_t limit;
};
enum fault files_rows_like(struct work *, const char *org, const char *owner, const struct file_search *,
    struct file_row **, size_t *n);
/* The newest first. */
enum fault files_rows_recent(struct work *, const char *org, const char *owner, const struct file_search *,
    struct file_row **, size_t *n);
enum fault files_rows_starred(struct work *, const char *org, const char *owner, const struct file_search *,
    struct file_row **, size_t *n);

/* FAULT_TAKEN: the path has a row. */
enum fault files_insert(struct work *, const char *org, const struct file_row *);
/*
 * Rows for what was found: JSON, a list of {i: id, p: path, d: path of its folder,
 * n: name, f: 1 for a folder, s: size, m: type, u: updated}.  What has a row keeps
 * its id; its size, type and time become these.
 */
enum fault files_see(struct work *, const char *org, const char *provider, const char *by, struct str found);
/* What was awaited has come, or what was there is another now: size, type and time. */
enum fault files_arrived(struct work *, const char *org, const struct file_row *);
enum fault files_forget(struct work *, const char *org, const char *id);
/* With all that lies below it. */
enum fault files_forget_tree(struct work *, const char *org, const char *provider, const char *path);
/* The row and those below it get another path; FAULT_TAKEN. */
enum fault files_move(struct work *, const char *org, const char *provider, const char *from, const char *to);
enum fault files_star(struct work *, const char *org, const char *id, const char *owner);
enum fault files_unstar(struct work *, const char *org, const char *id, const char *owner);
/* Bytes in files that have rows. */
enum fault files_used(struct work *, const char *org, const char *provider, int64_t *bytes);
/* Of the longest path that has a row, of those that are this one or lie below it. */
enum fault files_longest(struct work *, const char *org, const char *provider, const char *path,
    int64_t *bytes);
/* Awaited since before this instant: they are not awaited any more. */
enum fault files_forget_awaited(struct work *, int64_t before);

#endif
