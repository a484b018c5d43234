/*
 * fuzz_git.c: the list of what Git tracks.
 *
 * An input is an index.  It is read or refused; the paths of one that is read are
 * in order, and none of them has an empty step.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"
#include "documents/git_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	char path[GIT_PATH_MAX + 1];
	size_t n;
};

static bool
look(void *ctx, struct str path)
{
	struct seen *s = ctx;

	assert(path.n > 0 && path.n <= GIT_PATH_MAX && memchr(path.s, '\0', path.n) == NULL);
	assert(path.s[0] != '/' && path.s[path.n - 1] != '/' && memmem(path.s, path.n, "//", 2) == NULL);
	assert(strcmp(s->path, path.s) <= 0);
	memcpy(s->path, path.s, path.n + 1);
	return ++s->n < 100000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct seen seen = { "", 0 };

	if (fd < 0)
		fd = memfd_create("index", MFD_CLOEXEC);
	if (size > (size_t)1 << 20 || ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		return 0;
	(void)git_index_read(fd, look, &seen);
	return 0;
}
