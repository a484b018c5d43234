/*
 * local_write.c: what is written to a disk has no name until all of it is there
 * and on the disk.  A process that is killed in the middle leaves nothing but,
 * of an upload in chunks, what that goes on with.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "files/local.h"

#define FILE_MODE   0640
#define NAME_DIGITS 20
#define LOCK_TRIES  20

/* All of a stream, into a file from some place on, and no more than so many bytes. */
static enum fault
fill(struct place *p, int fd, struct stream *s, int64_t at, int64_t most, int64_t *done)
{
	struct str piece;
	enum fault f;

	*done = 0;
	while ((f = s->next(s, p->w, &piece)) == FAULT_NONE && piece.n > 0) {
		if (most >= 0 && (int64_t)piece.n > most - *done)
			return fault_at(p->w, FAULT_BAD_REQUEST, NULL, "more came than was announced");
		while (piece.n > 0) {
			ssize_t n = pwrite(fd, piece.s, piece.n, (off_t)(at + *done));

			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				return local_fault(p, "it cannot be written");
			piece = str_from(piece, (size_t)n);
			*done += n;
		}
	}
	if (f == FAULT_NONE && most >= 0 && *done != most)
		return fault_at(p->w, FAULT_BAD_REQUEST, NULL, "less came than was announced");
	return f;
}

struct writing {
	struct place *place;
	const struct terms *terms;
	const char *name;
	int folder, fd;
	int hold;					  /* on the places of folders */
	char hidden[sizeof PLACE_RESERVED + NAME_DIGITS]; /* a name it has for now; empty: none */
};

static void
hide(struct writing *x)
{
	(void)snprintf(x->hidden, sizeof x->hidden, "%s", PLACE_RESERVED);
	random_base62(x->hidden + sizeof PLACE_RESERVED - 1, NAME_DIGITS);
	x->hidden[sizeof x->hidden - 1] = '\0';
}

static enum fault
write_open(struct writing *x, const char *path)
{
	struct place *p = x->place;

	x->name = path_name(path);
	if ((x->folder = beneath_open(p->root, path_folder(p->w, path), O_RDONLY | O_DIRECTORY, 0)) < 0)
		return local_fault(p, "its folder cannot be opened");
	x->fd = openat(x->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);
	if (x->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		hide(x);
		x->fd = openat(x->folder, x->hidden, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC,
		    FILE_MODE);
	}
	return x->fd >= 0 ? FAULT_NONE : local_fault(p, "it cannot be made");
}

static void
write_close(struct writing *x)
{
	if (x->fd >= 0 && x->hidden[0] != '\0')
		(void)unlinkat(x->folder, x->hidden, 0);
	if (x->fd >= 0)
		(void)close(x->fd);
	if (x->folder >= 0)
		(void)close(x->folder);
	if (x->hold >= 0)
		(void)close(x->hold);
}

static enum fault
terms_hold(struct writing *x)
{
	struct found now = { .tag = NULL };
	struct beneath_seen s;
	struct stat st;

	if (fstatat(x->folder, x->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && x->terms->only_if.s == NULL ? FAULT_NONE
		    : errno == ENOENT				      ? FAULT_PRECONDITION_FAILED
				      : local_fault(x->place, "it cannot be looked at");
	if (!x->terms->replace || !S_ISREG(st.st_mode) || beneath_stat(x->folder, x->name, &s) < 0)
		return FAULT_TAKEN;
	local_found(x->place, &s, &now);
	return x->terms->only_if.s == NULL || str_is(x->terms->only_if, now.tag) ? FAULT_NONE
										 : FAULT_PRECONDITION_FAILED;
}

static bool
link_as(const struct writing *x, const char *name)
{
	char self[40];

	(void)snprintf(self, sizeof self, "/proc/self/fd/%d", x->fd);
	return linkat(AT_FDCWD, self, x->folder, name, AT_SYMLINK_FOLLOW) == 0;
}

static bool
put_in_place(struct writing *x)
{
	unsigned how = x->terms->replace ? 0 : RENAME_NOREPLACE;

	if (x->hidden[0] == '\0') {
		if (link_as(x, x->name))
			return true;
		if (errno != EEXIST || !x->terms->replace)
			return false;
		hide(x);
		if (!link_as(x, x->hidden)) {
			x->hidden[0] = '\0';
			return false;
		}
	}
	if (renameat2(x->folder, x->hidden, x->folder, x->name, how) != 0)
		return false;
	x->hidden[0] = '\0';
	return true;
}

/* The folder that was opened may stand somewhere else by now, or another in its place. */
static bool
folder_stands(const struct writing *x, const char *path)
{
	struct stat was, is;
	int fd = beneath_open(x->place->root, path, O_PATH | O_DIRECTORY, 0);
	bool same = fd >= 0 && fstat(x->folder, &was) == 0 && fstat(fd, &is) == 0 &&
	    was.st_dev == is.st_dev && was.st_ino == is.st_ino;

	if (fd >= 0)
		(void)close(fd);
	return same;
}

/*
 * While the folder is locked nobody of us changes what the terms are about, and
 * while the root is, no folder moves.
 */
static enum fault
write_end(struct writing *x, const char *path, struct found *found)
{
	struct place *p = x->place;
	const char *folder = path_folder(p->w, path);
	struct beneath_seen s;
	enum fault f;

	if (fsync(x->fd) < 0)
		return local_fault(p, "it cannot be written to the disk");
	/* The top does not move, and is the same thing to lock. */
	if ((strcmp(folder, "/") != 0 && (x->hold = local_hold(p, LOCK_SH)) < 0) ||
	    flock(x->folder, LOCK_EX) < 0)
		return local_fault(p, "its folder cannot be locked");
	if (!folder_stands(x, folder))
		return fault_at(p->w, FAULT_CONFLICT, NULL, "its folder was moved or removed meanwhile");
	if ((f = terms_hold(x)) != FAULT_NONE)
		return f;
	if (!put_in_place(x) || fsync(x->folder) < 0 || beneath_look(x->fd, &s) < 0)
		return local_fault(x->place, "it cannot be put in place");
	local_found(x->place, &s, found);
	return FAULT_NONE;
}

enum fault
local_write(struct place *p, const char *path, struct stream *in, const struct terms *t, struct found *found)
{
	struct writing x = { .place = p, .terms = t, .folder = -1, .fd = -1, .hold = -1 };
	int64_t n;
	enum fault f;

	if ((f = write_open(&x, path)) == FAULT_NONE && (f = terms_hold(&x)) == FAULT_NONE &&
	    (f = fill(p, x.fd, in, 0, in->length, &n)) == FAULT_NONE)
		f = write_end(&x, path, found);
	write_close(&x);
	return f;
}

/* --- chunks: a hidden file at the top, with holes where chunks are missing --- */

static const char *
hidden_of(struct place *p, const struct upload_row *r)
{
	return arena_print(p->w->arena, "/%s%s", PLACE_RESERVED, r->id);
}

enum fault
local_chunks_begin(struct place *p, struct upload_row *r)
{
	int fd = beneath_open(p->root, hidden_of(p, r), O_CREAT | O_EXCL | O_RDWR, FILE_MODE);

	if (fd < 0)
		return local_fault(p, "it cannot be made");
	(void)close(fd);
	return FAULT_NONE;
}

/*
 * The part of the file a chunk has is locked until it is known to be there: the
 * same twice at once would mix, and nothing may be written once all is in place.
 */
static enum fault
lock_part(struct place *p, int fd, int64_t at, int64_t size)
{
	struct flock l = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)at,
		.l_len = (off_t)size };

	if (fcntl(fd, F_OFD_SETLK, &l) == 0)
		return FAULT_NONE;
	if (errno == EAGAIN || errno == EACCES)
		return fault_at(p->w, FAULT_CONFLICT, NULL, "this chunk is being sent already");
	return local_fault(p, "it cannot be locked");
}

