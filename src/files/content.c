/*
 * content.c: reading and writing what is in files.
 */
#include "config.h"

#include <string.h>

#include "core/base_path.h"
#include "core/id.h"
#include "db/db.h"
#include "files/content.h"

/* --- what comes in --- */

static enum fault
watched_next(struct stream *s, struct work *w, struct str *piece)
{
	struct watched *x = s->ctx;
	enum fault f = x->from->next(x->from, w, piece);

	if (f != FAULT_NONE)
		return f;
	x->n += (int64_t)piece->n;
	if (x->room >= 0 && x->n > x->room)
		return fault_at(w, FAULT_QUOTA, NULL, "the provider's quota does not allow more");
	if (piece->n > 0)
		return FAULT_NONE;
	/* It took its time: who began it may not be allowed to any more, and it may be meant for elsewhere. */
	f = reach_may(w, x->reach, ACTION_WRITE, x->path);
	return f != FAULT_NONE ? f : content_stands(w, x->id, x->path);
}

struct stream
watched_stream(struct watched *x)
{
	return (struct stream){ .next = watched_next, .ctx = x, .length = x->from->length };
}

enum fault
content_room(struct place *p, int64_t size, int64_t had, int64_t *room)
{
	int64_t used;
	enum fault f;

	*room = -1;
	if (p->quota <= 0)
		return FAULT_NONE;
	if ((f = files_used(p->w, p->org_id, p->resource.id, &used)) != FAULT_NONE)
		return f;
	used -= had;
	*room = p->quota > used ? p->quota - used : 0;
	return size <= *room ? FAULT_NONE
			     : fault_at(p->w, FAULT_QUOTA, NULL, "%lld of %lld bytes are used",
				   (long long)used, (long long)p->quota);
}

enum fault
content_stands(struct work *w, const char *id, const char *path)
{
	struct file_row r;
	enum fault f = files_row(w, w->actor->org_id, entry_owner(w), id, &r);

	if (f == FAULT_NOT_FOUND || (f == FAULT_NONE && strcmp(r.path, path) != 0))
		return fault_at(w, FAULT_CONFLICT, NULL, "it was moved or removed while it was sent");
	return f;
}

enum fault
content_undo(struct place *p, const char *path, const struct found *x)
{
	struct found now = { .tag = NULL };

	if (p->driver->look(p, path, &now) == FAULT_NONE && !now.folder && x->tag != NULL &&
	    now.tag != NULL && strcmp(now.tag, x->tag) == 0)
		(void)p->driver->remove(p, path, false);
	return fault_at(p->w, FAULT_CONFLICT, NULL, "it was moved or removed while it was sent");
}

enum fault
content_arrived(struct place *p, struct file_row *r, const struct found *x)
{
	enum fault f = db_begin(p->w, DB_CHANGES);

	r->size = x->size;
	r->updated_at = x->modified;
	r->pending = 0;
	if (f == FAULT_NONE && (f = files_arrived(p->w, p->org_id, r)) == FAULT_NONE)
		return db_commit(p->w);
	db_rollback(p->w);
	return f;
}

static enum fault
write_to(struct place *p, const struct reach *reach, struct file_row *r, struct stream *in,
    struct str only_if, struct file *file)
{
	struct watched x = { .from = in, .reach = reach, .path = r->path, .id = r->id };
	struct terms t = { .replace = !r->pending, .only_if = only_if };
	struct stream s = watched_stream(&x);
	struct found found;
	enum fault f;

	if ((f = content_room(p, in->length, r->size, &x.room)) != FAULT_NONE ||
	    (f = p->driver->write(p, r->path, &s, &t, &found)) != FAULT_NONE)
		return f;
	if ((f = content_stands(p->w, r->id, r->path)) == FAULT_CONFLICT)
		return content_undo(p, r->path, &found);
	if (f != FAULT_NONE || (f = content_arrived(p, r, &found)) != FAULT_NONE)
		return f;
	entry_of(r, &found, file);
	return FAULT_NONE;
}

/* The fault that was told stays the one that is told. */
static void
await_no_more(struct work *w, const char *id)
{
	struct trouble told = w->trouble;

	(void)entry_gone(w, id);
	w->trouble = told;
}

enum fault
files_write(struct work *w, const char *id, struct stream *in, struct str only_if, struct file *file)
{
	struct file_row r;
	struct reach reach;
	struct place p;
	bool awaited;
	enum fault f;

	if ((f = entry_load_to(w, id, ACTION_WRITE, &reach, &r)) != FAULT_NONE)
		return f;
	if (r.folder)
		return fault_at(w, FAULT_CONFLICT, NULL, "it is a folder");
	awaited = r.pending != 0;
	if ((f = place_open(w, w->actor->org_id, r.provider_id, &p)) == FAULT_NONE)
		f = write_to(&p, &reach, &r, in, only_if, file);
	place_close(&p);
	if (f != FAULT_NONE && awaited)
		await_no_more(w, r.id);
	return f;
}

