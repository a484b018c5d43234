/*
 * test_db_stmt.c: rows into structs and back, whole; what the database refuses
 * as a fault; transactions; and coming back after a connection broke.
 */
#include "db/database.h"

#include "base/clock.h"

enum { PUT, GET, ALL, SET, SESSION };

struct row {
	int64_t id;
	const char *text;
	struct str bytes;
	int64_t number;
};
static const struct col cols[] = { COL(row, id), COL_NULL(row, text), COL_NULL(row, bytes),
	COL_NULL(row, number), COL_END };

struct row_session {
	const char *mode, *zone, *isolation;
};
static const struct col session_cols[] = { COL_NULL(row_session, mode), COL_NULL(row_session, zone),
	COL_NULL(row_session, isolation), COL_END };

static const struct stmt stmts[] = {
	[PUT] = { "put", "INSERT INTO thing (id, text, bytes, number) VALUES (?, ?, ?, ?)", "itbi", NULL, 0,
	    DB_ADMIN, KEEPS },
	[GET] = { "get", "SELECT id, text, bytes, number FROM thing WHERE id = ?", "i", cols,
	    sizeof(struct row), DB_ADMIN, READS },
	[ALL] = { "list", "SELECT id, text, bytes, number FROM thing WHERE id >= ? ORDER BY id", "i", cols,
	    sizeof(struct row), DB_ADMIN, READS },
	[SET] = { "set", "UPDATE thing SET number = ? WHERE id = ?", "ii", NULL, 0, DB_ADMIN, KEEPS },
	[SESSION] = { "session",
	    "SELECT @@sql_mode AS mode, @@time_zone AS zone, @@tx_isolation AS isolation", "", session_cols,
	    sizeof(struct row_session), DB_ADMIN, READS },
};
static const struct stmt_table things = { "things", stmts, COUNT(stmts) };
static const struct stmt_table *const tables[] = { &things, NULL };

static int
start(void **state)
{
	if (server_open(state) != 0)
		return -1;
	sql_must("CREATE DATABASE claviger CHARACTER SET utf8mb4; USE claviger;"
		 "CREATE TABLE parent (id BIGINT PRIMARY KEY);"
		 "INSERT INTO parent VALUES (1);"
		 "CREATE TABLE thing (id BIGINT PRIMARY KEY, text MEDIUMTEXT NULL, bytes MEDIUMBLOB NULL,"
		 " number BIGINT NULL, parent BIGINT NOT NULL DEFAULT 1, short VARCHAR(10) NULL,"
		 " UNIQUE KEY (number), FOREIGN KEY (parent) REFERENCES parent (id), CHECK (number <> 13))");
	return 0;
}

static int
fresh(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sql_must("DELETE FROM thing; DELETE FROM parent WHERE id <> 1");
	w.db = db_open(settings, DB_ADMIN, tables);
	if (db_ready(w.db) != FAULT_NONE)
		print_error("%s\n", db_problem(w.db));
	return db_problem(w.db)[0] == '\0' ? 0 : -1;
}

static int
done(void **state)
{
	(void)state;
	db_close(&w.db);
	bench_clear();
	return 0;
}

static enum fault
put(int64_t id, struct str text, struct str bytes, struct arg number)
{
	return stmt_do(&w, &stmts[PUT], ARGS(I64(id), STRV(text), BYTES(bytes.s, bytes.n), number), NULL);
}

static struct str
many(size_t n)
{
	char *s = arena_take(w.arena, n + 1);

	for (size_t i = 0; i < n; i++)
		s[i] = (char)('a' + i % 26);
	return str_part(s, n);
}

static void
texts_of_every_length_come_back_whole(void **state)
{
	static const size_t lengths[] = { 0, 1, 255, 256, 257, 511, 512, 4096, 65535, 65536, 300000 };
	struct row row;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct str text = many(lengths[i]);
		char what[32];

		snprintf(what, sizeof what, "%zu bytes", lengths[i]);
		is_fault(put((int64_t)i, text, text, I64((int64_t)i)), FAULT_NONE, what);
		is_fault(stmt_one(&w, &stmts[GET], ARGS(I64((int64_t)i)), &row), FAULT_NONE, what);
		is_int(strlen(row.text), lengths[i], what);
		is_str(str_of(row.text), text, what);
		is_str(row.bytes, text, what);
	}
}

