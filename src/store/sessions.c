/*
 * sessions.c: the rows of sessions.
 */
#include "store/sessions.h"

#include "store/tables.h"

enum { GET, PROVEN, OF_USER, INSERT, PROVE, END, END_OWN, END_OF_USER, FORGET };

struct proven {
	int64_t at;
};
static const struct col proven_cols[] = { COL(proven, at), COL_END };

static const struct col cols[] = {
	COL(session, id),
	COL(session, user_id),
	COL(session, user_name),
	COL(session, user_email),
	COL(session, expires_at),
	COL_NULL(session, ended_at),
	COL(session, unproven),
	COL_END,
};

static const struct col row_cols[] = {
	COL(session_row, id),
	COL(session_row, user_id),
	COL(session_row, source),
	COL(session_row, created_at),
	COL(session_row, expires_at),
	COL_NULL(session_row, address),
	COL_NULL(session_row, agent),
	COL_END,
};

static const struct stmt stmts[] = {
	[GET] = { "sessions_get",
	    "SELECT s.id, s.user_id, u.name AS user_name, u.email AS user_email, s.expires_at, s.ended_at, "
	    "s.source = 'password' AND u.confirmed_at IS NULL AS unproven "
	    "FROM session s JOIN user u ON u.id = s.user_id WHERE s.id = ?",
	    "t", cols, sizeof(struct session), DB_APP | DB_GATE, READS },
	[PROVEN] = { "sessions_proven",
	    "SELECT GREATEST(created_at, proven_at) AS at FROM session WHERE id = ?", "t", proven_cols,
	    sizeof(struct proven), DB_APP, READS },
	[OF_USER] = { "sessions_of_user",
	    "SELECT id, user_id, source, created_at, expires_at, address, agent FROM session "
	    "WHERE user_id = ? AND ended_at IS NULL AND expires_at > ? AND "
	    "(created_at < ? OR (created_at = ? AND id > ?)) ORDER BY created_at DESC, id LIMIT ?",
	    "tiiiti", row_cols, sizeof(struct session_row), DB_APP, READS },
	/* Sessions are not remembered: each is read whenever it is presented. */
	[INSERT] = { "sessions_insert",
	    "INSERT INTO session (id, user_id, source, created_at, expires_at, address, agent) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "tttiitt", NULL, 0, DB_APP, KEEPS },
	[PROVE] = { "sessions_prove", "UPDATE session SET proven_at = ? WHERE id = ?", "it", NULL, 0, DB_APP,
	    KEEPS },
	[END] = { "sessions_end", "UPDATE session SET ended_at = ? WHERE id = ? AND ended_at IS NULL", "it",
	    NULL, 0, DB_APP, KEEPS },
	[END_OWN] = { "sessions_end_own",
	    "UPDATE session SET ended_at = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL "
	    "AND expires_at > ?",
	    "itti", NULL, 0, DB_APP, KEEPS },
	[END_OF_USER] = { "sessions_end_of_user",
	    "UPDATE session SET ended_at = ? WHERE user_id = ? AND id <> ? AND ended_at IS NULL", "itt", NULL,
	    0, DB_APP, KEEPS },
	[FORGET] = { "sessions_forget", "DELETE FROM session WHERE expires_at < ? LIMIT 1000", "i", NULL, 0,
	    DB_APP, KEEPS },
};
const struct stmt_table sessions_table = { "sessions", stmts, COUNT(stmts) };

enum fault
sessions_insert(struct work *w, const struct session_row *s)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(s->id), TEXT(s->user_id), TEXT(s->source), I64(s->created_at), I64(s->expires_at),
		TEXT(s->address), TEXT(s->agent)),
	    NULL);
}

enum fault
sessions_get(struct work *w, const char *id, struct session *s)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(id)), s);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
sessions_proven(struct work *w, const char *id, int64_t *at)
{
	struct proven p;
	enum fault f = stmt_one(w, &stmts[PROVEN], ARGS(TEXT(id)), &p);

	*at = f == FAULT_NONE ? p.at : 0;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
sessions_prove(struct work *w, const char *id)
{
	return stmt_do(w, &stmts[PROVE], ARGS(I64(w->now), TEXT(id)), NULL);
}

enum fault
sessions_end(struct work *w, const char *id)
{
	return stmt_do(w, &stmts[END], ARGS(I64(w->now), TEXT(id)), NULL);
}

enum fault
sessions_end_own(struct work *w, const char *user_id, const char *id)
{
	int64_t changed;
	enum fault f =
	    stmt_do(w, &stmts[END_OWN], ARGS(I64(w->now), TEXT(id), TEXT(user_id), I64(w->now)), &changed);

	return f == FAULT_NONE && changed == 0 ? FAULT_NOT_FOUND : f;
}

enum fault
sessions_end_of_user(struct work *w, const char *user_id, const char *but)
{
	return stmt_do(w, &stmts[END_OF_USER], ARGS(I64(w->now), TEXT(user_id), TEXT(but == NULL ? "" : but)),
	    NULL);
}

enum fault
sessions_of_user(struct work *w, const char *user_id, const struct page *p, struct session_row **rows,
    size_t *n)
{
	/* Newest first: a page that begins at 0 begins at the end of time. */
	int64_t before = p->after_at == 0 ? INT64_MAX : p->after_at;

	return stmt_list(w, &stmts[OF_USER],
	    ARGS(TEXT(user_id), I64(w->now), I64(before), I64(before), TEXT(p->after_id), I64(p->limit)),
	    (size_t)p->limit, rows, n);
}

enum fault
sessions_forget(struct work *w, int64_t before)
{
	return stmt_do(w, &stmts[FORGET], ARGS(I64(before)), NULL);
}
