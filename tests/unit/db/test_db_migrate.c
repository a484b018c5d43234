/*
 * test_db_migrate.c: the schema from nothing, again, half made, from the first
 * version, from a newer program, by several at once; and the two accounts.
 */
#include "db/database.h"

#include <sys/stat.h>

#include "base/conf.h"
#include "base/embedded.h"

extern const struct embedded sql_files[];

static bool fresh;

static void
drop_all(void)
{
	sql_must(
	    "DROP DATABASE IF EXISTS claviger; DROP USER IF EXISTS claviger_app@localhost, claviger_gate@localhost");
}

static int
with_nothing(void **state)
{
	(void)state;
	drop_all();
	return 0;
}

static int
with_a_schema(void **state)
{
	(void)state;
	drop_all();
	return migrate_it(&fresh) == MIGRATED ? 0 : -1;
}

static void
lease_is_free(void)
{
	is_int(sql_number("SELECT COUNT(*) FROM claviger.schema_lease WHERE holder = '' AND until = 0"), 1,
	    "the lease");
}

static void
from_nothing(void **state)
{
	(void)state;
	is_int(migrate_it(&fresh), MIGRATED, told.text);
	is_int(fresh, true, "nothing was there before");
	has_text(told.text, "applying 0001_init.sql\n", "told");
	is_int(sql_number("SELECT MAX(version) FROM claviger.schema_version"), migrate_newest(), "version");
	is_int(sql_number("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'claviger' "
			  "AND (engine <> 'InnoDB' OR table_collation NOT IN ('ascii_bin', 'utf8mb4_bin'))"),
	    0, "tables that are not as wished");
	mysql_close(connected(DB_APP));
	mysql_close(connected(DB_GATE));
	lease_is_free();
}

/* Of sql/, without the grants. */
static int64_t
files(void)
{
	int64_t n = 0;

	for (const struct embedded *f = sql_files; f->name != NULL; f++)
		n += f->name[0] >= '0' && f->name[0] <= '9';
	return n;
}

static void
again_there_is_nothing_to_do(void **state)
{
	(void)state;
	is_int(migrate_it(&fresh), MIGRATE_NOTHING, told.text);
	is_int(fresh, false, "a schema was there");
	is_text(told.text, "", "told");
	lease_is_free();
}

static void
a_newer_schema_is_refused(void **state)
{
	(void)state;
	sql_must("INSERT INTO claviger.schema_version VALUES (9999, '9999_future.sql', 0)");
	is_int(migrate_it(&fresh), MIGRATE_FAILED, told.text);
	has_text(told.text, "the schema is version 9999, newer than this program", "told");
	is_int(sql_number("SELECT COUNT(*) FROM claviger.schema_version"), files() + 1,
	    "nothing was applied");
	lease_is_free();
}

/* A crash in the middle of a file: some of it is there, its version is not. */
static void
half_a_migration_is_finished(void **state)
{
	(void)state;
	sql_must(
	    "DELETE FROM claviger.schema_version; DROP TABLE claviger.audit, claviger.session, claviger.key_restriction");
	is_int(migrate_it(&fresh), MIGRATED, told.text);
	is_int(sql_number("SELECT MAX(version) FROM claviger.schema_version"), migrate_newest(), "version");
	is_int(sql_number("SELECT COUNT(*) FROM claviger.audit"), 0, "the table is back");
}

/* The rows that are there stay. */
static void
what_is_there_stays(void **state)
{
	(void)state;
	sql_must("INSERT INTO claviger.organization (id, name, created_at) VALUES ('org_a', 'A', 1);"
		 "DELETE FROM claviger.schema_version");
	is_int(migrate_it(&fresh), MIGRATED, told.text);
	is_int(sql_number("SELECT COUNT(*) FROM claviger.organization"), 1, "rows");
}

/* As the first version left it, with a row that each of the later ones looks at. */
static void
the_first_schema_becomes_the_newest(void **state)
{
	(void)state;
	is_text(sql_files[0].name, "0001_init.sql", "the first");
	sql_must("CREATE DATABASE claviger CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE claviger;"
		 "CREATE TABLE schema_version (version INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL,"
		 " applied_at BIGINT NOT NULL)");
	sql_must(sql_files[0].text);
	sql_must(
	    "INSERT INTO schema_version VALUES (1, '0001_init.sql', 1);"
	    "INSERT INTO organization (id, name, created_at) VALUES ('org_a', 'A', 1);"
	    "INSERT INTO user (id, email, name, created_at) VALUES ('usr_a', 'a@example.org', 'A', 1);"
	    "INSERT INTO membership (org_id, id, user_id, role, joined_at)"
	    " VALUES ('org_a', 'mem_a', 'usr_a', 'admin', 1);"
	    "INSERT INTO session (id, user_id, created_at, expires_at) VALUES ('ses_a', 'usr_a', 1, 2);"
	    "INSERT INTO audit (org_id, at, action, actor_type, place, prev, hash)"
	    " VALUES ('org_a', 1, 'organization.create', 'operator', 1, REPEAT('p', 32), REPEAT('h', 32))");
	is_int(migrate_it(&fresh), MIGRATED, told.text);
	is_int(fresh, false, "a schema was there");
	assert_null(strstr(told.text, "applying 0001_init.sql"));
	is_int(sql_number("SELECT MAX(version) FROM claviger.schema_version"), migrate_newest(), "version");
	is_int(sql_number("SELECT COUNT(*) FROM claviger.schema_version"), files(), "each");
	is_int(sql_number("SELECT COUNT(*) FROM claviger.membership m JOIN claviger.session s"
			  " ON s.user_id = m.user_id WHERE m.awaits = 0 AND s.source = 'password'"),
	    1, "who was in stays in");
	is_int(sql_number("SELECT COUNT(*) FROM claviger.audit WHERE place IS NULL AND hash IS NULL"), 1,
	    "the chain is begun anew");
	lease_is_free();
}

