/*
 * beneath.h: files below a directory, and never outside of it.
 *
 * The kernel itself keeps every step below the root and follows no link
 * (openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS), so that neither a
 * path that fools a check of its text nor a folder swapped for a link in
 * between leads out.  Paths are as base_path_normalize() gives them: "/" is the
 * root, "/a/b" what is below.
 *
 * All return -1 with errno set: ENOENT and ENOTDIR for what is not there, ELOOP
 * for a link on the way, EXDEV for what would lead out.
 */
#ifndef BASE_BENEATH_H
#define BASE_BENEATH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum beneath_sort { BENEATH_FILE, BENEATH_FOLDER, BENEATH_OTHER };

struct beneath_seen {
	enum beneath_sort sort; /* a link is OTHER: it is shown to nobody, and never followed */
	int64_t size;		/* bytes of a file */
	int64_t modified;	/* Unix seconds */
	uint32_t modified_ns;
	uint64_t inode;
};

/* The root, to give to the others; close(2) it.  No step of its path may be a link. */
int beneath_root(const char *path);

/*
 * As open(2), always with O_CLOEXEC, O_NOFOLLOW and O_NONBLOCK: a named pipe
 * holds nobody up.  The caller looks with beneath_look() what it has got.
 */
int beneath_open(int root, const char *path, int flags, mode_t mode);

/*
 * The folder a path is in, for calls that take a folder and a name (mkdirat,
 * renameat2, unlinkat, linkat): those follow no link in the last name.  *name
 * points into the path.  EINVAL for "/".
 */
int beneath_parent(int root, const char *path, const char **name);

/* What an open file, or what lies at a path, is. */
int beneath_look(int fd, struct beneath_seen *);
int beneath_stat(int root, const char *path, struct beneath_seen *);

/*
 * Calls each for what is in a folder, in no order, "." and ".." left out; names
 * are bytes, not always UTF-8.  Stops when it returns false.
 */
typedef bool beneath_each(void *ctx, const char *name, const struct beneath_seen *);
int beneath_list(int root, const char *path, beneath_each *, void *ctx);

#endif
