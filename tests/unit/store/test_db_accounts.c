/*
 * test_db_accounts.c: what the database itself refuses: to the app's account,
 * to the gate's, and references across organizations to everybody.
 */
#include <mysqld_error.h>

#include "store/world.h"

static void
every_statement_prepares_for_its_accounts(void **state)
{
	static const enum db_account accounts[] = { DB_APP, DB_GATE };

	(void)state;
	for (size_t i = 0; i < COUNT(accounts); i++) {
		struct db *db = db_open(settings, accounts[i], store_tables);
		size_t mine = 0;

		is_fault(db_ready(db), FAULT_NONE, db_problem(db));
		for (const struct stmt_table *const *t = store_tables; *t != NULL; t++)
			for (size_t s = 0; s < (*t)->n; s++)
				mine += ((*t)->stmts[s].who & accounts[i]) != 0;
		is_int(db->prepared_n, mine, "prepared");
		is_true(mine > 0, "prepared");
		db_close(&db);
	}
}

/* What the gate may do changes nothing but when and how often something was used. */
static void
the_gate_notes_uses_and_changes_nothing(void **state)
{
	size_t changes = 0;

	(void)state;
	for (const struct stmt_table *const *t = store_tables; *t != NULL; t++)
		for (size_t i = 0; i < (*t)->n; i++) {
			const struct stmt *s = &(*t)->stmts[i];

			is_true(s->who != 0 && (s->who & ~(unsigned)(DB_APP | DB_GATE)) == 0, s->name);
			is_true((s->cols != NULL) == (s->size > 0), s->name);
			if ((s->who & DB_GATE) == 0 || strncmp(s->sql, "SELECT", 6) == 0)
				continue;
			is_true(strcmp(s->name, "keys_used") == 0 || strcmp(s->name, "keys_past_used") == 0 ||
				strcmp(s->name, "key_days_add") == 0,
			    s->name);
			changes++;
		}
	is_int(changes, 3, "changes");
}

/* An organization's things are asked for with their organization. */
static void
statements_name_the_organization(void **state)
{
	static const struct stmt_table *const of_orgs[] = { &members_table, &teams_table, &machines_table,
		&grants_table, &keys_table };

	(void)state;
	for (size_t t = 0; t < COUNT(of_orgs); t++)
		for (size_t i = 0; i < of_orgs[t]->n; i++)
			if (strncmp(of_orgs[t]->stmts[i].name, "keys_by_lookup", 15) != 0 &&
			    strcmp(of_orgs[t]->stmts[i].name, "keys_lookups") != 0)
				has_text(of_orgs[t]->stmts[i].sql, "org_id", of_orgs[t]->stmts[i].name);
}

struct attempt {
	const char *sql;
	unsigned error;
};

static void
try_all(enum db_account account, const struct attempt *rows, size_t n)
{
	MYSQL *my = connected(account);

	for (size_t i = 0; i < n; i++)
		is_int(sql_error(my, rows[i].sql), rows[i].error, rows[i].sql);
	mysql_close(my);
}

