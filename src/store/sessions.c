/*
 * sessions.c: the rows of sessions.
 */
#include "store/sessions.h"

#include "store/tables.h"

enum { GET, INSERT, END, END_OF_USER, FORGET };

static const struct col cols[] = {
	COL(session, id),
	COL(session, user_id),
	COL(session, user_name),
	COL(session, user_email),
	COL(session, expires_at),
	COL_NULL(session, ended_at),
	COL_END,
};

static const struct stmt stmts[] = {
	[GET] = { "sessions_get",
	    "SELECT s.id, s.user_id, u.name AS user_name, u.email AS user_email, s.expires_at, s.ended_at "
	    "FROM session s JOIN user u ON u.id = s.user_id WHERE s.id = ?",
	    "t", cols, sizeof(struct session), DB_APP | DB_GATE, READS },
	/* Sessions are not remembered: each is read whenever it is presented. */
	[INSERT] = { "sessions_insert",
	    "INSERT INTO session (id, user_id, created_at, expires_at, address, agent) VALUES (?, ?, ?, ?, ?, ?)",
	    "ttiitt", NULL, 0, DB_APP, KEEPS },
	[END] = { "sessions_end", "UPDATE session SET ended_at = ? WHERE id = ? AND ended_at IS NULL", "it",
	    NULL, 0, DB_APP, KEEPS },
	[END_OF_USER] = { "sessions_end_of_user",
	    "UPDATE session SET ended_at = ? WHERE user_id = ? AND ended_at IS NULL", "it", NULL, 0, DB_APP,
	    KEEPS },
	[FORGET] = { "sessions_forget", "DELETE FROM session WHERE expires_at < ? LIMIT 1000", "i", NULL, 0,
	    DB_APP, KEEPS },
};
const struct stmt_table sessions_table = { "sessions", stmts, COUNT(stmts) };

enum fault
sessions_insert(struct work *w, const char *id, const char *user_id, int64_t expires_at, const char *address,
    struct str agent)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(id), TEXT(user_id), I64(w->now), I64(expires_at), TEXT(address), STRV(agent)), NULL);
}

enum fault
sessions_get(struct work *w, const char *id, struct session *s)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(id)), s);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
sessions_end(struct work *w, const char *id)
{
	return stmt_do(w, &stmts[END], ARGS(I64(w->now), TEXT(id)), NULL);
}

enum fault
sessions_end_of_user(struct work *w, const char *user_id)
{
	return stmt_do(w, &stmts[END_OF_USER], ARGS(I64(w->now), TEXT(user_id)), NULL);
}

enum fault
sessions_forget(struct work *w, int64_t before)
{
	return stmt_do(w, &stmts[FORGET], ARGS(I64(before)), NULL);
}
