/*
 * key_days.c: how often keys were used, a row for each key and day.
 */
#include "store/key_days.h"

#include "store/tables.h"

enum { ADD, ADD_MANY, OF, FORGET };

static const struct col cols[] = {
	COL(key_day, key_id),
	COL(key_day, day),
	COL(key_day, uses),
	COL_END,
};

/*
 * How often a key was used decides nothing.  Ids compared as anything but ascii
 * would find no index.
 */
static const struct stmt stmts[] = {
	[ADD] = { "key_days_add",
	    "INSERT INTO key_use_day (org_id, key_id, day, uses) VALUES (?, ?, ?, ?) "
	    "ON DUPLICATE KEY UPDATE uses = uses + VALUES(uses)",
	    "ttii", NULL, 0, DB_APP | DB_GATE, KEEPS },
	/* In the order of the table, so that two who do this wait for each other in one direction. */
	[ADD_MANY] = { "key_days_add_many",
	    "INSERT INTO key_use_day (org_id, key_id, day, uses) SELECT o, i, d, SUM(n) "
	    "FROM JSON_TABLE(?, '$[*]' COLUMNS (o VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PATH '$.o', "
	    "i VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PATH '$.k', "
	    "NESTED PATH '$.u[*]' COLUMNS (d INT PATH '$.d', n BIGINT PATH '$.n'))) j "
	    "WHERE d IS NOT NULL GROUP BY o, i, d ORDER BY o, i, d "
	    "ON DUPLICATE KEY UPDATE uses = uses + VALUES(uses)",
	    "t", NULL, 0, DB_APP, KEEPS },
	[OF] = { "key_days_of",
	    "SELECT u.key_id, u.day, u.uses FROM (SELECT i FROM JSON_TABLE(?, '$[*]' COLUMNS "
	    "(i VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) j) k "
	    "STRAIGHT_JOIN key_use_day u ON u.org_id = ? AND u.key_id = k.i AND u.day BETWEEN ? AND ? LIMIT ?",
	    "ttiii", cols, sizeof(struct key_day), DB_APP, READS },
	[FORGET] = { "key_days_forget", "DELETE FROM key_use_day WHERE day < ? LIMIT ?", "ii", NULL, 0,
	    DB_APP, KEEPS },
};
const struct stmt_table key_days_table = { "key_days", stmts, COUNT(stmts) };

enum fault
key_days_add(struct work *w, const char *org, const char *key_id, int64_t day, int64_t uses)
{
	return stmt_do(w, &stmts[ADD], ARGS(TEXT(org), TEXT(key_id), I64(day), I64(uses)), NULL);
}

enum fault
key_days_add_many(struct work *w, struct str uses)
{
	return stmt_do(w, &stmts[ADD_MANY], ARGS(STRV(uses)), NULL);
}

enum fault
key_days_of(struct work *w, const char *org, struct str ids, int64_t first, int64_t last, size_t max,
    struct key_day **rows, size_t *n)
{
	return stmt_list(w, &stmts[OF], ARGS(STRV(ids), TEXT(org), I64(first), I64(last), I64((int64_t)max)),
	    max, rows, n);
}

enum fault
key_days_forget(struct work *w, int64_t before, int64_t most, int64_t *gone)
{
	return stmt_do(w, &stmts[FORGET], ARGS(I64(before), I64(most)), gone);
}
