/*
 * test_db_chain.c: the chain of what happened: made longer by several at once,
 * shortened at its old end, and left alone where it is not right.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "core/chain.h"
#include "core/secret_files.h"
#include "store/world.h"

#define OLD INT64_C(1700000000)

static struct chain_report report;

static int
start(void **state)
{
	return world_open(state) == 0 && secret_files_open() ? 0 : -1;
}

static int
stop(void **state)
{
	secret_files_close();
	return world_close(state);
}

static int
fresh(void **state)
{
	secret_files_load("1 " A64 "\n", A64 "\n");
	return world_fresh(state);
}

static void
add(const char *org, int n, int64_t at)
{
	sql_must(arena_print(w.arena,
	    "INSERT INTO audit (org_id, at, action, actor_type) SELECT '%s', %lld + seq, 'x', 'user' "
	    "FROM seq_1_to_%d",
	    org, (long long)at, n));
}

static void
check(const char *org, size_t problems, int64_t first, int64_t last, int64_t unsealed)
{
	must(chain_check(&w, org, NULL, &report));
	is_int(report.problems, problems, report.problems > 0 ? report.problem[0].what : org);
	is_int(report.first, first, "first");
	is_int(report.last, last, "last");
	is_int(report.unsealed, unsealed, "unsealed");
}

static void
seal_all(void)
{
	while (sql_number("SELECT COUNT(*) FROM audit WHERE place IS NULL") > 0)
		must(chain_seal(&w));
}

static void
what_is_hashed(void **state)
{
	struct event e = { .id = 7,
		.at = 8,
		.org_id = "o",
		.action = "a",
		.actor_type = "t",
		.after_change = "" };

	(void)state;
	is_str(chain_text(&w, &e),
	    STR("id=7\nat=8\norganization=o\naction=a\nactor_type=t\nactor\nkey\ntarget\naddress\nrequest_id\n"
		"before\nafter=\n"),
	    "nothing and an empty text are two things");
}

static void
nothing_happened_yet(void **state)
{
	(void)state;
	must(chain_seal(&w));
	check("org_a", 0, 1, 0, 0);
	check("org_of_nobody", 0, 1, 0, 0);
}

/* As the keepers of several hosts do, each with its own connection. */
static void
seal_in_child(void)
{
	w.db = db_open(settings, DB_APP, store_tables);
	if (db_ready(w.db) != FAULT_NONE)
		_exit(1);
	for (int i = 0; i < 30; i++)
		if (chain_seal(&w) != FAULT_NONE)
			_exit(2);
	_exit(0);
}

static void
several_at_once_make_one_chain(void **state)
{
	pid_t pid[3];
	int status;

	(void)state;
	for (size_t i = 0; i < COUNT(pid); i++)
		if ((pid[i] = fork()) == 0)
			seal_in_child();
	for (int i = 0; i < 40; i++) {
		add("org_a", 7, OLD);
		add("org_b", 3, OLD);
	}
	for (size_t i = 0; i < COUNT(pid); i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		is_int(status, 0, "a keeper");
	}
	seal_all();
	check("org_a", 0, 1, 280, 0);
	check("org_b", 0, 1, 120, 0);
}

/* An event that was written later may have the lower id. */
static void
the_order_is_the_one_they_were_found_in(void **state)
{
	(void)state;
	sql_must(
	    "INSERT INTO audit (id, org_id, at, action, actor_type) VALUES (900000, 'org_a', 1, 'x', 'user')");
	must(chain_seal(&w));
	sql_must(
	    "INSERT INTO audit (id, org_id, at, action, actor_type) VALUES (800000, 'org_a', 2, 'x', 'user')");
	must(chain_seal(&w));
	check("org_a", 0, 1, 2, 0);
	is_int(sql_number("SELECT place FROM audit WHERE id = 800000"), 2, "place");
	sql_must("DELETE FROM audit WHERE id IN (800000, 900000)");
	sql_must("ALTER TABLE audit AUTO_INCREMENT = 1");
}

