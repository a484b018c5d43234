/*
 * members.c: the rows of memberships.
 */
#include "store/members.h"

#include "store/like.h"
#include "store/tables.h"

enum { OF_USER, PAGE, ADMINS, INSERT, SET_ROLE, LEAVE, LEAVE_TEAMS, LEAVE_GRANTS };

static const struct col cols[] = {
	COL(member, id),
	COL(member, user_id),
	COL(member, email),
	COL(member, name),
	COL(member, role),
	COL(member, joined_at),
	COL(member, awaits),
	COL_END,
};

struct row_id {
	const char *id;
};
static const struct col id_cols[] = { COL(row_id, id), COL_END };

#define ADMINS_MAX 10000

#define MEMBER_COLS \
	"SELECT m.id, m.user_id, u.email, u.name, m.role, m.joined_at, " \
	"m.awaits <> 0 AND u.confirmed_at IS NULL AS awaits " \
	"FROM membership m JOIN user u ON u.id = m.user_id WHERE m.org_id = ? "

static const struct stmt stmts[] = {
	[OF_USER] = { "members_of_user", MEMBER_COLS "AND m.live_user_id = ?", "tt", cols,
	    sizeof(struct member), DB_APP | DB_GATE, READS },
	[PAGE] = { "members_page",
	    MEMBER_COLS "AND m.left_at IS NULL AND (? IS NULL OR u.name " LIKE_SEARCH
			" OR u.email " LIKE_SEARCH
			") AND m.joined_at >= ? AND (m.joined_at > ? OR m.user_id > ?) "
			"ORDER BY m.joined_at, m.user_id LIMIT ?",
	    "ttttiiti", cols, sizeof(struct member), DB_APP, READS },
	[ADMINS] = { "members_admins",
	    "SELECT id FROM membership WHERE org_id = ? AND left_at IS NULL AND role = 'admin' FOR UPDATE",
	    "t", id_cols, sizeof(struct row_id), DB_APP, READS },
	/* A new place has no keys yet; those of an earlier one stay dead. */
	[INSERT] = { "members_insert",
	    "INSERT INTO membership (org_id, id, user_id, role, joined_at, awaits) VALUES (?, ?, ?, ?, ?, ?)",
	    "ttttii", NULL, 0, DB_APP, KEEPS },
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
	    ARGS(TEXT(org), TEXT(id), TEXT(user_id), TEXT(role), I64(w->now), I64(awaits)), NULL);
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

	return stmt_list(w, &stmts[PAGE],
	    ARGS(TEXT(org), TEXT(like), TEXT(like), TEXT(like), I64(p->after_at), I64(p->after_at),
		TEXT(p->after_id), I64(p->limit)),
	    (size_t)p->limit, rows, n);
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
