/*
 * census.c: how much there is of what.
 */
#include "store/census.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "store/keys.h"
#include "store/tables.h"

#define KINDS_MAX 64

enum { KEYS, KEYS_OF_ORG, OLDEST };

static const struct col key_cols[] = {
	COL(key_count, kind),
	COL(key_count, active),
	COL(key_count, expired),
	COL(key_count, revoked),
	COL(key_count, in_1),
	COL(key_count, in_7),
	COL(key_count, in_30),
	COL_END,
};

struct row_oldest {
	int64_t mail, event;
};
static const struct col oldest_cols[] = {
	COL_NULL(row_oldest, mail),
	COL_NULL(row_oldest, event),
	COL_END,
};

/* As key_state has it: what is ended by its owner or its organization is revoked, even if it expired. */
#define DEAD   "(COALESCE(k.ended_at, m.left_at, x.deleted_at, o.deleted_at) IS NOT NULL)"
#define ALIVE  "(NOT " DEAD " AND (k.expires_at IS NULL OR k.expires_at > ?))"
#define WITHIN "COUNT(CASE WHEN NOT " DEAD " AND k.expires_at > ? AND k.expires_at <= ? THEN 1 END) AS "

/* Eight times now, or as long after it as the name says. */
#define KEYS_COUNTED \
	"SELECT k.kind, COUNT(CASE WHEN " ALIVE " THEN 1 END) AS active, " \
	"COUNT(CASE WHEN NOT " DEAD " AND k.expires_at <= ? THEN 1 END) AS expired, " \
	"COUNT(CASE WHEN " DEAD " THEN 1 END) AS revoked, " WITHIN "in_1, " WITHIN "in_7, " WITHIN \
	"in_30 FROM api_key k JOIN organization o ON o.id = k.org_id " \
	"LEFT JOIN membership m ON m.org_id = k.org_id AND m.id = k.membership_id " \
	"LEFT JOIN machine x ON x.org_id = k.org_id AND x.id = k.machine_id "
#define INSTANTS(now) \
	I64(now), I64(now), I64(now), I64((now) + CLOCK_DAY), I64(now), I64((now) + 7 * CLOCK_DAY), \
	    I64(now), I64((now) + 30 * CLOCK_DAY)

static const struct stmt stmts[] = {
	/* Digests are as good as dealt by chance: a slice of them is as large as any other. */
	[KEYS] = { "census_keys", KEYS_COUNTED "WHERE k.lookup BETWEEN ? AND ? GROUP BY k.kind", "iiiiiiiibb",
	    key_cols, sizeof(struct key_count), DB_APP, READS },
	[KEYS_OF_ORG] = { "census_keys_of_org", KEYS_COUNTED "WHERE k.org_id = ? GROUP BY k.kind",
	    "iiiiiiiit", key_cols, sizeof(struct key_count), DB_APP, READS },
	[OLDEST] = { "census_oldest",
	    "SELECT (SELECT MIN(created_at) FROM outbox WHERE state IN ('waiting', 'sending')) AS mail, "
	    "(SELECT MIN(at) FROM audit WHERE place IS NULL) AS event",
	    "", oldest_cols, sizeof(struct row_oldest), DB_APP, READS },
};
const struct stmt_table census_table = { "census", stmts, COUNT(stmts) };

enum fault
census_keys(struct work *w, unsigned slice, struct key_count **rows, size_t *n)
{
	uint8_t from[LOOKUP_SIZE] = { 0 }, to[LOOKUP_SIZE];
	unsigned width = 256 / CENSUS_SLICES;

	assert(slice < CENSUS_SLICES);
	memset(to, 0xff, sizeof to);
	from[0] = (uint8_t)(slice * width);
	to[0] = (uint8_t)(slice * width + width - 1);
	return stmt_list(w, &stmts[KEYS],
	    ARGS(INSTANTS(w->now), BYTES(from, sizeof from), BYTES(to, sizeof to)), KINDS_MAX, rows, n);
}

enum fault
census_keys_of_org(struct work *w, const char *org, struct key_count **rows, size_t *n)
{
	return stmt_list(w, &stmts[KEYS_OF_ORG], ARGS(INSTANTS(w->now), TEXT(org)), KINDS_MAX, rows, n);
}

enum fault
census_oldest(struct work *w, int64_t *mail, int64_t *event)
{
	struct row_oldest row = { 0 };
	enum fault f = stmt_one(w, &stmts[OLDEST], NO_ARGS, &row);

	*mail = row.mail;
	*event = row.event;
	return f;
}
