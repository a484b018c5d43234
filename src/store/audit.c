/*
 * audit.c: the rows of what happened.  They are added and sealed, never changed.
 */
#include "store/audit.h"

#include "store/tables.h"

enum { PAGE, UNSEALED, END, INSERT, SEAL };

static const struct col cols[] = {
	COL(event, id),
	COL(event, at),
	COL(event, org_id),
	COL(event, action),
	COL(event, actor_type),
	COL_NULL(event, actor_id),
	COL_NULL(event, key_id),
	COL_NULL(event, target_id),
	COL_NULL(event, address),
	COL_NULL(event, request_id),
	COL_NULL(event, before_change),
	COL_NULL(event, after_change),
	COL_NULL(event, prev),
	COL_NULL(event, hash),
	COL_END,
};

struct row_end {
	int64_t place;
	struct str hash;
};
static const struct col end_cols[] = { COL_NULL(row_end, place), COL_NULL(row_end, hash), COL_END };

#define EVENT_COLS \
	"SELECT id, at, org_id, action, actor_type, actor_id, key_id, target_id, address, request_id, " \
	"before_change, after_change, prev, hash FROM audit "

static const struct stmt stmts[] = {
	[PAGE] = { "audit_page",
	    EVENT_COLS "WHERE org_id = ? AND (? = 0 OR id < ?) AND at >= ? AND (? IS NULL OR actor_id = ?) "
		       "AND (? IS NULL OR key_id = ?) AND (? IS NULL OR action = ?) ORDER BY id DESC LIMIT ?",
	    "tiiitttttti", cols, sizeof(struct event), DB_APP, READS },
	[UNSEALED] = { "audit_unsealed", EVENT_COLS "WHERE place IS NULL ORDER BY org_id, id LIMIT ?", "i",
	    cols, sizeof(struct event), DB_APP, READS },
	[END] = { "audit_end",
	    "SELECT place, hash FROM audit WHERE org_id = ? AND place IS NOT NULL ORDER BY place DESC LIMIT 1",
	    "t", end_cols, sizeof(struct row_end), DB_APP, READS },
	/* What happened is told of a change; it is none. */
	[INSERT] = { "audit_insert",
	    "INSERT INTO audit (org_id, at, action, actor_type, actor_id, key_id, target_id, address, request_id, "
	    "before_change, after_change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "tittttttttt", NULL, 0, DB_APP, KEEPS },
	[SEAL] = { "audit_seal",
	    "UPDATE audit SET place = ?, prev = ?, hash = ? WHERE id = ? AND place IS NULL", "ibbi", NULL, 0,
	    DB_APP, KEEPS },
};
const struct stmt_table audit_table = { "audit", stmts, COUNT(stmts) };

enum fault
audit_insert(struct work *w, const struct event *e)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(e->org_id), I64(w->now), TEXT(e->action), TEXT(e->actor_type), TEXT(e->actor_id),
		TEXT(e->key_id), TEXT(e->target_id), TEXT(e->address), TEXT(e->request_id),
		TEXT(e->before_change), TEXT(e->after_change)),
	    NULL);
}

enum fault
audit_page(struct work *w, const char *org, const struct event_filter *f, struct event **rows, size_t *n)
{
	return stmt_list(w, &stmts[PAGE],
	    ARGS(TEXT(org), I64(f->before_id), I64(f->before_id), I64(f->since), TEXT(f->actor_id),
		TEXT(f->actor_id), TEXT(f->key_id), TEXT(f->key_id), TEXT(f->action), TEXT(f->action),
		I64(f->limit)),
	    (size_t)f->limit, rows, n);
}

enum fault
audit_unsealed(struct work *w, size_t max, struct event **rows, size_t *n)
{
	return stmt_list(w, &stmts[UNSEALED], ARGS(I64((int64_t)max)), max, rows, n);
}

enum fault
audit_end(struct work *w, const char *org, int64_t *place, struct str *hash)
{
	struct row_end row = { 0, STR_NONE };
	enum fault f = stmt_one(w, &stmts[END], ARGS(TEXT(org)), &row);

	*place = row.place;
	*hash = row.hash;
	return f == FAULT_NO_ROW ? FAULT_NONE : f;
}

enum fault
audit_seal(struct work *w, int64_t id, int64_t place, struct str prev, struct str hash)
{
	return stmt_do(w, &stmts[SEAL],
	    ARGS(I64(place), BYTES(prev.s, prev.n), BYTES(hash.s, hash.n), I64(id)), NULL);
}