static void
every_value_comes_back_as_it_went_in(void **state)
{
	static const struct {
		const char *what;
		struct str text, bytes;
		int64_t number;
		bool null;
	} cases[] = {
		{ "all NULL", STR_NONE, STR_NONE, 0, true },
		{ "all empty", STR(""), STR(""), 0, false },
		{ "quotes", STR("it's \"a\" \\ test; --"), STR("'\"\\;"), -1, false },
		{ "UTF-8", STR("caf\303\251 \360\237\224\221"), STR("\377\376\200"), INT64_MAX, false },
		{ "zeros", STR("a"), STR("\0a\0\0"), INT64_MIN, false },
		{ "line ends", STR("a\r\n\tb"), STR("\r\n"), 1, false },
	};
	struct row row;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arg number = I64(cases[i].number);

		number.null = cases[i].null;
		is_fault(put((int64_t)i, cases[i].text, cases[i].bytes, number), FAULT_NONE, cases[i].what);
		is_fault(stmt_one(&w, &stmts[GET], ARGS(I64((int64_t)i)), &row), FAULT_NONE, cases[i].what);
		is_str(str_of(row.text), cases[i].text, cases[i].what);
		is_str(row.bytes, cases[i].bytes, cases[i].what);
		is_int(row.number, cases[i].number, cases[i].what);
	}
	/* 0 as a time goes in as NULL. */
	is_fault(put(100, STR_NONE, STR_NONE, TIME(0)), FAULT_NONE, "no time");
	is_int(sql_number("SELECT number FROM thing WHERE id = 100"), -1, "no time");
	is_fault(put(101, STR_NONE, STR_NONE, TIME(1800000000)), FAULT_NONE, "a time");
	is_int(sql_number("SELECT number FROM thing WHERE id = 101"), 1800000000, "a time");
}

static void
one_row_or_none(void **state)
{
	struct row row = { .id = 77 };

	(void)state;
	is_fault(stmt_one(&w, &stmts[GET], ARGS(I64(5)), &row), FAULT_NO_ROW, "no row");
	is_int(row.id, 77, "nothing was written");
	for (int i = 1; i <= 3; i++)
		is_fault(put(i, STR("x"), STR_NONE, I64(i)), FAULT_NONE, "put");
	is_fault(stmt_one(&w, &stmts[ALL], ARGS(I64(2)), &row), FAULT_NONE, "the first of several");
	is_int(row.id, 2, "the first of several");
	is_fault(stmt_one(&w, &stmts[GET], ARGS(I64(1)), &row), FAULT_NONE, "the next statement");
}

