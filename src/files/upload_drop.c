/*
 * upload_drop.c: uploads in chunks that are given up, by whoever sends them, with
 * the folder they were for, or by the keeper.
 */
#include "config.h"

#include "base/log.h"
#include "base/settings.h"
#include "db/db.h"
#include "files/content.h"

#define LIST_MAX     200
#define LIST_ROOM    ((size_t)2 << 20)
#define IDLE_AT_ONCE 20
#define AGAIN_AFTER  3600 /* seconds */

/* First the storage: what is left of it there would be found by nobody. */
enum fault
upload_drop_in(struct place *p, const struct upload_row *u)
{
	struct work *w = p->w;
	bool was;
	enum fault f = p->driver->chunks_drop(p, u);

	if (f != FAULT_NONE || (f = db_begin(w, DB_CHANGES)) != FAULT_NONE)
		return f;
	if ((f = uploads_delete(w, u->org_id, u->id, &was)) == FAULT_NONE &&
	    (f = files_forget(w, u->org_id, u->file_id)) == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

enum fault
upload_drop(struct work *w, const struct upload_row *u)
{
	struct place p;
	enum fault f = place_open(w, u->org_id, u->provider_id, &p);

	if (f == FAULT_NONE)
		f = upload_drop_in(&p, u);
	place_close(&p);
	return f;
}

enum fault
uploads_none(struct place *p, const char *path)
{
	struct upload_row *rows;
	size_t n;
	enum fault f = uploads_below(p->w, p->org_id, p->resource.id, path, 1, &rows, &n);

	if (f == FAULT_NONE && n > 0)
		return fault_at(p->w, FAULT_CONFLICT, NULL, "an upload to %s has not ended", rows[0].path);
	return f;
}

enum fault
uploads_drop(struct place *p, const char *path)
{
	struct upload_row *rows;
	size_t n;
	enum fault f;

	do {
		n = 0;
		if ((f = work_room(p->w, LIST_ROOM)) == FAULT_NONE)
			f = uploads_below(p->w, p->org_id, p->resource.id, path, LIST_MAX, &rows, &n);
		for (size_t i = 0; f == FAULT_NONE && i < n; i++)
			f = upload_drop_in(p, &rows[i]);
	} while (f == FAULT_NONE && n > 0);
	return f;
}

/* One that cannot be ended now must not keep others from it: it comes again in an hour. */
static void
put_off(struct work *w, const struct upload_row *u)
{
	int64_t later = w->now - w->settings->files_upload_hours * 3600 + AGAIN_AFTER;

	if (db_begin(w, DB_CHANGES) != FAULT_NONE)
		return;
	if (uploads_touch(w, u->org_id, u->id, later) != FAULT_NONE || db_commit(w) != FAULT_NONE)
		db_rollback(w);
}

static void
end_idle(struct work *w, const struct upload_row *u)
{
	enum fault f = upload_drop(w, u);

	if (f == FAULT_NONE)
		return;
	log_event(LOG_WARN, "upload_not_ended", "upload", u->id, "fault", fault_name(f), "detail",
	    w->trouble.detail, NULL);
	put_off(w, u);
}

void
upload_upkeep(struct work *w)
{
	struct upload_row *rows;
	size_t n;
	enum fault f =
	    uploads_idle(w, w->now - w->settings->files_upload_hours * 3600, IDLE_AT_ONCE, &rows, &n);

	for (size_t i = 0; f == FAULT_NONE && i < n; i++)
		end_idle(w, &rows[i]);
	if (db_begin(w, DB_CHANGES) != FAULT_NONE)
		return;
	if (files_forget_awaited(w, w->now - AWAITED_FOR) != FAULT_NONE || db_commit(w) != FAULT_NONE)
		db_rollback(w);
}
