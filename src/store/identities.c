/*
 * identities.c: the rows of who somebody is elsewhere.
 */
#include "store/identities.h"

#include "store/tables.h"

enum { FIND, BY_EMAIL, INSERT, REMOVE };

static const struct col cols[] = {
	COL(identified, user_id),
	COL(identified, user_name),
	COL(identified, user_email),
	COL(identified, bound),
	COL_END,
};

static const struct stmt stmts[] = {
	[FIND] = { "identities_find",
	    "SELECT u.id AS user_id, u.name AS user_name, u.email AS user_email, 1 AS bound "
	    "FROM identity i JOIN user u ON u.id = i.user_id WHERE i.issuer = ? AND i.subject = ?",
	    "tt", cols, sizeof(struct identified), DB_APP | DB_GATE, READS },
	[BY_EMAIL] = { "identities_by_email",
	    "SELECT u.id AS user_id, u.name AS user_name, u.email AS user_email, "
	    "i.user_id IS NOT NULL AS bound "
	    "FROM user u LEFT JOIN identity i ON i.user_id = u.id AND i.issuer = ? WHERE u.email = ?",
	    "tt", cols, sizeof(struct identified), DB_APP | DB_GATE, READS },
	/* Whoever presents a token of the host application has a session, which nobody remembers. */
	[INSERT] = { "identities_insert",
	    "INSERT INTO identity (issuer, subject, user_id, created_at) VALUES (?, ?, ?, ?)", "ttti", NULL,
	    0, DB_APP, KEEPS },
	[REMOVE] = { "identities_remove", "DELETE FROM identity WHERE user_id = ?", "t", NULL, 0, DB_APP,
	    KEEPS },
};
const struct stmt_table identities_table = { "identities", stmts, COUNT(stmts) };

static enum fault
found(enum fault f)
{
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
identities_find(struct work *w, const char *issuer, const char *subject, struct identified *i)
{
	return found(stmt_one(w, &stmts[FIND], ARGS(TEXT(issuer), TEXT(subject)), i));
}

enum fault
identities_by_email(struct work *w, const char *issuer, const char *email, struct identified *i)
{
	return found(stmt_one(w, &stmts[BY_EMAIL], ARGS(TEXT(issuer), TEXT(email)), i));
}

enum fault
identities_insert(struct work *w, const char *issuer, const char *subject, const char *user_id)
{
	return stmt_do(w, &stmts[INSERT], ARGS(TEXT(issuer), TEXT(subject), TEXT(user_id), I64(w->now)),
	    NULL);
}

enum fault
identities_remove(struct work *w, const char *user_id)
{
	return stmt_do(w, &stmts[REMOVE], ARGS(TEXT(user_id)), NULL);
}
