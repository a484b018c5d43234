/*
 * grants.c: the rows of roles on resources.
 */
#include "store/grants.h"

#include "store/tables.h"

enum { ON, OF_MEMBER, OF_MACHINE, DIRECT_OF_MACHINE, ROLE, SET, INSERT, REMOVE };

static const struct col grant_cols[] = {
	COL_NULL(grant, subject_id),
	COL(grant, type),
	COL_NULL(grant, name),
	COL(grant, role),
	COL(grant, granted_at),
	COL_END,
};
static const struct col of_cols[] = {
	COL(grant_of, resource_id),
	COL(grant_of, role),
	COL(grant_of, via),
	COL_END,
};
static const struct col on_cols[] = {
	COL(grant_on, resource_id),
	COL(grant_on, name),
	COL(grant_on, role),
	COL_END,
};

struct row_role {
	const char *role;
};
static const struct col role_cols[] = { COL(row_role, role), COL_END };

static const struct stmt stmts[] = {
	[ON] = { "grants_on",
	    "SELECT COALESCE(m.user_id, g.subject_id) AS subject_id, "
	    "CASE WHEN g.team_id IS NOT NULL THEN 'team' WHEN g.machine_id IS NOT NULL THEN 'machine' "
	    "WHEN g.membership_id IS NOT NULL THEN 'user' ELSE 'everyone' END AS type, "
	    "COALESCE(t.name, u.name, x.name) AS name, g.role, g.granted_at FROM role_grant g "
	    "LEFT JOIN team t ON t.org_id = g.org_id AND t.id = g.team_id "
	    "LEFT JOIN membership m ON m.org_id = g.org_id AND m.id = g.membership_id LEFT JOIN user u ON u.id = m.user_id "
	    "LEFT JOIN machine x ON x.org_id = g.org_id AND x.id = g.machine_id "
	    "WHERE g.org_id = ? AND g.resource_id = ? ORDER BY g.granted_at, g.subject_id",
	    "tt", grant_cols, sizeof(struct grant), DB_APP, READS },
	[OF_MEMBER] = { "grants_of_member",
	    "SELECT resource_id, role, 'direct' AS via FROM role_grant WHERE org_id = ? AND membership_id = ? UNION ALL "
	    "SELECT g.resource_id, g.role, COALESCE(g.team_id, '') AS via FROM team_member s "
	    "JOIN role_grant g ON g.org_id = s.org_id AND g.team_id = s.team_id "
	    "WHERE s.org_id = ? AND s.membership_id = ? UNION ALL "
	    "SELECT resource_id, role, 'everyone' AS via FROM role_grant WHERE org_id = ? AND subject_id = 'everyone'",
	    "ttttt", of_cols, sizeof(struct grant_of), DB_APP | DB_GATE, READS },
	[OF_MACHINE] = { "grants_of_machine",
	    "SELECT resource_id, role, 'direct' AS via FROM role_grant WHERE org_id = ? AND machine_id = ? UNION ALL "
	    "SELECT g.resource_id, g.role, COALESCE(g.team_id, '') AS via FROM team_member s "
	    "JOIN role_grant g ON g.org_id = s.org_id AND g.team_id = s.team_id WHERE s.org_id = ? AND s.machine_id = ?",
	    "tttt", of_cols, sizeof(struct grant_of), DB_APP | DB_GATE, READS },
	[DIRECT_OF_MACHINE] = { "grants_direct_of_machine",
	    "SELECT g.resource_id, r.name, g.role FROM role_grant g "
	    "JOIN resource r ON r.org_id = g.org_id AND r.id = g.resource_id "
	    "WHERE g.org_id = ? AND g.machine_id = ? ORDER BY g.granted_at, g.resource_id",
	    "tt", on_cols, sizeof(struct grant_on), DB_APP, READS },
	[ROLE] = { "grants_role",
	    "SELECT role FROM role_grant WHERE org_id = ? AND resource_id = ? AND subject_id = ?", "ttt",
	    role_cols, sizeof(struct row_role), DB_APP, READS },
	[SET] = { "grants_set",
	    "UPDATE role_grant SET role = ?, granted_at = ? WHERE org_id = ? AND resource_id = ? AND subject_id = ?",
	    "tittt", NULL, 0, DB_APP, TURNS },
	[INSERT] = { "grants_insert",
	    "INSERT INTO role_grant (org_id, resource_id, subject_id, team_id, membership_id, machine_id, role, granted_at) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    "ttttttti", NULL, 0, DB_APP, TURNS },
	[REMOVE] = { "grants_remove",
	    "DELETE FROM role_grant WHERE org_id = ? AND resource_id = ? AND subject_id = ?", "ttt", NULL, 0,
	    DB_APP, TURNS },
};
const struct stmt_table grants_table = { "grants", stmts, COUNT(stmts) };

static const char *
subject_id(const struct grant_subject *s)
{
	if (s->team_id != NULL)
		return s->team_id;
	if (s->membership_id != NULL)
		return s->membership_id;
	return s->machine_id != NULL ? s->machine_id : "everyone";
}

enum fault
grants_on(struct work *w, const char *org, const char *resource_id, struct grant **rows, size_t *n)
{
	return stmt_list(w, &stmts[ON], ARGS(TEXT(org), TEXT(resource_id)), GRANTS_MAX, rows, n);
}

enum fault
grants_of_member(struct work *w, const char *org, const char *membership_id, struct grant_of **rows,
    size_t *n)
{
	return stmt_list(w, &stmts[OF_MEMBER],
	    ARGS(TEXT(org), TEXT(membership_id), TEXT(org), TEXT(membership_id), TEXT(org)), GRANTS_MAX, rows,
	    n);
}

enum fault
grants_of_machine(struct work *w, const char *org, const char *machine_id, struct grant_of **rows, size_t *n)
{
	return stmt_list(w, &stmts[OF_MACHINE],
	    ARGS(TEXT(org), TEXT(machine_id), TEXT(org), TEXT(machine_id)), GRANTS_MAX, rows, n);
}

enum fault
grants_direct_of_machine(struct work *w, const char *org, const char *machine_id, struct grant_on **rows,
    size_t *n)
{
	return stmt_list(w, &stmts[DIRECT_OF_MACHINE], ARGS(TEXT(org), TEXT(machine_id)), GRANTS_MAX, rows,
	    n);
}

enum fault
grants_role(struct work *w, const char *org, const char *resource_id, const struct grant_subject *s,
    const char **role)
{
	struct row_role row = { NULL };
	enum fault f =
	    stmt_one(w, &stmts[ROLE], ARGS(TEXT(org), TEXT(resource_id), TEXT(subject_id(s))), &row);

	*role = row.role;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
grants_set(struct work *w, const char *org, const char *resource_id, const struct grant_subject *s,
    const char *role)
{
	int64_t changed;
	enum fault f = stmt_do(w, &stmts[SET],
	    ARGS(TEXT(role), I64(w->now), TEXT(org), TEXT(resource_id), TEXT(subject_id(s))), &changed);

	if (f != FAULT_NONE || changed > 0)
		return f;
	f = stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(resource_id), TEXT(subject_id(s)), TEXT(s->team_id), TEXT(s->membership_id),
		TEXT(s->machine_id), TEXT(role), I64(w->now)),
	    NULL);
	return f == FAULT_TAKEN ? FAULT_TRY_AGAIN : f; /* somebody inserted it in between */
}

enum fault
grants_remove(struct work *w, const char *org, const char *resource_id, const struct grant_subject *s,
    int64_t *changed)
{
	return stmt_do(w, &stmts[REMOVE], ARGS(TEXT(org), TEXT(resource_id), TEXT(subject_id(s))), changed);
}
