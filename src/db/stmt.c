/*
 * stmt.c: prepared statements: bound, stepped, and their rows put into structs.
 */
#include "config.h"

#include "db/stmt.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "db/connection.h"

#define COLS_MAX 40
#define SMALL	 256 /* bytes of a text fetched in the first go */

static enum fault
failed(struct work *w, const struct stmt *s, MYSQL_STMT *handle)
{
	unsigned error = mysql_stmt_errno(handle);
	enum fault f = connection_fault(error);

	if (f != FAULT_TAKEN && f != FAULT_CONFLICT && f != FAULT_TRY_AGAIN) {
		log_event(LOG_WARN, "database", "request_id", w->request_id, "statement", s->name, "error",
		    mysql_stmt_error(handle), NULL);
		count(COUNT_DATABASE_FAILURES);
	}
	/* A full disk is no broken connection; what was done in the transaction is rolled back by its end. */
	if (f == FAULT_DATABASE_FULL)
		count(COUNT_DATABASE_FULL);
	if (f == FAULT_UNAVAILABLE)
		connection_drop(w->db);
	return f;
}

static void
bind_param(MYSQL_BIND *b, const struct arg *a)
{
	static const enum enum_field_types types[] = {
		[COL_TEXT] = MYSQL_TYPE_STRING,
		[COL_I64] = MYSQL_TYPE_LONGLONG,
		[COL_BLOB] = MYSQL_TYPE_BLOB,
	};

	b->buffer_type = a->null ? MYSQL_TYPE_NULL : types[a->type];
	if (a->type == COL_I64) {
		b->buffer = (void *)(uintptr_t)&a->i;
	} else {
		b->buffer = (void *)(uintptr_t)a->s.s;
		b->buffer_length = a->s.n;
	}
}

static enum fault
execute_once(struct work *w, const struct stmt *s, struct args args, MYSQL_STMT **handle)
{
	static const char letters[] = { [COL_TEXT] = 't', [COL_I64] = 'i', [COL_BLOB] = 'b' };
	MYSQL_BIND binds[PARAMS_MAX];
	enum fault f;

	assert(args.n == strlen(s->params) && args.n <= PARAMS_MAX);
	memset(binds, 0, sizeof binds[0] * args.n);
	for (size_t i = 0; i < args.n; i++) {
		assert(letters[args.v[i].type] == s->params[i]);
		bind_param(&binds[i], &args.v[i]);
	}
	w->waited = true;
	if ((f = db_ready(w->db)) != FAULT_NONE)
		return f;
	*handle = stmt_handle(w->db, s);
	if (args.n > 0 && mysql_stmt_bind_param(*handle, binds) != 0)
		return failed(w, s, *handle);
	return mysql_stmt_execute(*handle) == 0 ? FAULT_NONE : failed(w, s, *handle);
}

/*
 * A connection may have died while nobody used it: then nothing was lost and
 * once more is right.  Not inside a transaction, of which the first half would
 * be missing, and not after a time-out, which would double the wait.
 */
static enum fault
execute(struct work *w, const struct stmt *s, struct args args, MYSQL_STMT **handle)
{
	bool was_open = w->db->my != NULL && !w->db->in_tx;
	int64_t began = clock_ms();
	enum fault f;

	if (!turn_may_run(w->db, s)) {
		log_event(LOG_ERROR, "change_without_transaction", "request_id", w->request_id, "statement",
		    s->name, NULL);
		return FAULT_INTERNAL;
	}
	f = execute_once(w, s, args, handle);
	if (f == FAULT_UNAVAILABLE && was_open && clock_ms() - began < CONNECTION_DIED_MS)
		f = execute_once(w, s, args, handle);
	/* What matched no row changed nothing, and moved no epoch. */
	if (f == FAULT_NONE && mysql_stmt_affected_rows(*handle) > 0)
		turn_note(w->db, s, args);
	return f;
}

enum fault
stmt_do(struct work *w, const struct stmt *s, struct args args, int64_t *changed)
{
	MYSQL_STMT *handle;
	enum fault f = execute(w, s, args, &handle);

	if (f == FAULT_NONE && changed != NULL)
		*changed = (int64_t)mysql_stmt_affected_rows(handle);
	return f;
}

enum fault
stmt_number(struct work *w, const struct stmt *s, struct args args, int64_t *number)
{
	MYSQL_STMT *handle;
	enum fault f = execute(w, s, args, &handle);

	if (f == FAULT_NONE && mysql_stmt_affected_rows(handle) == 0)
		return FAULT_NO_ROW;
	if (f == FAULT_NONE)
		*number = (int64_t)mysql_stmt_insert_id(handle);
	return f;
}

