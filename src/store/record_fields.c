/*
 * record_fields.c: the rows of the fields and views of tables.
 */
#include "store/record_fields.h"

#include "store/tables.h"

enum { FIELDS, INSERT, CHANGE, DELETE, VIEWS, VIEW_INSERT, VIEW_CHANGE, VIEW_DELETE };

static const struct col cols[] = {
	COL(record_field, id),
	COL(record_field, name),
	COL(record_field, type),
	COL_NULL(record_field, choices),
	COL(record_field, place),
	COL_END,
};
static const struct col view_cols[] = {
	COL(record_view, id),
	COL(record_view, name),
	COL_NULL(record_view, filter),
	COL_NULL(record_view, sort),
	COL(record_view, place),
	COL_END,
};

static const struct stmt stmts[] = {
	[FIELDS] = { "record_fields",
	    "SELECT id, name, type, choices, place FROM record_field WHERE org_id = ? AND table_id = ? "
	    "ORDER BY place, id",
	    "tt", cols, sizeof(struct record_field), DB_APP, READS },
	[INSERT] = { "record_fields_insert",
	    "INSERT INTO record_field (org_id, table_id, id, name, name_key, type, choices, place) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    "ttttttti", NULL, 0, DB_APP, KEEPS },
	[CHANGE] = { "record_fields_change",
	    "UPDATE record_field SET name = ?, name_key = ?, choices = ? WHERE org_id = ? AND table_id = ? AND id = ?",
	    "tttttt", NULL, 0, DB_APP, KEEPS },
	[DELETE] = { "record_fields_delete",
	    "DELETE FROM record_field WHERE org_id = ? AND table_id = ? AND id = ?", "ttt", NULL, 0, DB_APP,
	    KEEPS },
	[VIEWS] = { "record_views",
	    "SELECT id, name, filter, sort, place FROM record_view WHERE org_id = ? AND table_id = ? "
	    "ORDER BY place, id",
	    "tt", view_cols, sizeof(struct record_view), DB_APP, READS },
	[VIEW_INSERT] = { "record_views_insert",
	    "INSERT INTO record_view (org_id, table_id, id, name, filter, sort, place) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "tttttti", NULL, 0, DB_APP, KEEPS },
	[VIEW_CHANGE] = { "record_views_change",
	    "UPDATE record_view SET name = ?, filter = ?, sort = ? WHERE org_id = ? AND table_id = ? AND id = ?",
	    "tttttt", NULL, 0, DB_APP, KEEPS },
	[VIEW_DELETE] = { "record_views_delete",
	    "DELETE FROM record_view WHERE org_id = ? AND table_id = ? AND id = ?", "ttt", NULL, 0, DB_APP,
	    KEEPS },
};
const struct stmt_table record_fields_stmts = { "record_fields", stmts, COUNT(stmts) };

enum fault
record_fields(struct work *w, const char *org, const char *table, struct record_field **rows, size_t *n)
{
	return stmt_list(w, &stmts[FIELDS], ARGS(TEXT(org), TEXT(table)), RECORD_FIELDS_MAX, rows, n);
}

enum fault
record_fields_insert(struct work *w, const char *org, const char *table, const struct record_field *r,
    const char *name_key)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(table), TEXT(r->id), TEXT(r->name), TEXT(name_key), TEXT(r->type),
		TEXT(r->choices), I64(r->place)),
	    NULL);
}

enum fault
record_fields_change(struct work *w, const char *org, const char *table, const struct record_field *r,
    const char *name_key)
{
	return stmt_do(w, &stmts[CHANGE],
	    ARGS(TEXT(r->name), TEXT(name_key), TEXT(r->choices), TEXT(org), TEXT(table), TEXT(r->id)), NULL);
}

enum fault
record_fields_delete(struct work *w, const char *org, const char *table, const char *id)
{
	return stmt_do(w, &stmts[DELETE], ARGS(TEXT(org), TEXT(table), TEXT(id)), NULL);
}

enum fault
record_views(struct work *w, const char *org, const char *table, struct record_view **rows, size_t *n)
{
	return stmt_list(w, &stmts[VIEWS], ARGS(TEXT(org), TEXT(table)), RECORD_VIEWS_MAX, rows, n);
}

enum fault
record_views_insert(struct work *w, const char *org, const char *table, const struct record_view *r)
{
	return stmt_do(w, &stmts[VIEW_INSERT],
	    ARGS(TEXT(org), TEXT(table), TEXT(r->id), TEXT(r->name), TEXT(r->filter), TEXT(r->sort),
		I64(r->place)),
	    NULL);
}

enum fault
record_views_change(struct work *w, const char *org, const char *table, const struct record_view *r)
{
	return stmt_do(w, &stmts[VIEW_CHANGE],
	    ARGS(TEXT(r->name), TEXT(r->filter), TEXT(r->sort), TEXT(org), TEXT(table), TEXT(r->id)), NULL);
}

enum fault
record_views_delete(struct work *w, const char *org, const char *table, const char *id)
{
	return stmt_do(w, &stmts[VIEW_DELETE], ARGS(TEXT(org), TEXT(table), TEXT(id)), NULL);
}
