/*
 * tracked.c: of a source that is a Git working tree, what Git tracks.
 *
 * Only ".git" as a directory in the root itself counts.  A file of that name says
 * that the rest lies elsewhere, perhaps outside of what is allowed: such a tree is
 * closed, as one would not know what in it is secret.
 */
#include "config.h"

#include "documents/tracked.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "documents/git_index.h"
#include "documents/path.h"

enum fault
tracked_broken(struct work *w)
{
	return fault_at(w, FAULT_CONFLICT, "source", "what Git tracks in it cannot be read");
}

static bool
is_file(int fd)
{
	struct beneath_seen seen;

	return beneath_look(fd, &seen) == 0 && seen.sort == BENEATH_FILE;
}

enum fault
tracked_open(struct work *w, struct documents *d)
{
	struct beneath_seen seen;

	d->tracked = false;
	d->index = -1;
	if (beneath_stat(d->root, "/.git", &seen) < 0)
		return errno == ENOENT ? FAULT_NONE : tracked_broken(w);
	if (seen.sort != BENEATH_FOLDER)
		return tracked_broken(w);
	/* A folder of this name alone makes no repository, to Git neither. */
	if (beneath_stat(d->root, "/.git/HEAD", &seen) < 0)
		return errno == ENOENT ? FAULT_NONE : tracked_broken(w);
	d->tracked = true;
	d->index = beneath_open(d->root, "/.git/index", O_RDONLY, 0);
	/* A new one has none, and tracks nothing. */
	if (d->index < 0)
		return errno == ENOENT ? FAULT_NONE : tracked_broken(w);
	return is_file(d->index) ? FAULT_NONE : tracked_broken(w);
}

void
tracked_close(struct documents *d)
{
	if (d->index >= 0)
		(void)close(d->index);
	d->index = -1;
}

/* Without the slashes at both ends. */
static struct str
inner(const char *path)
{
	struct str s = str_of(path);

	while (s.n > 0 && s.s[0] == '/')
		s = str_from(s, 1);
	return s;
}

/* What lies below a folder stands together in the index: -1 before it, 1 behind it. */
static int
beside(struct str path, struct str folder)
{
	size_t n = path.n < folder.n ? path.n : folder.n;
	int order = n == 0 ? 0 : memcmp(path.s, folder.s, n);

	if (folder.n == 0 || (order == 0 && path.n > folder.n && path.s[folder.n] == '/'))
		return 0;
	if (order != 0)
		return order;
	return path.n > folder.n && path.s[folder.n] > '/' ? 1 : -1;
}

struct wanted {
	struct str path;
	enum beneath_sort sort;
	bool found;
};

static bool
compare(void *ctx, struct str path)
{
	struct wanted *wanted = ctx;
	int at = beside(path, wanted->path);

	wanted->found = wanted->sort == BENEATH_FILE ? str_eq(path, wanted->path) : at == 0;
	return !wanted->found && at <= 0;
}

enum fault
tracked_shows(struct work *w, const struct documents *d, const char *path, enum beneath_sort sort,
    bool *shown)
{
	struct wanted wanted = { inner(path), sort, false };

	*shown = !d->tracked || (sort == BENEATH_FOLDER && wanted.path.n == 0);
	if (*shown || d->index < 0)
		return FAULT_NONE;
	if (!git_index_read(d->index, compare, &wanted))
		return tracked_broken(w);
	*shown = wanted.found;
	return FAULT_NONE;
}

struct listing {
	const struct documents *source;
	struct str folder;
	beneath_each *each;
	void *ctx;
	/* What was told last: what is in a folder stands together, and so do the versions of a file. */
	char last[DOCUMENT_PATH_MAX + 2];
	bool last_folder;
};

/* The tracked file or folder, if it lies there as that. */
static bool
tell(struct listing *l, struct str name, bool folder)
{
	char path[DOCUMENT_PATH_MAX + 2];
	struct beneath_seen seen;
	size_t n = l->folder.n == 0 ? 0 : l->folder.n + 1;

	if (n + 1 + name.n >= sizeof path)
		return true;
	path[0] = '/';
	if (n > 0)
		memcpy(path + 1, l->folder.s, l->folder.n);
	if (n > 0)
		path[n] = '/';
	memcpy(path + 1 + n, name.s, name.n);
	path[1 + n + name.n] = '\0';
	if (folder == l->last_folder && strcmp(l->last, path) == 0)
		return true;
	memcpy(l->last, path, n + 2 + name.n);
	l->last_folder = folder;
	if (beneath_stat(l->source->root, path, &seen) < 0 ||
	    seen.sort != (folder ? BENEATH_FOLDER : BENEATH_FILE))
		return true;
	return l->each(l->ctx, path + 1 + n, &seen);
}

static bool
in_folder(void *ctx, struct str path)
{
	struct listing *l = ctx;
	int at = beside(path, l->folder);
	struct str rest, name;

	if (at != 0)
		return at < 0;
	rest = l->folder.n == 0 ? path : str_from(path, l->folder.n + 1);
	(void)str_cut(&rest, '/', &name);
	if (documents_hides(name))
		return true;
	return tell(l, name, rest.s != NULL);
}

int
tracked_list(const struct documents *d, const char *folder, beneath_each *each, void *ctx)
{
	struct listing l = { .source = d, .folder = inner(folder), .each = each, .ctx = ctx };

	if (!d->tracked)
		return beneath_list(d->root, folder, each, ctx);
	return d->index < 0 || git_index_read(d->index, in_folder, &l) ? 0 : -1;
}

struct below {
	struct str folder;
	tracked_file *each;
	void *ctx;
};

static bool
file_below(void *ctx, struct str path)
{
	struct below *b = ctx;
	int at = beside(path, b->folder);
	struct str rest = path, name;

	if (at != 0)
		return at < 0;
	while (str_cut(&rest, '/', &name))
		if (documents_hides(name))
			return true;
	return b->each(b->ctx, path);
}

bool
tracked_files(const struct documents *d, const char *folder, tracked_file *each, void *ctx)
{
	struct below b = { inner(folder), each, ctx };

	return d->index < 0 || git_index_read(d->index, file_below, &b);
}