/* What one fetched row is written into before it becomes a struct. */
struct landing {
	MYSQL_BIND bind[COLS_MAX];
	char small[COLS_MAX][SMALL];
	int64_t number[COLS_MAX];
	unsigned long length[COLS_MAX];
	my_bool null[COLS_MAX];
};

static void
land(struct landing *l, const struct stmt *s, size_t cols)
{
	memset(l->bind, 0, sizeof l->bind);
	for (size_t i = 0; i < cols; i++) {
		MYSQL_BIND *b = &l->bind[i];

		b->is_null = &l->null[i];
		b->length = &l->length[i];
		if (s->cols[i].type == COL_I64) {
			b->buffer_type = MYSQL_TYPE_LONGLONG;
			b->buffer = &l->number[i];
		} else {
			b->buffer_type = s->cols[i].type == COL_TEXT ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
			b->buffer = l->small[i];
			b->buffer_length = SMALL;
		}
	}
}

/* A text by its true length: what did not fit the first time is fetched again. */
static struct str
landed_text(struct work *w, struct landing *l, MYSQL_STMT *handle, size_t i)
{
	struct str text = { l->small[i], l->length[i] };
	MYSQL_BIND whole;

	if (text.n <= SMALL)
		return arena_str(w->arena, text);
	memset(&whole, 0, sizeof whole);
	whole.buffer_type = l->bind[i].buffer_type;
	whole.buffer = arena_take(w->arena, text.n + 1);
	whole.buffer_length = text.n;
	if (mysql_stmt_fetch_column(handle, &whole, (unsigned)i, 0) != 0)
		return STR_NONE;
	return (struct str){ whole.buffer, text.n };
}

static void
fill(struct work *w, struct landing *l, MYSQL_STMT *handle, const struct stmt *s, size_t cols, void *row)
{
	for (size_t i = 0; i < cols; i++) {
		char *at = (char *)row + s->cols[i].offset;
		struct str text = STR_NONE;

		if (s->cols[i].type == COL_I64) {
			int64_t number = l->null[i] ? 0 : l->number[i];

			memcpy(at, &number, sizeof number);
			continue;
		}
		if (!l->null[i])
			text = landed_text(w, l, handle, i);
		if (s->cols[i].type == COL_TEXT)
			memcpy(at, &text.s, sizeof text.s);
		else
			memcpy(at, &text, sizeof text);
	}
}

/* Rows into an array that grows in the arena; at most max of them. */
static enum fault
fetch(struct work *w, const struct stmt *s, MYSQL_STMT *handle, size_t max, char **rows, size_t *n)
{
	struct landing l;
	size_t cols = stmt_cols(s), room = 0;
	int got = 0;

	assert(cols > 0 && cols <= COLS_MAX);
	land(&l, s, cols);
	if (mysql_stmt_bind_result(handle, l.bind) != 0 || mysql_stmt_store_result(handle) != 0)
		return failed(w, s, handle);
	*n = 0;
	while (*n < max && ((got = mysql_stmt_fetch(handle)) == 0 || got == MYSQL_DATA_TRUNCATED)) {
		if (*n == room) {
			char *more = arena_take(w->arena, s->size * (room = room == 0 ? 4 : room * 2));

			if (*n > 0)
				memcpy(more, *rows, s->size * *n);
			*rows = more;
		}
		fill(w, &l, handle, s, cols, *rows + s->size * (*n)++);
	}
	if (*n < max && got != MYSQL_NO_DATA)
		return failed(w, s, handle);
	mysql_stmt_free_result(handle);
	return FAULT_NONE;
}

enum fault
stmt_list(struct work *w, const struct stmt *s, struct args args, size_t max, void *rows, size_t *n)
{
	MYSQL_STMT *handle;
	char *made = NULL;
	enum fault f;

	if ((f = execute(w, s, args, &handle)) == FAULT_NONE)
		f = fetch(w, s, handle, max, &made, n);
	memcpy(rows, &made, sizeof made);
	return f;
}

enum fault
stmt_one(struct work *w, const struct stmt *s, struct args args, void *row)
{
	void *rows;
	size_t n;
	enum fault f;

	if ((f = stmt_list(w, s, args, 1, &rows, &n)) != FAULT_NONE)
		return f;
	if (n == 0)
		return FAULT_NO_ROW;
	memcpy(row, rows, s->size);
	return FAULT_NONE;
}
