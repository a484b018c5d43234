/*
 * files.c: the rows of files and folders.
 *
 * None of them decides anything, so nothing here turns what is remembered.
 */
#include "store/files.h"

#include <string.h>

#include "store/tables.h"

enum {
	GET,
	AT,
	AT_MANY,
	LIKE,
	RECENT,
	STARRED,
	USED,
	LONGEST,
	INSERT,
	SEE,
	SEE_AGAIN,
	ARRIVED,
	FORGET,
	FORGET_TREE,
	MOVE,
	STAR,
	UNSTAR,
	FORGET_AWAITED
};

static const struct col cols[] = {
	COL(file_row, id),
	COL(file_row, provider_id),
	COL_NULL(file_row, path),
	COL_NULL(file_row, parent_id),
	COL(file_row, folder),
	COL(file_row, pending),
	COL(file_row, size),
	COL_NULL(file_row, mime),
	COL(file_row, created_by),
	COL(file_row, created_at),
	COL(file_row, updated_at),
	COL_NULL(file_row, starred),
	COL_END,
};

struct row_bytes {
	int64_t bytes;
};
static const struct col bytes_cols[] = { COL_NULL(row_bytes, bytes), COL_END };

/* Paths are UTF-8 whenever they are written; the first parameter is whose stars are meant. */
#define FILE_COLS \
	"SELECT f.id, f.provider_id, CONVERT(f.path USING utf8mb4) AS path, p.id AS parent_id, f.folder, " \
	"f.pending, f.size, f.mime, f.created_by, f.created_at, f.updated_at, s.file_id IS NOT NULL AS starred " \
	"FROM file f LEFT JOIN file p ON p.org_id = f.org_id AND p.provider_id = f.provider_id AND p.path = f.parent " \
	"LEFT JOIN file_star s ON s.org_id = f.org_id AND s.file_id = f.id AND s.owner_id = ? "
#define FOUND \
	"JSON_TABLE(?, '$[*]' COLUMNS (" \
	"i VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$.i', " \
	"p VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.p', " \
	"d VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.d', " \
	"n VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.n', " \
	"f BIGINT PATH '$.f', s BIGINT PATH '$.s', " \
	"m VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.m', u BIGINT PATH '$.u')) j "
#define BELOW \
	"f.org_id = ? AND f.provider_id = ? AND (? = '/' OR f.path = ? OR " \
	"(f.path > CONCAT(?, '/') AND f.path < CONCAT(?, '0'))) AND f.pending = 0 "

