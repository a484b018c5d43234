/*
 * test_db_cluster.c: the epoch as it is read from a real database at each check,
 * and what the sessions of a cluster are set to.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/change.h"
#include "core/memory.h"
#include "core/secrets.h"
#include "store/world.h"

static char folder[] = "/dev/shm/claviger-cluster.XXXXXX";
static char pepper[64], secret[64], file[64];
static struct settings untouched;
static const uint8_t tag[MEMORY_TAG] = { 1 };

static int
start(void **state)
{
	const char *why;

	if (world_open(state) != 0 || mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(pepper, sizeof pepper, "%s/pepper", folder);
	(void)snprintf(secret, sizeof secret, "%s/secret", folder);
	(void)snprintf(file, sizeof file, "%s/memory", folder);
	untouched = *settings;
	settings->keys_pepper_file = pepper;
	settings->keys_secret_file = secret;
	settings->keys_memory_file = file;
	settings->keys_remembered = 64;
	if (!secrets_create(settings, no_problem, NULL) || !secrets_load(settings, no_problem, NULL))
		return -1;
	memory_open(settings, &why);
	return why == NULL ? 0 : -1;
}

static int
stop(void **state)
{
	(void)unlink(pepper);
	(void)unlink(secret);
	(void)unlink(file);
	(void)rmdir(folder);
	*settings = untouched;
	return world_close(state);
}

static void
connect_as(enum db_account account)
{
	db_close(&w.db);
	w.db = db_open(settings, account, store_tables);
	must(db_ready(w.db));
}

static int
fresh(void **state)
{
	struct standing s = { .kind = kind_of(KIND_ORGANIZATION),
		.org_id = "org_a",
		.org_name = "Acme",
		.owner_id = "org_a",
		.owner_name = "Acme",
		.key_id = "key_1",
		.key_name = "k",
		.key_prefix = "dk_",
		.epoch = 1 };

	settings->keys_cluster = true;
	settings->keys_max_stale = 0;
	connect_as(DB_APP);
	if (world_fresh(state) != 0)
		return -1;
	memory_keep(&w, tag, &s, true);
	return 0;
}

static bool
is_found(void)
{
	return memory_find(&w, tag) != NULL;
}

static int64_t
status_of(const char *variable)
{
	const char *sql = arena_print(w.arena, "SHOW SESSION STATUS LIKE '%s'", variable);
	MYSQL_RES *result;
	int64_t n;

	assert_int_equal(mysql_real_query(w.db->my, sql, strlen(sql)), 0);
	assert_non_null(result = mysql_store_result(w.db->my));
	assert_true(str_int(str_of(mysql_fetch_row(result)[1]), &n));
	mysql_free_result(result);
	return n;
}

static const char *
sync_wait(void)
{
	static const char sql[] = "SELECT @@SESSION.wsrep_sync_wait";
	MYSQL_RES *result;
	const char *text;

	assert_int_equal(mysql_real_query(w.db->my, sql, sizeof sql - 1), 0);
	assert_non_null(result = mysql_store_result(w.db->my));
	text = arena_text(w.arena, str_of(mysql_fetch_row(result)[0]));
	mysql_free_result(result);
	return text;
}

/* Another host changes something: nothing here is told. */
static void
change_elsewhere(const char *org)
{
	sql_must(arena_print(w.arena, "UPDATE organization SET epoch = epoch + 1 WHERE id = '%s'", org));
}

static void
a_check_reads_one_row_by_its_key(void **state)
{
	static const enum db_account accounts[] = { DB_APP, DB_GATE };

	(void)state;
	for (size_t i = 0; i < COUNT(accounts); i++) {
		int64_t executed, looked_up;

		connect_as(accounts[i]);
		is_true(is_found(), "at its epoch");
		executed = status_of("Com_stmt_execute");
		looked_up = status_of("Handler_read_key");
		is_true(is_found(), "again");
		is_int(status_of("Com_stmt_execute"), executed + 1, "one statement");
		is_int(status_of("Handler_read_key"), looked_up + 1, "one row by its key");
	}
}

static void
another_hosts_change_is_seen_at_once(void **state)
{
	(void)state;
	is_true(is_found(), "before");
	change_elsewhere("org_b");
	is_true(is_found(), "another organization's");
	change_elsewhere("org_a");
	is_true(!is_found(), "after");
}

static void
a_deleted_organization_is_gone_at_once(void **state)
{
	(void)state;
	is_true(is_found(), "before");
	sql_must("UPDATE organization SET deleted_at = 1 WHERE id = 'org_a'");
	is_true(!is_found(), "after, whatever its epoch is");
}

static void
what_was_read_lately_costs_nothing(void **state)
{
	int64_t executed;

	(void)state;
	settings->keys_max_stale = 60000;
	is_true(is_found(), "read");
	change_elsewhere("org_a");
	executed = status_of("Com_stmt_execute");
	is_true(is_found(), "as it was allowed");
	is_int(status_of("Com_stmt_execute"), executed, "no statement");
	settings->keys_max_stale = 0;
	is_true(!is_found(), "as it is not");
}

static void
this_hosts_change_is_seen_at_once(void **state)
{
	(void)state;
	settings->keys_max_stale = 60000;
	is_true(is_found(), "before");
	must(db_begin(&w, DB_CHANGES));
	must(change_begin(&w, "org_a"));
	must(change(&w, ACT_POLICY_SET, "org_a", "org_a", STR_NONE, STR_NONE));
	is_true(!is_found(), "in the middle of it");
	must(db_commit(&w));
	is_true(!is_found(), "after");
}

static void
without_its_database_nothing_is_believed(void **state)
{
	const char *socket = settings->database_socket;

	(void)state;
	is_true(is_found(), "before");
	connection_drop(w.db);
	settings->database_socket = "/nonexistent/socket";
	is_true(!is_found(), "it is gone");
	settings->database_socket = socket;
}

static void
sessions_wait_for_other_nodes_in_a_cluster(void **state)
{
	static const enum db_account accounts[] = { DB_APP, DB_GATE };

	(void)state;
	for (size_t i = 0; i < COUNT(accounts); i++) {
		settings->keys_cluster = true;
		connect_as(accounts[i]);
		is_text(sync_wait(), "1", "in a cluster");
		settings->keys_cluster = false;
		connect_as(accounts[i]);
		is_text(sync_wait(), "0", "one host alone");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_check_reads_one_row_by_its_key, fresh),
		cmocka_unit_test_setup(another_hosts_change_is_seen_at_once, fresh),
		cmocka_unit_test_setup(a_deleted_organization_is_gone_at_once, fresh),
		cmocka_unit_test_setup(what_was_read_lately_costs_nothing, fresh),
		cmocka_unit_test_setup(this_hosts_change_is_seen_at_once, fresh),
		cmocka_unit_test_setup(without_its_database_nothing_is_believed, fresh),
		cmocka_unit_test_setup(sessions_wait_for_other_nodes_in_a_cluster, fresh),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
