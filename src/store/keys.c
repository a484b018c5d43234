/*
 * keys.c: the rows of keys and their restrictions.
 */
#include "store/keys.h"

#include "store/key_cols.h"
#include "store/tables.h"

enum {
	BY_LOOKUP,
	BY_PAST_LOOKUP,
	LOOKUPS,
	FOUND,
	RESCOPE,
	UNRESTRICT,
	ORG_FOR_USER,
	GET,
	RESTRICTIONS,
	COUNT_LIVE,
	INSERT,
	RESTRICT,
	CHANGE,
	END,
	END_MANY,
	END_OF_MACHINE,
	REPLACE,
	PAST_INSERT,
	PAST_END,
	REHASH,
	USED,
	USED_MANY,
	PAST_USED,
	PAST_USED_MANY
};

static const struct col lookup_cols[] = {
	COL(key_lookup, lookup),
	COL_END,
};
static const struct col found_cols[] = {
	COL(key_found, id),
	COL(key_found, org_id),
	COL(key_found, kind),
	COL(key_found, name),
	COL(key_found, prefix),
	COL(key_found, secret_hash),
	COL_NULL(key_found, membership_id),
	COL_NULL(key_found, machine_id),
	COL_NULL(key_found, allowed_ips),
	COL(key_found, scopes),
	COL(key_found, restricted),
	COL_NULL(key_found, rate_requests),
	COL_NULL(key_found, rate_seconds),
	COL(key_found, created_at),
	COL_NULL(key_found, expires_at),
	COL_NULL(key_found, ended_at),
	COL(key_found, version),
	COL_NULL(key_found, last_used_at),
	COL(key_found, past),
	COL_NULL(key_found, past_until),
	COL(key_found, org_name),
	COL(key_found, org_epoch),
	COL(key_found, org_personal_enabled),
	COL_NULL(key_found, org_deleted_at),
	COL_NULL(key_found, user_id),
	COL_NULL(key_found, user_name),
	COL_NULL(key_found, user_email),
	COL_NULL(key_found, role),
	COL_NULL(key_found, left_at),
	COL_NULL(key_found, machine_name),
	COL_NULL(key_found, machine_deleted_at),
	COL_END,
};
static const struct col restriction_cols[] = {
	COL(restriction, resource_id),
	COL(restriction, type),
	COL_NULL(restriction, base_path),
	COL_NULL(restriction, parent1),
	COL_NULL(restriction, parent2),
	COL_END,
};

struct row_n {
	int64_t n;
};
static const struct col n_cols[] = { COL(row_n, n), COL_END };

struct row_org {
	const char *org_id;
};
static const struct col org_cols[] = { COL(row_org, org_id), COL_END };

/* Of which row the text is, and the version it was of. */
#define FOUND_COLS(text, past) \
	"SELECT k.id, k.org_id, k.kind, k.name, " text ".prefix, " text \
	".secret_hash, k.membership_id, k.machine_id, " \
	"k.allowed_ips, k.scopes, k.restricted, k.rate_requests, k.rate_seconds, k.created_at, k.expires_at, " \
	"k.ended_at, k.version, k.last_used_at, " past " AS past, t.until AS past_until, " \
	"o.name AS org_name, o.epoch AS org_epoch, o.personal_enabled AS org_personal_enabled, " \
	"o.deleted_at AS org_deleted_at, m.user_id, u.name AS user_name, u.email AS user_email, m.role, m.left_at, " \
	"x.name AS machine_name, x.deleted_at AS machine_deleted_at "

#define FOUND_NOW FOUND_COLS("k", "CAST(0 AS SIGNED)") "FROM api_key k " WITH_PAST WITH_OWNER