static void
several_at_once_do_it_once(void **state)
{
	pid_t pid[2];
	int seen[3] = { 0 }, status;

	(void)state;
	for (size_t i = 0; i < COUNT(pid); i++) {
		if ((pid[i] = fork()) == 0)
			_exit((int)migrate_it(&fresh));
	}
	for (size_t i = 0; i < COUNT(pid); i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= MIGRATE_FAILED);
		seen[WEXITSTATUS(status)]++;
	}
	is_int(seen[MIGRATED], 1, "did it");
	is_int(seen[MIGRATE_NOTHING], 1, "had nothing left to do");
	is_int(sql_number("SELECT COUNT(*) FROM claviger.schema_version"), files(), "applied once");
	lease_is_free();
}

static void
a_lease_is_waited_for_and_taken_when_it_ran_out(void **state)
{
	static const struct {
		const char *until;
		bool waits;
	} cases[] = {
		{ "UNIX_TIMESTAMP() - 1", false },
		{ "UNIX_TIMESTAMP()", true },
	};
	char sql[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(sql, sizeof sql, "UPDATE claviger.schema_lease SET holder = 'elsewhere', until = %s",
		    cases[i].until);
		sql_must(sql);
		is_int(migrate_it(&fresh), MIGRATE_NOTHING, cases[i].until);
		is_int(strstr(told.text, "another host is migrating") != NULL, cases[i].waits,
		    cases[i].until);
		lease_is_free();
	}
}

static void
write_password(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

/* A password is data: whatever it holds, the account has exactly that one. */
static void
every_password_is_taken_as_it_is(void **state)
{
	static const char *const passwords[] = { "plain", "it's", "back\\slash", "\"double\"",
		"'; DROP DATABASE claviger; --", "\\'", "%s%n@account@", "caf\303\251 \360\237\224\221",
		"with blanks  ", "" };
	char path[] = "/tmp/claviger-password.XXXXXX";
	const char *was = settings->database_password_file;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	settings->database_password_file = path;
	for (size_t i = 0; i < COUNT(passwords); i++) {
		write_password(path, passwords[i], 0600);
		is_int(migrate_it(&fresh), MIGRATE_NOTHING, passwords[i]);
		mysql_close(connected(DB_APP));
		write_password(path, "another", 0600);
		assert_null(connection_make(settings, DB_APP, "claviger", told.text, sizeof told.text));
		has_text(told.text, "claviger_app: Access denied", passwords[i]);
	}
	settings->database_password_file = was;
	unlink(path);
}

static void
what_goes_wrong_is_told(void **state)
{
	static const struct {
		const char *what, *told;
	} cases[] = {
		{ "no file", "/nowhere/password: cannot be read" },
		{ "no server", "cannot connect to the database: " },
	};
	const char *file = settings->database_gate_password_file, *socket = settings->database_socket;

	(void)state;
	settings->database_gate_password_file = "/nowhere/password";
	is_int(migrate_it(&fresh), MIGRATE_FAILED, cases[0].what);
	has_text(told.text, cases[0].told, cases[0].what);
	settings->database_gate_password_file = file;
	settings->database_socket = "/nowhere/db.sock";
	is_int(migrate_it(&fresh), MIGRATE_FAILED, cases[1].what);
	has_text(told.text, cases[1].told, cases[1].what);
	settings->database_socket = socket;
	lease_is_free();
}

/* No step of it shows a password. */
static void
nothing_told_is_secret(void **state)
{
	const char *why;
	struct str password;

	(void)state;
	drop_all();
	is_int(migrate_it(&fresh), MIGRATED, told.text);
	password = conf_file(w.arena, settings->database_password_file, 256, true, &why);
	assert_true(password.n > 8);
	assert_null(strstr(told.text, arena_text(w.arena, password)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(from_nothing, with_nothing),
		cmocka_unit_test_setup(again_there_is_nothing_to_do, with_a_schema),
		cmocka_unit_test_setup(a_newer_schema_is_refused, with_a_schema),
		cmocka_unit_test_setup(half_a_migration_is_finished, with_a_schema),
		cmocka_unit_test_setup(what_is_there_stays, with_a_schema),
		cmocka_unit_test_setup(the_first_schema_becomes_the_newest, with_nothing),
		cmocka_unit_test_setup(several_at_once_do_it_once, with_nothing),
		cmocka_unit_test_setup(a_lease_is_waited_for_and_taken_when_it_ran_out, with_a_schema),
		cmocka_unit_test_setup(every_password_is_taken_as_it_is, with_a_schema),
		cmocka_unit_test_setup(what_goes_wrong_is_told, with_a_schema),
		cmocka_unit_test_setup(nothing_told_is_secret, with_a_schema),
	};

	return cmocka_run_group_tests_name("db/migrate", tests, server_open, database_close);
}
