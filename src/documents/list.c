/*
 * list.c: the entries of a folder, a page at a time.
 *
 * A folder may have a million entries: only those of the page are kept while it
 * is read, in places that are used again.
 */
#include "config.h"

#include <string.h>

#include "base/beneath.h"
#include "documents/documents.h"
#include "documents/path.h"
#include "documents/tracked.h"

#define NAME_SIZE 256

struct place {
	char name[NAME_SIZE];
	struct beneath_seen seen;
};

struct page_read {
	const char *after;
	struct place **place; /* in order; one more than are asked for */
	size_t n, room;
};

/* Where the name belongs among those that are kept. */
static size_t
position(const struct page_read *p, const char *name)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(p->place[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
keep(void *ctx, const char *name, const struct beneath_seen *seen)
{
	struct page_read *p = ctx;
	size_t n = strlen(name), at;
	struct place *free_one;

	if (seen->sort == BENEATH_OTHER || n >= NAME_SIZE || documents_hides((struct str){ name, n }) ||
	    strcmp(name, p->after) <= 0 || (at = position(p, name)) == p->room)
		return true;
	if (p->n < p->room)
		p->n++;
	/* The last one, or an empty place, is used for the new one. */
	free_one = p->place[p->n - 1];
	memmove(&p->place[at + 1], &p->place[at], (p->n - 1 - at) * sizeof *p->place);
	p->place[at] = free_one;
	memcpy(free_one->name, name, n + 1);
	free_one->seen = *seen;
	return true;
}

static enum fault
read_folder(struct work *w, const struct documents *d, struct str path, struct page_read *p)
{
	const char *plain = documents_path(w, path);
	struct beneath_seen seen;
	bool shown = false;
	enum fault f;

	if (plain != NULL && beneath_stat(d->root, plain, &seen) == 0 && seen.sort == BENEATH_FOLDER &&
	    (f = tracked_shows(w, d, plain, BENEATH_FOLDER, &shown)) != FAULT_NONE)
		return f;
	if (shown && tracked_list(d, plain, keep, p) == 0)
		return FAULT_NONE;
	return shown && d->tracked ? tracked_broken(w)
				   : fault_at(w, FAULT_NOT_FOUND, "path", "there is no such folder");
}

enum fault
documents_list(struct work *w, const struct documents *d, struct str path, const char *after, int64_t limit,
    struct document_entry **entries, size_t *n, bool *more)
{
	struct page_read p = { .after = after, .room = (size_t)limit + 1 };
	struct place *places = arena_array(w->arena, struct place, p.room);
	enum fault f;

	p.place = arena_array(w->arena, struct place *, p.room + 1);
	for (size_t i = 0; i < p.room; i++)
		p.place[i] = &places[i];
	if ((f = read_folder(w, d, path, &p)) != FAULT_NONE)
		return f;
	*more = p.n == p.room;
	*n = *more ? p.room - 1 : p.n;
	*entries = arena_array(w->arena, struct document_entry, p.room);
	for (size_t i = 0; i < *n; i++)
		(*entries)[i] = (struct document_entry){ .name = p.place[i]->name,
			.folder = p.place[i]->seen.sort == BENEATH_FOLDER,
			.size = p.place[i]->seen.size,
			.modified = p.place[i]->seen.modified };
	return FAULT_NONE;
}
