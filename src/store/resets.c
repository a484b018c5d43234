/*
 * resets.c: the rows of wishes for another password.
 */
#include "store/resets.h"

#include "store/tables.h"

enum { ASK, WAITING, RECENT, POST, DROP, BY_DIGEST, USE, FORGET };

static const struct col cols[] = {
	COL(reset, id),
	COL(reset, email),
	COL_NULL(reset, user_id),
	COL_END,
};

struct number {
	int64_t n;
};
static const struct col number_cols[] = { COL(number, n), COL_END };

/* None of them touches what is remembered of keys. */
static const struct stmt stmts[] = {
	[ASK] = { "resets_ask", "INSERT INTO password_reset (id, email, asked_at) VALUES (?, ?, ?)", "tti",
	    NULL, 0, DB_APP, KEEPS },
	[WAITING] = { "resets_waiting",
	    "SELECT id, email, user_id FROM password_reset WHERE digest IS NULL ORDER BY asked_at LIMIT ?",
	    "i", cols, sizeof(struct reset), DB_APP, READS },
	[RECENT] = { "resets_recent",
	    "SELECT COUNT(*) AS n FROM password_reset WHERE user_id = ? AND asked_at >= ?", "ti", number_cols,
	    sizeof(struct number), DB_APP, READS },
	[POST] = { "resets_post",
	    "UPDATE password_reset SET user_id = ?, digest = ?, expires_at = ? "
	    "WHERE id = ? AND digest IS NULL",
	    "tbit", NULL, 0, DB_APP, KEEPS },
	[DROP] = { "resets_drop", "DELETE FROM password_reset WHERE id = ?", "t", NULL, 0, DB_APP, KEEPS },
	[BY_DIGEST] = { "resets_by_digest",
	    "SELECT id, email, user_id FROM password_reset "
	    "WHERE digest = ? AND used_at IS NULL AND expires_at > ?",
	    "bi", cols, sizeof(struct reset), DB_APP, READS },
	[USE] = { "resets_use",
	    "UPDATE password_reset SET used_at = ? WHERE user_id = ? AND used_at IS NULL "
	    "AND expires_at > ?",
	    "iti", NULL, 0, DB_APP, KEEPS },
	[FORGET] = { "resets_forget", "DELETE FROM password_reset WHERE asked_at < ? LIMIT 1000", "i", NULL,
	    0, DB_APP, KEEPS },
};
const struct stmt_table resets_table = { "resets", stmts, COUNT(stmts) };

enum fault
resets_ask(struct work *w, const char *id, const char *email)
{
	return stmt_do(w, &stmts[ASK], ARGS(TEXT(id), TEXT(email), I64(w->now)), NULL);
}

enum fault
resets_waiting(struct work *w, size_t max, struct reset **rows, size_t *n)
{
	return stmt_list(w, &stmts[WAITING], ARGS(I64((int64_t)max)), max, rows, n);
}

enum fault
resets_recent(struct work *w, const char *user_id, int64_t since, int64_t *n)
{
	struct number row = { .n = 0 };
	enum fault f = stmt_one(w, &stmts[RECENT], ARGS(TEXT(user_id), I64(since)), &row);

	*n = row.n;
	return f;
}

enum fault
resets_post(struct work *w, const char *id, const char *user_id,
    const uint8_t digest[static RESET_DIGEST_SIZE], int64_t expires_at, bool *posted)
{
	int64_t changed = 0;
	enum fault f = stmt_do(w, &stmts[POST],
	    ARGS(TEXT(user_id), BYTES(digest, RESET_DIGEST_SIZE), I64(expires_at), TEXT(id)), &changed);

	*posted = changed > 0;
	return f;
}

enum fault
resets_drop(struct work *w, const char *id)
{
	return stmt_do(w, &stmts[DROP], ARGS(TEXT(id)), NULL);
}

enum fault
resets_by_digest(struct work *w, const uint8_t digest[static RESET_DIGEST_SIZE], struct reset *r)
{
	enum fault f = stmt_one(w, &stmts[BY_DIGEST], ARGS(BYTES(digest, RESET_DIGEST_SIZE), I64(w->now)), r);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
resets_use(struct work *w, const char *user_id, int64_t *n)
{
	return stmt_do(w, &stmts[USE], ARGS(I64(w->now), TEXT(user_id), I64(w->now)), n);
}

enum fault
resets_forget(struct work *w, int64_t before)
{
	return stmt_do(w, &stmts[FORGET], ARGS(I64(before)), NULL);
}
