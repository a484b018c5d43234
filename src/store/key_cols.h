/*
 * key_cols.h: a key as lists and single looks read it.
 */
#ifndef STORE_KEY_COLS_H
#define STORE_KEY_COLS_H

#include "db/stmt.h"
#include "store/keys.h"

static const struct col key_cols[] = {
	COL(key, id),
	COL(key, kind),
	COL(key, name),
	COL_NULL(key, description),
	COL(key, prefix),
	COL_NULL(key, membership_id),
	COL_NULL(key, machine_id),
	COL_NULL(key, owner_id),
	COL_NULL(key, owner_name),
	COL_NULL(key, allowed_ips),
	COL(key, created_by),
	COL_NULL(key, last_used_ip),
	COL(key, scopes),
	COL(key, restricted),
	COL(key, created_at),
	COL_NULL(key, expires_at),
	COL_NULL(key, last_used_at),
	COL_NULL(key, ended_at),
	COL_NULL(key, owner_ended_at),
	COL(key, version),
	COL_NULL(key, ends_at),
	COL_NULL(key, rate_requests),
	COL_NULL(key, rate_seconds),
	COL_NULL(key, past_version),
	COL_NULL(key, past_prefix),
	COL_NULL(key, past_until),
	COL_NULL(key, past_used_at),
	COL_NULL(key, past_used_ip),
	COL_END,
};

#define WITH_OWNER \
	"JOIN organization o ON o.id = k.org_id " \
	"LEFT JOIN membership m ON m.org_id = k.org_id AND m.id = k.membership_id " \
	"LEFT JOIN user u ON u.id = m.user_id " \
	"LEFT JOIN machine x ON x.org_id = k.org_id AND x.id = k.machine_id "

/* With the text before the one there is. */
#define WITH_PAST \
	"LEFT JOIN key_past t ON t.org_id = k.org_id AND t.key_id = k.id AND t.version = k.past_version "

#define KEY_FROM "FROM api_key k " WITH_OWNER "WHERE k.org_id = ? "

#define KEY_COLS \
	"SELECT k.id, k.kind, k.name, k.description, k.prefix, k.membership_id, k.machine_id, " \
	"COALESCE(m.user_id, k.machine_id, k.org_id) AS owner_id, COALESCE(u.name, x.name, o.name) AS owner_name, " \
	"k.allowed_ips, k.created_by, k.last_used_ip, k.scopes, k.restricted, k.created_at, k.expires_at, " \
	"k.last_used_at, k.ended_at, COALESCE(m.left_at, x.deleted_at) AS owner_ended_at, k.version, " \
	"k.ends_at, k.rate_requests, k.rate_seconds, k.past_version, " \
	"t.prefix AS past_prefix, t.until AS past_until, t.last_used_at AS past_used_at, " \
	"t.last_used_ip AS past_used_ip FROM api_key k " WITH_PAST WITH_OWNER "WHERE k.org_id = ? "

#endif
