/*
 * outbox.c: the rows of messages.
 */
#include "store/outbox.h"

#include "store/tables.h"

enum { INSERT, DUE, WAITING, NUMBER, RECENT, TAKE, PUT_BACK, FINISH, DROP_LATE, FORGET };

static const struct col cols[] = {
	COL(message, id),
	COL(message, template),
	COL(message, user_id),
	COL_NULL(message, org_id),
	COL_NULL(message, key_id),
	COL_NULL(message, expires_at),
	COL_NULL(message, days),
	COL_NULL(message, sealed),
	COL(message, state),
	COL(message, attempts),
	COL(message, created_at),
	COL(message, next_at),
	COL(message, good_until),
	COL_NULL(message, last_error),
	COL(message, email),
	COL(message, name),
	COL_END,
};

struct row_n {
	int64_t n;
};
static const struct col n_cols[] = { COL(row_n, n), COL_END };

#define MESSAGE_COLS \
	"SELECT q.id, q.template, q.user_id, q.org_id, q.key_id, q.expires_at, q.days, q.sealed, q.state, " \
	"q.attempts, q.created_at, q.next_at, q.good_until, q.last_error, u.email, u.name " \
	"FROM outbox q JOIN user u ON u.id = q.user_id WHERE q.state IN ('waiting', 'sending') "

static const struct stmt stmts[] = {
	/* What people are told decides nothing. */
	[INSERT] = { "outbox_insert",
	    "INSERT INTO outbox (id, template, user_id, org_id, key_id, expires_at, days, sealed, state, created_at, "
	    "next_at, good_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)",
	    "tttttiibiii", NULL, 0, DB_APP, KEEPS },
	[DUE] = { "outbox_due",
	    MESSAGE_COLS "AND (q.next_at <= ? OR q.next_at > ?) ORDER BY q.next_at, q.id LIMIT ?", "iii",
	    cols, sizeof(struct message), DB_APP, READS },
	[WAITING] = { "outbox_waiting", MESSAGE_COLS "AND q.id > ? ORDER BY q.id LIMIT ?", "ti", cols,
	    sizeof(struct message), DB_APP, READS },
	[NUMBER] = { "outbox_count", "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('waiting', 'sending')",
	    "", n_cols, sizeof(struct row_n), DB_APP, READS },
	[RECENT] = { "outbox_recent",
	    "SELECT COUNT(*) AS n FROM outbox WHERE org_id = ? AND key_id = ? AND template = ? "
	    "AND created_at > ?",
	    "ttti", n_cols, sizeof(struct row_n), DB_APP, READS },
	[TAKE] = { "outbox_take",
	    "UPDATE outbox SET state = 'sending', next_at = ? WHERE id = ? AND state = ? AND next_at = ?",
	    "itti", NULL, 0, DB_APP, KEEPS },
	[PUT_BACK] = { "outbox_put_back",
	    "UPDATE outbox SET state = 'waiting', attempts = ?, next_at = ?, last_error = ? "
	    "WHERE id = ? AND state = 'sending' AND next_at = ?",
	    "iitti", NULL, 0, DB_APP, KEEPS },
	[FINISH] = { "outbox_end",
	    "UPDATE outbox SET state = ?, ended_at = ?, last_error = ?, sealed = NULL "
	    "WHERE id = ? AND ended_at IS NULL",
	    "titt", NULL, 0, DB_APP, KEEPS },
	[DROP_LATE] = { "outbox_drop_late",
	    "UPDATE outbox SET state = 'dropped', ended_at = ?, sealed = NULL "
	    "WHERE state IN ('waiting', 'sending') AND good_until < ? LIMIT ?",
	    "iii", NULL, 0, DB_APP, KEEPS },
	[FORGET] = { "outbox_forget", "DELETE FROM outbox WHERE ended_at < ? LIMIT ?", "ii", NULL, 0, DB_APP,
	    KEEPS },
};
const struct stmt_table outbox_table = { "outbox", stmts, COUNT(stmts) };

enum fault
outbox_insert(struct work *w, const struct message *m)
{
	/* 0 days is a reminder as well. */
	struct arg days = I64(m->days);

	days.null = m->key_id == NULL;
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(m->id), TEXT(m->template), TEXT(m->user_id), TEXT(m->org_id), TEXT(m->key_id),
		TIME(m->expires_at), days, BYTES(m->sealed.s, m->sealed.n), I64(w->now), I64(w->now),
		I64(m->good_until)),
	    NULL);
}

enum fault
outbox_due(struct work *w, size_t max, struct message **rows, size_t *n)
{
	return stmt_list(w, &stmts[DUE], ARGS(I64(w->now), I64(w->now + OUTBOX_AHEAD_MAX), I64((int64_t)max)),
	    max, rows, n);
}

enum fault
outbox_waiting(struct work *w, const char *after_id, size_t max, struct message **rows, size_t *n)
{
	return stmt_list(w, &stmts[WAITING], ARGS(TEXT(after_id), I64((int64_t)max)), max, rows, n);
}

enum fault
outbox_recent(struct work *w, const char *org, const char *key_id, const char *template, int64_t since,
    int64_t *n)
{
	struct row_n row = { 0 };
	enum fault f =
	    stmt_one(w, &stmts[RECENT], ARGS(TEXT(org), TEXT(key_id), TEXT(template), I64(since)), &row);

	*n = row.n;
	return f;
}

enum fault
outbox_count(struct work *w, int64_t *n)
{
	struct row_n row = { 0 };
	enum fault f = stmt_one(w, &stmts[NUMBER], NO_ARGS, &row);

	*n = row.n;
	return f;
}

enum fault
outbox_take(struct work *w, struct message *m, int64_t lease, bool *taken)
{
	int64_t changed = 0, until = w->now + lease;
	enum fault f = stmt_do(w, &stmts[TAKE],
	    ARGS(I64(until), TEXT(m->id), TEXT(m->state), I64(m->next_at)), &changed);

	*taken = f == FAULT_NONE && changed == 1;
	if (*taken) {
		m->state = "sending";
		m->next_at = until;
	}
	return f;
}

enum fault
outbox_put_back(struct work *w, const struct message *m, int64_t attempts, int64_t at, const char *why)
{
	return stmt_do(w, &stmts[PUT_BACK],
	    ARGS(I64(attempts), I64(at), TEXT(why), TEXT(m->id), I64(m->next_at)), NULL);
}

enum fault
outbox_end(struct work *w, const char *id, const char *state, const char *why)
{
	return stmt_do(w, &stmts[FINISH], ARGS(TEXT(state), I64(w->now), TEXT(why), TEXT(id)), NULL);
}

enum fault
outbox_drop_late(struct work *w, int64_t before, int64_t at_most, int64_t *n)
{
	return stmt_do(w, &stmts[DROP_LATE], ARGS(I64(w->now), I64(before), I64(at_most)), n);
}

enum fault
outbox_forget(struct work *w, int64_t before, int64_t at_most, int64_t *n)
{
	return stmt_do(w, &stmts[FORGET], ARGS(I64(before), I64(at_most)), n);
}
