/*
 * upload.c: uploads that are asked for first, and those that come in chunks.
 */
#include "config.h"

#include "files/upload.h"

#include <string.h>

#include "base/text.h"
#include "core/id.h"
#include "db/db.h"
#include "files/content.h"

#define CHUNK_SIZE  (INT64_C(8) << 20)
#define SIZE_MAX_OF (INT64_C(1) << 43) /* 8 TiB */
#define LIST_MAX    200

static enum fault
check_mime(struct work *w, struct str given, const char *name, const char **mime)
{
	*mime = mime_of(name);
	if (given.s == NULL || given.n == 0)
		return FAULT_NONE;
	*mime = arena_text(w->arena, given);
	if (given.n > FILES_MIME_MAX || strlen(*mime) != given.n || str_find(given, '/') <= 0 ||
	    !str_only(given, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&-^_.+/;= \""))
		return fault_at(w, FAULT_BAD_FIELD, "mimeType", "is no type of content");
	return FAULT_NONE;
}

/* The row that awaits it; whatever is there already is in the way. */
static enum fault
row_wished(struct work *w, const struct upload_wish *wish, struct reach *reach, struct file_row *r)
{
	const char *folder, *name;
	enum fault f;

	*r = (struct file_row){ .id = id_make(w, "fil_"),
		.provider_id = wish->provider_id,
		.parent_id = wish->folder_id,
		.pending = 1,
		.size = wish->size < 0 ? 0 : wish->size,
		.created_by = entry_owner(w),
		.created_at = w->now,
		.updated_at = w->now };
	if (wish->size < -1 || wish->size > SIZE_MAX_OF)
		return fault_at(w, FAULT_BAD_FIELD, "size", "is no size of a file");
	if ((f = reach_open(w, wish->provider_id, reach)) != FAULT_NONE ||
	    (f = entry_folder(w, reach, wish->folder_id, &folder)) != FAULT_NONE ||
	    (f = entry_name(w, "name", wish->name, &name)) != FAULT_NONE ||
	    (f = entry_path(w, folder, name, &r->path)) != FAULT_NONE ||
	    (f = check_mime(w, wish->mime, name, &r->mime)) != FAULT_NONE)
		return f;
	return reach_may_name(w, reach, ACTION_WRITE, r->path);
}

/* Nothing there, a folder to stand in, and room. */
static enum fault
look_before(struct place *p, const struct file_row *r)
{
	const char *folder = path_folder(p->w, r->path);
	struct found x;
	int64_t room;
	enum fault f = p->driver->look(p, r->path, &x);

	if (f == FAULT_NONE)
		return fault_at(p->w, FAULT_TAKEN, "name", "there is something at %s", r->path);
	if (f != FAULT_NOT_FOUND)
		return f;
	if (strcmp(folder, "/") != 0 && (f = p->driver->look(p, folder, &x)) != FAULT_NONE)
		return f;
	return content_room(p, r->size, 0, &room);
}

/* A row that is left from what is there no more, or that nobody filled for long, gives way. */
static enum fault
clear_way(struct place *p, const struct file_row *r)
{
	struct work *w = p->w;
	struct file_row old;
	enum fault f = files_row_at(w, p->org_id, entry_owner(w), p->resource.id, r->path, &old);

	if (f != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	if (old.pending && old.created_at > w->now - AWAITED_FOR)
		return fault_at(w, FAULT_TAKEN, "name", "an upload to %s is awaited", r->path);
	return files_forget_tree(w, p->org_id, p->resource.id, r->path);
}

static enum fault
await(struct place *p, const struct file_row *r, const struct upload_row *u)
{
	struct work *w = p->w;
	enum fault f = db_begin(w, DB_CHANGES);

	if (f != FAULT_NONE)
		return f;
	if ((f = clear_way(p, r)) == FAULT_NONE && (f = files_insert(w, p->org_id, r)) == FAULT_NONE &&
	    (u == NULL || (f = uploads_insert(w, p->org_id, u)) == FAULT_NONE))
		return db_commit(w);
	db_rollback(w);
	return f;
}

enum fault
upload_ask(struct work *w, const struct upload_wish *wish, struct file *file)
{
	struct reach reach;
	struct file_row r;
	struct place p;
	enum fault f;

	if ((f = row_wished(w, wish, &reach, &r)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, wish->provider_id, &p)) == FAULT_NONE &&
	    (f = look_before(&p, &r)) == FAULT_NONE)
		f = await(&p, &r, NULL);
	place_close(&p);
	entry_of(&r, NULL, file);
	return f;
}

/* --- chunks --- */