static void
a_list_of_any_length(void **state)
{
	static const struct {
		size_t there, max, got;
	} cases[] = { { 0, 10, 0 }, { 1, 10, 1 }, { 3, 3, 3 }, { 4, 10, 4 }, { 5, 10, 5 }, { 9, 10, 9 },
		{ 10, 10, 10 }, { 11, 10, 10 }, { 200, 1000, 200 }, { 200, 1, 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row *rows = NULL;
		size_t n = 77;
		char what[64];

		sql_must("DELETE FROM thing");
		snprintf(what, sizeof what, "%zu of %zu", cases[i].max, cases[i].there);
		for (size_t j = 0; j < cases[i].there; j++)
			is_fault(put((int64_t)j, many(j), STR_NONE, I64((int64_t)(j + 100))), FAULT_NONE,
			    what);
		is_fault(stmt_list(&w, &stmts[ALL], ARGS(I64(0)), cases[i].max, &rows, &n), FAULT_NONE, what);
		is_int(n, cases[i].got, what);
		for (size_t j = 0; j < n; j++) {
			is_int(rows[j].id, j, what);
			is_int(strlen(rows[j].text), j, what);
		}
	}
}

static void
what_the_database_refuses_is_a_fault(void **state)
{
	int64_t changed = 77;

	(void)state;
	is_fault(put(1, STR("x"), STR_NONE, I64(1)), FAULT_NONE, "put");
	is_fault(put(1, STR("x"), STR_NONE, I64(2)), FAULT_TAKEN, "the primary key");
	is_fault(put(2, STR("x"), STR_NONE, I64(1)), FAULT_TAKEN, "a unique key");
	is_fault(put(2, STR("x"), STR_NONE, I64(13)), FAULT_CONFLICT, "a check");
	sql_must("ALTER TABLE thing ALTER parent SET DEFAULT 9");
	is_fault(put(3, STR("x"), STR_NONE, I64(3)), FAULT_CONFLICT, "a foreign key");
	sql_must("ALTER TABLE thing ALTER parent SET DEFAULT 1");
	is_fault(stmt_do(&w, &stmts[SET], ARGS(I64(5), I64(1)), &changed), FAULT_NONE, "set");
	is_int(changed, 1, "a row that changed");
	is_fault(stmt_do(&w, &stmts[SET], ARGS(I64(5), I64(1)), &changed), FAULT_NONE, "set");
	is_int(changed, 1, "a row that matched and was so already");
	is_fault(stmt_do(&w, &stmts[SET], ARGS(I64(5), I64(9)), &changed), FAULT_NONE, "set");
	is_int(changed, 0, "no row");
	is_int(sql_number("SELECT COUNT(*) FROM thing"), 1, "rows");
}

static void
a_session_is_strict_and_in_utc(void **state)
{
	struct row_session s;

	(void)state;
	is_fault(stmt_one(&w, &stmts[SESSION], NO_ARGS, &s), FAULT_NONE, "session");
	has_text(s.mode, "STRICT_ALL_TABLES", "mode");
	has_text(s.mode, "NO_ZERO_DATE", "mode");
	has_text(s.mode, "ERROR_FOR_DIVISION_BY_ZERO", "mode");
	is_text(s.zone, "+00:00", "zone");
	is_text(s.isolation, "READ-COMMITTED", "isolation");
}

static void
a_transaction_is_all_or_nothing(void **state)
{
	(void)state;
	is_true(!db_in_transaction(w.db), "before");
	is_fault(db_begin(&w, DB_CHANGES), FAULT_NONE, "begin");
	is_true(db_in_transaction(w.db), "within");
	is_fault(put(1, STR("x"), STR_NONE, I64(1)), FAULT_NONE, "put");
	is_int(sql_number("SELECT COUNT(*) FROM thing"), 0, "not seen yet");
	db_rollback(&w);
	is_true(!db_in_transaction(w.db), "after");
	is_int(sql_number("SELECT COUNT(*) FROM thing"), 0, "undone");
	is_fault(db_begin(&w, DB_CHANGES), FAULT_NONE, "begin");
	is_fault(put(1, STR("x"), STR_NONE, I64(1)), FAULT_NONE, "put");
	is_fault(put(2, STR("x"), STR_NONE, I64(1)), FAULT_TAKEN, "one that is refused");
	is_fault(db_commit(&w), FAULT_NONE, "commit");
	is_true(!db_in_transaction(w.db), "after");
	is_int(sql_number("SELECT COUNT(*) FROM thing"), 1, "done");
	db_rollback(&w);
	is_int(sql_number("SELECT COUNT(*) FROM thing"), 1, "a rollback outside does nothing");
}

/* What only shows cannot change anything, whatever its handler tries. */
static void
a_read_only_transaction_refuses_changes(void **state)
{
	struct row row;

	(void)state;
	is_fault(put(1, STR("x"), STR_NONE, I64(1)), FAULT_NONE, "put");
	is_fault(db_begin(&w, DB_SHOWS), FAULT_NONE, "begin");
	is_fault(put(2, STR("x"), STR_NONE, I64(2)), FAULT_INTERNAL, "an insert");
	is_fault(stmt_do(&w, &stmts[SET], ARGS(I64(5), I64(1)), NULL), FAULT_INTERNAL, "an update");
	is_fault(stmt_one(&w, &stmts[GET], ARGS(I64(1)), &row), FAULT_NONE, "it may be read");
	is_int(row.number, 1, "as it was");
	is_fault(db_commit(&w), FAULT_NONE, "commit");
	is_int(sql_number("SELECT COUNT(*) FROM thing WHERE number = 1"), 1, "nothing changed");
	is_int(sql_number("SELECT COUNT(*) FROM thing"), 1, "nothing was added");
}

/* One process locks 1 then 2, the other 2 then 1; each says when it has its first. */
static enum fault
lock_both(int64_t first, int64_t then, int say, int hear)
{
	enum fault f;
	char c = 'x';

	if ((f = db_begin(&w, DB_CHANGES)) != FAULT_NONE ||
	    (f = stmt_do(&w, &stmts[SET], ARGS(I64(first + 10), I64(first)), NULL)) != FAULT_NONE)
		return f;
	if (write(say, &c, 1) != 1 || read(hear, &c, 1) != 1)
		return FAULT_INTERNAL;
	f = stmt_do(&w, &stmts[SET], ARGS(I64(then + 20), I64(then)), NULL);
	db_rollback(&w);
	return f;
}

static void
who_loses_a_race_is_asked_to_try_again(void **state)
{
	int down[2], up[2], status;
	enum fault f;
	pid_t pid;

	(void)state;
	sql_must("INSERT INTO thing (id, number) VALUES (1, 1), (2, 2)");
	assert_true(pipe(down) == 0 && pipe(up) == 0);
	if ((pid = fork()) == 0) {
		close(down[1]);
		w.db = db_open(settings, DB_ADMIN, tables);
		_exit((int)lock_both(2, 1, up[1], down[0]));
	}
	/* The other end of both belongs to the child alone: if it ends, reading ends too. */
	close(down[0]);
	close(up[1]);
	f = lock_both(1, 2, down[1], up[0]);
	close(down[1]);
	close(up[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	is_true((f == FAULT_TRY_AGAIN && WEXITSTATUS(status) == FAULT_NONE) ||
		(f == FAULT_NONE && WEXITSTATUS(status) == FAULT_TRY_AGAIN),
	    arena_print(w.arena, "%s and %s", fault_name(f), fault_name((enum fault)WEXITSTATUS(status))));
}

static void
kill_connections(void)
{
	int64_t id = sql_number(
	    "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user <> "
	    "'event_scheduler' AND command <> 'Daemon' ORDER BY id DESC LIMIT 1");
	char sql[64];

	snprintf(sql, sizeof sql, "KILL %lld", (long long)id);
	sql_must(sql);
}

static void
a_broken_connection_is_unavailable_and_comes_back(void **state)
{
	struct row row;

	(void)state;
	is_fault(put(1, STR("x"), STR_NONE, I64(1)), FAULT_NONE, "put");
	/* idle: nothing was lost, so nobody needs to know */
	kill_connections();
	is_fault(db_begin(&w, DB_CHANGES), FAULT_NONE, "begin after an idle connection died");
	is_fault(put(2, STR("x"), STR_NONE, I64(2)), FAULT_NONE, "put");
	/* within a transaction: what was done in it is lost */
	kill_connections();
	is_fault(put(3, STR("x"), STR_NONE, I64(3)), FAULT_UNAVAILABLE, "within a transaction");
	is_true(!db_in_transaction(w.db), "the transaction is over");
	db_rollback(&w);
	is_fault(stmt_one(&w, &stmts[GET], ARGS(I64(1)), &row), FAULT_NONE, "the next piece of work");
	is_int(sql_number("SELECT COUNT(*) FROM thing"), 1, "what was in it is undone");
	/* within a commit: it may have happened */
	is_fault(db_begin(&w, DB_CHANGES), FAULT_NONE, "begin");
	is_fault(put(4, STR("x"), STR_NONE, I64(4)), FAULT_NONE, "put");
	kill_connections();
	is_fault(db_commit(&w), FAULT_WRITE_UNCERTAIN, "commit");
	is_true(!db_in_transaction(w.db), "the transaction is over");
}

static void
a_server_that_is_away_is_asked_seldom(void **state)
{
	const char *socket = settings->database_socket;
	int64_t begin = clock_ms();

	(void)state;
	settings->database_socket = "/nowhere/db.sock";
	db_close(&w.db);
	w.db = db_open(settings, DB_ADMIN, tables);
	for (int i = 0; i < 1000; i++)
		is_fault(db_begin(&w, DB_CHANGES), FAULT_UNAVAILABLE, "away");
	is_true(clock_ms() - begin < 2000, "answered at once");
	has_text(db_problem(w.db), "connect", "why");
	settings->database_socket = socket;
	while (db_ready(w.db) != FAULT_NONE)
		is_true(clock_ms() - begin < 5000, "comes back by itself");
}

static void
too_few_arguments(void)
{
	(void)stmt_do(&w, &stmts[SET], ARGS(I64(1)), NULL);
}

static void
an_argument_of_another_type(void)
{
	(void)stmt_do(&w, &stmts[SET], ARGS(I64(1), TEXT("1")), NULL);
}

static void
arguments_that_do_not_fit_are_a_bug(void **state)
{
	(void)state;
	is_true(aborts(too_few_arguments), "too few");
	is_true(aborts(an_argument_of_another_type), "another type");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fresh, done)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(texts_of_every_length_come_back_whole),
		CASE(every_value_comes_back_as_it_went_in),
		CASE(one_row_or_none),
		CASE(a_list_of_any_length),
		CASE(what_the_database_refuses_is_a_fault),
		CASE(a_session_is_strict_and_in_utc),
		CASE(a_transaction_is_all_or_nothing),
		CASE(a_read_only_transaction_refuses_changes),
		CASE(who_loses_a_race_is_asked_to_try_again),
		CASE(a_broken_connection_is_unavailable_and_comes_back),
		CASE(a_server_that_is_away_is_asked_seldom),
		CASE(arguments_that_do_not_fit_are_a_bug),
	};

	return cmocka_run_group_tests_name("db/stmt", tests, start, database_close);
}
