/*
 * act.c: making folders, renaming, moving, deleting, starring.
 *
 * The storage first, its row after it: a row that was not told is found to be
 * wrong by whoever looks next, and the other way round nobody would look.
 */
#include "config.h"

#include <string.h>

#include "core/base_path.h"
#include "core/id.h"
#include "db/db.h"
#include "files/content.h"

static enum fault
taken(struct work *w, const char *path)
{
	return fault_at(w, FAULT_TAKEN, "name", "there is something at %s", path);
}

/* Awaited by an upload: its place is taken, though the storage has nothing there. */
static enum fault
not_awaited(struct place *p, const char *path)
{
	struct file_row r;
	enum fault f = files_row_at(p->w, p->org_id, entry_owner(p->w), p->resource.id, path, &r);

	if (f == FAULT_NONE && r.pending)
		return taken(p->w, path);
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

static enum fault
make_folder(struct place *p, const char *path, struct file *file)
{
	struct found x = { .name = path_name(path), .folder = true, .modified = p->w->now };
	struct file *made;
	enum fault f;

	if ((f = not_awaited(p, path)) != FAULT_NONE)
		return f;
	if ((f = p->driver->make_folder(p, path)) != FAULT_NONE)
		return f == FAULT_TAKEN ? taken(p->w, path) : f;
	if ((f = entries_see(p, entry_owner(p->w), path_folder(p->w, path), &x, 1, &made)) == FAULT_NONE)
		*file = made[0];
	return f;
}

enum fault
files_make_folder(struct work *w, const char *provider_id, const char *parent_id, struct str given,
    struct file *file)
{
	const char *folder, *name, *path;
	struct reach reach;
	struct place p;
	enum fault f;

	if ((f = reach_open(w, provider_id, &reach)) != FAULT_NONE ||
	    (f = entry_folder(w, &reach, parent_id, &folder)) != FAULT_NONE ||
	    (f = entry_name(w, "name", given, &name)) != FAULT_NONE ||
	    (f = entry_path(w, folder, name, &path)) != FAULT_NONE ||
	    (f = reach_may_name(w, &reach, ACTION_WRITE, path)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, provider_id, &p)) == FAULT_NONE)
		f = make_folder(&p, path, file);
	place_close(&p);
	return f;
}

