/*
 * audit.c: the rows of what happened.  They are added and sealed, never
 * changed; what was kept for long enough is forgotten.
 */
#include "store/audit.h"

#include "store/tables.h"

enum {
	PAGE,
	SEALED,
	UNSEALED,
	COUNT_UNSEALED,
	STRAY,
	AT_MOST,
	FIRST_KEPT,
	CHAIN,
	CHAIN_LOCK,
	CHAIN_NEW,
	CHAIN_SET,
	ORGS,
	ORG_IS,
	ORGS_UNSEALED,
	ORGS_OLD,
	INSERT,
	INSERT_MANY,
	INSERT_OF_USER,
	SEAL,
	FORGET
};

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
	COL_NULL(event, place),
	COL_NULL(event, prev),
	COL_NULL(event, hash),
	COL_END,
};

static const struct col place_cols[] = { COL(event_place, id), COL_NULL(event_place, place),
	COL_NULL(event_place, hash), COL_END };
static const struct col chain_cols[] = { COL(audit_chain, place), COL(audit_chain, hash),
	COL(audit_chain, gone_place), COL(audit_chain, gone_hash), COL(audit_chain, signature), COL_END };
static const struct col org_cols[] = { COL(audit_org, id), COL_END };

struct row_count {
	int64_t n;
};
static const struct col count_cols[] = { COL(row_count, n), COL_END };

#define EVENT_COLS \
	"SELECT id, at, org_id, action, actor_type, actor_id, key_id, target_id, address, request_id, " \
	"before_change, after_change, place, prev, hash FROM audit "
#define CHAIN_COLS "SELECT place, hash, gone_place, gone_hash, signature FROM audit_chain WHERE org_id = ?"
#define NEW_EVENT \
	"INSERT INTO audit (org_id, at, action, actor_type, actor_id, key_id, target_id, address, request_id, " \
	"before_change, after_change) "

