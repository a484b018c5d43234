/*
 * users.c: the rows of people's accounts.
 */
#include "store/users.h"

#include "store/tables.h"

enum { BY_EMAIL, GET, LOCK, ALL, INSERT, SET_PASSWORD, CONFIRM };

static const struct col cols[] = {
	COL(user, id),
	COL(user, email),
	COL(user, name),
	COL_NULL(user, password_hash),
	COL(user, created_at),
	COL_NULL(user, confirmed_at),
	COL_NULL(user, password_org),
	COL_END,
};

#define USER_COLS \
	"SELECT id, email, name, password_hash, created_at, confirmed_at, password_org FROM user WHERE "

static const struct stmt stmts[] = {
	[BY_EMAIL] = { "users_by_email", USER_COLS "email = ?", "t", cols, sizeof(struct user), DB_APP,
	    READS },
	[GET] = { "users_get", USER_COLS "id = ?", "t", cols, sizeof(struct user), DB_APP, READS },
	[LOCK] = { "users_lock", USER_COLS "id = ? FOR UPDATE", "t", cols, sizeof(struct user), DB_APP,
	    READS },
	[ALL] = { "users_all",
	    USER_COLS "created_at >= ? AND (created_at > ? OR id > ?) ORDER BY created_at, id LIMIT ?",
	    "iiti", cols, sizeof(struct user), DB_APP, READS },
	/*
	 * Whoever is no member yet has no keys.  A statement that changed a name or an
	 * address would turn the keys of a person, in every organization of theirs.
	 */
	[INSERT] = { "users_insert",
	    "INSERT INTO user (id, email, name, password_hash, created_at, confirmed_at, password_org) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "ttttiit", NULL, 0, DB_APP, KEEPS },
	/* Passwords open sessions, which nobody remembers. */
	[SET_PASSWORD] = { "users_set_password", "UPDATE user SET password_hash = ? WHERE id = ?", "tt", NULL,
	    0, DB_APP, KEEPS },
	/* It opens places to sessions, and closes none to keys. */
	[CONFIRM] = { "users_confirm",
	    "UPDATE user SET confirmed_at = COALESCE(confirmed_at, ?), password_org = NULL WHERE id = ?",
	    "it", NULL, 0, DB_APP, KEEPS },
};
const struct stmt_table users_table = { "users", stmts, COUNT(stmts) };

static enum fault
found(enum fault f)
{
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
users_insert(struct work *w, const struct user *u)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(u->id), TEXT(u->email), TEXT(u->name), TEXT(u->password_hash), I64(w->now),
		TIME(u->confirmed_at), TEXT(u->password_org)),
	    NULL);
}

enum fault
users_by_email(struct work *w, const char *email, struct user *u)
{
	return found(stmt_one(w, &stmts[BY_EMAIL], ARGS(TEXT(email)), u));
}

enum fault
users_get(struct work *w, const char *id, struct user *u)
{
	return found(stmt_one(w, &stmts[GET], ARGS(TEXT(id)), u));
}

enum fault
users_lock(struct work *w, const char *id, struct user *u)
{
	return found(stmt_one(w, &stmts[LOCK], ARGS(TEXT(id)), u));
}

enum fault
users_all(struct work *w, const struct page *p, struct user **rows, size_t *n)
{
	return stmt_list(w, &stmts[ALL],
	    ARGS(I64(p->after_at), I64(p->after_at), TEXT(p->after_id), I64(p->limit)), (size_t)p->limit,
	    rows, n);
}

enum fault
users_set_password(struct work *w, const char *id, const char *hash)
{
	return stmt_do(w, &stmts[SET_PASSWORD], ARGS(TEXT(hash), TEXT(id)), NULL);
}

enum fault
users_confirm(struct work *w, const char *id)
{
	return stmt_do(w, &stmts[CONFIRM], ARGS(I64(w->now), TEXT(id)), NULL);
}
