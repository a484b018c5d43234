/*
 * entry.c: rows of files, and what a storage says about them.
 */
#include "config.h"

#include "files/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/text.h"
#include "core/base_path.h"
#include "core/id.h"
#include "db/db.h"

#define NAME_BYTES_MAX 255
#define TEXT_MAX       ((size_t)2 << 20)

const char *
entry_owner(const struct work *w)
{
	return w->actor->owner_id;
}

void
entry_of(const struct file_row *r, const struct found *x, struct file *file)
{
	*file = (struct file){ .id = r->id,
		.provider_id = r->provider_id,
		.path = r->path,
		.name = path_name(r->path),
		.parent_id = r->parent_id,
		.folder = r->folder != 0,
		.pending = r->pending != 0,
		.mime = r->mime,
		.size = x == NULL ? r->size : x->size,
		.tag = x == NULL ? NULL : x->tag,
		.starred = r->starred != 0,
		.created_by = r->created_by,
		.created_at = r->created_at,
		.updated_at = x == NULL || x->folder ? r->updated_at : x->modified };
}

static enum fault
load(struct work *w, const char *id, struct reach *reach, struct file_row *r)
{
	enum fault f;

	if (!id_shape(str_of(id)))
		return FAULT_NOT_FOUND;
	f = files_row(w, w->actor->org_id, entry_owner(w), id, r);
	return f != FAULT_NONE ? f : reach_open(w, r->provider_id, reach);
}

enum fault
entry_load(struct work *w, const char *id, struct reach *reach, struct file_row *r)
{
	enum fault f = load(w, id, reach, r);

	if (f != FAULT_NONE || (r->folder && reach_leads(w, reach, r->path)))
		return f;
	return reach_may(w, reach, ACTION_READ, r->path);
}

enum fault
entry_load_to(struct work *w, const char *id, enum action action, struct reach *reach, struct file_row *r)
{
	enum fault f = load(w, id, reach, r);

	if (f != FAULT_NONE)
		return f;
	/* A folder that leads to the base is no secret: say that it is not for this key. */
	return r->folder && reach_leads(w, reach, r->path) ? reach_may_name(w, reach, action, r->path)
							   : reach_may(w, reach, action, r->path);
}

enum fault
entry_folder(struct work *w, const struct reach *reach, const char *folder_id, const char **path)
{
	struct file_row r;
	struct reach other;
	enum fault f;

	*path = "/";
	if (folder_id == NULL)
		return FAULT_NONE;
	if ((f = entry_load(w, folder_id, &other, &r)) != FAULT_NONE)
		return f;
	if (!r.folder)
		return FAULT_NOT_FOUND;
	if (strcmp(r.provider_id, reach->provider_id) != 0)
		return fault_at(w, FAULT_BAD_FIELD, "folder", "is in another provider");
	*path = r.path;
	return FAULT_NONE;
}

enum fault
entry_name(struct work *w, const char *field, struct str name, const char **good)
{
	struct str nfc = name.s == NULL ? STR_NONE : text_nfc(w->arena, name);

	*good = arena_text(w->arena, nfc);
	if (nfc.s == NULL || nfc.n == 0 || nfc.n > NAME_BYTES_MAX || strlen(*good) != nfc.n ||
	    str_find(nfc, '/') >= 0 || !place_shows(*good))
		return fault_at(w, FAULT_BAD_FIELD, field,
		    "must be a name of 1 to %d bytes, without a slash, a backslash or control characters",
		    NAME_BYTES_MAX);
	return FAULT_NONE;
}

enum fault
entry_plain(struct work *w, struct str path, const char **plain)
{
	struct str rest, segment;

	*plain = base_path_normalize(w->arena, path);
	if (*plain == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "path", "is not in its plain form");
	rest = str_of(*plain + 1);
	while (rest.n > 0 && str_cut(&rest, '/', &segment))
		if (!place_shows(arena_text(w->arena, segment)))
			return fault_at(w, FAULT_BAD_FIELD, "path", "has a part that is no name");
	return FAULT_NONE;
}

enum fault
entry_path(struct work *w, const char *folder, const char *name, const char **path)
{
	*path = path_in(w, folder, name);
	return strlen(*path) <= BASE_PATH_MAX
	    ? FAULT_NONE
	    : fault_at(w, FAULT_BAD_FIELD, "name", "makes a path of more than %d bytes", BASE_PATH_MAX);
}

