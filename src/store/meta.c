/*
 * meta.c: what the database says about itself.
 */
#include "store/meta.h"

#include "store/tables.h"

struct row_version {
	int64_t version;
};
static const struct col cols[] = { COL(row_version, version), COL_END };

static const struct stmt stmts[] = {
	{ "meta_schema_version", "SELECT version FROM schema_version ORDER BY version DESC LIMIT 1", "", cols,
	    sizeof(struct row_version), DB_APP | DB_GATE, READS },
};
const struct stmt_table meta_table = { "meta", stmts, COUNT(stmts) };

enum fault
meta_schema_version(struct work *w, int64_t *version)
{
	struct row_version row = { 0 };
	enum fault f = stmt_one(w, &stmts[0], NO_ARGS, &row);

	*version = row.version;
	return f;
}
