/*
 * disk.h: a provider on a disk of the test's own, with a neighbour that nobody
 * may reach, and whoever asks.
 */
#ifndef TESTS_FILES_DISK_H
#define TESTS_FILES_DISK_H

#include "config.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/out.h"
#include "core/standing.h"
#include "files/files.h"
#include "files/provider.h"
#include "files/upload.h"
#include "store/world.h"

#define PROVIDER "res_provider_a"

static char around[] = "/tmp/claviger-files.XXXXXX";
static char root[sizeof around + 8];

static struct standing asker; /* outlives the arena */
static struct confine confine;

/* An admin of org_a; or a key of theirs, for the provider from a base path on. */
static inline void
ask_as_admin(void)
{
	asker = (struct standing){ .org_id = "org_a",
		.org_name = "Acme",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_ann",
		.owner_name = "Ann",
		.owner_alive = true,
		.membership_id = "mem_ann_a",
		.org_rank = RANK_ADMIN };
	w.actor = &asker;
}

static inline void
ask_as_key(unsigned scopes, const char *base)
{
	ask_as_admin();
	confine = (struct confine){ .resource_id = PROVIDER, .type = "provider", .base_path = base };
	asker.kind = kind_of(KIND_PROVIDER);
	asker.key_id = "key_a";
	asker.scopes = scopes;
	asker.restricted = base != NULL;
	asker.confine = &confine;
	asker.confine_n = base != NULL;
}

static inline const char *
on_disk(const char *path)
{
	return arena_print(w.arena, "%s%s", root, path);
}

/* What somebody else put there. */
static inline void
put(const char *path, const char *text)
{
	int fd = open(on_disk(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static inline void
put_folder(const char *path)
{
	assert_int_equal(mkdir(on_disk(path), 0700), 0);
}

static inline const char *
content_of(const char *path)
{
	static char text[256];
	int fd = open(on_disk(path), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return text;
}

static inline int
remove_each(const char *path, const struct stat *st, int sort, struct FTW *at)
{
	(void)st, (void)sort, (void)at;
	return remove(path);
}

static inline void
empty_disk(void)
{
	(void)nftw(root, remove_each, 16, FTW_DEPTH | FTW_PHYS);
	(void)mkdir(root, 0700);
}

static inline int
disk_open(void **state)
{
	if (mkdtemp(around) == NULL || setenv("CLAVIGER_ACCESS_LOCAL_ROOTS", around, 1) != 0 ||
	    world_open(state) != 0)
		return -1;
	(void)snprintf(root, sizeof root, "%s/disk", around);
	return 0;
}

static inline int
disk_close(void **state)
{
	(void)nftw(around, remove_each, 16, FTW_DEPTH | FTW_PHYS);
	return world_close(state);
}

static inline void
connect_provider(const char *config)
{
	struct resource r = { .id = PROVIDER, .name = "Disk", .config = config };

	must(resources_change(&w, "org_a", &r));
}

static inline int
disk_fresh(void **state)
{
	if (world_fresh(state) != 0)
		return -1;
	empty_disk();
	ask_as_admin();
	connect_provider(arena_print(w.arena, "{\"driver\":\"local\",\"root\":\"%s\"}", root));
	return 0;
}

/* --- a body --- */

static struct str body_left;
static enum fault body_breaks; /* instead of its end */

static inline enum fault
body_next(struct stream *s, struct work *work, struct str *piece)
{
	(void)s, (void)work;
	*piece = body_left;
	body_left = STR_NONE;
	return piece->n == 0 ? body_breaks : FAULT_NONE;
}

static inline struct stream *
body(const char *text)
{
	static struct stream s;

	body_left = str_of(text);
	body_breaks = FAULT_NONE;
	s = (struct stream){ .next = body_next, .length = (int64_t)body_left.n };
	return &s;
}

/* The names of a list, a blank behind each; of a folder with a slash. */
static inline const char *
names(const struct file *f, size_t n)
{
	struct out o = out_limit(w.arena, 4000);

	for (size_t i = 0; i < n; i++)
		out_print(&o, "%s%s ", f[i].name, f[i].folder ? "/" : "");
	return n == 0 ? "" : arena_text(w.arena, out_text(&o));
}

static inline const char *
listed(const char *folder, enum files_sort sort, size_t offset, size_t limit, size_t *total)
{
	struct files_page page = { .sort = sort, .offset = offset, .limit = limit };
	struct file *f;
	size_t n;

	must(files_list(&w, PROVIDER, folder, &page, &f, &n, total));
	return names(f, n);
}

static inline struct file
find(const char *path)
{
	struct file f = { .id = NULL };

	must(files_find(&w, PROVIDER, str_of(path), &f));
	return f;
}

#endif