static enum fault
move_rows(struct place *p, const char *from, const char *to)
{
	struct work *w = p->w;
	enum fault f = db_begin(w, DB_CHANGES);

	if (f != FAULT_NONE)
		return f;
	/* There was nothing, so a row of it is old. */
	if ((f = files_forget_tree(w, p->org_id, p->resource.id, to)) == FAULT_NONE &&
	    (f = files_move(w, p->org_id, p->resource.id, from, to)) == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

/* What is in it gets longer paths as well, before the storage has moved it. */
static enum fault
paths_fit(struct place *p, const char *from, const char *to)
{
	int64_t longest;
	enum fault f = files_longest(p->w, p->org_id, p->resource.id, from, &longest);

	if (f != FAULT_NONE || longest - (int64_t)strlen(from) + (int64_t)strlen(to) <= BASE_PATH_MAX)
		return f;
	return fault_at(p->w, FAULT_BAD_FIELD, "name", "makes a path of more than %d bytes", BASE_PATH_MAX);
}

static enum fault
move_in(struct place *p, const struct file_row *r, const char *to)
{
	enum fault f;

	if (r->pending)
		return fault_at(p->w, FAULT_CONFLICT, NULL, "its upload has not ended");
	if ((f = paths_fit(p, r->path, to)) != FAULT_NONE)
		return f;
	if ((f = not_awaited(p, to)) != FAULT_NONE || (f = uploads_none(p, r->path)) != FAULT_NONE)
		return f;
	if ((f = p->driver->move(p, r->path, to, r->folder != 0)) != FAULT_NONE)
		return f == FAULT_TAKEN ? taken(p->w, to) : f;
	return move_rows(p, r->path, to);
}

/* Both ends are asked about; of a folder, what is in it lies below both. */
static enum fault
move(struct work *w, const struct reach *reach, const struct file_row *r, const char *to, struct file *file)
{
	struct place p;
	enum fault f;

	if ((f = reach_may_name(w, reach, ACTION_WRITE, to)) != FAULT_NONE)
		return f;
	if (strcmp(r->path, to) == 0)
		return files_get(w, r->id, file);
	if (r->folder && base_path_covers(r->path, to))
		return fault_at(w, FAULT_CONFLICT, NULL, "a folder cannot be moved into itself");
	if ((f = place_open(w, w->actor->org_id, r->provider_id, &p)) == FAULT_NONE) {
		p.reach = reach;
		p.again_at[0] = r->path;
		p.again_at[1] = to;
		f = move_in(&p, r, to);
	}
	place_close(&p);
	return f != FAULT_NONE ? f : files_get(w, r->id, file);
}

enum fault
files_rename(struct work *w, const char *id, struct str given, struct file *file)
{
	struct file_row r;
	struct reach reach;
	const char *name, *to;
	enum fault f;

	if ((f = entry_load_to(w, id, ACTION_WRITE, &reach, &r)) != FAULT_NONE ||
	    (f = entry_name(w, "name", given, &name)) != FAULT_NONE ||
	    (f = entry_path(w, path_folder(w, r.path), name, &to)) != FAULT_NONE)
		return f;
	return move(w, &reach, &r, to, file);
}

enum fault
files_move_to(struct work *w, const char *id, const char *folder_id, struct file *file)
{
	struct file_row r;
	struct reach reach;
	const char *folder, *to;
	enum fault f;

	if ((f = entry_load_to(w, id, ACTION_WRITE, &reach, &r)) != FAULT_NONE ||
	    (f = entry_folder(w, &reach, folder_id, &folder)) != FAULT_NONE ||
	    (f = entry_path(w, folder, path_name(r.path), &to)) != FAULT_NONE)
		return f;
	return move(w, &reach, &r, to, file);
}

static enum fault
forget_tree(struct place *p, const char *path)
{
	enum fault f = db_begin(p->w, DB_CHANGES);

	if (f == FAULT_NONE && (f = files_forget_tree(p->w, p->org_id, p->resource.id, path)) == FAULT_NONE)
		return db_commit(p->w);
	db_rollback(p->w);
	return f;
}

/* What is awaited below it is awaited no more, before and after: an upload may begin meanwhile. */
static enum fault
remove_in(struct place *p, const struct file_row *r)
{
	enum fault f = uploads_drop(p, r->path), gone;

	if (f != FAULT_NONE)
		return f;
	f = r->pending ? FAULT_NOT_FOUND : p->driver->remove(p, r->path, r->folder != 0);
	/* Another one took it away: then only its row is left. */
	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	if ((gone = uploads_drop(p, r->path)) != FAULT_NONE || (gone = forget_tree(p, r->path)) != FAULT_NONE)
		return gone;
	return r->pending ? FAULT_NONE : f;
}

enum fault
files_delete(struct work *w, const char *id)
{
	struct file_row r;
	struct reach reach;
	struct place p;
	enum fault f;

	if ((f = entry_load_to(w, id, ACTION_WRITE, &reach, &r)) != FAULT_NONE)
		return f;
	if ((f = place_open(w, w->actor->org_id, r.provider_id, &p)) == FAULT_NONE) {
		p.reach = &reach;
		p.again_at[0] = r.path;
		f = remove_in(&p, &r);
	}
	place_close(&p);
	return f;
}

enum fault
files_set_star(struct work *w, const char *id, bool starred, struct file *file)
{
	const char *org = w->actor->org_id, *owner = entry_owner(w);
	struct file_row r;
	struct reach reach;
	enum fault f;

	if ((f = entry_load_to(w, id, ACTION_WRITE, &reach, &r)) != FAULT_NONE ||
	    (f = db_begin(w, DB_CHANGES)) != FAULT_NONE)
		return f;
	f = starred ? files_star(w, org, id, owner) : files_unstar(w, org, id, owner);
	if (f == FAULT_NONE)
		f = db_commit(w);
	else
		db_rollback(w);
	return f != FAULT_NONE ? f : files_get(w, id, file);
}
