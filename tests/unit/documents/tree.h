/*
 * tree.h: a source of a test's own: files in a directory that is gone afterwards.
 */
#ifndef TESTS_DOCUMENTS_TREE_H
#define TESTS_DOCUMENTS_TREE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/beneath.h"
#include "base/bench.h"
#include "base/out.h"
#include "documents/documents.h"

static char tree[] = "/tmp/claviger-documents-XXXXXX";
static struct documents source;

static void
put_bytes(const char *name, const char *text, size_t n)
{
	char path[400];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", tree, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, text, n) == (ssize_t)n && close(fd) == 0);
}

static void
put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static void
make_folder(const char *name)
{
	char path[400];

	(void)snprintf(path, sizeof path, "%s/%s", tree, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static int
tree_open(void **state)
{
	if (bench_open(state) != 0 || mkdtemp(tree) == NULL)
		return -1;
	source = (struct documents){ .id = "res_x", .name = "x", .root = beneath_root(tree), .index = -1 };
	return source.root < 0 ? -1 : 0;
}

static int
gone(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

static int
tree_close(void **state)
{
	documents_close(&source);
	return nftw(tree, gone, 8, FTW_DEPTH | FTW_PHYS) + bench_close(state);
}

#endif
