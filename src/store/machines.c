/*
 * machines.c: the rows of machines.
 */
#include "store/machines.h"

#include "store/like.h"
#include "store/paged.h"
#include "store/tables.h"

enum {
	PAGES,
	GET = PAGES + 2 * (MACHINES_BY_USE + 1),
	COUNT_LIVE,
	INSERT,
	DESCRIBE,
	DELETE,
	DELETE_TEAMS,
	DELETE_GRANTS
};

static const struct col cols[] = {
	COL(machine, id),
	COL(machine, name),
	COL_NULL(machine, description),
	COL(machine, created_by),
	COL(machine, created_at),
	COL_NULL(machine, key_id),
	COL_NULL(machine, prefix),
	COL_NULL(machine, last_used_ip),
	COL_NULL(machine, expires_at),
	COL_NULL(machine, last_used_at),
	COL_NULL(machine, rate_requests),
	COL_NULL(machine, rate_seconds),
	COL_NULL(machine, past_until),
	COL(machine, ends_at),
	COL_END,
};

static const struct page_order orders[] = {
	[MACHINES_BY_CREATION] = ORDER_AT("created_at", machine, created_at, id),
	[MACHINES_BY_NAME] = ORDER_BY_TEXT("name", machine, name, id),
	[MACHINES_BY_END] = ORDER_AT("expires_at", machine, ends_at, id),
	[MACHINES_BY_USE] = ORDER_AT("last_used_at", machine, last_used_at, id),
};
const struct page_orders machines_orders = { orders, COUNT(orders) };

struct row_n {
	int64_t n;
};
static const struct col n_cols[] = { COL(row_n, n), COL_END };

/* Of the machines of an organization there are only so many: these two have no index. */
#define ENDS_AT "COALESCE(k.ends_at, 9223372036854775807)"
#define USED_AT "COALESCE(k.used_at, 0)"

#define MACHINE_COLS \
	"SELECT x.id, x.name, x.description, x.created_by, x.created_at, k.id AS key_id, k.prefix, " \
	"k.last_used_ip, k.expires_at, k.last_used_at, k.rate_requests, k.rate_seconds, t.until AS past_until, " ENDS_AT \
	" AS ends_at " \
	"FROM machine x " \
	"LEFT JOIN api_key k ON k.org_id = x.org_id AND k.live_machine_id = x.id " \
	"LEFT JOIN key_past t ON t.org_id = k.org_id AND t.key_id = k.id AND t.version = k.past_version " \
	"WHERE x.org_id = ? AND x.deleted_at IS NULL "

#define MACHINE_PAGE(sql, at) \
	MACHINE_COLS "AND (? IS NULL OR x.name " LIKE_SEARCH " OR x.description " LIKE_SEARCH ") " sql, \
	    "tttt" at, cols, sizeof(struct machine), DB_APP, READS
#define UP(column)   MACHINE_PAGE(PAGED_UP(column, "x.id"), PAGED_AT)
#define DOWN(column) MACHINE_PAGE(PAGED_DOWN(column, "x.id"), PAGED_AT)

static const struct stmt stmts[] = {
	[GET] = { "machines_get", MACHINE_COLS "AND x.id = ?", "tt", cols, sizeof(struct machine), DB_APP,
	    READS },
	[PAGES + 2 * MACHINES_BY_CREATION] = { "machines_by_creation", UP("x.created_at") },
	{ "machines_by_creation_down", DOWN("x.created_at") },
	[PAGES + 2 * MACHINES_BY_NAME] = { "machines_by_name",
	    MACHINE_PAGE(PAGED_UP("x.sort_name", "x.id"), PAGED_TEXT) },
	{ "machines_by_name_down", MACHINE_PAGE(PAGED_DOWN_TEXT("x.sort_name", "x.id"), PAGED_TEXT_DOWN) },
	[PAGES + 2 * MACHINES_BY_END] = { "machines_by_end", UP(ENDS_AT) },
	{ "machines_by_end_down", DOWN(ENDS_AT) },
	[PAGES + 2 * MACHINES_BY_USE] = { "machines_by_use", UP(USED_AT) },
	{ "machines_by_use_down", DOWN(USED_AT) },
	[COUNT_LIVE] = { "machines_count",
	    "SELECT COUNT(*) AS n FROM machine WHERE org_id = ? AND deleted_at IS NULL", "t", n_cols,
	    sizeof(struct row_n), DB_APP, READS },
	/* It has no key yet. */
	[INSERT] = { "machines_insert",
	    "INSERT INTO machine (org_id, id, name, name_key, description, created_at, created_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "tttttit", NULL, 0, DB_APP, KEEPS },
	/* Its name is told with its key. */
	[DESCRIBE] = { "machines_describe",
	    "UPDATE machine SET name = ?, name_key = ?, description = ? WHERE org_id = ? AND id = ?", "ttttt",
	    NULL, 0, DB_APP, TURNS },
	[DELETE] = { "machines_delete", "UPDATE machine SET deleted_at = ? WHERE org_id = ? AND id = ?",
	    "itt", NULL, 0, DB_APP, TURNS },
	[DELETE_TEAMS] = { "machines_delete_teams",
	    "DELETE FROM team_member WHERE org_id = ? AND machine_id = ?", "tt", NULL, 0, DB_APP, TURNS },
	[DELETE_GRANTS] = { "machines_delete_grants",
	    "DELETE FROM role_grant WHERE org_id = ? AND machine_id = ?", "tt", NULL, 0, DB_APP, TURNS },
};
const struct stmt_table machines_table = { "machines", stmts, COUNT(stmts) };

enum fault
machines_insert(struct work *w, const char *org, const struct machine *m, const char *name_key)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(m->id), TEXT(m->name), TEXT(name_key), TEXT(m->description), I64(w->now),
		TEXT(m->created_by)),
	    NULL);
}

enum fault
machines_get(struct work *w, const char *org, const char *id, struct machine *m)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(org), TEXT(id)), m);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
machines_page(struct work *w, const char *org, const struct page *p, struct machine **rows, size_t *n)
{
	const char *like = like_pattern(w->arena, p->search);

	return paged_list(w, &stmts[PAGES], &machines_orders,
	    ARGS(TEXT(org), TEXT(like), TEXT(like), TEXT(like)), p, rows, n);
}

enum fault
machines_count(struct work *w, const char *org, int64_t *n)
{
	struct row_n row = { 0 };
	enum fault f = stmt_one(w, &stmts[COUNT_LIVE], ARGS(TEXT(org)), &row);

	*n = row.n;
	return f;
}

enum fault
machines_describe(struct work *w, const char *org, const char *id, const char *name, const char *name_key,
    const char *description)
{
	return stmt_do(w, &stmts[DESCRIBE],
	    ARGS(TEXT(name), TEXT(name_key), TEXT(description), TEXT(org), TEXT(id)), NULL);
}

enum fault
machines_delete(struct work *w, const char *org, const char *id)
{
	enum fault f;

	if ((f = stmt_do(w, &stmts[DELETE], ARGS(I64(w->now), TEXT(org), TEXT(id)), NULL)) != FAULT_NONE ||
	    (f = stmt_do(w, &stmts[DELETE_TEAMS], ARGS(TEXT(org), TEXT(id)), NULL)) != FAULT_NONE)
		return f;
	return stmt_do(w, &stmts[DELETE_GRANTS], ARGS(TEXT(org), TEXT(id)), NULL);
}
