/*
 * world.h: two organizations that look alike, for the store's statements to
 * tell apart: everything of org_b has the names of org_a's.
 */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "db/database.h"
#include "store/audit.h"
#include "store/grants.h"
#include "store/keys.h"
#include "store/machines.h"
#include "store/members.h"
#include "store/orgs.h"
#include "store/resources.h"
#include "store/sessions.h"
#include "store/tables.h"
#include "store/teams.h"
#include "store/users.h"

#define must(call) is_fault((call), FAULT_NONE, #call)

/* "key" and 'a' give "key_a". */
static inline const char *
id_in(const char *what, char org)
{
	return arena_print(w.arena, "%s_%c", what, org);
}

/* As core makes a change of an organization: with its epoch, or not at all. */
#define in_change(org, deed) (must(db_begin(&w, DB_CHANGES)), end_change((org), (deed)))

static inline enum fault
end_change(const char *org, enum fault f)
{
	if (f == FAULT_NONE && (f = orgs_bump_epoch(&w, org)) == FAULT_NONE)
		return db_commit(&w);
	db_rollback(&w);
	return f;
}

static inline void
put_resource(const char *org, const char *id, const char *type, const char *parent)
{
	struct resource r = { .id = id,
		.type = type,
		.parent_id = parent,
		.name = "Thing",
		.created_by = "usr_ann" };

	must(resources_insert(&w, org, &r));
}

static inline void
make_organization(char o)
{
	const char *org = id_in("org", o);
	struct team t = { .id = id_in("tem", o), .name = "Team" };
	struct machine m = { .id = id_in("mch", o), .name = "Robot", .created_by = "usr_ann" };

	must(orgs_insert(&w, org, "Acme"));
	put_resource(org, org, "organization", NULL);
	must(members_insert(&w, org, id_in("mem_ann", o), "usr_ann", "admin", false));
	must(members_insert(&w, org, id_in("mem_bob", o), "usr_bob", "member", false));
	must(teams_insert(&w, org, &t, "team"));
	must(machines_insert(&w, org, &m, "robot"));
	put_resource(org, id_in("res_source", o), "source", NULL);
	put_resource(org, id_in("res_provider", o), "provider", NULL);
	put_resource(org, id_in("spc", o), "space", NULL);
	put_resource(org, id_in("bse", o), "base", id_in("spc", o));
	put_resource(org, id_in("tbl", o), "table", id_in("bse", o));
}

/* A key of the organization itself; what differs is set by the test. */
static inline struct key_new
key_row(const char *id, uint8_t lookup)
{
	struct key_new k = { .id = id,
		.kind = "organization",
		.name = "Key",
		.prefix = "dk_Abcd",
		.secret_hash = "$x",
		.created_by = "usr_ann",
		.scopes = 1 };

	memset(k.lookup, lookup, sizeof k.lookup);
	return k;
}

/* Rows the server has read for this connection so far. */
static inline int64_t
rows_read(void)
{
	MYSQL_RES *result = NULL;
	int64_t n, sum = 0;
	MYSQL_ROW row;

	if (mysql_real_query(w.db->my, STR("SHOW SESSION STATUS LIKE 'Handler_read%'").s,
		STR("SHOW SESSION STATUS LIKE 'Handler_read%'").n) != 0 ||
	    (result = mysql_store_result(w.db->my)) == NULL)
		fail_msg("%s", mysql_error(w.db->my));
	while ((row = mysql_fetch_row(result)) != NULL)
		if (str_int(str_of(row[1]), &n))
			sum += n;
	mysql_free_result(result);
	return sum;
}

/* Begin a test with the two organizations and nothing else. */
static inline int
world_fresh(void **state)
{
	static const char *const order[] = { "record_value", "record_row", "record_field", "record_view",
		"record_table", "outbox", "reminder", "reminder_start", "audit_chain", "audit", "session",
		"upload_chunk", "upload", "file_star", "file", "key_restriction", "key_past", "key_use_day",
		"api_key", "role_grant", "team_member", "resource", "machine", "team", "membership", "user",
		"organization" };
	struct user ann = { .id = "usr_ann", .email = "ann@example.org", .name = "Ann" };
	struct user bob = { .id = "usr_bob",
		.email = "bob@example.org",
		.name = "Bob",
		.password_hash = "$hash" };

	(void)state;
	bench_clear();
	sql_must("SET SESSION foreign_key_checks = 0");
	for (size_t i = 0; i < COUNT(order); i++)
		sql_must(arena_print(w.arena, "DELETE FROM %s", order[i]));
	sql_must("SET SESSION foreign_key_checks = 1");
	w.now = INT64_C(1800000000);
	must(users_insert(&w, &ann));
	must(users_insert(&w, &bob));
	make_organization('a');
	make_organization('b');
	return 0;
}

static inline int
world_open(void **state)
{
	if (database_open(state) != 0)
		return -1;
	w.db = db_open(settings, DB_APP, store_tables);
	if (db_ready(w.db) != FAULT_NONE)
		print_error("%s\n", db_problem(w.db));
	return db_problem(w.db)[0] == '\0' ? 0 : -1;
}

static inline int
world_close(void **state)
{
	db_close(&w.db);
	return database_close(state);
}

#endif
