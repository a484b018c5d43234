/*
 * local.c: files on a disk of this host.
 *
 * Every path is opened beneath the provider's root by the kernel itself, links
 * not followed (base/beneath.h).  What is written has no name until all of it is
 * there and on the disk: a process killed in the middle leaves nothing.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/local_root.h"
#include "files/local.h"
#include "files/trial.h"

#define LOCAL_DEPTH_MAX	 100
#define LOCAL_CHUNKS_MAX 100000

enum fault
local_fault(struct place *p, const char *what)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case EXDEV:
	case ENAMETOOLONG:
	case EINVAL:
		return FAULT_NOT_FOUND;
	case EEXIST:
	case ENOTEMPTY:
	case EISDIR:
		return FAULT_TAKEN;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return FAULT_STORAGE_FULL;
	default:
		return place_fault(p, "%s: %s", what, strerror(errno));
	}
}

static enum fault
local_open(struct place *p)
{
	if (p->root_path == NULL)
		return place_fault(p, "it has no directory");
	if ((p->root = beneath_root(p->root_path)) < 0)
		return place_fault(p, "its directory cannot be opened: %s", strerror(errno));
	/* What was allowed when it was connected may not be any more. */
	return local_root_allowed(p->w, p->root_path) != NULL
	    ? FAULT_NONE
	    : place_fault(p, "the administrator does not allow its directory");
}

static void
local_close(struct place *p)
{
	if (p->root >= 0)
		(void)close(p->root);
	p->root = -1;
}