static void
what_the_gate_may_not_do(void **state)
{
	enum { TABLE = ER_TABLEACCESS_DENIED_ERROR, COLUMN = ER_COLUMNACCESS_DENIED_ERROR };
	static const struct attempt rows[] = {
		{ "SELECT id, lookup, secret_hash FROM api_key", 0 },
		{ "SELECT description FROM api_key", COLUMN },
		{ "SELECT * FROM api_key", TABLE },
		{ "SELECT id FROM user WHERE password_hash IS NOT NULL", COLUMN },
		{ "SELECT password_hash FROM user", COLUMN },
		{ "SELECT * FROM user", TABLE },
		{ "SELECT config FROM resource", COLUMN },
		{ "SELECT config_sealed FROM resource", COLUMN },
		{ "SELECT name FROM resource", COLUMN },
		{ "SELECT personal_max_days FROM organization", COLUMN },
		{ "SELECT address FROM session", COLUMN },
		{ "SELECT id FROM audit", TABLE },
		{ "SELECT id FROM team", TABLE },
		{ "SELECT id FROM schema_lease", TABLE },
		{ "SELECT id FROM outbox", TABLE },
		{ "SELECT key_id FROM reminder", TABLE },
		{ "UPDATE api_key SET last_used_at = 5, last_used_ip = '::1'", 0 },
		{ "UPDATE api_key SET ended_at = NULL", COLUMN },
		{ "UPDATE api_key SET expires_at = NULL", COLUMN },
		{ "UPDATE api_key SET secret_hash = 'x'", COLUMN },
		{ "UPDATE api_key SET lookup = 'x'", COLUMN },
		{ "UPDATE api_key SET version = 9", COLUMN },
		{ "UPDATE organization SET epoch = epoch + 1", TABLE },
		{ "UPDATE membership SET role = 'admin'", TABLE },
		{ "UPDATE session SET ended_at = NULL", TABLE },
		{ "UPDATE role_grant SET role = 'admin'", TABLE },
		{ "INSERT INTO api_key (id) VALUES ('x')", TABLE },
		{ "INSERT INTO role_grant (org_id) VALUES ('x')", TABLE },
		{ "INSERT INTO session (id) VALUES ('x')", TABLE },
		{ "INSERT INTO audit (org_id) VALUES ('x')", TABLE },
		{ "DELETE FROM api_key", TABLE },
		{ "DELETE FROM audit", TABLE },
		{ "DELETE FROM audit_past", TABLE },
		{ "SELECT place FROM audit_chain", TABLE },
		{ "DROP TABLE audit", TABLE },
		{ "ALTER TABLE api_key DROP COLUMN lookup", TABLE },
		{ "TRUNCATE TABLE session", TABLE },
		{ "CREATE TABLE mine (id INT)", TABLE },
		{ "CREATE USER x@localhost", ER_SPECIFIC_ACCESS_DENIED_ERROR },
		{ "SELECT User FROM mysql.user", TABLE },

		{ "SELECT 1 INTO OUTFILE '/tmp/claviger-outfile'", ER_SPECIFIC_ACCESS_DENIED_ERROR },
		{ "SELECT 1; SELECT 1", ER_PARSE_ERROR },
	};

	(void)state;
	try_all(DB_GATE, rows, COUNT(rows));
}

static void
what_the_app_may_not_do(void **state)
{
	enum { TABLE = ER_TABLEACCESS_DENIED_ERROR, COLUMN = ER_COLUMNACCESS_DENIED_ERROR };
	static const struct attempt rows[] = {
		{ "SELECT * FROM api_key", 0 },
		{ "SELECT * FROM audit", 0 },
		/* the audit is added to and sealed */
		{ "DELETE FROM audit", TABLE },
		{ "UPDATE audit SET action = 'x'", COLUMN },
		{ "UPDATE audit SET actor_id = 'x'", COLUMN },
		{ "UPDATE audit SET at = 0", COLUMN },
		{ "UPDATE audit SET before_change = NULL, after_change = NULL", COLUMN },
		{ "UPDATE audit SET place = NULL WHERE id = 0", 0 },
		{ "DELETE FROM audit_past WHERE org_id = 'org_none'", 0 },
		{ "UPDATE audit_past SET place = 1", TABLE },
		{ "DELETE FROM audit_chain", TABLE },
		{ "UPDATE audit_chain SET org_id = 'org_b'", COLUMN },
		{ "ALTER VIEW audit_past AS SELECT org_id, place FROM audit", TABLE },
		{ "DROP VIEW audit_past", TABLE },
		/* what has a history stays, and belongs to whom it did */
		{ "DELETE FROM api_key", TABLE },
		{ "DELETE FROM organization", TABLE },
		{ "DELETE FROM user", TABLE },
		{ "DELETE FROM membership", TABLE },
		{ "DELETE FROM machine", TABLE },
		{ "UPDATE key_restriction SET base_path = '/'", TABLE },
		{ "UPDATE api_key SET org_id = 'org_b'", COLUMN },
		{ "UPDATE api_key SET membership_id = 'mem_x'", COLUMN },
		{ "UPDATE api_key SET kind = 'personal'", COLUMN },
		{ "UPDATE api_key SET created_at = 0", COLUMN },
		{ "UPDATE user SET email = 'x'", COLUMN },
		{ "UPDATE membership SET user_id = 'x'", COLUMN },
		{ "UPDATE resource SET org_id = 'x'", COLUMN },
		{ "UPDATE resource SET parent_id = NULL", COLUMN },
		{ "UPDATE session SET expires_at = 0", COLUMN },
		{ "UPDATE session SET user_id = 'x'", COLUMN },
		{ "UPDATE outbox SET user_id = 'usr_x'", COLUMN },
		{ "UPDATE outbox SET template = 'x'", COLUMN },
		{ "UPDATE outbox SET good_until = 0", COLUMN },
		{ "UPDATE api_key SET renewed_at = 0 WHERE id = 'none'", 0 },
		{ "DELETE FROM reminder", TABLE },
		{ "INSERT INTO schema_version VALUES (7, 'x', 0)", TABLE },
		{ "SELECT holder FROM schema_lease", TABLE },
		{ "DROP TABLE session", TABLE },
		{ "ALTER TABLE audit ADD COLUMN x INT", TABLE },
		{ "CREATE TABLE mine (id INT)", TABLE },
		{ "GRANT DELETE ON audit TO claviger_app@localhost", TABLE },
		{ "SELECT User FROM mysql.user", TABLE },
	};

	(void)state;
	try_all(DB_APP, rows, COUNT(rows));
}

