/*
 * local_list.c: a piece of a folder, by name.
 *
 * A folder may hold any number of entries, in no order: all of them are looked
 * at, and the first so many by name are kept, the last of those on top of a heap.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base_path.h"
#include "files/local.h"

struct slot {
	char name[256];
	struct beneath_seen seen;
};

struct gathering {
	const struct files_page *page;
	struct slot *slot;
	size_t n, cap, most, total;
	size_t name_max; /* what is longer has no path that could be asked for */
};

static bool
wanted(const struct gathering *g, const char *name, const struct beneath_seen *s)
{
	enum files_sort sort = g->page->sort;

	if (s->sort == BENEATH_OTHER || strlen(name) > g->name_max || !place_shows(name))
		return false;
	return sort == FILES_BOTH || (sort == FOLDERS_ONLY) == (s->sort == BENEATH_FOLDER);
}

static void
swap(struct slot *a, struct slot *b)
{
	struct slot x = *a;

	*a = *b;
	*b = x;
}

static void
sift_up(struct gathering *g, size_t i)
{
	for (; i > 0 && strcmp(g->slot[i].name, g->slot[(i - 1) / 2].name) > 0; i = (i - 1) / 2)
		swap(&g->slot[i], &g->slot[(i - 1) / 2]);
}

static void
sift_down(struct gathering *g)
{
	for (size_t i = 0, big;; i = big) {
		big = i;
		for (size_t c = 2 * i + 1; c <= 2 * i + 2 && c < g->n; c++)
			if (strcmp(g->slot[c].name, g->slot[big].name) > 0)
				big = c;
		if (big == i)
			return;
		swap(&g->slot[i], &g->slot[big]);
	}
}

static void
fill_slot(struct slot *s, const char *name, const struct beneath_seen *seen)
{
	memcpy(s->name, name, strlen(name) + 1);
	s->seen = *seen;
}

static bool
gather(void *ctx, const char *name, const struct beneath_seen *seen)
{
	struct gathering *g = ctx;

	if (!wanted(g, name, seen))
		return true;
	g->total += g->total < FILES_COUNT_MAX;
	if (g->n == g->most) {
		if (g->most > 0 && strcmp(name, g->slot[0].name) < 0) {
			fill_slot(&g->slot[0], name, seen);
			sift_down(g);
		}
		return true;
	}
	if (g->n == g->cap) {
		g->cap = g->cap == 0 ? 64 : 2 * g->cap;
		if ((g->slot = realloc(g->slot, g->cap * sizeof *g->slot)) == NULL)
			abort();
	}
	fill_slot(&g->slot[g->n], name, seen);
	sift_up(g, g->n++);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct slot *)a)->name, ((const struct slot *)b)->name);
}

static void
take_page(struct place *p, struct gathering *g, struct found **rows, size_t *n)
{
	size_t from = g->page->offset;

	if (g->n > 1)
		qsort(g->slot, g->n, sizeof *g->slot, by_name);
	*n = g->n > from ? g->n - from : 0;
	*rows = arena_array(p->w->arena, struct found, *n + 1);
	for (size_t i = 0; i < *n; i++) {
		local_found(p, &g->slot[from + i].seen, &(*rows)[i]);
		(*rows)[i].name = arena_text(p->w->arena, str_of(g->slot[from + i].name));
	}
}

enum fault
local_list(struct place *p, const char *path, const struct files_page *page, struct found **rows, size_t *n,
    size_t *total)
{
	struct gathering g = { .page = page,
		.name_max = strlen(path) < BASE_PATH_MAX ? BASE_PATH_MAX - strlen(path) - 1 : 0 };
	enum fault f = FAULT_NONE;

	g.most = page->offset >= FILES_COUNT_MAX ? 0 : page->offset + page->limit;
	if (beneath_list(p->root, path, gather, &g) < 0)
		f = local_fault(p, "it cannot be listed");
	else
		take_page(p, &g, rows, n);
	*total = g.total;
	free(g.slot);
	return f;
}
