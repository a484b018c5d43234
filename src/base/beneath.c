/*
 * beneath.c: files below a directory, by openat2(2).
 */
#include "config.h"

#include "base/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel says EAGAIN when something was renamed while it looked. */
#define TRIES 16

static int
resolve(int from, const char *path, int flags, mode_t mode, unsigned how_resolved)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC | O_NOFOLLOW),
		.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0,
		.resolve = how_resolved | RESOLVE_NO_SYMLINKS,
	};
	long fd = -1;

	for (int i = 0; i < TRIES; i++) {
		fd = syscall(SYS_openat2, from, path, &how, sizeof how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

/* As the kernel is asked: without the leading slash. */
static const char *
relative(const char *path)
{
	while (*path == '/')
		path++;
	return *path == '\0' ? "." : path;
}

int
beneath_root(const char *path)
{
	return resolve(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, 0);
}

int
beneath_open(int root, const char *path, int flags, mode_t mode)
{
	/* With O_PATH nothing else may be asked for. */
	int more = (flags & O_PATH) != 0 ? 0 : O_NONBLOCK;

	return resolve(root, relative(path), flags | more, mode, RESOLVE_BENEATH);
}

int
beneath_parent(int root, const char *path, const char **name)
{
	const char *at = relative(path), *slash = strrchr(at, '/');
	char folder[PATH_MAX];
	size_t n = slash == NULL ? 0 : (size_t)(slash - at);

	*name = slash == NULL ? at : slash + 1;
	if (strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0 || **name == '\0' || n >= sizeof folder) {
		errno = n >= sizeof folder ? ENAMETOOLONG : EINVAL;
		return -1;
	}
	memcpy(folder, at, n);
	folder[n] = '\0';
	return resolve(root, relative(folder), O_PATH | O_DIRECTORY, 0, RESOLVE_BENEATH);
}

static struct beneath_seen
seen_of(const struct stat *st)
{
	return (struct beneath_seen){
		.sort = S_ISREG(st->st_mode) ? BENEATH_FILE
		    : S_ISDIR(st->st_mode)   ? BENEATH_FOLDER
					     : BENEATH_OTHER,
		.size = st->st_size,
		.modified = st->st_mtim.tv_sec,
		.modified_ns = (uint32_t)st->st_mtim.tv_nsec,
		.inode = st->st_ino,
	};
}

int
beneath_look(int fd, struct beneath_seen *seen)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	*seen = seen_of(&st);
	return 0;
}

int
beneath_stat(int root, const char *path, struct beneath_seen *seen)
{
	int fd = beneath_open(root, path, O_PATH, 0), r, why;

	if (fd < 0)
		return -1;
	r = beneath_look(fd, seen);
	why = errno;
	(void)close(fd);
	errno = why;
	return r;
}

/* What is gone again since its name was read is left out. */
static int
list_open(DIR *d, beneath_each *each, void *ctx)
{
	struct dirent *e;
	struct stat st;
	struct beneath_seen seen;

	while (errno = 0, (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		seen = seen_of(&st);
		if (!each(ctx, e->d_name, &seen))
			return 0;
	}
	return errno == 0 ? 0 : -1;
}

int
beneath_list(int root, const char *path, beneath_each *each, void *ctx)
{
	int fd = beneath_open(root, path, O_RDONLY | O_DIRECTORY, 0), r, why;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL) {
		why = errno;
		if (fd >= 0)
			(void)close(fd);
		errno = why;
		return -1;
	}
	r = list_open(d, each, ctx);
	why = errno;
	(void)closedir(d);
	errno = why;
	return r;
}