static const struct stmt stmts[] = {
	[PAGE] = { "audit_page",
	    EVENT_COLS "WHERE org_id = ? AND (? = 0 OR id < ?) AND at >= ? AND (? IS NULL OR actor_id = ?) "
		       "AND (? IS NULL OR key_id = ?) AND (? IS NULL OR action = ?) ORDER BY id DESC LIMIT ?",
	    "tiiitttttti", cols, sizeof(struct event), DB_APP, READS },
	[SEALED] = { "audit_sealed",
	    EVENT_COLS "WHERE org_id = ? AND place > ? AND place <= ? ORDER BY place LIMIT ?", "tiii", cols,
	    sizeof(struct event), DB_APP, READS },
	[UNSEALED] = { "audit_unsealed",
	    EVENT_COLS "WHERE place IS NULL AND org_id = ? AND id > ? ORDER BY id LIMIT ?", "tii", cols,
	    sizeof(struct event), DB_APP, READS },
	[COUNT_UNSEALED] = { "audit_count_unsealed",
	    "SELECT COUNT(*) AS n FROM audit WHERE place IS NULL AND org_id = ?", "t", count_cols,
	    sizeof(struct row_count), DB_APP, READS },
	/* In one statement, so that it is one instant of the events and of what is said of them. */
	[STRAY] = { "audit_stray",
	    "SELECT a.id, a.place, a.hash FROM audit a JOIN audit_chain c ON c.org_id = a.org_id "
	    "WHERE a.org_id = ? AND (a.place > c.place OR a.place <= c.gone_place) ORDER BY a.place LIMIT 1",
	    "t", place_cols, sizeof(struct event_place), DB_APP, READS },
	[AT_MOST] = { "audit_at_most",
	    "SELECT id, place, hash FROM audit WHERE org_id = ? AND place <= ? ORDER BY place DESC LIMIT 1",
	    "ti", place_cols, sizeof(struct event_place), DB_APP, READS },
	[FIRST_KEPT] = { "audit_first_kept",
	    "SELECT a.id, a.place, a.hash FROM audit a LEFT JOIN audit_past p ON p.org_id = a.org_id "
	    "AND p.place = a.place WHERE a.org_id = ? AND a.place > ? AND (a.at >= ? OR p.place IS NULL) "
	    "ORDER BY a.place LIMIT 1",
	    "tii", place_cols, sizeof(struct event_place), DB_APP, READS },
	[CHAIN] = { "audit_chain", CHAIN_COLS, "t", chain_cols, sizeof(struct audit_chain), DB_APP, READS },
	[CHAIN_LOCK] = { "audit_chain_lock", CHAIN_COLS " FOR UPDATE", "t", chain_cols,
	    sizeof(struct audit_chain), DB_APP, READS },
	[CHAIN_NEW] = { "audit_chain_new",
	    "INSERT INTO audit_chain (place, hash, gone_place, gone_hash, signature, org_id) "
	    "VALUES (?, ?, ?, ?, ?, ?)",
	    "ibibbt", NULL, 0, DB_APP, KEEPS },
	[CHAIN_SET] = { "audit_chain_set",
	    "UPDATE audit_chain SET place = ?, hash = ?, gone_place = ?, gone_hash = ?, signature = ? "
	    "WHERE org_id = ?",
	    "ibibbt", NULL, 0, DB_APP, KEEPS },
	[ORGS] = { "audit_orgs", "SELECT id FROM organization WHERE id > ? ORDER BY id LIMIT ?", "ti",
	    org_cols, sizeof(struct audit_org), DB_APP, READS },
	[ORG_IS] = { "audit_org_is", "SELECT COUNT(*) AS n FROM organization WHERE id = ?", "t", count_cols,
	    sizeof(struct row_count), DB_APP, READS },
	[ORGS_UNSEALED] = { "audit_orgs_unsealed",
	    "SELECT DISTINCT org_id AS id FROM audit WHERE place IS NULL AND org_id > ? ORDER BY org_id LIMIT ?",
	    "ti", org_cols, sizeof(struct audit_org), DB_APP, READS },
	[ORGS_OLD] = { "audit_orgs_old",
	    "SELECT c.org_id AS id FROM audit_chain c JOIN audit_past p ON p.org_id = c.org_id "
	    "AND p.place = c.gone_place + 1 JOIN audit a ON a.org_id = p.org_id AND a.place = p.place "
	    "WHERE a.at < ? ORDER BY c.org_id LIMIT ?",
	    "ii", org_cols, sizeof(struct audit_org), DB_APP, READS },
	/* What happened is told of a change; it is none. */
	[INSERT] = { "audit_insert", NEW_EVENT "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "tittttttttt",
	    NULL, 0, DB_APP, KEEPS },
	/* What does not fit is no reason to tell less. */
	[INSERT_MANY] = { "audit_insert_many",
	    NEW_EVENT "SELECT ?, ?, ?, ?, ?, ?, j.t, ?, ?, j.b, NULL FROM JSON_TABLE(?, '$[*]' COLUMNS ("
		      "t VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$.t' ERROR ON ERROR, "
		      "b TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.b' ERROR ON ERROR)) j",
	    "tittttttt", NULL, 0, DB_APP, KEEPS },
	[INSERT_OF_USER] = { "audit_insert_of_user",
	    NEW_EVENT "SELECT m.org_id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM membership m "
		      "JOIN organization o ON o.id = m.org_id AND o.deleted_at IS NULL "
		      "WHERE m.user_id = ? AND m.left_at IS NULL",
	    "itttttttttt", NULL, 0, DB_APP, KEEPS },
	[SEAL] = { "audit_seal",
	    "UPDATE audit SET place = ?, prev = ?, hash = ? WHERE id = ? AND place IS NULL", "ibbi", NULL, 0,
	    DB_APP, KEEPS },
	[FORGET] = { "audit_forget", "DELETE FROM audit_past WHERE org_id = ? AND place <= ?", "ti", NULL, 0,
	    DB_APP, KEEPS },
};
const struct stmt_table audit_table = { "audit", stmts, COUNT(stmts) };

static int64_t
when(const struct work *w, const struct event *e)
{
	return e->at == 0 ? w->now : e->at;
}

enum fault
audit_insert(struct work *w, const struct event *e)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(e->org_id), I64(when(w, e)), TEXT(e->action), TEXT(e->actor_type), TEXT(e->actor_id),
		TEXT(e->key_id), TEXT(e->target_id), TEXT(e->address), TEXT(e->request_id),
		TEXT(e->before_change), TEXT(e->after_change)),
	    NULL);
}

enum fault
audit_insert_many(struct work *w, const struct event *e, struct str targets)
{
	return stmt_do(w, &stmts[INSERT_MANY],
	    ARGS(TEXT(e->org_id), I64(when(w, e)), TEXT(e->action), TEXT(e->actor_type), TEXT(e->actor_id),
		TEXT(e->key_id), TEXT(e->address), TEXT(e->request_id), STRV(targets)),
	    NULL);
}