int
local_hold(struct place *p, int how)
{
	int fd = beneath_open(p->root, "/", O_RDONLY | O_DIRECTORY, 0);

	if (fd >= 0 && flock(fd, how) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

void
local_found(struct place *p, const struct beneath_seen *s, struct found *x)
{
	*x = (struct found){ .folder = s->sort == BENEATH_FOLDER, .size = s->size, .modified = s->modified };
	if (x->folder)
		x->size = 0;
	else
		x->tag = arena_print(p->w->arena, "%llx-%llx-%llx.%x", (unsigned long long)s->inode,
		    (unsigned long long)s->size, (unsigned long long)s->modified, s->modified_ns);
}

static enum fault
local_look(struct place *p, const char *path, struct found *x)
{
	struct beneath_seen s;

	if (beneath_stat(p->root, path, &s) < 0)
		return local_fault(p, "it cannot be looked at");
	/* Links, devices and the like are shown to nobody. */
	if (s.sort == BENEATH_OTHER)
		return FAULT_NOT_FOUND;
	local_found(p, &s, x);
	return FAULT_NONE;
}

/* --- reading --- */

struct reading {
	int fd;
	int64_t at, end;
	char *buffer;
	struct place *place;
};

static enum fault
read_next(struct stream *s, struct work *w, struct str *piece)
{
	struct reading *r = s->ctx;
	int64_t want = r->end - r->at < (int64_t)STREAM_PIECE ? r->end - r->at : (int64_t)STREAM_PIECE;
	ssize_t n = want == 0 ? 0 : pread(r->fd, r->buffer, (size_t)want, (off_t)r->at);

	if (n < 0)
		return fault_at(w, FAULT_STORAGE, NULL, "it cannot be read: %s", strerror(errno));
	/* It became shorter while it was read: what was promised cannot be kept. */
	if (n == 0 && want > 0)
		return fault_at(w, FAULT_STORAGE, NULL, "it changed while it was read");
	r->at += n;
	*piece = (struct str){ r->buffer, (size_t)n };
	return FAULT_NONE;
}

static void
read_close(struct stream *s)
{
	(void)close(((struct reading *)s->ctx)->fd);
}

static enum fault
local_read(struct place *p, const char *path, const struct found *x, int64_t first, int64_t last,
    struct stream *s)
{
	struct reading *r = arena_new(p->w->arena, struct reading);
	struct beneath_seen seen;
	struct found now;

	if ((r->fd = beneath_open(p->root, path, O_RDONLY, 0)) < 0)
		return local_fault(p, "it cannot be opened");
	if (beneath_look(r->fd, &seen) < 0 || seen.sort != BENEATH_FILE) {
		(void)close(r->fd);
		return FAULT_NOT_FOUND;
	}
	local_found(p, &seen, &now);
	if (strcmp(now.tag, x->tag) != 0) {
		(void)close(r->fd);
		return FAULT_TRY_AGAIN;
	}
	(void)posix_fadvise(r->fd, (off_t)first, (off_t)(last + 1 - first), POSIX_FADV_SEQUENTIAL);
	r->at = first;
	r->end = last + 1;
	r->buffer = arena_take(p->w->arena, STREAM_PIECE);
	*s = (struct stream){ .next = read_next, .close = read_close, .ctx = r, .length = r->end - r->at };
	return FAULT_NONE;
}

/* --- folders and names --- */

static enum fault
local_make_folder(struct place *p, const char *path)
{
	const char *name;
	enum fault f = FAULT_NONE;
	int folder = beneath_parent(p->root, path, &name);

	if (folder < 0)
		return local_fault(p, "its folder cannot be opened");
	if (mkdirat(folder, name, 0750) < 0)
		f = local_fault(p, "it cannot be made");
	(void)close(folder);
	return f;
}

/*
 * Nothing is overwritten: what is in the way stays.  While a folder moves nobody
 * puts into place what was meant for where it was.
 */
static enum fault
move_held(struct place *p, const char *from, const char *to)
{
	const char *old, *new;
	enum fault f = FAULT_NONE;
	int a = beneath_parent(p->root, from, &old), b;

	if (a < 0)
		return local_fault(p, "its folder cannot be opened");
	if ((b = beneath_parent(p->root, to, &new)) < 0) {
		f = local_fault(p, "its new folder cannot be opened");
	} else {
		if (renameat2(a, old, b, new, RENAME_NOREPLACE) < 0)
			f = local_fault(p, "it cannot be moved");
		(void)close(b);
	}
	(void)close(a);
	return f;
}

static enum fault
local_move(struct place *p, const char *from, const char *to, bool is_folder)
{
	int hold = is_folder ? local_hold(p, LOCK_EX) : -1;
	enum fault f;

	if (is_folder && hold < 0)
		return local_fault(p, "it cannot be locked");
	f = move_held(p, from, to);
	if (hold >= 0)
		(void)close(hold);
	return f;
}

struct emptying {
	struct place *place;
	enum fault stopped; /* by who does not let it go on */
	int folder;
	int depth;
	bool failed;
};

static bool remove_each(void *ctx, const char *name, const struct beneath_seen *);

static int
remove_below(struct place *p, int parent, const char *name, int depth, enum fault *stopped)
{
	struct emptying e = { .place = p, .depth = depth };

	if (depth > LOCAL_DEPTH_MAX) {
		*stopped = fault_at(p->w, FAULT_CONFLICT, NULL,
		    "folders are nested in it more than %d deep: remove those first", LOCAL_DEPTH_MAX);
		return -1;
	}
	if ((e.folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return -1;
	if (beneath_list(e.folder, "/", remove_each, &e) < 0)
		e.failed = true;
	(void)close(e.folder);
	*stopped = e.stopped;
	return e.failed ? -1 : unlinkat(parent, name, AT_REMOVEDIR);
}

/* A link is taken away itself; where it leads nothing is touched. */
static bool
remove_each(void *ctx, const char *name, const struct beneath_seen *seen)
{
	struct emptying *e = ctx;

	if ((e->stopped = place_goes_on(e->place)) != FAULT_NONE)
		e->failed = true;
	else if (seen->sort == BENEATH_FOLDER)
		e->failed = remove_below(e->place, e->folder, name, e->depth + 1, &e->stopped) < 0 &&
		    (errno != ENOENT || e->stopped != FAULT_NONE);
	else
		e->failed = unlinkat(e->folder, name, 0) < 0 && errno != ENOENT;
	return !e->failed;
}

static enum fault
local_remove(struct place *p, const char *path, bool is_folder)
{
	const char *name;
	enum fault f = FAULT_NONE, stopped = FAULT_NONE;
	int folder = beneath_parent(p->root, path, &name);

	if (folder < 0)
		return local_fault(p, "its folder cannot be opened");
	if (is_folder ? remove_below(p, folder, name, 0, &stopped) < 0 : unlinkat(folder, name, 0) < 0)
		f = stopped != FAULT_NONE ? stopped : local_fault(p, "it cannot be removed");
	(void)close(folder);
	return f;
}

const struct driver driver_local = { "local", 1, LOCAL_CHUNKS_MAX, local_open, local_close, local_look,
	local_list, local_read, local_write, local_make_folder, local_move, local_remove, local_chunks_begin,
	local_chunk_claim, local_chunk, local_chunks_end, local_chunks_drop, local_space, local_trial };
