/*
 * records.c: the rows of records.
 *
 * None of them touches what is remembered of keys.  A table is among the resources,
 * but nothing here refers to it there: a table with a million records is gone at
 * once, and its records are taken away a thousand at a time.
 */
#include "store/records.h"

#include "store/tables.h"

enum {
	MAKE,
	RESERVE,
	INSERT,
	CHANGE,
	DELETE,
	GET,
	HOLD,
	OF,
	PAGE,
	BY_NUMBER,
	BY_CHANGE,
	GONE,
	FORGET,
	FORGET_TABLE
};

#define FORGET_AT_ONCE 1000
#define FORGET_TIMES   20

static const struct col cols[] = {
	COL(record, n),
	COL(record, id),
	COL(record, fields),
	COL(record, version),
	COL(record, created_at),
	COL(record, created_by),
	COL(record, updated_at),
	COL(record, updated_by),
	COL_END,
};
static const struct col at_cols[] = { COL(record_at, n), COL(record_at, at), COL_END };

struct row_table {
	const char *org_id, *id;
};
static const struct col table_cols[] = { COL(row_table, org_id), COL(row_table, id), COL_END };

#define RECORD_COLS \
	"SELECT r.n, r.id, r.fields, r.version, r.created_at, r.created_by, r.updated_at, r.updated_by FROM "

static const struct stmt stmts[] = {
	[MAKE] = { "records_make", "INSERT IGNORE INTO record_table (org_id, id) VALUES (?, ?)", "tt", NULL,
	    0, DB_APP, KEEPS },
	[RESERVE] = { "records_reserve",
	    "UPDATE record_table SET next_n = LAST_INSERT_ID(next_n + ?) WHERE org_id = ? AND id = ?", "itt",
	    NULL, 0, DB_APP, KEEPS },
	[INSERT] = { "records_insert",
	    "INSERT INTO record_row (org_id, table_id, n, id, fields, created_at, created_by, updated_at, updated_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "ttittitit", NULL, 0, DB_APP, KEEPS },
	[CHANGE] = { "records_change",
	    "UPDATE record_row SET fields = ?, version = version + 1, updated_at = ?, updated_by = ? "
	    "WHERE org_id = ? AND table_id = ? AND n = ?",
	    "tittti", NULL, 0, DB_APP, KEEPS },
	[DELETE] = { "records_delete", "DELETE FROM record_row WHERE org_id = ? AND table_id = ? AND n = ?",
	    "tti", NULL, 0, DB_APP, KEEPS },
	[GET] = { "records_get",
	    RECORD_COLS "record_row r WHERE r.org_id = ? AND r.table_id = ? AND r.id = ?", "ttt", cols,
	    sizeof(struct record), DB_APP, READS },
	[HOLD] = { "records_hold",
	    RECORD_COLS "record_row r WHERE r.org_id = ? AND r.table_id = ? AND r.id = ? FOR UPDATE", "ttt",
	    cols, sizeof(struct record), DB_APP, READS },
	[OF] = { "records_of",
	    RECORD_COLS
	    "(SELECT i FROM JSON_TABLE(?, '$[*]' COLUMNS (i BIGINT PATH '$')) j) u "
	    "STRAIGHT_JOIN record_row r ON r.org_id = ? AND r.table_id = ? AND r.n = u.i ORDER BY r.n",
	    "ttt", cols, sizeof(struct record), DB_APP, READS },
	[PAGE] = { "records_page",
	    RECORD_COLS "record_row r WHERE r.org_id = ? AND r.table_id = ? AND r.n > ? "
			"ORDER BY r.n LIMIT ? OFFSET ?",
	    "ttiii", cols, sizeof(struct record), DB_APP, READS },
	[BY_NUMBER] = { "records_by_number",
	    "SELECT n, updated_at AS at FROM record_row WHERE org_id = ? AND table_id = ? AND n > ? "
	    "ORDER BY n LIMIT ? OFFSET ?",
	    "ttiii", at_cols, sizeof(struct record_at), DB_APP, READS },
	[BY_CHANGE] = { "records_by_change",
	    "SELECT n, updated_at AS at FROM record_row WHERE org_id = ? AND table_id = ? AND updated_at >= ? "
	    "AND (updated_at > ? OR n > ?) ORDER BY updated_at, n LIMIT ?",
	    "ttiiii", at_cols, sizeof(struct record_at), DB_APP, READS },
	[GONE] = { "records_gone",
	    "SELECT t.org_id, t.id FROM record_table t LEFT JOIN resource r ON r.org_id = t.org_id AND r.id = t.id "
	    "WHERE t.id LIKE 'tbl%' AND r.id IS NULL LIMIT 1",
	    "", table_cols, sizeof(struct row_table), DB_APP, READS },
	[FORGET] = { "records_forget", "DELETE FROM record_row WHERE org_id = ? AND table_id = ? LIMIT ?",
	    "tti", NULL, 0, DB_APP, KEEPS },
	[FORGET_TABLE] = { "records_forget_table", "DELETE FROM record_table WHERE org_id = ? AND id = ?",
	    "tt", NULL, 0, DB_APP, KEEPS },
};
const struct stmt_table records_stmts = { "records", stmts, COUNT(stmts) };

enum fault
records_table(struct work *w, const char *org, const char *table)
{
	return stmt_do(w, &stmts[MAKE], ARGS(TEXT(org), TEXT(table)), NULL);
}

enum fault
records_reserve(struct work *w, const char *org, const char *table, int64_t count, int64_t *first)
{
	struct args args = ARGS(I64(count), TEXT(org), TEXT(table));
	int64_t next = count;
	enum fault f = stmt_number(w, &stmts[RESERVE], args, &next);

	if (f == FAULT_NO_ROW && (f = records_table(w, org, table)) == FAULT_NONE)
		f = stmt_number(w, &stmts[RESERVE], args, &next);
	*first = next - count;
	return f;
}

enum fault
records_insert(struct work *w, const char *org, const char *table, const struct record *r)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(table), I64(r->n), TEXT(r->id), TEXT(r->fields), I64(r->created_at),
		TEXT(r->created_by), I64(r->updated_at), TEXT(r->updated_by)),
	    NULL);
}