static const struct stmt stmts[] = {
	[BY_LOOKUP] = { "keys_by_lookup", FOUND_NOW "WHERE k.lookup = ?", "b", found_cols,
	    sizeof(struct key_found), DB_APP | DB_GATE, READS },
	[BY_PAST_LOOKUP] = { "keys_by_past_lookup",
	    FOUND_COLS("t",
		"t.version") "FROM key_past t JOIN api_key k ON k.org_id = t.org_id AND k.id = t.key_id " WITH_OWNER
			     "WHERE t.lookup = ?",
	    "b", found_cols, sizeof(struct key_found), DB_APP | DB_GATE, READS },
	/* From one on, as they lie in their index. */
	[LOOKUPS] = { "keys_lookups",
	    "SELECT lookup FROM ((SELECT lookup FROM api_key WHERE lookup > ? ORDER BY lookup LIMIT ?) "
	    "UNION ALL (SELECT lookup FROM key_past WHERE lookup > ? ORDER BY lookup LIMIT ?)) l "
	    "ORDER BY lookup LIMIT ?",
	    "bibii", lookup_cols, sizeof(struct key_lookup), DB_APP, READS },
	[FOUND] = { "keys_found", FOUND_NOW "WHERE k.org_id = ? AND k.id = ?", "tt", found_cols,
	    sizeof(struct key_found), DB_APP, READS },
	[ORG_FOR_USER] = { "keys_org_for_user",
	    "SELECT k.org_id FROM membership m JOIN api_key k ON k.org_id = m.org_id AND k.id = ? "
	    "WHERE m.user_id = ? AND m.left_at IS NULL",
	    "tt", org_cols, sizeof(struct row_org), DB_APP, READS },
	[GET] = { "keys_get", KEY_COLS "AND k.id = ?", "tt", key_cols, sizeof(struct key), DB_APP, READS },
	[RESTRICTIONS] = { "keys_restrictions",
	    "SELECT t.resource_id, r.type, t.base_path, r.parent_id AS parent1, p.parent_id AS parent2 "
	    "FROM key_restriction t JOIN resource r ON r.org_id = t.org_id AND r.id = t.resource_id "
	    "LEFT JOIN resource p ON p.org_id = r.org_id AND p.id = r.parent_id "
	    "WHERE t.org_id = ? AND t.key_id = ? ORDER BY t.resource_id",
	    "tt", restriction_cols, sizeof(struct restriction), DB_APP | DB_GATE, READS },
	[COUNT_LIVE] = { "keys_count_live",
	    "SELECT COUNT(*) AS n FROM api_key WHERE org_id = ? AND membership_id = ? AND kind = ? AND ended_at IS NULL "
	    "AND (expires_at IS NULL OR expires_at > ?)",
	    "ttti", n_cols, sizeof(struct row_n), DB_APP, READS },
	/* Nobody has verified it yet. */
	[INSERT] = { "keys_insert",
	    "INSERT INTO api_key (org_id, id, kind, name, description, prefix, lookup, secret_hash, membership_id, "
	    "machine_id, scopes, restricted, allowed_ips, created_at, created_by, expires_at, unique_name, "
	    "rate_requests, rate_seconds) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "ttttttbtttiitititii", NULL, 0, DB_APP, KEEPS },
	/* Written with its key; later it would only open more. */
	[RESTRICT] = { "keys_restrict",
	    "INSERT INTO key_restriction (org_id, key_id, resource_id, base_path) VALUES (?, ?, ?, ?)",
	    "tttt", NULL, 0, DB_APP, KEEPS },
	[RESCOPE] = { "keys_rescope",
	    "UPDATE api_key SET name = ?, description = ?, scopes = ?, restricted = ? WHERE org_id = ? AND id = ?",
	    "ttiitt", NULL, 0, DB_APP, TURNS },
	[UNRESTRICT] = { "keys_unrestrict", "DELETE FROM key_restriction WHERE org_id = ? AND key_id = ?",
	    "tt", NULL, 0, DB_APP, TURNS },
	/* Its name is told with each verdict about it. */
	[CHANGE] = { "keys_change",
	    "UPDATE api_key SET name = ?, description = ?, unique_name = ?, rate_requests = ?, rate_seconds = ? "
	    "WHERE org_id = ? AND id = ? AND ended_at IS NULL",
	    "tttiitt", NULL, 0, DB_APP, TURNS },
	[END] = { "keys_end",
	    "UPDATE api_key SET ended_at = ?, ended_by = ?, unique_name = NULL, version = version + 1 "
	    "WHERE org_id = ? AND id = ? AND ended_at IS NULL",
	    "ittt", NULL, 0, DB_APP, TURNS },
	/* Ids compared as anything but ascii would look at every key there is, for each of them. */
	[END_MANY] = { "keys_end_many",
	    "UPDATE (SELECT i FROM JSON_TABLE(?, '$[*]' COLUMNS (i VARCHAR(40) CHARACTER SET ascii "
	    "COLLATE ascii_bin PATH '$.t')) j) u STRAIGHT_JOIN api_key k ON k.org_id = ? AND k.id = u.i "
	    "SET k.ended_at = ?, k.ended_by = ?, k.unique_name = NULL, k.version = k.version + 1 "
	    "WHERE k.ended_at IS NULL",
	    "ttit", NULL, 0, DB_APP, TURNS },
	[END_OF_MACHINE] = { "keys_end_of_machine",
	    "UPDATE api_key SET ended_at = ?, ended_by = ?, unique_name = NULL, version = version + 1 "
	    "WHERE org_id = ? AND live_machine_id = ?",
	    "ittt", NULL, 0, DB_APP, TURNS },
	[REPLACE] = { "keys_replace",
	    "UPDATE api_key SET prefix = ?, lookup = ?, secret_hash = ?, "
	    "renewed_at = IF(expires_at <=> ?, renewed_at, ?), expires_at = ?, "
	    "past_version = COALESCE(?, past_version), version = version + 1 "
	    "WHERE org_id = ? AND id = ? AND version = ? AND ended_at IS NULL",
	    "tbtiiiitti", NULL, 0, DB_APP, TURNS },
	/* Beside keys_replace, which turns it. */
	[PAST_INSERT] = { "keys_past_insert",
	    "INSERT INTO key_past (org_id, key_id, version, prefix, lookup, secret_hash, until, last_used_at, "
	    "last_used_ip) SELECT org_id, id, version, prefix, lookup, secret_hash, ?, last_used_at, last_used_ip "
	    "FROM api_key WHERE org_id = ? AND id = ? AND version = ? AND ended_at IS NULL",
	    "itti", NULL, 0, DB_APP, KEEPS },
	[PAST_END] = { "keys_past_end",
	    "UPDATE key_past SET until = ? WHERE org_id = ? AND key_id = ? AND version = ? AND until > ?",
	    "ittii", NULL, 0, DB_APP, TURNS },
	/* Another hash of the same text, which is as right as it was. */
	[REHASH] = { "keys_rehash",
	    "UPDATE api_key SET secret_hash = ? WHERE org_id = ? AND id = ? AND version = ?", "ttti", NULL, 0,
	    DB_APP, KEEPS },
	/* When it was used decides nothing. */
	[USED] = { "keys_used",
	    "UPDATE api_key SET last_used_at = ?, last_used_ip = ? WHERE org_id = ? AND id = ? "
	    "AND (last_used_at IS NULL OR last_used_at < ?)",
	    "ittti", NULL, 0, DB_APP | DB_GATE, KEEPS },
	/*
	 * Of a key that is told twice (its text is new, and the old one was used as well)
	 * the later use.  Ids compared as anything but ascii would look at every key there
	 * is, for each of the thousand.
	 */
	[USED_MANY] = { "keys_used_many",
	    "UPDATE (SELECT o, i, t, a, ROW_NUMBER() OVER (PARTITION BY o, i ORDER BY t DESC) AS nth "
	    "FROM JSON_TABLE(?, '$[*]' COLUMNS (o VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PATH '$.o', "
	    "i VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PATH '$.k', t BIGINT PATH '$.t', "
	    "a VARCHAR(45) PATH '$.a')) j) u STRAIGHT_JOIN api_key k ON k.org_id = u.o AND k.id = u.i AND u.nth = 1 "
	    "SET k.last_used_at = u.t, k.last_used_ip = u.a WHERE COALESCE(k.last_used_at, 0) < u.t",
	    "t", NULL, 0, DB_APP, KEEPS },
	[PAST_USED] = { "keys_past_used",
	    "UPDATE key_past SET last_used_at = ?, last_used_ip = ? WHERE org_id = ? AND key_id = ? "
	    "AND version = ? AND (last_used_at IS NULL OR last_used_at < ?)",
	    "itttii", NULL, 0, DB_APP | DB_GATE, KEEPS },
	/* A text is in one place, so it is told once. */
	[PAST_USED_MANY] = { "keys_past_used_many",
	    "UPDATE (SELECT o, i, p, t, a "
	    "FROM JSON_TABLE(?, '$[*]' COLUMNS (o VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PATH '$.o', "
	    "i VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PATH '$.k', p BIGINT PATH '$.p', t BIGINT PATH '$.t', "
	    "a VARCHAR(45) PATH '$.a')) j WHERE p IS NOT NULL) u "
	    "STRAIGHT_JOIN key_past k ON k.org_id = u.o AND k.key_id = u.i AND k.version = u.p "
	    "SET k.last_used_at = u.t, k.last_used_ip = u.a WHERE COALESCE(k.last_used_at, 0) < u.t",
	    "t", NULL, 0, DB_APP, KEEPS },
};
const struct stmt_table keys_table = { "keys", stmts, COUNT(stmts) };

enum fault
keys_insert(struct work *w, const char *org, const struct key_new *k)
{
	return stmt_do(w, &stmts[INSERT],
	    ARGS(TEXT(org), TEXT(k->id), TEXT(k->kind), TEXT(k->name), TEXT(k->description), TEXT(k->prefix),
		BYTES(k->lookup, LOOKUP_SIZE), TEXT(k->secret_hash), TEXT(k->membership_id),
		TEXT(k->machine_id), I64(k->scopes), I64(k->restricted), TEXT(k->allowed_ips), I64(w->now),
		TEXT(k->created_by), TIME(k->expires_at), TEXT(k->unique_name), TIME(k->rate_requests),
		TIME(k->rate_seconds)),
	    NULL);
}

enum fault
keys_restrict(struct work *w, const char *org, const char *key_id, const struct restriction *r)
{
	return stmt_do(w, &stmts[RESTRICT],
	    ARGS(TEXT(org), TEXT(key_id), TEXT(r->resource_id), TEXT(r->base_path)), NULL);
}

enum fault
keys_by_lookup(struct work *w, const uint8_t lookup[static LOOKUP_SIZE], struct key_found *k)
{
	enum fault f = stmt_one(w, &stmts[BY_LOOKUP], ARGS(BYTES(lookup, LOOKUP_SIZE)), k);

	if (f == FAULT_NO_ROW)
		f = stmt_one(w, &stmts[BY_PAST_LOOKUP], ARGS(BYTES(lookup, LOOKUP_SIZE)), k);
	return f;
}

enum fault
keys_lookups(struct work *w, const uint8_t from[static LOOKUP_SIZE], size_t max, struct key_lookup **rows,
    size_t *n)
{
	return stmt_list(w, &stmts[LOOKUPS],
	    ARGS(BYTES(from, LOOKUP_SIZE), I64((int64_t)max), BYTES(from, LOOKUP_SIZE), I64((int64_t)max),
		I64((int64_t)max)),
	    max, rows, n);
}

enum fault
keys_found(struct work *w, const char *org, const char *id, struct key_found *k)
{
	enum fault f = stmt_one(w, &stmts[FOUND], ARGS(TEXT(org), TEXT(id)), k);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
keys_org_for_user(struct work *w, const char *id, const char *user_id, const char **org)
{
	struct row_org row = { .org_id = NULL };
	enum fault f = stmt_one(w, &stmts[ORG_FOR_USER], ARGS(TEXT(id), TEXT(user_id)), &row);

	*org = row.org_id;
	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
keys_get(struct work *w, const char *org, const char *id, struct key *k)
{
	enum fault f = stmt_one(w, &stmts[GET], ARGS(TEXT(org), TEXT(id)), k);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
keys_restrictions(struct work *w, const char *org, const char *key_id, struct restriction **rows, size_t *n)
{
	return stmt_list(w, &stmts[RESTRICTIONS], ARGS(TEXT(org), TEXT(key_id)), RESTRICTIONS_MAX, rows, n);
}

enum fault
keys_count_live(struct work *w, const char *org, const char *membership_id, const char *kind, int64_t *n)
{
	struct row_n row = { 0 };
	enum fault f = stmt_one(w, &stmts[COUNT_LIVE],
	    ARGS(TEXT(org), TEXT(membership_id), TEXT(kind), I64(w->now)), &row);

	*n = row.n;
	return f;
}

enum fault
keys_rescope(struct work *w, const char *org, const struct key *k)
{
	return stmt_do(w, &stmts[RESCOPE],
	    ARGS(TEXT(k->name), TEXT(k->description), I64(k->scopes), I64(k->restricted), TEXT(org),
		TEXT(k->id)),
	    NULL);
}

enum fault
keys_unrestrict(struct work *w, const char *org, const char *key_id)
{
	return stmt_do(w, &stmts[UNRESTRICT], ARGS(TEXT(org), TEXT(key_id)), NULL);
}

enum fault
keys_change(struct work *w, const char *org, const char *id, const struct key_change *c)
{
	return stmt_do(w, &stmts[CHANGE],
	    ARGS(TEXT(c->name), TEXT(c->description), TEXT(c->unique_name), TIME(c->rate_requests),
		TIME(c->rate_seconds), TEXT(org), TEXT(id)),
	    NULL);
}

enum fault
keys_end(struct work *w, const char *org, const char *id, const char *by, int64_t *changed)
{
	return stmt_do(w, &stmts[END], ARGS(I64(w->now), TEXT(by), TEXT(org), TEXT(id)), changed);
}

enum fault
keys_end_many(struct work *w, const char *org, struct str ids, const char *by, int64_t *changed)
{
	return stmt_do(w, &stmts[END_MANY], ARGS(STRV(ids), TEXT(org), I64(w->now), TEXT(by)), changed);
}

enum fault
keys_end_of_machine(struct work *w, const char *org, const char *machine_id, const char *by)
{
	return stmt_do(w, &stmts[END_OF_MACHINE], ARGS(I64(w->now), TEXT(by), TEXT(org), TEXT(machine_id)),
	    NULL);
}

enum fault
keys_replace(struct work *w, const char *org, const char *id, int64_t version, const struct key_new *k,
    int64_t *changed)
{
	return stmt_do(w, &stmts[REPLACE],
	    ARGS(TEXT(k->prefix), BYTES(k->lookup, LOOKUP_SIZE), TEXT(k->secret_hash), TIME(k->expires_at),
		I64(w->now), TIME(k->expires_at), TIME(k->past_version), TEXT(org), TEXT(id), I64(version)),
	    changed);
}

enum fault
keys_past_insert(struct work *w, const char *org, const char *id, int64_t version, int64_t until,
    int64_t *changed)
{
	return stmt_do(w, &stmts[PAST_INSERT], ARGS(I64(until), TEXT(org), TEXT(id), I64(version)), changed);
}

enum fault
keys_past_end(struct work *w, const char *org, const char *id, int64_t version, int64_t *changed)
{
	return stmt_do(w, &stmts[PAST_END], ARGS(I64(w->now), TEXT(org), TEXT(id), I64(version), I64(w->now)),
	    changed);
}

enum fault
keys_rehash(struct work *w, const char *org, const char *id, int64_t version, const char *secret_hash)
{
	return stmt_do(w, &stmts[REHASH], ARGS(TEXT(secret_hash), TEXT(org), TEXT(id), I64(version)), NULL);
}

enum fault
keys_used(struct work *w, const char *org, const char *id, int64_t at, const char *ip)
{
	return stmt_do(w, &stmts[USED], ARGS(I64(at), TEXT(ip), TEXT(org), TEXT(id), I64(at)), NULL);
}

enum fault
keys_used_many(struct work *w, struct str uses)
{
	return stmt_do(w, &stmts[USED_MANY], ARGS(STRV(uses)), NULL);
}

enum fault
keys_past_used(struct work *w, const char *org, const char *id, int64_t version, int64_t at, const char *ip)
{
	return stmt_do(w, &stmts[PAST_USED],
	    ARGS(I64(at), TEXT(ip), TEXT(org), TEXT(id), I64(version), I64(at)), NULL);
}

enum fault
keys_past_used_many(struct work *w, struct str uses)
{
	return stmt_do(w, &stmts[PAST_USED_MANY], ARGS(STRV(uses)), NULL);
}