/* What was opened by its hidden name may have got its real one since. */
static bool
is_hidden(struct place *p, int fd, const char *hidden)
{
	struct beneath_seen a, b;

	return beneath_look(fd, &a) == 0 && beneath_stat(p->root, hidden, &b) == 0 && a.inode == b.inode;
}

enum fault
local_chunk_claim(struct place *p, const struct upload_row *r, int64_t number, int64_t size)
{
	const char *hidden = hidden_of(p, r);
	enum fault f;

	if ((p->held = beneath_open(p->root, hidden, O_RDWR, 0)) < 0)
		return local_fault(p, "what came before cannot be opened");
	/* A length of 0 would be all of it. */
	if (size > 0 && (f = lock_part(p, p->held, number * r->chunk_size, size)) != FAULT_NONE)
		return f;
	return is_hidden(p, p->held, hidden) ? FAULT_NONE : FAULT_NOT_FOUND;
}

enum fault
local_chunk(struct place *p, const struct upload_row *r, int64_t number, int64_t size, struct stream *in,
    const char **tag)
{
	int64_t n;
	enum fault f;

	*tag = NULL;
	if ((f = fill(p, p->held, in, number * r->chunk_size, size, &n)) == FAULT_NONE &&
	    fdatasync(p->held) < 0)
		f = local_fault(p, "it cannot be written to the disk");
	return f;
}

/*
 * All of it, so that nobody writes a part any more when it gets its name.  Who has
 * one now is about to see that it is there already, and lets go.
 */
static enum fault
lock_whole(struct place *p, const char *hidden)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	place_let_go(p);
	if ((p->held = beneath_open(p->root, hidden, O_RDWR, 0)) < 0)
		return local_fault(p, "what came before cannot be opened");
	for (int i = 0; fcntl(p->held, F_OFD_SETLK, &l) < 0; i++) {
		if (errno != EAGAIN && errno != EACCES)
			return local_fault(p, "it cannot be locked");
		if (i == LOCK_TRIES)
			return fault_at(p->w, FAULT_CONFLICT, NULL, "a part of it is still being written");
		(void)nanosleep(&pause, NULL);
	}
	return FAULT_NONE;
}

enum fault
local_chunks_end(struct place *p, const struct upload_row *r, const struct upload_chunk *c, size_t n,
    struct found *found)
{
	const char *hidden = hidden_of(p, r);
	struct beneath_seen s;
	enum fault f;

	(void)c;
	(void)n;
	if ((f = lock_whole(p, hidden)) == FAULT_NONE)
		f = driver_local.move(p, hidden, r->path, false);
	/* It may have been moved by one who could not say so any more. */
	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	if (beneath_stat(p->root, r->path, &s) < 0 || s.sort != BENEATH_FILE || s.size != r->size)
		return f != FAULT_NONE ? f : place_fault(p, "it is not whole");
	local_found(p, &s, found);
	return FAULT_NONE;
}

enum fault
local_chunks_drop(struct place *p, const struct upload_row *r)
{
	enum fault f = driver_local.remove(p, hidden_of(p, r), false);

	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}