enum fault
audit_insert_of_user(struct work *w, const char *user_id, const struct event *e)
{
	return stmt_do(w, &stmts[INSERT_OF_USER],
	    ARGS(I64(when(w, e)), TEXT(e->action), TEXT(e->actor_type), TEXT(e->actor_id), TEXT(e->key_id),
		TEXT(e->target_id), TEXT(e->address), TEXT(e->request_id), TEXT(e->before_change),
		TEXT(e->after_change), TEXT(user_id)),
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
audit_sealed(struct work *w, const char *org, int64_t after, int64_t last, size_t max, struct event **rows,
    size_t *n)
{
	return stmt_list(w, &stmts[SEALED], ARGS(TEXT(org), I64(after), I64(last), I64((int64_t)max)), max,
	    rows, n);
}

enum fault
audit_unsealed(struct work *w, const char *org, int64_t after_id, size_t max, struct event **rows, size_t *n)
{
	return stmt_list(w, &stmts[UNSEALED], ARGS(TEXT(org), I64(after_id), I64((int64_t)max)), max, rows,
	    n);
}

enum fault
audit_count_unsealed(struct work *w, const char *org, int64_t *n)
{
	struct row_count row = { 0 };
	enum fault f = stmt_one(w, &stmts[COUNT_UNSEALED], ARGS(TEXT(org)), &row);

	*n = row.n;
	return f;
}

/* A row that may not be there. */
static enum fault
one(struct work *w, int which, struct args args, void *row)
{
	enum fault f = stmt_one(w, &stmts[which], args, row);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
audit_stray(struct work *w, const char *org, struct event_place *e)
{
	return one(w, STRAY, ARGS(TEXT(org)), e);
}

enum fault
audit_at_most(struct work *w, const char *org, int64_t place, struct event_place *e)
{
	return one(w, AT_MOST, ARGS(TEXT(org), I64(place)), e);
}

enum fault
audit_first_kept(struct work *w, const char *org, int64_t after, int64_t before, struct event_place *e)
{
	return one(w, FIRST_KEPT, ARGS(TEXT(org), I64(after), I64(before)), e);
}

enum fault
audit_chain(struct work *w, const char *org, struct audit_chain *c)
{
	return one(w, CHAIN, ARGS(TEXT(org)), c);
}

enum fault
audit_chain_lock(struct work *w, const char *org, struct audit_chain *c)
{
	return one(w, CHAIN_LOCK, ARGS(TEXT(org)), c);
}

enum fault
audit_chain_set(struct work *w, const char *org, const struct audit_chain *c)
{
	struct args args = ARGS(I64(c->place), BYTES(c->hash.s, c->hash.n), I64(c->gone_place),
	    BYTES(c->gone_hash.s, c->gone_hash.n), BYTES(c->signature.s, c->signature.n), TEXT(org));
	int64_t changed;
	enum fault f = stmt_do(w, &stmts[CHAIN_SET], args, &changed);

	return f == FAULT_NONE && changed == 0 ? stmt_do(w, &stmts[CHAIN_NEW], args, NULL) : f;
}

enum fault
audit_orgs(struct work *w, const char *after, size_t max, struct audit_org **rows, size_t *n)
{
	return stmt_list(w, &stmts[ORGS], ARGS(TEXT(after), I64((int64_t)max)), max, rows, n);
}

enum fault
audit_org_is(struct work *w, const char *org, bool *is)
{
	struct row_count row = { 0 };
	enum fault f = stmt_one(w, &stmts[ORG_IS], ARGS(TEXT(org)), &row);

	*is = row.n > 0;
	return f;
}

enum fault
audit_orgs_unsealed(struct work *w, const char *after, size_t max, struct audit_org **rows, size_t *n)
{
	return stmt_list(w, &stmts[ORGS_UNSEALED], ARGS(TEXT(after), I64((int64_t)max)), max, rows, n);
}

enum fault
audit_orgs_old(struct work *w, int64_t before, size_t max, struct audit_org **rows, size_t *n)
{
	return stmt_list(w, &stmts[ORGS_OLD], ARGS(I64(before), I64((int64_t)max)), max, rows, n);
}

enum fault
audit_seal(struct work *w, int64_t id, int64_t place, struct str prev, struct str hash)
{
	int64_t changed;
	enum fault f = stmt_do(w, &stmts[SEAL],
	    ARGS(I64(place), BYTES(prev.s, prev.n), BYTES(hash.s, hash.n), I64(id)), &changed);

	return f == FAULT_NONE && changed == 0 ? FAULT_TRY_AGAIN : f;
}

enum fault
audit_forget(struct work *w, const char *org, int64_t place, int64_t *gone)
{
	return stmt_do(w, &stmts[FORGET], ARGS(TEXT(org), I64(place)), gone);
}
