/*
 * resources.c: the rows of resources.
 */
#include "store/resources.h"

#include "store/like.h"
#include "store/paged.h"
#include "store/tables.h"

enum { PAGES, GET = PAGES + 2 * (RESOURCES_BY_NAME + 1), CHAIN, ORG, COLLECTION, INSERT, CHANGE, DELETE };

static const struct col cols[] = {
	COL(resource, id),
	COL(resource, type),
	COL_NULL(resource, parent_id),
	COL(resource, name),
	COL_NULL(resource, config),
	COL_NULL(resource, config_sealed),
	COL(resource, created_by),
	COL(resource, created_at),
	COL_END,
};
static const struct page_order orders[] = {
	[RESOURCES_BY_CREATION] = ORDER_AT("created_at", resource, created_at, id),
	[RESOURCES_BY_NAME] = ORDER_BY_TEXT("name", resource, name, id),
};
const struct page_orders resources_orders = { orders, COUNT(orders) };

static const struct col chain_cols[] = {
	COL(resource_chain, id),
	COL(resource_chain, type),
	COL_NULL(resource_chain, parent1),
	COL_NULL(resource_chain, parent2),
	COL_NULL(resource_chain, parent3),
	COL_END,
};

struct row_org {
	const char *org_id;
};
static const struct col org_cols[] = { COL(row_org, org_id), COL_END };

struct row_id {
	const char *id;
};
static const struct col id_cols[] = { COL(row_id, id), COL_END };

#define RESOURCE_COLS \
	"SELECT id, type, parent_id, name, config, config_sealed, created_by, created_at FROM resource "

#define RESOURCE_PAGE(sql, at) \
	RESOURCE_COLS "WHERE org_id = ? AND id <> org_id AND (? IS NULL OR type = ?) " \
		      "AND (? IS NULL OR parent_id = ?) AND (? IS NULL OR name " LIKE_SEARCH ") " sql, \
	    "ttttttt" at, cols, sizeof(struct resource), DB_APP, READS

static const struct stmt stmts[] = {
	[GET] = { "resources_get", RESOURCE_COLS "WHERE org_id = ? AND id = ?", "tt", cols,
	    sizeof(struct resource), DB_APP, READS },
	[CHAIN] = { "resources_chain",
	    "SELECT r.id, r.type, r.parent_id AS parent1, p.parent_id AS parent2, q.parent_id AS parent3 "
	    "FROM resource r LEFT JOIN resource p ON p.org_id = r.org_id AND p.id = r.parent_id "
	    "LEFT JOIN resource q ON q.org_id = p.org_id AND q.id = p.parent_id WHERE r.org_id = ? AND r.id = ?",
	    "tt", chain_cols, sizeof(struct resource_chain), DB_APP | DB_GATE, READS },
	[ORG] = { "resources_org",
	    "SELECT r.org_id FROM resource r JOIN membership m ON m.org_id = r.org_id AND m.live_user_id = ? "
	    "WHERE r.id = ?",
	    "tt", org_cols, sizeof(struct row_org), DB_APP | DB_GATE, READS },
	[COLLECTION] = { "resources_collection",
	    "SELECT id FROM resource WHERE org_id = ? AND type = 'collection' AND name = ? "
	    "ORDER BY created_at, id LIMIT 1",
	    "tt", id_cols, sizeof(struct row_id), DB_APP, READS },
	[PAGES + 2 * RESOURCES_BY_CREATION] = { "resources_by_creation",
	    RESOURCE_PAGE(PAGED_UP("created_at", "id"), PAGED_AT) },
	{ "resources_by_creation_down", RESOURCE_PAGE(PAGED_DOWN("created_at", "id"), PAGED_AT) },
	[PAGES + 2 * RESOURCES_BY_NAME] = { "resources_by_name",
	    RESOURCE_PAGE(PAGED_UP("sort_name", "id"), PAGED_TEXT) },
	{ "resources_by_name_down", RESOURCE_PAGE(PAGED_DOWN_TEXT("sort_name", "id"), PAGED_TEXT_DOWN) },
	/* That there is none is not remembered, and it has no children yet. */
	[INSERT] = { "resources_insert",
	    "INSERT INTO resource (org_id, id, type, parent_id, name, config, config_sealed, created_at, created_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "ttttttbit", NULL, 0, DB_APP, KEEPS },
	/* Neither its name nor what it is set to is remembered; its place never changes. */
	[CHANGE] = { "resources_change",
	    "UPDATE resource SET name = ?, config = ?, config_sealed = ? WHERE org_id = ? AND id = ?",
	    "ttbtt", NULL, 0, DB_APP, KEEPS },
	[DELETE] = { "resources_delete", "DELETE FROM resource WHERE org_id = ? AND id = ?", "tt", NULL, 0,
	    DB_APP, TURNS },
};
const struct stmt_table resources_table = { "resources", stmts, COUNT(stmts) };

enum fault
resources_insert(struct work *w, const char *org, const struct resource *r)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(r->id), TEXT(r->type), TEXT(r->parent_id), TEXT(r->name), TEXT(r->config),
		BYTES(r->config_sealed.s, r->config_sealed.n), I64(w->now), TEXT(r->created_by)),
	    NULL);
}

enum fault
resources_get(struct work *w, const char *org, const char *id, struct resource *r)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(org), TEXT(id)), r);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
resources_chain(struct work *w, const char *org, const char *id, struct resource_chain *c)
{
	enum fault f = stmt_one(w, &stmts[CHAIN], ARGS(TEXT(org), TEXT(id)), c);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
resources_org(struct work *w, const char *id, const char *user_id, const char **org_id)
{
	struct row_org row = { NULL };
	enum fault f = stmt_one(w, &stmts[ORG], ARGS(TEXT(user_id), TEXT(id)), &row);

	*org_id = row.org_id;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
resources_collection(struct work *w, const char *org, const char *name, const char **id)
{
	struct row_id row = { NULL };
	enum fault f = stmt_one(w, &stmts[COLLECTION], ARGS(TEXT(org), TEXT(name)), &row);

	*id = row.id;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
resources_page(struct work *w, const char *org, const char *type, const char *parent, const struct page *p,
    struct resource **rows, size_t *n)
{
	const char *like = like_pattern(w->arena, p->search);

	return paged_list(w, &stmts[PAGES], &resources_orders,
	    ARGS(TEXT(org), TEXT(type), TEXT(type), TEXT(parent), TEXT(parent), TEXT(like), TEXT(like)), p,
	    rows, n);
}

enum fault
resources_change(struct work *w, const char *org, const struct resource *r)
{
	return stmt_do(w, &stmts[CHANGE],
	    ARGS(TEXT(r->name), TEXT(r->config), BYTES(r->config_sealed.s, r->config_sealed.n), TEXT(org),
		TEXT(r->id)),
	    NULL);
}

enum fault
resources_delete(struct work *w, const char *org, const char *id)
{
	return stmt_do(w, &stmts[DELETE], ARGS(TEXT(org), TEXT(id)), NULL);
}