static const struct stmt stmts[] = {
	[GET] = { "files_get", FILE_COLS "WHERE f.org_id = ? AND f.id = ?", "ttt", cols,
	    sizeof(struct file_row), DB_APP, READS },
	[AT] = { "files_at", FILE_COLS "WHERE f.org_id = ? AND f.provider_id = ? AND f.path = ?", "tttt",
	    cols, sizeof(struct file_row), DB_APP, READS },
	[AT_MANY] = { "files_at_many",
	    FILE_COLS
	    "WHERE f.org_id = ? AND f.provider_id = ? AND f.path IN (SELECT CAST(j.p AS BINARY) FROM "
	    "JSON_TABLE(?, '$[*]' COLUMNS (p VARCHAR(1024) CHARACTER SET utf8mb4 "
	    "COLLATE utf8mb4_bin PATH '$')) j)",
	    "tttt", cols, sizeof(struct file_row), DB_APP, READS },
	[LIKE] = { "files_like",
	    FILE_COLS "WHERE " BELOW
		      "AND f.name LIKE ? ESCAPE '!' AND f.folder = ? ORDER BY f.name, f.id LIMIT ?",
	    "ttttttttii", cols, sizeof(struct file_row), DB_APP, READS },
	[RECENT] = { "files_recent",
	    FILE_COLS "WHERE " BELOW "AND f.folder = 0 ORDER BY f.updated_at DESC, f.id LIMIT ?", "ttttttti",
	    cols, sizeof(struct file_row), DB_APP, READS },
	[STARRED] = { "files_starred",
	    FILE_COLS "WHERE " BELOW
		      "AND f.folder = ? AND s.file_id IS NOT NULL ORDER BY f.name, f.id LIMIT ?",
	    "tttttttii", cols, sizeof(struct file_row), DB_APP, READS },
	[USED] = { "files_used",
	    "SELECT CAST(SUM(size) AS SIGNED) AS bytes FROM file WHERE org_id = ? AND provider_id = ?", "tt",
	    bytes_cols, sizeof(struct row_bytes), DB_APP, READS },
	/* '0' comes right after '/'. */
	[LONGEST] = { "files_longest",
	    "SELECT MAX(LENGTH(path)) AS bytes FROM file WHERE org_id = ? AND provider_id = ? AND "
	    "(path = ? OR (path > CONCAT(?, '/') AND path < CONCAT(?, '0')))",
	    "ttttt", bytes_cols, sizeof(struct row_bytes), DB_APP, READS },
	[INSERT] = { "files_insert",
	    "INSERT INTO file (org_id, id, provider_id, path, parent, name, folder, pending, size, mime, "
	    "created_at, created_by, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "ttttttiiititi", NULL, 0, DB_APP, KEEPS },
	[SEE] = { "files_see",
	    "INSERT IGNORE INTO file (org_id, id, provider_id, path, parent, name, folder, size, mime, created_at, "
	    "created_by, updated_at) SELECT ?, j.i, ?, j.p, j.d, j.n, j.f, j.s, j.m, j.u, ?, j.u FROM " FOUND,
	    "tttt", NULL, 0, DB_APP, KEEPS },
	[SEE_AGAIN] = { "files_see_again",
	    "UPDATE " FOUND
	    "JOIN file f ON f.org_id = ? AND f.provider_id = ? AND f.path = CAST(j.p AS BINARY) "
	    "SET f.mime = IF(f.size = j.s AND f.updated_at = j.u AND f.pending = 0, f.mime, j.m), "
	    "f.size = j.s, f.updated_at = j.u, f.pending = 0",
	    "ttt", NULL, 0, DB_APP, KEEPS },
	[ARRIVED] = { "files_arrived",
	    "UPDATE file SET pending = 0, size = ?, mime = ?, updated_at = ? WHERE org_id = ? AND id = ?",
	    "ititt", NULL, 0, DB_APP, KEEPS },
	[FORGET] = { "files_forget", "DELETE FROM file WHERE org_id = ? AND id = ?", "tt", NULL, 0, DB_APP,
	    KEEPS },
	/* '0' comes right after '/'. */
	[FORGET_TREE] = { "files_forget_tree",
	    "DELETE FROM file WHERE org_id = ? AND provider_id = ? AND (path = ? OR "
	    "(path > CONCAT(?, '/') AND path < CONCAT(?, '0')))",
	    "ttttt", NULL, 0, DB_APP, KEEPS },
	/* In SET, what stands to the left has changed already for what stands to the right. */
	[MOVE] = { "files_move",
	    "UPDATE file SET parent = IF(path = ?, ?, CONCAT(?, SUBSTR(parent, ?))), name = IF(path = ?, ?, name), "
	    "path = CONCAT(?, SUBSTR(path, ?)) WHERE org_id = ? AND provider_id = ? AND (path = ? OR "
	    "(path > CONCAT(?, '/') AND path < CONCAT(?, '0')))",
	    "tttitttittttt", NULL, 0, DB_APP, KEEPS },
	[STAR] = { "files_star",
	    "INSERT IGNORE INTO file_star (org_id, file_id, owner_id, starred_at) VALUES (?, ?, ?, ?)",
	    "ttti", NULL, 0, DB_APP, KEEPS },
	[UNSTAR] = { "files_unstar",
	    "DELETE FROM file_star WHERE org_id = ? AND file_id = ? AND owner_id = ?", "ttt", NULL, 0, DB_APP,
	    KEEPS },
	[FORGET_AWAITED] = { "files_forget_awaited",
	    "DELETE FROM file WHERE pending = 1 AND created_at < ? AND NOT EXISTS "
	    "(SELECT 1 FROM upload u WHERE u.org_id = file.org_id AND u.file_id = file.id)",
	    "i", NULL, 0, DB_APP, KEEPS },
};
const struct stmt_table files_table = { "files", stmts, COUNT(stmts) };

static enum fault
missing(enum fault f)
{
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
files_row(struct work *w, const char *org, const char *owner, const char *id, struct file_row *r)
{
	return missing(stmt_one(w, &stmts[GET], ARGS(TEXT(owner), TEXT(org), TEXT(id)), r));
}

enum fault
files_row_at(struct work *w, const char *org, const char *owner, const char *provider, const char *path,
    struct file_row *r)
{
	return missing(stmt_one(w, &stmts[AT], ARGS(TEXT(owner), TEXT(org), TEXT(provider), TEXT(path)), r));
}

enum fault
files_rows_at(struct work *w, const char *org, const char *owner, const char *provider, struct str paths,
    size_t max, struct file_row **rows, size_t *n)
{
	return stmt_list(w, &stmts[AT_MANY], ARGS(TEXT(owner), TEXT(org), TEXT(provider), STRV(paths)), max,
	    rows, n);
}

#define BELOW_ARGS(org, s) \
	TEXT(org), TEXT(s->provider_id), TEXT(s->base), TEXT(s->base), TEXT(s->base), TEXT(s->base)

enum fault
files_rows_like(struct work *w, const char *org, const char *owner, const struct file_search *s,
    struct file_row **rows, size_t *n)
{
	return stmt_list(w, &stmts[LIKE],
	    ARGS(TEXT(owner), BELOW_ARGS(org, s), TEXT(s->like), I64(s->folders), I64(s->limit)),
	    (size_t)s->limit, rows, n);
}

enum fault
files_rows_recent(struct work *w, const char *org, const char *owner, const struct file_search *s,
    struct file_row **rows, size_t *n)
{
	return stmt_list(w, &stmts[RECENT], ARGS(TEXT(owner), BELOW_ARGS(org, s), I64(s->limit)),
	    (size_t)s->limit, rows, n);
}

enum fault
files_rows_starred(struct work *w, const char *org, const char *owner, const struct file_search *s,
    struct file_row **rows, size_t *n)
{
	return stmt_list(w, &stmts[STARRED],
	    ARGS(TEXT(owner), BELOW_ARGS(org, s), I64(s->folders), I64(s->limit)), (size_t)s->limit, rows, n);
}

/* Path, folder and name are the same thing said three times. */
static const char *
name_in(const char *path)
{
	return strrchr(path, '/') + 1;
}

static const char *
folder_of(struct work *w, const char *path)
{
	size_t n = (size_t)(name_in(path) - path) - 1;

	return n == 0 ? "/" : arena_text(w->arena, (struct str){ path, n });
}

enum fault
files_insert(struct work *w, const char *org, const struct file_row *r)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(r->id), TEXT(r->provider_id), TEXT(r->path), TEXT(folder_of(w, r->path)),
		TEXT(name_in(r->path)), I64(r->folder), I64(r->pending), I64(r->size), TEXT(r->mime),
		I64(r->created_at), TEXT(r->created_by), I64(r->updated_at)),
	    NULL);
}

