/*
 * reminders.c: the rows about the ends of keys.
 */
#include "store/reminders.h"

#include "store/tables.h"

enum { DUE, KEY, NOTE, NOTE_AGAIN, SINCE, START, SET_SINCE, ADMINS, MEMBER };

static const struct col key_cols[] = {
	COL(ending_key, org_id),
	COL(ending_key, id),
	COL(ending_key, kind),
	COL(ending_key, name),
	COL(ending_key, prefix),
	COL_NULL(ending_key, membership_id),
	COL_NULL(ending_key, machine_id),
	COL(ending_key, created_at),
	COL_NULL(ending_key, renewed_at),
	COL_NULL(ending_key, expires_at),
	COL_NULL(ending_key, ended_at),
	COL_NULL(ending_key, last_used_at),
	COL(ending_key, org_name),
	COL(ending_key, personal_enabled),
	COL_NULL(ending_key, org_deleted_at),
	COL_NULL(ending_key, user_id),
	COL_NULL(ending_key, left_at),
	COL_NULL(ending_key, machine_name),
	COL_NULL(ending_key, machine_deleted_at),
	COL_END,
};

struct row_since {
	int64_t since;
};
static const struct col since_cols[] = { COL(row_since, since), COL_END };

static const struct col recipient_cols[] = {
	COL(recipient, user_id),
	COL(recipient, email),
	COL(recipient, name),
	COL(recipient, role),
	COL_END,
};

#define KEY_COLS \
	"SELECT k.org_id, k.id, k.kind, k.name, k.prefix, k.membership_id, k.machine_id, k.created_at, " \
	"k.renewed_at, k.expires_at, k.ended_at, k.last_used_at, o.name AS org_name, o.personal_enabled, " \
	"o.deleted_at AS org_deleted_at, m.user_id, m.left_at, x.name AS machine_name, " \
	"x.deleted_at AS machine_deleted_at FROM api_key k JOIN organization o ON o.id = k.org_id " \
	"LEFT JOIN membership m ON m.org_id = k.org_id AND m.id = k.membership_id " \
	"LEFT JOIN machine x ON x.org_id = k.org_id AND x.id = k.machine_id "

#define RECIPIENT_COLS \
	"SELECT m.user_id, u.email, u.name, m.role FROM membership m JOIN user u ON u.id = m.user_id " \
	"WHERE m.org_id = ? AND m.left_at IS NULL "

static const struct stmt stmts[] = {
	[DUE] = { "reminders_due",
	    KEY_COLS
	    "WHERE k.ended_at IS NULL AND k.expires_at > ? AND k.expires_at <= ? AND k.expires_at >= ? "
	    "AND (k.expires_at > ? OR k.id > ?) "
	    "AND k.expires_at - COALESCE(k.renewed_at, k.created_at) > ? * 86400 "
	    "AND o.deleted_at IS NULL AND m.left_at IS NULL AND x.deleted_at IS NULL "
	    "AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.org_id = k.org_id AND r.key_id = k.id "
	    "AND r.expires_at = k.expires_at AND r.days <= ? AND r.at <= ?) "
	    "ORDER BY k.expires_at, k.id LIMIT ?",
	    "iiiitiiii", key_cols, sizeof(struct ending_key), DB_APP, READS },
	[KEY] = { "reminders_key", KEY_COLS "WHERE k.org_id = ? AND k.id = ?", "tt", key_cols,
	    sizeof(struct ending_key), DB_APP, READS },
	/* What was said decides nothing. */
	[NOTE] = { "reminders_note",
	    "INSERT INTO reminder (org_id, key_id, expires_at, days, at) VALUES (?, ?, ?, ?, ?)", "ttiii",
	    NULL, 0, DB_APP, KEEPS },
	[NOTE_AGAIN] = { "reminders_note_again",
	    "UPDATE reminder SET at = ? WHERE org_id = ? AND key_id = ? AND expires_at = ? AND days = ? AND at > ?",
	    "ittiii", NULL, 0, DB_APP, KEEPS },
	[SINCE] = { "reminders_since", "SELECT since FROM reminder_start WHERE id = 1", "", since_cols,
	    sizeof(struct row_since), DB_APP, READS },
	[START] = { "reminders_start", "INSERT INTO reminder_start (id, since) VALUES (1, ?)", "i", NULL, 0,
	    DB_APP, KEEPS },
	[SET_SINCE] = { "reminders_set_since", "UPDATE reminder_start SET since = ? WHERE id = 1", "i", NULL,
	    0, DB_APP, KEEPS },
	[ADMINS] = { "reminders_admins",
	    RECIPIENT_COLS "AND m.role = 'admin' ORDER BY m.joined_at, m.id LIMIT ?", "ti", recipient_cols,
	    sizeof(struct recipient), DB_APP, READS },
	[MEMBER] = { "reminders_member", RECIPIENT_COLS "AND m.user_id = ?", "tt", recipient_cols,
	    sizeof(struct recipient), DB_APP, READS },
};
const struct stmt_table reminders_table = { "reminders", stmts, COUNT(stmts) };

enum fault
reminders_due(struct work *w, const struct reminder_place *p, size_t max, struct ending_key **rows, size_t *n)
{
	return stmt_list(w, &stmts[DUE],
	    ARGS(I64(p->after), I64(p->to), I64(p->at), I64(p->at), TEXT(p->id), I64(p->days), I64(p->days),
		I64(p->believed), I64((int64_t)max)),
	    max, rows, n);
}

enum fault
reminders_key(struct work *w, const char *org, const char *id, struct ending_key *k)
{
	enum fault f = stmt_one(w, &stmts[KEY], ARGS(TEXT(org), TEXT(id)), k);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}

enum fault
reminders_note(struct work *w, const struct ending_key *k, int64_t days, int64_t believed, bool *first)
{
	int64_t changed = 1;
	enum fault f = stmt_do(w, &stmts[NOTE],
	    ARGS(TEXT(k->org_id), TEXT(k->id), I64(k->expires_at), I64(days), I64(w->now)), NULL);

	if (f == FAULT_TAKEN)
		f = stmt_do(w, &stmts[NOTE_AGAIN],
		    ARGS(I64(w->now), TEXT(k->org_id), TEXT(k->id), I64(k->expires_at), I64(days),
			I64(believed)),
		    &changed);
	*first = f == FAULT_NONE && changed == 1;
	return f;
}

enum fault
reminders_since(struct work *w, int64_t *since)
{
	struct row_since row = { 0 };
	enum fault f = stmt_one(w, &stmts[SINCE], NO_ARGS, &row);

	*since = row.since;
	return f;
}

enum fault
reminders_set_since(struct work *w, int64_t since)
{
	enum fault f = stmt_do(w, &stmts[START], ARGS(I64(since)), NULL);

	return f == FAULT_TAKEN ? stmt_do(w, &stmts[SET_SINCE], ARGS(I64(since)), NULL) : f;
}

enum fault
reminders_admins(struct work *w, const char *org, size_t max, struct recipient **rows, size_t *n)
{
	return stmt_list(w, &stmts[ADMINS], ARGS(TEXT(org), I64((int64_t)max)), max, rows, n);
}

enum fault
reminders_member(struct work *w, const char *org, const char *user_id, struct recipient *r)
{
	enum fault f = stmt_one(w, &stmts[MEMBER], ARGS(TEXT(org), TEXT(user_id)), r);

	return f == FAULT_NO_ROW ? FAULT_NOT_FOUND : f;
}
