/*
 * prepare.c: preparing every statement, and checking it against the schema.
 */
#include "config.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/connection.h"

#define BINARY_SET 63 /* the "character set" of bytes in the protocol */

static int
by_address(const void *a, const void *b)
{
	const struct stmt *x = ((const struct prepared *)a)->stmt, *y = ((const struct prepared *)b)->stmt;

	return (x > y) - (x < y);
}

static bool
type_fits(const MYSQL_FIELD *field, enum col_type type)
{
	switch (field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
		return type == COL_I64;
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
		return type == (field->charsetnr == BINARY_SET ? COL_BLOB : COL_TEXT);
	default:
		return false;
	}
}

static void __attribute__((format(printf, 3, 4)))
misfit(struct db *db, const struct stmt *s, const char *format, ...)
{
	va_list args;
	int n = snprintf(db->problem, sizeof db->problem, "statement %s: ", s->name);

	va_start(args, format);
	(void)vsnprintf(db->problem + n, sizeof db->problem - (size_t)n, format, args);
	va_end(args);
}

static bool
check_col(struct db *db, const struct stmt *s, const MYSQL_FIELD *field, const struct col *col)
{
	if (strcmp(field->name, col->name) != 0)
		misfit(db, s, "a column is %s, the row wants %s", field->name, col->name);
	else if (!type_fits(field, col->type))
		misfit(db, s, "column %s has wire type %d", col->name, (int)field->type);
	else if (!col->may_be_null && (field->flags & NOT_NULL_FLAG) == 0)
		misfit(db, s, "column %s may be NULL, the row does not say so", col->name);
	else
		return true;
	return false;
}

size_t
stmt_cols(const struct stmt *s)
{
	size_t n = 0;

	while (s->cols != NULL && s->cols[n].name != NULL)
		n++;
	return n;
}

/* A row that says nothing, or what its text does not do, is none to rely on. */
static bool
check_effect(struct db *db, const struct stmt *s)
{
	bool selects = strncmp(s->sql, "SELECT ", 7) == 0;

	if (s->effect == EFFECT_UNSAID)
		misfit(db, s, "does not say whether it turns what is remembered");
	else if (selects != (s->effect == READS))
		misfit(db, s,
		    selects ? "it reads, the row says more" : "it changes rows, the row says it reads");
	else
		return true;
	return false;
}

static bool
check(struct db *db, const struct stmt *s, MYSQL_STMT *handle)
{
	size_t cols = stmt_cols(s);
	MYSQL_RES *meta;
	bool good = true;

	if (mysql_stmt_param_count(handle) != strlen(s->params)) {
		misfit(db, s, "%lu parameters in the SQL, %zu declared", mysql_stmt_param_count(handle),
		    strlen(s->params));
		return false;
	}
	if (mysql_stmt_field_count(handle) != cols) {
		misfit(db, s, "%u columns in the SQL, %zu declared", mysql_stmt_field_count(handle), cols);
		return false;
	}
	if (!check_effect(db, s))
		return false;
	if (cols == 0)
		return true;
	if ((meta = mysql_stmt_result_metadata(handle)) == NULL)
		return false;
	for (size_t i = 0; i < cols && good; i++)
		good = check_col(db, s, mysql_fetch_field_direct(meta, (unsigned)i), &s->cols[i]);
	mysql_free_result(meta);
	return good;
}

static enum fault
prepare(struct db *db, const struct stmt *s, struct prepared *p)
{
	enum fault f = FAULT_INTERNAL;

	p->stmt = s;
	if ((p->handle = mysql_stmt_init(db->my)) == NULL)
		return FAULT_UNAVAILABLE;
	if (mysql_stmt_prepare(p->handle, s->sql, strlen(s->sql)) != 0) {
		f = connection_fault(mysql_stmt_errno(p->handle));
		if (f == FAULT_DATABASE_FULL)
			f = FAULT_UNAVAILABLE; /* which is no statement that does not fit */
		misfit(db, s, "%s", mysql_stmt_error(p->handle));
	} else if (check(db, s, p->handle)) {
		return FAULT_NONE;
	}
	return f;
}

enum fault
stmt_prepare_all(struct db *db)
{
	enum fault f = FAULT_NONE;
	size_t all = 0;

	for (size_t t = 0; db->tables[t] != NULL; t++)
		all += db->tables[t]->n;
	db->prepared = calloc(all, sizeof *db->prepared);
	if (db->prepared == NULL)
		abort();
	for (size_t t = 0; db->tables[t] != NULL; t++) {
		for (size_t i = 0; i < db->tables[t]->n && f == FAULT_NONE; i++) {
			const struct stmt *s = &db->tables[t]->stmts[i];

			if ((s->who & db->account) != 0)
				f = prepare(db, s, &db->prepared[db->prepared_n++]);
		}
	}
	qsort(db->prepared, db->prepared_n, sizeof *db->prepared, by_address);
	return f;
}

void
stmt_close_all(struct db *db)
{
	for (size_t i = 0; i < db->prepared_n; i++)
		if (db->prepared[i].handle != NULL)
			mysql_stmt_close(db->prepared[i].handle);
	free(db->prepared);
	db->prepared = NULL;
	db->prepared_n = 0;
}

MYSQL_STMT *
stmt_handle(struct db *db, const struct stmt *s)
{
	struct prepared want = { .stmt = s };
	struct prepared *p = bsearch(&want, db->prepared, db->prepared_n, sizeof want, by_address);

	assert(p != NULL);
	return p->handle;
}