enum fault
files_see(struct work *w, const char *org, const char *provider, const char *by, struct str found)
{
	enum fault f = stmt_do(w, &stmts[SEE], ARGS(TEXT(org), TEXT(provider), TEXT(by), STRV(found)), NULL);

	return f != FAULT_NONE
	    ? f
	    : stmt_do(w, &stmts[SEE_AGAIN], ARGS(STRV(found), TEXT(org), TEXT(provider)), NULL);
}

enum fault
files_arrived(struct work *w, const char *org, const struct file_row *r)
{
	return stmt_do(w, &stmts[ARRIVED],
	    ARGS(I64(r->size), TEXT(r->mime), I64(r->updated_at), TEXT(org), TEXT(r->id)), NULL);
}

enum fault
files_forget(struct work *w, const char *org, const char *id)
{
	return stmt_do(w, &stmts[FORGET], ARGS(TEXT(org), TEXT(id)), NULL);
}

enum fault
files_forget_tree(struct work *w, const char *org, const char *provider, const char *path)
{
	return stmt_do(w, &stmts[FORGET_TREE],
	    ARGS(TEXT(org), TEXT(provider), TEXT(path), TEXT(path), TEXT(path)), NULL);
}

enum fault
files_move(struct work *w, const char *org, const char *provider, const char *from, const char *to)
{
	int64_t rest = (int64_t)strlen(from) + 1;

	return stmt_do(w, &stmts[MOVE],
	    ARGS(TEXT(from), TEXT(folder_of(w, to)), TEXT(to), I64(rest), TEXT(from), TEXT(name_in(to)),
		TEXT(to), I64(rest), TEXT(org), TEXT(provider), TEXT(from), TEXT(from), TEXT(from)),
	    NULL);
}

enum fault
files_star(struct work *w, const char *org, const char *id, const char *owner)
{
	return stmt_do(w, &stmts[STAR], ARGS(TEXT(org), TEXT(id), TEXT(owner), I64(w->now)), NULL);
}

enum fault
files_unstar(struct work *w, const char *org, const char *id, const char *owner)
{
	return stmt_do(w, &stmts[UNSTAR], ARGS(TEXT(org), TEXT(id), TEXT(owner)), NULL);
}

enum fault
files_used(struct work *w, const char *org, const char *provider, int64_t *bytes)
{
	struct row_bytes row = { 0 };
	enum fault f = stmt_one(w, &stmts[USED], ARGS(TEXT(org), TEXT(provider)), &row);

	*bytes = row.bytes;
	return f;
}

enum fault
files_longest(struct work *w, const char *org, const char *provider, const char *path, int64_t *bytes)
{
	struct row_bytes row = { 0 };
	enum fault f = stmt_one(w, &stmts[LONGEST],
	    ARGS(TEXT(org), TEXT(provider), TEXT(path), TEXT(path), TEXT(path)), &row);

	*bytes = row.bytes;
	return f;
}

enum fault
files_forget_awaited(struct work *w, int64_t before)
{
	return stmt_do(w, &stmts[FORGET_AWAITED], ARGS(I64(before)), NULL);
}