enum fault
records_change(struct work *w, const char *org, const char *table, const struct record *r)
{
	return stmt_do(w, &stmts[CHANGE],
	    ARGS(TEXT(r->fields), I64(r->updated_at), TEXT(r->updated_by), TEXT(org), TEXT(table), I64(r->n)),
	    NULL);
}

enum fault
records_delete(struct work *w, const char *org, const char *table, int64_t n)
{
	return stmt_do(w, &stmts[DELETE], ARGS(TEXT(org), TEXT(table), I64(n)), NULL);
}

static enum fault
one(struct work *w, int which, const char *org, const char *table, const char *id, struct record *r)
{
	enum fault f = stmt_one(w, &stmts[which], ARGS(TEXT(org), TEXT(table), TEXT(id)), r);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
records_get(struct work *w, const char *org, const char *table, const char *id, struct record *r)
{
	return one(w, GET, org, table, id, r);
}

enum fault
records_hold(struct work *w, const char *org, const char *table, const char *id, struct record *r)
{
	return one(w, HOLD, org, table, id, r);
}

enum fault
records_of(struct work *w, const char *org, const char *table, struct str numbers, size_t max,
    struct record **rows, size_t *n)
{
	return stmt_list(w, &stmts[OF], ARGS(STRV(numbers), TEXT(org), TEXT(table)), max, rows, n);
}

enum fault
records_page(struct work *w, const char *org, const char *table, int64_t after, int64_t skip, int64_t limit,
    struct record **rows, size_t *n)
{
	return stmt_list(w, &stmts[PAGE], ARGS(TEXT(org), TEXT(table), I64(after), I64(limit), I64(skip)),
	    (size_t)limit, rows, n);
}

enum fault
records_by_number(struct work *w, const char *org, const char *table, int64_t after, int64_t skip,
    int64_t limit, struct record_at **rows, size_t *n)
{
	return stmt_list(w, &stmts[BY_NUMBER],
	    ARGS(TEXT(org), TEXT(table), I64(after), I64(limit), I64(skip)), (size_t)limit, rows, n);
}

enum fault
records_by_change(struct work *w, const char *org, const char *table, const struct record_at *after,
    int64_t limit, struct record_at **rows, size_t *n)
{
	return stmt_list(w, &stmts[BY_CHANGE],
	    ARGS(TEXT(org), TEXT(table), I64(after->at), I64(after->at), I64(after->n), I64(limit)),
	    (size_t)limit, rows, n);
}

/* Of one table: piece by piece, and then the place itself. */
static enum fault
forget_table(struct work *w, const struct row_table *t, bool *left)
{
	int64_t gone = FORGET_AT_ONCE;
	enum fault f = FAULT_NONE;

	for (int i = 0; i < FORGET_TIMES && gone == FORGET_AT_ONCE && f == FAULT_NONE; i++)
		f = stmt_do(w, &stmts[FORGET], ARGS(TEXT(t->org_id), TEXT(t->id), I64(FORGET_AT_ONCE)),
		    &gone);
	*left = true;
	if (f != FAULT_NONE || gone == FORGET_AT_ONCE)
		return f;
	return stmt_do(w, &stmts[FORGET_TABLE], ARGS(TEXT(t->org_id), TEXT(t->id)), NULL);
}

enum fault
records_forget(struct work *w, bool *left)
{
	struct row_table t;
	enum fault f = stmt_one(w, &stmts[GONE], NO_ARGS, &t);

	*left = false;
	if (f != FAULT_NONE)
		return f == FAULT_NO_ROW ? FAULT_NONE : f;
	return forget_table(w, &t, left);
}
