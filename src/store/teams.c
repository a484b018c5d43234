/*
 * teams.c: the rows of teams and of who is in them.
 */
#include "store/teams.h"

#include "store/like.h"
#include "store/paged.h"
#include "store/tables.h"

#define TEAM_ROWS_MAX 10000

enum {
	PAGES,
	GET = PAGES + 2 * (TEAMS_BY_NAME + 1),
	OF_MACHINE,
	SUBJECTS,
	INSERT,
	RENAME,
	DELETE,
	ADD,
	REMOVE
};

static const struct col team_cols[] = {
	COL(team, id),
	COL(team, name),
	COL(team, created_at),
	COL(team, members),
	COL_END,
};
static const struct page_order orders[] = {
	[TEAMS_BY_CREATION] = ORDER_AT("created_at", team, created_at, id),
	[TEAMS_BY_NAME] = ORDER_BY_TEXT("name", team, name, id),
};
const struct page_orders teams_orders = { orders, COUNT(orders) };

static const struct col subject_cols[] = {
	COL_NULL(team_subject, id),
	COL(team_subject, type),
	COL_NULL(team_subject, name),
	COL(team_subject, added_at),
	COL_END,
};

#define TEAM_COLS \
	"SELECT t.id, t.name, t.created_at, " \
	"COALESCE((SELECT COUNT(*) FROM team_member s WHERE s.org_id = t.org_id AND s.team_id = t.id), 0) AS members " \
	"FROM team t "

#define TEAM_PAGE(sql, at) \
	TEAM_COLS "WHERE t.org_id = ? AND (? IS NULL OR t.name " LIKE_SEARCH ") " sql, "ttt" at, team_cols, \
	    sizeof(struct team), DB_APP, READS

static const struct stmt stmts[] = {
	[GET] = { "teams_get", TEAM_COLS "WHERE t.org_id = ? AND t.id = ?", "tt", team_cols,
	    sizeof(struct team), DB_APP, READS },
	[PAGES + 2 * TEAMS_BY_CREATION] = { "teams_by_creation",
	    TEAM_PAGE(PAGED_UP("t.created_at", "t.id"), PAGED_AT) },
	{ "teams_by_creation_down", TEAM_PAGE(PAGED_DOWN("t.created_at", "t.id"), PAGED_AT) },
	[PAGES + 2 *
	    TEAMS_BY_NAME] = { "teams_by_name", TEAM_PAGE(PAGED_UP("t.sort_name", "t.id"), PAGED_TEXT) },
	{ "teams_by_name_down", TEAM_PAGE(PAGED_DOWN_TEXT("t.sort_name", "t.id"), PAGED_TEXT_DOWN) },
	[OF_MACHINE] = { "teams_of_machine",
	    TEAM_COLS "JOIN team_member x ON x.org_id = t.org_id AND x.team_id = t.id "
		      "WHERE t.org_id = ? AND x.machine_id = ? ORDER BY t.created_at, t.id",
	    "tt", team_cols, sizeof(struct team), DB_APP, READS },
	[SUBJECTS] = { "teams_subjects",
	    "SELECT COALESCE(m.user_id, s.machine_id) AS id, IF(s.machine_id IS NULL, 'user', 'machine') AS type, "
	    "COALESCE(u.name, x.name) AS name, s.added_at FROM team_member s "
	    "LEFT JOIN membership m ON m.org_id = s.org_id AND m.id = s.membership_id LEFT JOIN user u ON u.id = m.user_id "
	    "LEFT JOIN machine x ON x.org_id = s.org_id AND x.id = s.machine_id "
	    "WHERE s.org_id = ? AND s.team_id = ? ORDER BY s.added_at, 1",
	    "tt", subject_cols, sizeof(struct team_subject), DB_APP, READS },
	/* Nobody is in it yet. */
	[INSERT] = { "teams_insert",
	    "INSERT INTO team (org_id, id, name, name_key, created_at) VALUES (?, ?, ?, ?, ?)", "tttti", NULL,
	    0, DB_APP, KEEPS },
	/* A role that comes from a team is remembered with its id, not its name. */
	[RENAME] = { "teams_rename", "UPDATE team SET name = ?, name_key = ? WHERE org_id = ? AND id = ?",
	    "tttt", NULL, 0, DB_APP, KEEPS },
	[DELETE] = { "teams_delete", "DELETE FROM team WHERE org_id = ? AND id = ?", "tt", NULL, 0, DB_APP,
	    TURNS },
	[ADD] = { "teams_add",
	    "INSERT INTO team_member (org_id, team_id, membership_id, machine_id, added_at) VALUES (?, ?, ?, ?, ?)",
	    "tttti", NULL, 0, DB_APP, TURNS },
	[REMOVE] = { "teams_remove",
	    "DELETE FROM team_member WHERE org_id = ? AND team_id = ? AND (membership_id = ? OR machine_id = ?)",
	    "tttt", NULL, 0, DB_APP, TURNS },
};
const struct stmt_table teams_table = { "teams", stmts, COUNT(stmts) };

enum fault
teams_insert(struct work *w, const char *org, const struct team *t, const char *name_key)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(t->id), TEXT(t->name), TEXT(name_key), I64(w->now)), NULL);
}

enum fault
teams_get(struct work *w, const char *org, const char *id, struct team *t)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(org), TEXT(id)), t);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
teams_page(struct work *w, const char *org, const struct page *p, struct team **rows, size_t *n)
{
	const char *like = like_pattern(w->arena, p->search);

	return paged_list(w, &stmts[PAGES], &teams_orders, ARGS(TEXT(org), TEXT(like), TEXT(like)), p, rows,
	    n);
}

enum fault
teams_of_machine(struct work *w, const char *org, const char *machine_id, struct team **rows, size_t *n)
{
	return stmt_list(w, &stmts[OF_MACHINE], ARGS(TEXT(org), TEXT(machine_id)), TEAM_ROWS_MAX, rows, n);
}

enum fault
teams_subjects(struct work *w, const char *org, const char *id, struct team_subject **rows, size_t *n)
{
	return stmt_list(w, &stmts[SUBJECTS], ARGS(TEXT(org), TEXT(id)), TEAM_ROWS_MAX, rows, n);
}

enum fault
teams_rename(struct work *w, const char *org, const char *id, const char *name, const char *name_key)
{
	return stmt_do(w, &stmts[RENAME], ARGS(TEXT(name), TEXT(name_key), TEXT(org), TEXT(id)), NULL);
}

enum fault
teams_delete(struct work *w, const char *org, const char *id)
{
	return stmt_do(w, &stmts[DELETE], ARGS(TEXT(org), TEXT(id)), NULL);
}

enum fault
teams_add(struct work *w, const char *org, const char *id, const char *membership_id, const char *machine_id)
{
	enum fault f = stmt_do(w, &stmts[ADD],
	    ARGS(TEXT(org), TEXT(id), TEXT(membership_id), TEXT(machine_id), I64(w->now)), NULL);

	return f;
}

enum fault
teams_remove(struct work *w, const char *org, const char *id, const char *membership_id,
    const char *machine_id, int64_t *changed)
{
	return stmt_do(w, &stmts[REMOVE], ARGS(TEXT(org), TEXT(id), TEXT(membership_id), TEXT(machine_id)),
	    changed);
}
