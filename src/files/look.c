/*
 * look.c: getting, listing and searching files.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/text.h"
#include "core/base_path.h"
#include "core/resource.h"
#include "files/entry.h"

#define PROVIDERS_MAX 200

/* What a storage says of a row; a row of what is there no more is taken away. */
static enum fault
look_at(struct place *p, const struct file_row *r, struct file *file)
{
	struct found x;
	enum fault f = p->driver->look(p, r->path, &x);

	if (f == FAULT_NONE && x.folder == (r->folder != 0)) {
		entry_of(r, &x, file);
		file->pending = false;
		return FAULT_NONE;
	}
	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	if (r->pending) {
		entry_of(r, NULL, file);
		return FAULT_NONE;
	}
	return (f = entry_gone(p->w, r->id)) != FAULT_NONE ? f : FAULT_NOT_FOUND;
}

enum fault
files_get(struct work *w, const char *id, struct file *file)
{
	struct file_row r;
	struct reach reach;
	struct place p;
	enum fault f;

	if ((f = entry_load(w, id, &reach, &r)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, r.provider_id, &p)) == FAULT_NONE)
		f = look_at(&p, &r, file);
	place_close(&p);
	return f;
}

static enum fault
see_one(struct place *p, const char *path, struct file *file)
{
	struct file *made;
	struct found x;
	enum fault f;

	if ((f = p->driver->look(p, path, &x)) != FAULT_NONE)
		return f;
	x.name = path_name(path);
	if ((f = entries_see(p, ENTRY_OF_NOBODY, path_folder(p->w, path), &x, 1, &made)) == FAULT_NONE)
		*file = made[0];
	return f;
}

/* The folders on the way get rows first, so that each knows where it stands. */
static enum fault
see_way(struct place *p, const char *path, struct file *file)
{
	enum fault f = FAULT_NONE;

	for (const char *end = path; f == FAULT_NONE && *end != '\0';) {
		end = strchrnul(end + 1, '/');
		f = see_one(p, arena_text(p->w->arena, (struct str){ path, (size_t)(end - path) }), file);
	}
	return f;
}

enum fault
files_find(struct work *w, const char *provider_id, struct str path, struct file *file)
{
	const char *plain;
	struct reach reach;
	struct place p;
	enum fault f;

	if ((f = entry_plain(w, path, &plain)) != FAULT_NONE ||
	    (f = reach_open(w, provider_id, &reach)) != FAULT_NONE)
		return f;
	if (strcmp(plain, "/") == 0)
		return FAULT_NOT_FOUND;
	if (!reach_leads(w, &reach, plain) &&
	    (f = reach_may_name(w, &reach, ACTION_READ, plain)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, provider_id, &p)) == FAULT_NONE)
		f = see_way(&p, plain, file);
	place_close(&p);
	return f;
}

/* --- listing --- */

/* Of a folder that leads to the base: the next step. */
static enum fault
list_step(struct place *p, const struct reach *reach, const char *path, const struct files_page *page,
    struct file **files, size_t *n, size_t *total)
{
	const char *base = reach_base(p->w, reach),
		   *rest = base + (strcmp(path, "/") == 0 ? 0 : strlen(path));
	const char *end = strchrnul(rest + 1, '/');
	struct found x;
	enum fault f;

	*n = *total = 0;
	f = p->driver->look(p, arena_text(p->w->arena, (struct str){ base, (size_t)(end - base) }), &x);
	if (f == FAULT_NOT_FOUND ||
	    (f == FAULT_NONE && page->sort != FILES_BOTH && (page->sort == FOLDERS_ONLY) != x.folder))
		return FAULT_NONE;
	if (f != FAULT_NONE)
		return f;
	*total = 1;
	*n = page->offset == 0 && page->limit > 0;
	x.name = arena_text(p->w->arena, (struct str){ rest + 1, (size_t)(end - rest) - 1 });
	return entries_see(p, ENTRY_OF_NOBODY, path, &x, *n, files);
}

static enum fault
list_all(struct place *p, const char *path, const struct files_page *page, struct file **files, size_t *n,
    size_t *total)
{
	struct found *x;
	enum fault f = p->driver->list(p, path, page, &x, n, total);

	return f != FAULT_NONE ? f : entries_see(p, ENTRY_OF_NOBODY, path, x, *n, files);
}

enum fault
files_list(struct work *w, const char *provider_id, const char *folder_id, const struct files_page *given,
    struct file **files, size_t *n, size_t *total)
{
	struct files_page page = *given;
	struct reach reach;
	const char *path;
	struct place p;
	enum fault f;