enum fault
files_put(struct work *w, const char *provider_id, struct str path, bool replace, struct stream *in,
    struct file *file)
{
	const char *plain, *name;
	struct upload_wish wish = { .provider_id = provider_id, .size = in->length };
	struct file folder;
	struct reach reach;
	enum fault f;

	if ((f = entry_plain(w, path, &plain)) != FAULT_NONE)
		return f;
	if (strcmp(plain, "/") == 0)
		return fault_at(w, FAULT_BAD_FIELD, "path", "is that of a folder");
	if ((f = reach_open(w, provider_id, &reach)) != FAULT_NONE ||
	    (f = reach_may_name(w, &reach, ACTION_WRITE, plain)) != FAULT_NONE)
		return f;
	if ((f = files_find(w, provider_id, str_of(plain), file)) == FAULT_NONE)
		return replace ? files_write(w, file->id, in, STR_NONE, file)
			       : fault_at(w, FAULT_TAKEN, "path", "there is something at %s", plain);
	if (f != FAULT_NOT_FOUND)
		return f;
	name = path_folder(w, plain);
	if (strcmp(name, "/") != 0) {
		if ((f = files_find(w, provider_id, str_of(name), &folder)) != FAULT_NONE)
			return f;
		wish.folder_id = folder.id;
	}
	wish.name = str_of(path_name(plain));
	f = upload_ask(w, &wish, file);
	return f != FAULT_NONE ? f : files_write(w, file->id, in, STR_NONE, file);
}

/* --- what goes out --- */

/* RFC 9110, section 14.1.2; a range that is given is one that makes sense. */
static bool
place_range(const struct files_range *r, int64_t size, struct files_content *c)
{
	c->first = 0;
	c->last = size - 1;
	c->part = r->given;
	if (!r->given)
		return true;
	if (r->first < 0)
		c->first = r->last < size ? size - r->last : 0;
	else
		c->first = r->first;
	if (r->first >= 0 && r->last >= 0 && r->last < c->last)
		c->last = r->last;
	return c->first < size && c->first <= c->last && !(r->first < 0 && r->last == 0);
}

static enum fault
open_content(struct place *p, const struct file_row *r, const struct files_range *range,
    struct files_content *c)
{
	struct found x;
	enum fault f;

	if ((f = p->driver->look(p, r->path, &x)) != FAULT_NONE)
		return f;
	if (x.folder)
		return fault_at(p->w, FAULT_CONFLICT, NULL, "it is a folder");
	entry_of(r, &x, &c->file);
	if (!place_range(range, x.size, c))
		return FAULT_RANGE;
	if (p->root_path != NULL)
		c->local_path = arena_print(p->w->arena, "%s%s", p->root_path, r->path);
	return p->driver->read(p, r->path, &x, c->first, c->last, &c->stream);
}

enum fault
files_read(struct work *w, const char *id, const struct files_range *range, struct files_content *c)
{
	struct place *p = arena_new(w->arena, struct place);
	struct file_row r;
	struct reach reach;
	enum fault f;

	*c = (struct files_content){ .part = false };
	if ((f = entry_load_to(w, id, ACTION_READ, &reach, &r)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, r.provider_id, p)) == FAULT_NONE)
		f = r.pending ? FAULT_NOT_FOUND : open_content(p, &r, range, c);
	if (f == FAULT_NOT_FOUND && !r.pending)
		await_no_more(w, r.id);
	/* What is open for reading does without it. */
	place_close(p);
	return f;
}

enum fault
files_read_whole(struct work *w, const char *id, size_t max, struct str *content, struct file *file)
{
	struct files_range all = { .given = false };
	struct files_content c;
	struct str piece;
	struct out o;
	enum fault f = files_read(w, id, &all, &c);

	if (f != FAULT_NONE)
		return f;
	*file = c.file;
	if (c.file.size > (int64_t)max) {
		stream_close(&c.stream);
		return fault_at(w, FAULT_CONTENT_TOO_LARGE, NULL, "it has %lld bytes, and %zu can be given",
		    (long long)c.file.size, max);
	}
	o = out_limit(w->arena, max + 1);
	while ((f = c.stream.next(&c.stream, w, &piece)) == FAULT_NONE && piece.n > 0)
		out_str(&o, piece);
	stream_close(&c.stream);
	*content = o.n == 0 ? STR("") : out_text(&o);
	return f == FAULT_NONE && out_failed(&o) ? FAULT_CONTENT_TOO_LARGE : f;
}
