/*
 * s3_list.c: what is in a bucket: looking at one, listing, moving and removing
 * many.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "files/s3.h"

#define TREE_MAX  1000		    /* objects that are moved, or removed, at once */
#define UNDO_ROOM ((size_t)3 << 20) /* and for what one request to the storage wants to have free */

/* What is moved or removed by its name must be what was asked for, whatever the storage says. */
static enum fault
all_below(struct place *p, const char *below, const struct s3_page *page)
{
	for (size_t i = 0; i < page->n; i++)
		if (!str_starts(str_of(page->row[i].key), str_of(below)))
			return place_fault(p, "it lists objects that are somewhere else");
	return FAULT_NONE;
}

enum fault
s3_page(struct place *p, const char *below, bool flat, const char *from, size_t most, struct s3_page *page)
{
	struct s3_ask ask = { .method = "GET", .key = "" };
	struct wire x;
	size_t n = 0;
	enum fault f;

	/* In the order of their names. */
	if (from != NULL) {
		ask.param[n].name = "continuation-token";
		ask.param[n++].value = from;
	}
	if (flat) {
		ask.param[n].name = "delimiter";
		ask.param[n++].value = "/";
	}
	ask.param[n].name = "encoding-type";
	ask.param[n++].value = "url";
	ask.param[n].name = "list-type";
	ask.param[n++].value = "2";
	ask.param[n].name = "max-keys";
	ask.param[n++].value = arena_print(p->w->arena, "%zu", most);
	ask.param[n].name = "prefix";
	ask.param[n].value = below;
	*page = (struct s3_page){ .row = arena_array(p->w->arena, struct s3_listed, most), .room = most };
	if ((f = s3_open(p, &ask, &x)) != FAULT_NONE)
		return f;
	f = s3_read_xml(p, &x, page);
	wire_close(&x);
	return f == FAULT_NONE ? all_below(p, below, page) : f;
}

/* What stands between the quotes, of a weak one too; NULL: none that a header could hold. */
static const char *
bare_tag(struct work *w, const char *tag)
{
	struct str s = str_of(tag);

	if (str_starts(s, STR("W/")))
		s = str_from(s, 2);
	if (s.n >= 2 && s.s[0] == '"' && s.s[s.n - 1] == '"')
		s = (struct str){ s.s + 1, s.n - 2 };
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] <= ' ' || s.s[i] > '~' || s.s[i] == '"')
			return NULL;
	return s.n == 0 ? NULL : arena_text(w->arena, s);
}

/* No object, but objects below it: a folder.  The top is always there, if the bucket is. */
static enum fault
look_for_folder(struct place *p, const char *path, struct found *found)
{
	struct s3_page page;
	enum fault f = s3_page(p, s3_key(p, path, true), false, NULL, 1, &page);

	*found = (struct found){ .folder = true };
	return f == FAULT_NONE && page.n == 0 && strcmp(path, "/") != 0 ? FAULT_NOT_FOUND : f;
}

enum fault
s3_look(struct place *p, const char *path, struct found *found)
{
	struct s3_ask ask = { .method = "HEAD", .key = s3_key(p, path, false) };
	struct wire x;
	enum fault f;

	if (strcmp(path, "/") == 0)
		return look_for_folder(p, path, found);
	if ((f = s3_open(p, &ask, &x)) == FAULT_NOT_FOUND)
		return look_for_folder(p, path, found);
	if (f != FAULT_NONE)
		return f;
	*found = (struct found){ .size = x.length,
		.modified = wire_time(x.modified),
		.tag = bare_tag(p->w, x.tag) };
	wire_close(&x);
	return x.length < 0 ? place_fault(p, "it does not say how long an object is") : FAULT_NONE;
}

/* --- listing --- */

static bool
take_row(struct place *p, const struct s3_listed *row, const char *below, enum files_sort sort,
    struct found *found)
{
	size_t n = strlen(below);
	struct str name;

	name = str_of(row->key + n);
	if (row->folder && name.n > 0 && name.s[name.n - 1] == '/')
		name.n--;
	if (sort != FILES_BOTH && (sort == FOLDERS_ONLY) != row->folder)
		return false;
	*found = (struct found){ .name = arena_text(p->w->arena, name),
		.folder = row->folder,
		.size = row->size,
		.modified = row->modified,
		.tag = bare_tag(p->w, row->tag) };
	/* The object that makes the folder a folder has no name in it. */
	return str_find(name, '/') < 0 && place_shows(found->name);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->name, ((const struct found *)b)->name);
}

/* An object "a" and objects below "a/" would be two of one name: the object is the one that is there. */
static size_t
without_twins(struct found *x, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && strcmp(x[kept - 1].name, x[i].name) == 0) {
			if (x[kept - 1].folder)
				x[kept - 1] = x[i];
		} else {
			x[kept++] = x[i];
		}
	}
	return kept;
}