static void
a_broken_chain_holds_nobody_up(void **state)
{
	static const char *const breaks[] = {
		"UPDATE audit_chain SET signature = REPEAT('x', 32) WHERE org_id = 'org_a'",
		"UPDATE audit_chain SET place = 4 WHERE org_id = 'org_a'",
		"UPDATE audit_chain SET gone_place = 1 WHERE org_id = 'org_a'",
		"UPDATE audit_chain SET gone_hash = REPEAT('x', 32) WHERE org_id = 'org_a'",
		"UPDATE audit_chain SET hash = REPEAT('x', 32) WHERE org_id = 'org_a'",
		"DELETE FROM audit_chain WHERE org_id = 'org_a'",
		"INSERT INTO audit (org_id, at, action, actor_type, place) VALUES ('org_a', 1, 'x', 'user', 6)"
	};

	for (size_t i = 0; i < COUNT(breaks); i++) {
		assert_int_equal(fresh(state), 0);
		add("org_a", 5, OLD);
		seal_all();
		sql_must(breaks[i]);
		add("org_a", 1, OLD);
		add("org_b", 3, OLD);
		must(chain_seal(&w));
		check("org_b", 0, 1, 3, 0);
		must(chain_check(&w, "org_a", NULL, &report));
		is_true(report.problems > 0, breaks[i]);
		is_int(report.unsealed, 1, breaks[i]);
	}
}

static void
another_secret_is_another_installation(void **state)
{
	(void)state;
	add("org_a", 5, OLD);
	seal_all();
	secret_files_load("1 " A64 "\n", B64 "\n");
	check("org_a", 1, 1, 5, 0);
	must(db_begin(&w, DB_CHANGES));
	must(chain_sign(&w, "org_a"));
	must(db_commit(&w));
	seal_all();
	check("org_a", 0, 1, 6, 0);
}

/* In portions, however much there is, and never what is young by either clock. */
static void
what_is_old_goes(void **state)
{
	bool more;

	(void)state;
	add("org_a", 2500, OLD);
	add("org_a", 10, INT64_C(4000000000));
	add("org_b", 5, INT64_C(4000000000));
	seal_all();
	must(chain_forget(&w, OLD + 2401, &more));
	check("org_a", 0, 2001, 2510, 0);
	must(chain_forget(&w, OLD + 2401, &more));
	check("org_a", 0, 2401, 2510, 0);
	must(chain_forget(&w, OLD + 2401, &more));
	check("org_a", 0, 2401, 2510, 0);
	/* A clock that is ahead here is none for the database. */
	must(chain_forget(&w, INT64_C(9000000000), &more));
	check("org_a", 0, 2501, 2510, 0);
	check("org_b", 0, 1, 5, 0);
	is_true(!more, "more");
	add("org_a", 1, OLD);
	seal_all();
	check("org_a", 0, 2501, 2511, 0);
}

/* Nothing that lies behind a young event is taken out of the middle. */
static void
only_the_old_end_goes(void **state)
{
	bool more;

	(void)state;
	add("org_a", 2, OLD);
	add("org_a", 1, INT64_C(4000000000));
	add("org_a", 2, OLD);
	seal_all();
	must(chain_forget(&w, OLD + 100, &more));
	check("org_a", 0, 3, 5, 0);
}

#define CASE(name) cmocka_unit_test_setup(name, fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_hashed),
		CASE(nothing_happened_yet),
		CASE(several_at_once_make_one_chain),
		CASE(the_order_is_the_one_they_were_found_in),
		CASE(a_broken_chain_holds_nobody_up),
		CASE(another_secret_is_another_installation),
		CASE(what_is_old_goes),
		CASE(only_the_old_end_goes),
	};

	return cmocka_run_group_tests_name("core/chain", tests, start, stop);
}
