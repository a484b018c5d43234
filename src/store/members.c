/*
 * members.c: the rows of memberships.
 */
#include "store/members.h"

#include "store/like.h"
#include "store/paged.h"
#include "store/tables.h"

enum {
	PAGES,
	OF_USER = PAGES + 2 * (MEMBERS_BY_ROLE + 1),
	ADMINS,
	INSERT,
	SET_ROLE,
	LEAVE,
	LEAVE_TEAMS,
	LEAVE_GRANTS
};

#define COLS \
	COL(member, id), COL(member, user_id), COL(member, email), COL(member, name), COL(member, role), \
	    COL(member, joined_at), COL(member, awaits)

static const struct col cols[] = { COLS, COL_END };
static const struct col page_cols[] = { COLS, COL(member, sort_name), COL_NULL(member, sort_role), COL_END };

static const struct page_order orders[] = {
	[MEMBERS_BY_JOINING] = ORDER_AT("joined_at", member, joined_at, user_id),
	[MEMBERS_BY_NAME] = ORDER_BY_TEXT("name", member, sort_name, user_id),
	[MEMBERS_BY_ROLE] = ORDER_BY_TEXT("role", member, sort_role, user_id),
};
const struct page_orders members_orders = { orders, COUNT(orders) };

struct row_id {
	const char *id;
};
static const struct col id_cols[] = { COL(row_id, id), COL_END };

#define ADMINS_MAX 10000

#define MEMBER_COLS \
	"SELECT m.id, m.user_id, u.email, u.name, m.role, m.joined_at, " \
	"m.awaits <> 0 AND u.confirmed_at IS NULL AS awaits"
#define MEMBER_FROM " FROM membership m JOIN user u ON u.id = m.user_id WHERE m.org_id = ? "

#define MEMBER_PAGE(sql, at) \
	MEMBER_COLS ", m.sort_name, m.sort_role" MEMBER_FROM \
		    "AND m.left_at IS NULL AND (? IS NULL OR u.name " LIKE_SEARCH " OR u.email " LIKE_SEARCH \
		    ") " sql, \
	    "tttt" at, page_cols, sizeof(struct member), DB_APP, READS
#define PAGE_UP(column, at)    MEMBER_PAGE(PAGED_UP("m." column, "m.user_id"), at)
#define PAGE_DOWN_TEXT(column) MEMBER_PAGE(PAGED_DOWN_TEXT("m." column, "m.user_id"), PAGED_TEXT_DOWN)

static const struct stmt stmts[] = {
	[OF_USER] = { "members_of_user", MEMBER_COLS MEMBER_FROM "AND m.live_user_id = ?", "tt", cols,
	    sizeof(struct member), DB_APP | DB_GATE, READS },
	[PAGES + 2 * MEMBERS_BY_JOINING] = { "members_by_joining", PAGE_UP("joined_at", PAGED_AT) },
	{ "members_by_joining_down", MEMBER_PAGE(PAGED_DOWN("m.joined_at", "m.user_id"), PAGED_AT) },
	[PAGES + 2 * MEMBERS_BY_NAME] = { "members_by_name", PAGE_UP("sort_name", PAGED_TEXT) },
	{ "members_by_name_down", PAGE_DOWN_TEXT("sort_name") },
	[PAGES + 2 * MEMBERS_BY_ROLE] = { "members_by_role", PAGE_UP("sort_role", PAGED_TEXT) },
	{ "members_by_role_down", PAGE_DOWN_TEXT("sort_role") },
	[ADMINS] = { "members_admins",
	    "SELECT id FROM membership WHERE org_id = ? AND left_at IS NULL AND role = 'admin' FOR UPDATE",
	    "t", id_cols, sizeof(struct row_id), DB_APP, READS },
	/* A new place has no keys yet; those of an earlier one stay dead. */
	[INSERT] = { "members_insert",
	    "INSERT INTO membership (org_id, id, user_id, role, joined_at, awaits, sort_name) "
	    "SELECT ?, ?, id, ?, ?, ?, name FROM user WHERE id = ?",
	    "tttiit", NULL, 0, DB_APP, KEEPS },
	[SET_ROLE] = { "members_set_role", "UPDATE membership SET role = ? WHERE org_id = ? AND id = ?",
	    "ttt", NULL, 0, DB_APP, TURNS },
	[LEAVE] = { "members_leave", "UPDATE membership SET left_at = ? WHERE org_id = ? AND id = ?", "itt",
	    NULL, 0, DB_APP, TURNS },
	[LEAVE_TEAMS] = { "members_leave_teams",
	    "DELETE FROM team_member WHERE org_id = ? AND membership_id = ?", "tt", NULL, 0, DB_APP, TURNS },
	[LEAVE_GRANTS] = { "members_leave_grants",
	    "DELETE FROM role_grant WHERE org_id = ? AND membership_id = ?", "tt", NULL, 0, DB_APP, TURNS },
};
const struct stmt_table members_table = { "members", stmts, COUNT(stmts) };

enum fault
members_insert(struct work *w, const char *org, const char *id, const char *user_id, const char *role,
    bool awaits)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(id), TEXT(role), I64(w->now), I64(awaits), TEXT(user_id)), NULL);
}

enum fault
members_of_user(struct work *w, const char *org, const char *user_id, struct member *m)
{
	enum fault f = stmt_one(w, &stmts[OF_USER], ARGS(TEXT(org), TEXT(user_id)), m);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
members_page(struct work *w, const char *org, const struct page *p, struct member **rows, size_t *n)
{
	const char *like = like_pattern(w->arena, p->search);

	return paged_list(w, &stmts[PAGES], &members_orders,
	    ARGS(TEXT(org), TEXT(like), TEXT(like), TEXT(like)), p, rows, n);
}

enum fault
members_count_admins(struct work *w, const char *org, int64_t *n)
{
	struct row_id *rows;
	size_t count;
	enum fault f = stmt_list(w, &stmts[ADMINS], ARGS(TEXT(org)), ADMINS_MAX, &rows, &count);

	*n = (int64_t)count;
	return f;
}

enum fault
members_set_role(struct work *w, const char *org, const char *id, const char *role)
{
	return stmt_do(w, &stmts[SET_ROLE], ARGS(TEXT(role), TEXT(org), TEXT(id)), NULL);
}

enum fault
members_leave(struct work *w, const char *org, const char *id)
{
	enum fault f;

	if ((f = stmt_do(w, &stmts[LEAVE], ARGS(I64(w->now), TEXT(org), TEXT(id)), NULL)) != FAULT_NONE ||
	    (f = stmt_do(w, &stmts[LEAVE_TEAMS], ARGS(TEXT(org), TEXT(id)), NULL)) != FAULT_NONE)
		return f;
	return stmt_do(w, &stmts[LEAVE_GRANTS], ARGS(TEXT(org), TEXT(id)), NULL);
}