#define NO_PARENT ER_NO_REFERENCED_ROW_2
#define CHECKED	  ER_CONSTRAINT_FAILED

static const struct attempt references[] = {
	{ "INSERT INTO team_member (org_id, team_id, membership_id, added_at) VALUES ('org_a', 'tem_a', 'mem_bob_a', 1)",
	    0 },
	{ "INSERT INTO team_member (org_id, team_id, membership_id, added_at) VALUES ('org_a', 'tem_b', 'mem_bob_a', 1)",
	    NO_PARENT },
	{ "INSERT INTO team_member (org_id, team_id, membership_id, added_at) VALUES ('org_a', 'tem_a', 'mem_bob_b', 1)",
	    NO_PARENT },
	{ "INSERT INTO team_member (org_id, team_id, machine_id, added_at) VALUES ('org_a', 'tem_a', 'mch_b', 1)",
	    NO_PARENT },
	{ "INSERT INTO resource (org_id, id, type, parent_id, name, created_at, created_by) "
	  "VALUES ('org_a', 'bse_x', 'base', 'spc_b', 'x', 1, 'x')",
	    NO_PARENT },
	{ "UPDATE resource SET parent_id = 'spc_b' WHERE id = 'bse_a'", NO_PARENT },
	{ "INSERT INTO role_grant (org_id, resource_id, subject_id, machine_id, role, granted_at) "
	  "VALUES ('org_a', 'res_source_a', 'mch_a', 'mch_a', 'member', 1)",
	    0 },
	{ "INSERT INTO role_grant (org_id, resource_id, subject_id, machine_id, role, granted_at) "
	  "VALUES ('org_a', 'res_source_b', 'mch_a', 'mch_a', 'member', 1)",
	    NO_PARENT },
	{ "INSERT INTO role_grant (org_id, resource_id, subject_id, machine_id, role, granted_at) "
	  "VALUES ('org_a', 'res_source_a', 'mch_b', 'mch_b', 'member', 1)",
	    NO_PARENT },
	{ "INSERT INTO role_grant (org_id, resource_id, subject_id, team_id, role, granted_at) "
	  "VALUES ('org_a', 'res_source_a', 'tem_b', 'tem_b', 'member', 1)",
	    NO_PARENT },
	{ "INSERT INTO role_grant (org_id, resource_id, subject_id, membership_id, role, granted_at) "
	  "VALUES ('org_a', 'res_source_a', 'mem_bob_b', 'mem_bob_b', 'member', 1)",
	    NO_PARENT },
	{ "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, membership_id, scopes, created_at, "
	  "created_by) VALUES ('org_a', 'key_x', 'personal', 'x', 'x', 'x', 'x', 'mem_bob_b', 1, 1, 'x')",
	    NO_PARENT },
	{ "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, machine_id, scopes, created_at, "
	  "created_by) VALUES ('org_a', 'key_x', 'machine', 'x', 'x', 'x', 'x', 'mch_b', 1, 1, 'x')",
	    NO_PARENT },
	{ "INSERT INTO key_restriction (org_id, key_id, resource_id) VALUES ('org_a', 'key_a', 'spc_a')", 0 },
	{ "INSERT INTO key_restriction (org_id, key_id, resource_id) VALUES ('org_a', 'key_a', 'spc_b')",
	    NO_PARENT },
	{ "INSERT INTO key_restriction (org_id, key_id, resource_id) VALUES ('org_b', 'key_a', 'spc_b')",
	    NO_PARENT },
	{ "UPDATE api_key SET org_id = 'org_b' WHERE id = 'key_a'", ER_ROW_IS_REFERENCED_2 },
	{ "DELETE FROM membership WHERE id = 'mem_bob_a'", ER_ROW_IS_REFERENCED_2 },
	{ "DELETE FROM organization WHERE id = 'org_a'", ER_ROW_IS_REFERENCED_2 },
	/* and what a row may say of itself */
	{ "INSERT INTO team_member (org_id, team_id, membership_id, machine_id, added_at) "
	  "VALUES ('org_a', 'tem_a', 'mem_ann_a', 'mch_a', 1)",
	    CHECKED },
	{ "INSERT INTO team_member (org_id, team_id, added_at) VALUES ('org_a', 'tem_a', 1)", CHECKED },
	{ "UPDATE role_grant SET subject_id = 'everyone'", CHECKED },
	{ "UPDATE role_grant SET role = 'owner'", CHECKED },
	{ "UPDATE membership SET role = 'root'", CHECKED },
	{ "UPDATE api_key SET membership_id = 'mem_bob_a', machine_id = 'mch_a'", CHECKED },
	{ "UPDATE api_key SET name = REPEAT('x', 201)", ER_DATA_TOO_LONG },
};