static void
upload_of(const struct upload_row *r, struct upload *u)
{
	*u = (struct upload){ .id = r->id,
		.file_id = r->file_id,
		.provider_id = r->provider_id,
		.path = r->path,
		.name = path_name(r->path),
		.size = r->size,
		.chunk_size = r->chunk_size,
		.chunks = r->chunks,
		.received = r->received,
		.bytes = r->bytes,
		.created_at = r->created_at };
}

/* What was wished, or what the storage can do with. */
static enum fault
cut_into_chunks(struct place *p, const struct upload_wish *wish, struct upload_row *u)
{
	const struct driver *d = p->driver;

	if (wish->size < 0 || wish->chunk_size < 0)
		return fault_at(p->w, FAULT_BAD_FIELD, "totalSize", "must be given");
	u->size = wish->size;
	u->chunk_size = wish->chunk_size == 0 ? CHUNK_SIZE : wish->chunk_size;
	if (u->chunk_size < d->chunk_least)
		u->chunk_size = d->chunk_least;
	u->chunks = u->size == 0 ? 1 : (u->size + u->chunk_size - 1) / u->chunk_size;
	if (u->chunks > d->chunks_most)
		return fault_at(p->w, FAULT_BAD_FIELD, "chunkSize", "makes more than %lld chunks",
		    (long long)d->chunks_most);
	return FAULT_NONE;
}

static enum fault
begin_in(struct place *p, const struct upload_wish *wish, struct file_row *r, struct upload_row *u)
{
	struct work *w = p->w;
	enum fault f;

	*u = (struct upload_row){ .org_id = p->org_id,
		.id = id_make(w, "upl_"),
		.provider_id = r->provider_id,
		.file_id = r->id,
		.path = r->path,
		.mime = r->mime,
		.created_by = entry_owner(w),
		.created_at = w->now,
		.updated_at = w->now };
	if ((f = cut_into_chunks(p, wish, u)) != FAULT_NONE || (f = look_before(p, r)) != FAULT_NONE ||
	    (f = p->driver->chunks_begin(p, u)) != FAULT_NONE)
		return f;
	if ((f = await(p, r, u)) != FAULT_NONE)
		(void)p->driver->chunks_drop(p, u);
	return f;
}

enum fault
upload_begin(struct work *w, const struct upload_wish *wish, struct upload *made)
{
	struct upload_row u;
	struct reach reach;
	struct file_row r;
	struct place p;
	enum fault f;

	if ((f = row_wished(w, wish, &reach, &r)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, wish->provider_id, &p)) == FAULT_NONE &&
	    (f = begin_in(&p, wish, &r, &u)) == FAULT_NONE)
		upload_of(&u, made);
	place_close(&p);
	return f;
}

/* Another's is not there; one's own may be for a path that one may not write to any more. */
static enum fault
load(struct work *w, const char *id, struct reach *reach, struct upload_row *u)
{
	enum fault f;

	if (!id_shape(str_of(id)))
		return FAULT_NOT_FOUND;
	if ((f = uploads_row(w, w->actor->org_id, id, u)) != FAULT_NONE)
		return f;
	if (strcmp(u->created_by, entry_owner(w)) != 0)
		return FAULT_NOT_FOUND;
	if ((f = reach_open(w, u->provider_id, reach)) != FAULT_NONE)
		return f;
	return reach_may(w, reach, ACTION_WRITE, u->path);
}

/*
 * The one place where a row is locked while a storage is waited for: two who
 * bring the last chunks at once must not both put it in place.
 */
static enum fault
end_locked(struct place *p, const struct upload_row *u)
{
	struct file_row r = { .id = u->file_id, .mime = u->mime };
	struct upload_chunk *chunks;
	struct work *w = p->w;
	struct found x;
	bool was;
	size_t n;
	enum fault f;

	if ((f = uploads_chunks(w, p->org_id, u->id, u->chunks, &chunks, &n)) != FAULT_NONE ||
	    (f = uploads_delete(w, p->org_id, u->id, &was)) != FAULT_NONE || !was ||
	    (f = content_stands(w, u->file_id, u->path)) != FAULT_NONE ||
	    (f = p->driver->chunks_end(p, u, chunks, n, &x)) != FAULT_NONE)
		return f;
	/* Its row was locked by nobody: a folder may have moved away from under it. */
	if ((f = content_stands(w, u->file_id, u->path)) != FAULT_NONE)
		return f == FAULT_CONFLICT ? content_undo(p, u->path, &x) : f;
	r.size = x.size;
	r.updated_at = x.modified;
	return files_arrived(w, p->org_id, &r);
}

/* What cannot be put where it was meant for, is given up. */
static enum fault
folder_stands(struct place *p, const struct upload_row *u)
{
	const char *folder = path_folder(p->w, u->path);
	struct found x = { .folder = false };
	enum fault f;

	if (strcmp(folder, "/") == 0)
		return FAULT_NONE;
	f = p->driver->look(p, folder, &x);
	if (f != FAULT_NOT_FOUND && (f != FAULT_NONE || x.folder))
		return f;
	return (f = upload_drop_in(p, u)) != FAULT_NONE
	    ? f
	    : fault_at(p->w, FAULT_CONFLICT, NULL, "its folder was moved or removed meanwhile");
}

