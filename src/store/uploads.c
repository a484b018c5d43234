/*
 * uploads.c: the rows of uploads that come in chunks.
 */
#include "store/uploads.h"

#include "store/tables.h"

enum { GET, OF, BELOW, IDLE, CHUNKS, ONE_CHUNK, INSERT, CHUNK, TOUCH, DELETE };

static const struct col cols[] = {
	COL(upload_row, org_id),
	COL(upload_row, id),
	COL(upload_row, provider_id),
	COL(upload_row, file_id),
	COL_NULL(upload_row, path),
	COL(upload_row, mime),
	COL_NULL(upload_row, token),
	COL(upload_row, size),
	COL(upload_row, chunk_size),
	COL(upload_row, chunks),
	COL_NULL(upload_row, received),
	COL_NULL(upload_row, bytes),
	COL(upload_row, created_by),
	COL(upload_row, created_at),
	COL(upload_row, updated_at),
	COL_END,
};
static const struct col chunk_cols[] = {
	COL(upload_chunk, number),
	COL(upload_chunk, size),
	COL_NULL(upload_chunk, tag),
	COL_END,
};

#define UPLOAD_COLS \
	"SELECT u.org_id, u.id, u.provider_id, u.file_id, CONVERT(u.path USING utf8mb4) AS path, u.mime, u.token, " \
	"u.size, u.chunk_size, u.chunks, " \
	"(SELECT COUNT(*) FROM upload_chunk c WHERE c.org_id = u.org_id AND c.upload_id = u.id) AS received, " \
	"(SELECT CAST(COALESCE(SUM(c.size), 0) AS SIGNED) FROM upload_chunk c WHERE c.org_id = u.org_id " \
	"AND c.upload_id = u.id) AS bytes, u.created_by, u.created_at, u.updated_at FROM upload u "

static const struct stmt stmts[] = {
	[GET] = { "uploads_get", UPLOAD_COLS "WHERE u.org_id = ? AND u.id = ?", "tt", cols,
	    sizeof(struct upload_row), DB_APP, READS },
	[OF] = { "uploads_of",
	    UPLOAD_COLS "WHERE u.org_id = ? AND u.created_by = ? ORDER BY u.created_at DESC, u.id LIMIT ?",
	    "tti", cols, sizeof(struct upload_row), DB_APP, READS },
	/* '0' comes right after '/'. */
	[BELOW] = { "uploads_below",
	    UPLOAD_COLS "WHERE u.org_id = ? AND u.provider_id = ? AND (u.path = ? OR "
			"(u.path > CONCAT(?, '/') AND u.path < CONCAT(?, '0'))) ORDER BY u.id LIMIT ?",
	    "ttttti", cols, sizeof(struct upload_row), DB_APP, READS },
	[IDLE] = { "uploads_idle", UPLOAD_COLS "WHERE u.updated_at < ? ORDER BY u.updated_at LIMIT ?", "ii",
	    cols, sizeof(struct upload_row), DB_APP, READS },
	[CHUNKS] = { "uploads_chunks",
	    "SELECT number, size, tag FROM upload_chunk WHERE org_id = ? AND upload_id = ? ORDER BY number LIMIT ?",
	    "tti", chunk_cols, sizeof(struct upload_chunk), DB_APP, READS },
	[ONE_CHUNK] = { "uploads_one_chunk",
	    "SELECT number, size, tag FROM upload_chunk WHERE org_id = ? AND upload_id = ? AND number = ?",
	    "tti", chunk_cols, sizeof(struct upload_chunk), DB_APP, READS },
	[INSERT] = { "uploads_insert",
	    "INSERT INTO upload (org_id, id, provider_id, file_id, path, mime, token, size, chunk_size, chunks, "
	    "created_at, created_by, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "tttttttiiiiti", NULL, 0, DB_APP, KEEPS },
	[CHUNK] = { "uploads_chunk",
	    "REPLACE INTO upload_chunk (org_id, upload_id, number, size, tag) VALUES (?, ?, ?, ?, ?)",
	    "ttiit", NULL, 0, DB_APP, KEEPS },
	[TOUCH] = { "uploads_touch", "UPDATE upload SET updated_at = ? WHERE org_id = ? AND id = ?", "itt",
	    NULL, 0, DB_APP, KEEPS },
	[DELETE] = { "uploads_delete", "DELETE FROM upload WHERE org_id = ? AND id = ?", "tt", NULL, 0,
	    DB_APP, KEEPS },
};
const struct stmt_table uploads_table = { "uploads", stmts, COUNT(stmts) };

enum fault
uploads_row(struct work *w, const char *org, const char *id, struct upload_row *r)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(org), TEXT(id)), r);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
uploads_of(struct work *w, const char *org, const char *owner, int64_t limit, struct upload_row **rows,
    size_t *n)
{
	return stmt_list(w, &stmts[OF], ARGS(TEXT(org), TEXT(owner), I64(limit)), (size_t)limit, rows, n);
}

enum fault
uploads_below(struct work *w, const char *org, const char *provider, const char *path, int64_t limit,
    struct upload_row **rows, size_t *n)
{
	return stmt_list(w, &stmts[BELOW],
	    ARGS(TEXT(org), TEXT(provider), TEXT(path), TEXT(path), TEXT(path), I64(limit)), (size_t)limit,
	    rows, n);
}

enum fault
uploads_idle(struct work *w, int64_t before, int64_t limit, struct upload_row **rows, size_t *n)
{
	return stmt_list(w, &stmts[IDLE], ARGS(I64(before), I64(limit)), (size_t)limit, rows, n);
}

enum fault
uploads_insert(struct work *w, const char *org, const struct upload_row *r)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(r->id), TEXT(r->provider_id), TEXT(r->file_id), TEXT(r->path), TEXT(r->mime),
		TEXT(r->token), I64(r->size), I64(r->chunk_size), I64(r->chunks), I64(r->created_at),
		TEXT(r->created_by), I64(r->updated_at)),
	    NULL);
}

enum fault
uploads_chunk(struct work *w, const char *org, const char *id, const struct upload_chunk *c)
{
	enum fault f = stmt_do(w, &stmts[CHUNK],
	    ARGS(TEXT(org), TEXT(id), I64(c->number), I64(c->size), TEXT(c->tag)), NULL);

	return f != FAULT_NONE ? f : uploads_touch(w, org, id, w->now);
}

enum fault
uploads_touch(struct work *w, const char *org, const char *id, int64_t at)
{
	return stmt_do(w, &stmts[TOUCH], ARGS(I64(at), TEXT(org), TEXT(id)), NULL);
}

enum fault
uploads_chunks(struct work *w, const char *org, const char *id, int64_t limit, struct upload_chunk **rows,
    size_t *n)
{
	return stmt_list(w, &stmts[CHUNKS], ARGS(TEXT(org), TEXT(id), I64(limit)), (size_t)limit, rows, n);
}

enum fault
uploads_has(struct work *w, const char *org, const char *id, int64_t number, bool *there)
{
	struct upload_chunk c;
	enum fault f = stmt_one(w, &stmts[ONE_CHUNK], ARGS(TEXT(org), TEXT(id), I64(number)), &c);

	*there = f == FAULT_NONE;
	return f == FAULT_NO_ROW ? FAULT_NONE : f;
}

enum fault
uploads_delete(struct work *w, const char *org, const char *id, bool *was)
{
	int64_t changed = 0;
	enum fault f = stmt_do(w, &stmts[DELETE], ARGS(TEXT(org), TEXT(id)), &changed);

	*was = changed > 0;
	return f;
}