/* Tried by the administrator, whom no grant stops: the keys themselves refuse. */
static void
no_row_refers_to_another_organization(void **state)
{
	struct key_new k = key_row("key_a", 1);

	must(world_fresh(state) == 0 ? FAULT_NONE : FAULT_INTERNAL);
	must(keys_insert(&w, "org_a", &k));
	for (size_t i = 0; i < COUNT(references); i++)
		is_int(sql_error(admin, references[i].sql), references[i].error, references[i].sql);
}

/* The same as a fault, for those who ask through the store. */
static void
the_store_says_conflict(void **state)
{
	struct grant_subject foreign = { .machine_id = "mch_b" }, own = { .machine_id = "mch_a" };
	struct key_new k = key_row("key_a", 1);
	struct restriction r = { .resource_id = "spc_b" };

	must(world_fresh(state) == 0 ? FAULT_NONE : FAULT_INTERNAL);
	k.membership_id = "mem_bob_b";
	is_fault(keys_insert(&w, "org_a", &k), FAULT_CONFLICT, "a key of a foreign member");
	k.membership_id = "mem_bob_a";
	is_fault(keys_insert(&w, "org_a", &k), FAULT_NONE, "a key of a member");
	is_fault(keys_restrict(&w, "org_a", "key_a", &r), FAULT_CONFLICT, "a restriction to a foreign space");
	is_fault(in_change("org_a", grants_set(&w, "org_a", "res_source_a", &foreign, "member")),
	    FAULT_CONFLICT, "a role of a foreign machine");
	is_fault(in_change("org_a", grants_set(&w, "org_a", "res_source_b", &own, "member")), FAULT_CONFLICT,
	    "a role on a foreign source");
	is_fault(in_change("org_a", teams_add(&w, "org_a", "tem_a", "mem_bob_b", NULL)), FAULT_CONFLICT,
	    "a foreign member in a team");
	is_fault(in_change("org_a", teams_add(&w, "org_a", "tem_b", "mem_bob_a", NULL)), FAULT_CONFLICT,
	    "a member in a foreign team");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_prepares_for_its_accounts),
		cmocka_unit_test(the_gate_notes_uses_and_changes_nothing),
		cmocka_unit_test(statements_name_the_organization),
		cmocka_unit_test(what_the_gate_may_not_do),
		cmocka_unit_test(what_the_app_may_not_do),
		cmocka_unit_test(no_row_refers_to_another_organization),
		cmocka_unit_test(the_store_says_conflict),
	};

	return cmocka_run_group_tests_name("store/accounts", tests, world_open, world_close);
}