static enum fault
end(struct place *p, const struct upload_row *u)
{
	enum fault f;

	place_let_go(p);
	if ((f = folder_stands(p, u)) != FAULT_NONE || (f = db_begin(p->w, DB_CHANGES)) != FAULT_NONE)
		return f;
	if ((f = end_locked(p, u)) == FAULT_NONE)
		return db_commit(p->w);
	db_rollback(p->w);
	return f;
}

static int64_t
length_of(const struct upload_row *u, int64_t number)
{
	return number < u->chunks - 1 ? u->chunk_size : u->size - u->chunk_size * (u->chunks - 1);
}

static enum fault
keep(struct work *w, const struct upload_row *u, const struct upload_chunk *c)
{
	enum fault f = db_begin(w, DB_CHANGES);

	if (f == FAULT_NONE && (f = uploads_chunk(w, u->org_id, u->id, c)) == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

static enum fault
take_chunk(struct place *p, const struct reach *reach, struct upload_row *u, int64_t number,
    struct stream *in)
{
	struct watched x = { .from = in, .reach = reach, .path = u->path, .id = u->file_id, .room = -1 };
	struct upload_chunk c = { .number = number, .size = length_of(u, number) };
	struct stream s = watched_stream(&x);
	bool there = false;
	enum fault f;

	if (in->length >= 0 && in->length != c.size)
		return fault_at(p->w, FAULT_BAD_FIELD, "chunkIndex", "this chunk has %lld bytes",
		    (long long)c.size);
	/* Only who has claimed it knows that nobody brought it meanwhile. */
	if (p->driver->chunk_claim != NULL &&
	    ((f = p->driver->chunk_claim(p, u, number, c.size)) != FAULT_NONE ||
		(f = uploads_has(p->w, u->org_id, u->id, number, &there)) != FAULT_NONE || there))
		return f;
	if ((f = p->driver->chunk(p, u, number, c.size, &s, &c.tag)) != FAULT_NONE)
		return f;
	return keep(p->w, u, &c);
}

static enum fault
chunk_in(struct place *p, const struct reach *reach, struct upload_row *u, int64_t number, struct stream *in,
    bool *whole)
{
	struct work *w = p->w;
	bool there;
	enum fault f;

	/* One that was there already is not written over: what is being put together stays as it is. */
	if ((f = uploads_has(w, u->org_id, u->id, number, &there)) != FAULT_NONE ||
	    (!there && (f = take_chunk(p, reach, u, number, in)) != FAULT_NONE))
		return f;
	/* Whoever brought the last of the others may have ended it meanwhile. */
	f = uploads_row(w, u->org_id, u->id, u);
	*whole = f == FAULT_NOT_FOUND || (f == FAULT_NONE && u->received == u->chunks);
	return f == FAULT_NONE && *whole ? end(p, u) : f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

enum fault
upload_chunk(struct work *w, const char *id, int64_t number, struct stream *in, bool *whole)
{
	struct upload_row u;
	struct reach reach;
	struct place p;
	enum fault f;

	*whole = false;
	if ((f = load(w, id, &reach, &u)) != FAULT_NONE)
		return f;
	if (number < 0 || number >= u.chunks)
		return fault_at(w, FAULT_BAD_FIELD, "chunkIndex", "must be 0 to %lld",
		    (long long)u.chunks - 1);
	if ((f = place_open(w, u.org_id, u.provider_id, &p)) == FAULT_NONE)
		f = chunk_in(&p, &reach, &u, number, in, whole);
	place_close(&p);
	return f;
}

enum fault
upload_list(struct work *w, struct upload **made, size_t *n)
{
	struct upload_row *rows;
	struct reach reach;
	size_t rows_n;
	enum fault f = uploads_of(w, w->actor->org_id, entry_owner(w), LIST_MAX, &rows, &rows_n);

	*n = 0;
	*made = arena_array(w->arena, struct upload, LIST_MAX);
	for (size_t i = 0; f == FAULT_NONE && i < rows_n; i++)
		if (reach_open(w, rows[i].provider_id, &reach) == FAULT_NONE &&
		    reach_reads(w, &reach, rows[i].path))
			upload_of(&rows[i], &(*made)[(*n)++]);
	return f;
}

enum fault
upload_cancel(struct work *w, const char *id)
{
	struct upload_row u;
	struct reach reach;
	enum fault f = load(w, id, &reach, &u);

	return f != FAULT_NONE ? f : upload_drop(w, &u);
}
