/*
 * record_values.c: the rows of the values of records.
 *
 * Each order is that of an index, so a page reads about as many rows as it has.
 */
#include "store/record_values.h"

#include "store/tables.h"

enum { PUT, PUT_ONE, REMOVE, UP, DOWN, ANY, NONE };

static const struct col at_cols[] = {
	COL(record_at, n),
	COL(record_at, at),
	COL(record_at, value),
	COL_END,
};

static const struct col place_cols[] = { COL(record_at, n), COL(record_at, at), COL_END };

#define VALUE_AT "SELECT n, 0 AS at, value FROM record_value WHERE org_id = ? AND table_id = ? AND field = ? "

static const struct stmt stmts[] = {
	[PUT] = { "record_values_put",
	    "INSERT INTO record_value (org_id, table_id, n, field, value) SELECT ?, ?, ?, UNHEX(f), UNHEX(v) "
	    "FROM JSON_TABLE(?, '$[*]' COLUMNS (f VARCHAR(128) PATH '$.f', v VARCHAR(510) PATH '$.v')) j",
	    "ttit", NULL, 0, DB_APP, KEEPS },
	[PUT_ONE] = { "record_values_put_one",
	    "INSERT INTO record_value (org_id, table_id, n, field, value) VALUES (?, ?, ?, ?, ?)", "ttibb",
	    NULL, 0, DB_APP, KEEPS },
	[REMOVE] = { "record_values_remove",
	    "DELETE FROM record_value WHERE org_id = ? AND table_id = ? AND n = ? AND field = ?", "ttib",
	    NULL, 0, DB_APP, KEEPS },
	[UP] = { "record_values_up",
	    VALUE_AT "AND value >= ? AND value <= ? AND (value > ? OR n > ?) ORDER BY value, n LIMIT ?",
	    "ttbbbbii", at_cols, sizeof(struct record_at), DB_APP, READS },
	[DOWN] = { "record_values_down",
	    VALUE_AT
	    "AND value >= ? AND value <= ? AND (value < ? OR n < ?) ORDER BY value DESC, n DESC LIMIT ?",
	    "ttbbbbii", at_cols, sizeof(struct record_at), DB_APP, READS },
	[ANY] = { "record_values_any", VALUE_AT "AND value IN (?, ?, ?) AND n > ? ORDER BY n LIMIT ?",
	    "ttbbbbii", at_cols, sizeof(struct record_at), DB_APP, READS },
	[NONE] = { "record_values_none",
	    "SELECT r.n, r.updated_at AS at FROM record_row r LEFT JOIN record_value v "
	    "ON v.org_id = r.org_id AND v.table_id = r.table_id AND v.n = r.n AND v.field = ? "
	    "WHERE r.org_id = ? AND r.table_id = ? AND r.n > ? AND v.n IS NULL ORDER BY r.n LIMIT ?",
	    "bttii", place_cols, sizeof(struct record_at), DB_APP, READS },
};
const struct stmt_table record_values_stmts = { "record_values", stmts, COUNT(stmts) };

#define BYTES_OF(str) BYTES((str).s, (str).n)

enum fault
record_values_put(struct work *w, const char *org, const char *table, int64_t n, struct str values)
{
	return stmt_do(w, &stmts[PUT], ARGS(TEXT(org), TEXT(table), I64(n), STRV(values)), NULL);
}

enum fault
record_values_put_one(struct work *w, const char *org, const char *table, int64_t n, struct str field,
    struct str value)
{
	return stmt_do(w, &stmts[PUT_ONE],
	    ARGS(TEXT(org), TEXT(table), I64(n), BYTES_OF(field), BYTES_OF(value)), NULL);
}

enum fault
record_values_remove(struct work *w, const char *org, const char *table, int64_t n, struct str field)
{
	return stmt_do(w, &stmts[REMOVE], ARGS(TEXT(org), TEXT(table), I64(n), BYTES_OF(field)), NULL);
}

enum fault
record_values_up(struct work *w, const char *org, const char *table, const struct record_range *r,
    const struct record_at *after, int64_t limit, struct record_at **rows, size_t *n)
{
	bool first = after->value.s == NULL;
	struct str from = first ? r->from : after->value;

	return stmt_list(w, &stmts[UP],
	    ARGS(TEXT(org), TEXT(table), BYTES_OF(r->field), BYTES_OF(from), BYTES_OF(r->to), BYTES_OF(from),
		I64(first ? -1 : after->n), I64(limit)),
	    (size_t)limit, rows, n);
}

enum fault
record_values_down(struct work *w, const char *org, const char *table, const struct record_range *r,
    const struct record_at *after, int64_t limit, struct record_at **rows, size_t *n)
{
	bool first = after->value.s == NULL;
	struct str to = first ? r->to : after->value;

	return stmt_list(w, &stmts[DOWN],
	    ARGS(TEXT(org), TEXT(table), BYTES_OF(r->field), BYTES_OF(r->from), BYTES_OF(to), BYTES_OF(to),
		I64(first ? INT64_MAX : after->n), I64(limit)),
	    (size_t)limit, rows, n);
}

enum fault
record_values_any(struct work *w, const char *org, const char *table, struct str field,
    const struct str value[static 3], int64_t after, int64_t limit, struct record_at **rows, size_t *n)
{
	return stmt_list(w, &stmts[ANY],
	    ARGS(TEXT(org), TEXT(table), BYTES_OF(field), BYTES_OF(value[0]), BYTES_OF(value[1]),
		BYTES_OF(value[2]), I64(after), I64(limit)),
	    (size_t)limit, rows, n);
}

enum fault
record_values_none(struct work *w, const char *org, const char *table, struct str field, int64_t after,
    int64_t limit, struct record_at **rows, size_t *n)
{
	return stmt_list(w, &stmts[NONE],
	    ARGS(BYTES_OF(field), TEXT(org), TEXT(table), I64(after), I64(limit)), (size_t)limit, rows, n);
}