	*n = *total = 0;
	if (page.limit > FILES_LIMIT_MAX)
		page.limit = FILES_LIMIT_MAX;
	if ((f = reach_open(w, provider_id, &reach)) != FAULT_NONE ||
	    (f = entry_folder(w, &reach, folder_id, &path)) != FAULT_NONE)
		return f;
	if (!reach_leads(w, &reach, path) && (f = reach_may(w, &reach, ACTION_READ, path)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, provider_id, &p)) == FAULT_NONE)
		f = reach_leads(w, &reach, path) ? list_step(&p, &reach, path, &page, files, n, total)
						 : list_all(&p, path, &page, files, n, total);
	place_close(&p);
	return f;
}

/* --- searching: among rows, so among what has been seen --- */

typedef enum fault row_search(struct work *, const char *org, const char *owner, const struct file_search *,
    struct file_row **, size_t *n);

struct search {
	row_search *rows;
	struct file_search what;
	struct file *files;
	size_t n, most;
	bool newest; /* the newest of all, and not those of one provider after the other */
};

static enum fault
search_in(struct work *w, const char *provider_id, struct search *s)
{
	struct file_row *rows;
	struct reach reach;
	size_t n;
	enum fault f = reach_open(w, provider_id, &reach);

	if (f == FAULT_NOT_FOUND)
		return FAULT_NONE;
	if (f != FAULT_NONE)
		return f;
	s->what.provider_id = provider_id;
	if ((s->what.base = reach_base(w, &reach)) == NULL)
		return FAULT_NONE;
	f = s->rows(w, w->actor->org_id, entry_owner(w), &s->what, &rows, &n);
	for (size_t i = 0; f == FAULT_NONE && i < n && s->n < s->most; i++)
		/* The statement looks below the base only; whether that is so is asked, too. */
		if (reach_reads(w, &reach, rows[i].path))
			entry_of(&rows[i], NULL, &s->files[s->n++]);
	return f;
}

static int
newest_first(const void *a, const void *b)
{
	int64_t x = ((const struct file *)a)->updated_at, y = ((const struct file *)b)->updated_at;

	return (x < y) - (x > y);
}

static void
keep_newest(struct search *s, size_t limit)
{
	if (s->n > 1)
		qsort(s->files, s->n, sizeof *s->files, newest_first);
	if (s->n > limit)
		s->n = limit;
}

static enum fault
search_all(struct work *w, const char *provider_id, struct search *s, size_t limit)
{
	struct page page = page_first(), next = page;
	struct resource *r;
	enum fault f = FAULT_NONE;
	size_t n;

	s->what.limit = (int64_t)(limit > FILES_SEARCH_MAX ? FILES_SEARCH_MAX : limit);
	s->most = provider_id != NULL ? (size_t)s->what.limit : PROVIDERS_MAX * 4;
	s->files = arena_array(w->arena, struct file, s->most + 1);
	if (provider_id != NULL)
		return search_in(w, provider_id, s);
	page.limit = PROVIDERS_MAX;
	if ((f = resource_list(w, "provider", NULL, &page, &r, &n, &next)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < n && f == FAULT_NONE; i++) {
		f = search_in(w, r[i].id, s);
		if (s->newest)
			keep_newest(s, limit);
	}
	return f;
}

/* What LIKE would read as more than a letter is one. */
static const char *
like_of(struct work *w, struct str words)
{
	struct out o = out_limit(w->arena, 1100);

	out_char(&o, '%');
	for (size_t i = 0; i < words.n; i++) {
		if (strchr("%_!", words.s[i]) != NULL)
			out_char(&o, '!');
		out_char(&o, words.s[i]);
	}
	out_char(&o, '%');
	return out_failed(&o) ? NULL : out_text(&o).s;
}

static void
cut(struct search *s, size_t limit, struct file **files, size_t *n)
{
	*files = s->files;
	*n = s->n > limit ? limit : s->n;
}

enum fault
files_search(struct work *w, const char *provider_id, struct str words, bool folders, size_t limit,
    struct file **files, size_t *n)
{
	struct search s = { .rows = files_rows_like, .what = { .folders = folders } };
	enum fault f;

	*n = 0;
	if (!text_valid(words) || (s.what.like = like_of(w, text_nfc(w->arena, words))) == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "query", "is no text that a name could hold");
	if ((f = search_all(w, provider_id, &s, limit)) == FAULT_NONE)
		cut(&s, limit, files, n);
	return f;
}

enum fault
files_recent(struct work *w, size_t limit, struct file **files, size_t *n)
{
	struct search s = { .rows = files_rows_recent, .newest = true };
	enum fault f;

	*n = 0;
	if ((f = search_all(w, NULL, &s, limit)) == FAULT_NONE)
		cut(&s, limit, files, n);
	return f;
}

enum fault
files_starred(struct work *w, bool folders, struct file **files, size_t *n)
{
	struct search s = { .rows = files_rows_starred, .what = { .folders = folders } };
	enum fault f;

	*n = 0;
	if ((f = search_all(w, NULL, &s, FILES_SEARCH_MAX)) == FAULT_NONE)
		cut(&s, s.n, files, n);
	return f;
}
