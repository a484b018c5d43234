/*
 * kept_answers.c: the rows of answers that are given again to the same request.
 */
#include "store/kept_answers.h"

#include "store/tables.h"

enum { GET, BEGIN, BEGIN_ANEW, KEEP, OVER, FORGET };

static const struct col cols[] = {
	COL(kept_answer, body),
	COL_NULL(kept_answer, sealed),
	COL(kept_answer, expires_at),
	COL_END,
};

struct row_id {
	struct str id;
};
static const struct col id_cols[] = { COL(row_id, id), COL_END };

#define FORGET_AT_ONCE 1000

/*
 * None of them touches what is remembered of keys.  Each row is found by its id
 * and by nothing else: a range would wait for rows beside it that belong to a
 * request which is being worked on.
 */
static const struct stmt stmts[] = {
	[GET] = { "kept_answers_get",
	    "SELECT body, sealed, expires_at FROM kept_answer WHERE id = ? FOR UPDATE NOWAIT", "b", cols,
	    sizeof(struct kept_answer), DB_APP, READS },
	[BEGIN] = { "kept_answers_begin", "INSERT INTO kept_answer (body, expires_at, id) VALUES (?, ?, ?)",
	    "bib", NULL, 0, DB_APP, KEEPS },
	[BEGIN_ANEW] = { "kept_answers_begin_anew",
	    "UPDATE kept_answer SET sealed = NULL, body = ?, expires_at = ? WHERE id = ?", "bib", NULL, 0,
	    DB_APP, KEEPS },
	[KEEP] = { "kept_answers_keep", "UPDATE kept_answer SET sealed = ? WHERE id = ?", "bb", NULL, 0,
	    DB_APP, KEEPS },
	[OVER] = { "kept_answers_over", "SELECT id FROM kept_answer WHERE expires_at <= ? LIMIT ?", "ii",
	    id_cols, sizeof(struct row_id), DB_APP, READS },
	/* It may have been begun anew since.  The sum keeps the server from the index of ends. */
	[FORGET] = { "kept_answers_forget", "DELETE FROM kept_answer WHERE id = ? AND expires_at + 0 <= ?",
	    "bi", NULL, 0, DB_APP, KEEPS },
};
const struct stmt_table kept_answers_table = { "kept_answers", stmts, COUNT(stmts) };

enum fault
kept_answers_get(struct work *w, const uint8_t id[static KEPT_ID_SIZE], struct kept_answer *a)
{
	return stmt_one(w, &stmts[GET], ARGS(BYTES(id, KEPT_ID_SIZE)), a);
}

enum fault
kept_answers_begin(struct work *w, const uint8_t id[static KEPT_ID_SIZE],
    const uint8_t body[static KEPT_ID_SIZE], int64_t expires_at, bool anew)
{
	return stmt_do(w, &stmts[anew ? BEGIN_ANEW : BEGIN],
	    ARGS(BYTES(body, KEPT_ID_SIZE), I64(expires_at), BYTES(id, KEPT_ID_SIZE)), NULL);
}

enum fault
kept_answers_keep(struct work *w, const uint8_t id[static KEPT_ID_SIZE], struct str sealed)
{
	return stmt_do(w, &stmts[KEEP], ARGS(BYTES(sealed.s, sealed.n), BYTES(id, KEPT_ID_SIZE)), NULL);
}

enum fault
kept_answers_forget(struct work *w)
{
	struct row_id *rows;
	size_t n;
	enum fault f =
	    stmt_list(w, &stmts[OVER], ARGS(I64(w->now), I64(FORGET_AT_ONCE)), FORGET_AT_ONCE, &rows, &n);

	for (size_t i = 0; f == FAULT_NONE && i < n; i++)
		f = stmt_do(w, &stmts[FORGET], ARGS(BYTES(rows[i].id.s, rows[i].id.n), I64(w->now)), NULL);
	return f;
}
