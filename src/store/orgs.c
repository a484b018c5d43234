/*
 * orgs.c: the rows of organizations.
 */
#include "store/orgs.h"

#include "store/tables.h"

enum { GET, BRIEF, EPOCH, OF_USER, ALL, INSERT, RENAME, SET_POLICY, DELETE, BUMP, LOCK, SHARE };

static const struct col org_cols[] = {
	COL(org, id),
	COL(org, name),
	COL(org, epoch),
	COL(org, personal_enabled),
	COL(org, personal_max_days),
	COL_NULL(org, machine_max_days),
	COL(org, space_never_allowed),
	COL(org, created_at),
	COL_END,
};
static const struct col brief_cols[] = {
	COL(org_brief, id),
	COL(org_brief, name),
	COL(org_brief, epoch),
	COL_END,
};
static const struct col epoch_cols[] = {
	COL(org_brief, epoch),
	COL_END,
};
static const struct col org_role_cols[] = {
	COL(org_role, id),
	COL(org_role, name),
	COL(org_role, role),
	COL(org_role, created_at),
	COL_END,
};

#define ORG_COLS \
	"SELECT id, name, epoch, personal_enabled, personal_max_days, machine_max_days, " \
	"space_never_allowed, created_at FROM organization WHERE deleted_at IS NULL "

static const struct stmt stmts[] = {
	[GET] = { "orgs_get", ORG_COLS "AND id = ?", "t", org_cols, sizeof(struct org), DB_APP, READS },
	[BRIEF] = { "orgs_brief",
	    "SELECT id, name, epoch FROM organization WHERE deleted_at IS NULL AND id = ?", "t", brief_cols,
	    sizeof(struct org_brief), DB_APP | DB_GATE, READS },
	/* Once a check, where several hosts share the database: nothing but the primary key. */
	[EPOCH] = { "orgs_epoch", "SELECT epoch FROM organization WHERE deleted_at IS NULL AND id = ?", "t",
	    epoch_cols, sizeof(struct org_brief), DB_APP | DB_GATE, READS },
	[OF_USER] = { "orgs_of_user",
	    "SELECT o.id, o.name, m.role, o.created_at FROM membership m JOIN organization o ON o.id = m.org_id "
	    "WHERE m.user_id = ? AND (m.awaits = 0 OR ? = 0) AND m.left_at IS NULL AND o.deleted_at IS NULL "
	    "AND o.created_at >= ? AND (o.created_at > ? OR o.id > ?) ORDER BY o.created_at, o.id LIMIT ?",
	    "tiiiti", org_role_cols, sizeof(struct org_role), DB_APP, READS },
	[ALL] = { "orgs_all",
	    ORG_COLS "AND created_at >= ? AND (created_at > ? OR id > ?) ORDER BY created_at, id LIMIT ?",
	    "iiti", org_cols, sizeof(struct org), DB_APP, READS },
	/* Nobody has asked about it yet. */
	[INSERT] = { "orgs_insert", "INSERT INTO organization (id, name, created_at) VALUES (?, ?, ?)", "tti",
	    NULL, 0, DB_APP, KEEPS },
	/* Its name is told with each of its keys. */
	[RENAME] = { "orgs_rename", "UPDATE organization SET name = ? WHERE id = ?", "tt", NULL, 0, DB_APP,
	    TURNS },
	[SET_POLICY] = { "orgs_set_policy",
	    "UPDATE organization SET personal_enabled = ?, personal_max_days = ?, machine_max_days = ?, "
	    "space_never_allowed = ? WHERE id = ?",
	    "iiiit", NULL, 0, DB_APP, TURNS },
	[DELETE] = { "orgs_delete", "UPDATE organization SET deleted_at = ? WHERE id = ?", "it", NULL, 0,
	    DB_APP, TURNS },
	[BUMP] = { "orgs_bump_epoch", "UPDATE organization SET epoch = epoch + 1 WHERE id = ?", "t", NULL, 0,
	    DB_APP, BUMPS },
	[LOCK] = { "orgs_lock",
	    "SELECT id, name, epoch FROM organization WHERE deleted_at IS NULL AND id = ? FOR UPDATE", "t",
	    brief_cols, sizeof(struct org_brief), DB_APP, READS },
	[SHARE] = { "orgs_share",
	    "SELECT id, name, epoch FROM organization WHERE deleted_at IS NULL AND id = ? LOCK IN SHARE MODE",
	    "t", brief_cols, sizeof(struct org_brief), DB_APP, READS },
};
const struct stmt_table orgs_table = { "orgs", stmts, COUNT(stmts) };

enum fault
orgs_insert(struct work *w, const char *id, const char *name)
{
	return stmt_do(w, &stmts[INSERT], ARGS(TEXT(id), TEXT(name), I64(w->now)), NULL);
}

enum fault
orgs_get(struct work *w, const char *id, struct org *o)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(id)), o);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
orgs_brief(struct work *w, const char *id, struct org_brief *o)
{
	enum fault f = stmt_one(w, &stmts[BRIEF], ARGS(TEXT(id)), o);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
orgs_epoch(struct work *w, const char *id, int64_t *epoch)
{
	struct org_brief o;
	enum fault f = stmt_one(w, &stmts[EPOCH], ARGS(TEXT(id)), &o);

	if (f == FAULT_NONE)
		*epoch = o.epoch;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
orgs_of_user(struct work *w, const char *user_id, bool unproven, const struct page *p, struct org_role **rows,
    size_t *n)
{
	return stmt_list(w, &stmts[OF_USER],
	    ARGS(TEXT(user_id), I64(unproven), I64(p->after_at), I64(p->after_at), TEXT(p->after_id),
		I64(p->limit)),
	    (size_t)p->limit, rows, n);
}

enum fault
orgs_all(struct work *w, const struct page *p, struct org **rows, size_t *n)
{
	return stmt_list(w, &stmts[ALL],
	    ARGS(I64(p->after_at), I64(p->after_at), TEXT(p->after_id), I64(p->limit)), (size_t)p->limit,
	    rows, n);
}

enum fault
orgs_rename(struct work *w, const char *id, const char *name)
{
	return stmt_do(w, &stmts[RENAME], ARGS(TEXT(name), TEXT(id)), NULL);
}

enum fault
orgs_set_policy(struct work *w, const struct org *o)
{
	return stmt_do(w, &stmts[SET_POLICY],
	    ARGS(I64(o->personal_enabled), I64(o->personal_max_days), TIME(o->machine_max_days),
		I64(o->space_never_allowed), TEXT(o->id)),
	    NULL);
}

enum fault
orgs_delete(struct work *w, const char *id)
{
	return stmt_do(w, &stmts[DELETE], ARGS(I64(w->now), TEXT(id)), NULL);
}

enum fault
orgs_bump_epoch(struct work *w, const char *id)
{
	return stmt_do(w, &stmts[BUMP], ARGS(TEXT(id)), NULL);
}

enum fault
orgs_lock(struct work *w, const char *id, int64_t *epoch)
{
	struct org_brief o = { .epoch = 0 };
	enum fault f = stmt_one(w, &stmts[LOCK], ARGS(TEXT(id)), &o);

	*epoch = o.epoch;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
orgs_share(struct work *w, const char *id, int64_t *epoch)
{
	struct org_brief o = { .epoch = 0 };
	enum fault f = stmt_one(w, &stmts[SHARE], ARGS(TEXT(id)), &o);

	*epoch = o.epoch;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}