enum fault
s3_list(struct place *p, const char *path, const struct files_page *wish, struct found **rows, size_t *n,
    size_t *total)
{
	struct found *all = arena_array(p->w->arena, struct found, FILES_COUNT_MAX);
	const char *below = s3_key(p, path, true);
	struct s3_page page = { .next = NULL };
	size_t got = 0;
	enum fault f;

	do {
		if ((f = s3_page(p, below, true, page.next, S3_PAGE, &page)) != FAULT_NONE)
			return f;
		for (size_t i = 0; i < page.n && got < FILES_COUNT_MAX; i++)
			got += take_row(p, &page.row[i], below, wish->sort, &all[got]);
	} while (page.next != NULL && got < FILES_COUNT_MAX);
	if (got > 1)
		qsort(all, got, sizeof *all, by_name);
	*total = without_twins(all, got);
	*rows = all + (wish->offset < *total ? wish->offset : *total);
	*n = *total - (size_t)(*rows - all);
	if (*n > wish->limit)
		*n = wish->limit;
	return FAULT_NONE;
}

/* --- trees --- */

static enum fault
remove_one(struct place *p, const char *key)
{
	struct s3_ask ask = { .method = "DELETE", .key = key };
	struct wire x;

	return s3_do(p, &ask, &x);
}

static enum fault
copy_one(struct place *p, const char *from, const char *to)
{
	struct out o = out_limit(p->w->arena, (size_t)16 << 10);
	struct s3_ask ask = { .method = "PUT", .key = to };
	struct wire x;

	out_char(&o, '/');
	s3_escape(&o, str_of(p->s3->bucket), false);
	out_char(&o, '/');
	s3_escape(&o, str_of(from), true);
	ask.copy_of = out_text(&o).s;
	return s3_do(p, &ask, &x);
}

static enum fault
tree(struct place *p, const char *path, struct s3_page *page)
{
	enum fault f = s3_page(p, s3_key(p, path, true), false, NULL, TREE_MAX, page);

	if (f == FAULT_NONE && page->next != NULL)
		f = fault_at(p->w, FAULT_CONFLICT, NULL,
		    "there are more than %d objects in it: take it in parts", TREE_MAX);
	return f == FAULT_NONE && page->n == 0 ? FAULT_NOT_FOUND : f;
}

static enum fault
remove_all(struct place *p, const struct s3_page *page)
{
	enum fault f = FAULT_NONE;

	for (size_t i = 0; f == FAULT_NONE && i < page->n; i++)
		if ((f = place_goes_on(p)) == FAULT_NONE)
			f = remove_one(p, page->row[i].key);
	return f;
}

/* A request has so much memory: what is left must be enough to remove as many as were copied. */
static enum fault
room_to_undo(struct place *p, size_t before)
{
	size_t left = arena_left(p->w->arena);

	return left >= before - left + UNDO_ROOM
	    ? FAULT_NONE
	    : fault_at(p->w, FAULT_CONFLICT, NULL, "there is too much in it: take it in parts");
}

/* All of it, or, if that is not to be, nothing: the fault that was told stays. */
static enum fault
copy_all(struct place *p, const struct s3_page *page, const char *below, const char *into)
{
	size_t before = arena_left(p->w->arena), n = 0;
	struct trouble told;
	enum fault f = FAULT_NONE;

	for (; f == FAULT_NONE && n < page->n && (f = place_goes_on(p)) == FAULT_NONE &&
	     (f = room_to_undo(p, before)) == FAULT_NONE;
	     n++)
		f = copy_one(p, page->row[n].key,
		    arena_print(p->w->arena, "%s%s", into, page->row[n].key + strlen(below)));
	told = p->w->trouble;
	for (size_t i = 0; f != FAULT_NONE && i < n; i++)
		(void)remove_one(p, arena_print(p->w->arena, "%s%s", into, page->row[i].key + strlen(below)));
	p->w->trouble = told;
	return f;
}

/* First all copies, then the originals go: what breaks off in between is there twice, and not lost. */
static enum fault
move_tree(struct place *p, const char *from, const char *to)
{
	const char *below = s3_key(p, from, true), *into = s3_key(p, to, true);
	struct s3_page page;
	enum fault f = tree(p, from, &page);

	if (f == FAULT_NONE)
		f = copy_all(p, &page, below, into);
	return f == FAULT_NONE ? remove_all(p, &page) : f;
}

enum fault
s3_move(struct place *p, const char *from, const char *to, bool folder)
{
	struct found x;
	enum fault f = s3_look(p, to, &x);

	if (f != FAULT_NOT_FOUND)
		return f == FAULT_NONE ? FAULT_TAKEN : f;
	if (strcmp(path_folder(p->w, to), "/") != 0 &&
	    (f = s3_look(p, path_folder(p->w, to), &x)) != FAULT_NONE)
		return f;
	if (folder)
		return move_tree(p, from, to);
	f = copy_one(p, s3_key(p, from, false), s3_key(p, to, false));
	return f != FAULT_NONE ? f : remove_one(p, s3_key(p, from, false));
}

enum fault
s3_remove(struct place *p, const char *path, bool folder)
{
	struct s3_page page;
	enum fault f;

	if (!folder)
		return remove_one(p, s3_key(p, path, false));
	if ((f = tree(p, path, &page)) != FAULT_NONE || (f = remove_all(p, &page)) != FAULT_NONE)
		return f;
	/* What came meanwhile goes as well. */
	f = tree(p, path, &page);
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f == FAULT_NONE ? remove_all(p, &page) : f;
}