enum fault
entry_gone(struct work *w, const char *id)
{
	enum fault f = db_begin(w, DB_CHANGES);

	if (f == FAULT_NONE && (f = files_forget(w, w->actor->org_id, id)) == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

/* --- rows for what was found --- */

struct seen {
	const char *path;
	const struct found *found;
	const struct file_row *row; /* NULL: none yet */
};

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct file_row *)a)->path, ((const struct file_row *)b)->path);
}

static enum fault
read_rows(struct place *p, struct seen *s, size_t n)
{
	struct out o = out_limit(p->w->arena, TEXT_MAX);
	struct json j = json_into(&o);
	struct file_row *rows, key;
	size_t rows_n;
	enum fault f;

	json_list(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_text(&j, NULL, s[i].path);
	json_end(&j);
	if (out_failed(&o))
		return FAULT_RESPONSE_TOO_LARGE;
	f = files_rows_at(p->w, p->org_id, entry_owner(p->w), p->resource.id, out_text(&o), n, &rows,
	    &rows_n);
	if (f != FAULT_NONE)
		return f;
	if (rows_n > 1)
		qsort(rows, rows_n, sizeof *rows, by_path);
	for (size_t i = 0; i < n; i++) {
		key.path = s[i].path;
		s[i].row = rows_n == 0 ? NULL : bsearch(&key, rows, rows_n, sizeof key, by_path);
	}
	return FAULT_NONE;
}

static bool
is_news(const struct seen *s)
{
	const struct file_row *r = s->row;

	if (r == NULL || r->pending != 0 || (r->folder != 0) != s->found->folder)
		return true;
	return !s->found->folder && (r->size != s->found->size || r->updated_at != s->found->modified);
}

static void
write_news(struct place *p, struct json *j, const struct seen *s)
{
	const struct found *x = s->found;

	json_object(j, NULL);
	json_text(j, "i", id_make(p->w, x->folder ? "fol_" : "fil_"));
	json_text(j, "p", s->path);
	json_text(j, "d", path_folder(p->w, s->path));
	json_text(j, "n", path_name(s->path));
	json_int(j, "f", x->folder);
	json_int(j, "s", x->size);
	json_text(j, "m", x->folder ? NULL : mime_of(path_name(s->path)));
	json_int(j, "u", x->modified);
	json_end(j);
}

/* What was a file and is a folder now is another thing, with another id. */
static enum fault
forget_others(struct place *p, const struct seen *s, size_t n)
{
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		if (s[i].row != NULL && (s[i].row->folder != 0) != s[i].found->folder)
			f = files_forget_tree(p->w, p->org_id, p->resource.id, s[i].path);
	return f;
}

static enum fault
write_rows(struct place *p, const char *by, const struct seen *s, size_t n)
{
	struct out o = out_limit(p->w->arena, TEXT_MAX);
	struct json j = json_into(&o);
	enum fault f;

	json_list(&j, NULL);
	for (size_t i = 0; i < n; i++)
		if (is_news(&s[i]))
			write_news(p, &j, &s[i]);
	json_end(&j);
	if (out_failed(&o))
		return FAULT_RESPONSE_TOO_LARGE;
	if ((f = db_begin(p->w, DB_CHANGES)) != FAULT_NONE)
		return f;
	if ((f = forget_others(p, s, n)) == FAULT_NONE &&
	    (f = files_see(p->w, p->org_id, p->resource.id, by, out_text(&o))) == FAULT_NONE)
		return db_commit(p->w);
	db_rollback(p->w);
	return f;
}

enum fault
entries_see(struct place *p, const char *by, const char *folder, const struct found *x, size_t n,
    struct file **files)
{
	struct seen *s = arena_array(p->w->arena, struct seen, n + 1);
	bool news = false;
	enum fault f;

	*files = arena_array(p->w->arena, struct file, n + 1);
	for (size_t i = 0; i < n; i++)
		s[i] = (struct seen){ .path = path_in(p->w, folder, x[i].name), .found = &x[i] };
	if (n == 0 || (f = read_rows(p, s, n)) != FAULT_NONE)
		return n == 0 ? FAULT_NONE : f;
	for (size_t i = 0; i < n; i++)
		news = is_news(&s[i]) || news;
	if (news && ((f = write_rows(p, by, s, n)) != FAULT_NONE || (f = read_rows(p, s, n)) != FAULT_NONE))
		return f;
	for (size_t i = 0; i < n; i++) {
		/* Somebody renamed it in this moment: the next list shows it where it is. */
		if (s[i].row == NULL)
			return FAULT_TRY_AGAIN;
		entry_of(s[i].row, s[i].found, &(*files)[i]);
	}
	return FAULT_NONE;
}
