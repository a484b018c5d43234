/*
 * test_db_misfit.c: a statement that does not fit the schema, its parameters
 * or its struct is refused when a worker connects, with a clear text.
 */
#include "db/database.h"

struct row {
	const char *id, *name;
	int64_t epoch, n;
	struct str lookup;
};

static const struct col id_name[] = { COL(row, id), COL(row, name), COL_END };
static const struct col name_id[] = { COL(row, name), COL(row, id), COL_END };
static const struct col id_name_epoch[] = { COL(row, id), COL(row, name), COL(row, epoch), COL_END };
static const struct col number[] = { COL(row, n), COL_END };
static const struct col text[] = { COL(row, name), COL_END };
static const struct col text_or_null[] = { COL_NULL(row, name), COL_END };
static const struct col bytes[] = { COL(row, lookup), COL_END };

struct planted {
	const char *sql, *params;
	const struct col *cols;
	const char *problem; /* NULL: it fits */
	enum stmt_effect effect;
};

static bool
selects(const char *sql)
{
	return strncmp(sql, "SELECT", 6) == 0;
}

/* A table of one statement, as a worker would prepare it. */
static enum fault
prepared(enum db_account account, const struct planted *p, char *problem, size_t size)
{
	struct stmt s = { "planted", p->sql, p->params, p->cols, sizeof(struct row), account, p->effect };
	struct stmt_table t = { "planted", &s, 1 };
	const struct stmt_table *const tables[] = { &t, NULL };
	struct db *db = db_open(settings, account, tables);
	enum fault f = db_ready(db);

	snprintf(problem, size, "%s", db_problem(db));
	/* Refused once, it is not tried again before a pause is over. */
	is_fault(db_ready(db), f == FAULT_NONE ? FAULT_NONE : FAULT_UNAVAILABLE, p->sql);
	db_close(&db);
	assert_null(db);
	return f;
}

static void
check(enum db_account account, const struct planted *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct planted p = rows[i];
		char problem[512];

		p.effect = selects(p.sql) ? READS : TURNS;
		is_fault(prepared(account, &p, problem, sizeof problem),
		    rows[i].problem == NULL ? FAULT_NONE : FAULT_INTERNAL, rows[i].sql);
		if (rows[i].problem != NULL)
			has_text(problem, rows[i].problem, rows[i].sql);
		else
			is_text(problem, "", rows[i].sql);
	}
}

static void
planted_drifts_are_refused(void **state)
{
	static const struct planted rows[] = {
		{ "SELECT id, name FROM organization WHERE id = ?", "t", id_name, NULL },
		{ "SELECT id, name FROM organisation WHERE id = ?", "t", id_name,
		    "statement planted: Table 'claviger.organisation' doesn't exist" },
		{ "SELECT id, nam FROM organization WHERE id = ?", "t", id_name,
		    "statement planted: Unknown column 'nam' in 'SELECT'" },
		{ "SELECT id FROM organization WHERE id = ?", "t", id_name,
		    "statement planted: 1 columns in the SQL, 2 declared" },
		{ "SELECT id, name, epoch FROM organization WHERE id = ?", "t", id_name,
		    "statement planted: 3 columns in the SQL, 2 declared" },
		{ "SELECT id, name FROM organization WHERE id = ?", "t", id_name_epoch,
		    "statement planted: 2 columns in the SQL, 3 declared" },
		{ "SELECT id, name FROM organization WHERE id = ?", "t", name_id,
		    "statement planted: a column is id, the row wants name" },
		{ "SELECT id, name AS label FROM organization WHERE id = ?", "t", id_name,
		    "statement planted: a column is label, the row wants name" },
		{ "SELECT id, name FROM organization WHERE id = ? AND epoch = ?", "t", id_name,
		    "statement planted: 2 parameters in the SQL, 1 declared" },
		{ "SELECT id, name FROM organization", "t", id_name,
		    "statement planted: 0 parameters in the SQL, 1 declared" },
		{ "SELECT id, name FROM organization WHERE", "", id_name,
		    "statement planted: You have an error in your SQL syntax" },
		{ "SELECT id, name FROM organization WHERE id = ?", "t", NULL,
		    "statement planted: 2 columns in the SQL, 0 declared" },
		{ "UPDATE organization SET name = ? WHERE id = ?", "tt", id_name,
		    "statement planted: 0 columns in the SQL, 2 declared" },
		{ "UPDATE organization SET name = ? WHERE id = ?", "tt", NULL, NULL },
		{ "SELECT id, name FROM organization; SELECT 1", "", id_name,
		    "statement planted: You have an error in your SQL syntax" },
	};

	(void)state;
	check(DB_ADMIN, rows, COUNT(rows));
}

/* What the account may not do shows when it starts, not when somebody asks. */
static void
what_the_account_may_not_do_is_refused(void **state)
{
	static const struct planted rows[] = {
		{ "UPDATE organization SET created_at = ? WHERE id = ?", "it", NULL,
		    "statement planted: UPDATE command denied" },
		{ "DELETE FROM organization WHERE id = ?", "t", NULL,
		    "statement planted: DELETE command denied" },
		{ "SELECT id, name FROM organisation WHERE id = ?", "t", id_name,
		    "statement planted: SELECT command denied" },
	};

	(void)state;
	check(DB_APP, rows, COUNT(rows));
}

/* What a row says of itself is what its text does. */
static void
each_row_says_what_it_does(void **state)
{
	static const struct planted rows[] = {
		{ "SELECT name FROM organization", "", text, NULL, READS },
		{ "SELECT name FROM organization", "", text, "does not say", EFFECT_UNSAID },
		{ "SELECT name FROM organization", "", text, "the row says more", KEEPS },
		{ "SELECT name FROM organization", "", text, "the row says more", TURNS },
		{ "SELECT name FROM organization", "", text, "the row says more", BUMPS },
		{ "UPDATE organization SET name = 'x'", "", NULL, NULL, KEEPS },
		{ "UPDATE organization SET name = 'x'", "", NULL, NULL, TURNS },
		{ "UPDATE organization SET name = 'x'", "", NULL, NULL, BUMPS },
		{ "UPDATE organization SET name = 'x'", "", NULL, "does not say", EFFECT_UNSAID },
		{ "UPDATE organization SET name = 'x'", "", NULL, "the row says it reads", READS },
		{ "INSERT INTO team SELECT * FROM team", "", NULL, "the row says it reads", READS },
		{ "REPLACE INTO team SELECT * FROM team", "", NULL, "the row says it reads", READS },
		{ "DELETE FROM team", "", NULL, "the row says it reads", READS },
		{ "DELETE FROM team RETURNING name", "", text, "0 columns in the SQL", TURNS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char problem[512];

		is_fault(prepared(DB_ADMIN, &rows[i], problem, sizeof problem),
		    rows[i].problem == NULL ? FAULT_NONE : FAULT_INTERNAL, rows[i].sql);
		has_text(problem, rows[i].problem == NULL ? "" : rows[i].problem, rows[i].sql);
	}
}

/* Each type of the wire into each type of a struct. */
static void
a_type_of_the_wire_fits_one_type_of_c(void **state)
{
	static const struct {
		const char *sql;
		enum col_type fits;
		bool any;
	} types[] = {
		{ "SELECT name AS %s FROM api_key", COL_TEXT, true },
		{ "SELECT id AS %s FROM api_key", COL_TEXT, true },
		{ "SELECT before_change AS %s FROM audit", COL_TEXT, true },
		{ "SELECT lookup AS %s FROM api_key", COL_BLOB, true },
		{ "SELECT config_sealed AS %s FROM resource", COL_BLOB, true },
		{ "SELECT prev AS %s FROM audit", COL_BLOB, true },
		{ "SELECT created_at AS %s FROM api_key", COL_I64, true },
		{ "SELECT scopes AS %s FROM api_key", COL_I64, true },
		{ "SELECT restricted AS %s FROM api_key", COL_I64, true },
		{ "SELECT personal_max_days AS %s FROM organization", COL_I64, true },
		{ "SELECT COUNT(*) AS %s FROM api_key", COL_I64, true },
		/* neither: a decimal and a floating number would be cut */
		{ "SELECT SUM(created_at) AS %s FROM api_key", COL_I64, false },
		{ "SELECT created_at / 2.0e0 AS %s FROM api_key", COL_I64, false },
		{ "SELECT FROM_UNIXTIME(created_at) AS %s FROM api_key", COL_I64, false },
	};
	static const struct {
		enum col_type type;
		const char *name;
		struct col cols[2];
	} members[] = {
		{ COL_TEXT, "name", { COL_NULL(row, name), COL_END } },
		{ COL_I64, "n", { COL_NULL(row, n), COL_END } },
		{ COL_BLOB, "lookup", { COL_NULL(row, lookup), COL_END } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++)
		for (size_t m = 0; m < COUNT(members); m++) {
			bool fits = types[i].any && types[i].fits == members[m].type;
			const char *hole = strstr(types[i].sql, "%s");
			char sql[128], want[128];

			snprintf(sql, sizeof sql, "%.*s%s%s", (int)(hole - types[i].sql), types[i].sql,
			    members[m].name, hole + 2);
			snprintf(want, sizeof want, "column %s has wire type ", members[m].name);
			check(DB_APP, &(struct planted){ sql, "", members[m].cols, fits ? NULL : want }, 1);
		}
}

/* A column that may be NULL goes into a field that says so, and only there. */
static void
null_must_be_declared(void **state)
{
	static const struct planted rows[] = {
		{ "SELECT description AS name FROM api_key", "", text,
		    "column name may be NULL, the row does not say so" },
		{ "SELECT description AS name FROM api_key", "", text_or_null, NULL },
		{ "SELECT name FROM api_key", "", text, NULL },
		{ "SELECT name FROM api_key", "", text_or_null, NULL },
		{ "SELECT expires_at AS n FROM api_key", "", number,
		    "column n may be NULL, the row does not say so" },
		{ "SELECT lookup FROM api_key", "", bytes, NULL },
		{ "SELECT o.name FROM api_key k LEFT JOIN organization o ON o.id = k.org_id", "", text,
		    "column name may be NULL, the row does not say so" },
		{ "SELECT o.name FROM api_key k JOIN organization o ON o.id = k.org_id", "", text, NULL },
	};

	(void)state;
	check(DB_APP, rows, COUNT(rows));
}

/* The row of another account is not looked at: it could not be prepared. */
static void
an_account_prepares_its_own_rows_only(void **state)
{
	static const struct stmt stmts[] = {
		{ "all", "SELECT id AS name FROM organization WHERE id = ?", "t", text, sizeof(struct row),
		    DB_APP | DB_GATE, READS },
		{ "app", "SELECT email AS name FROM user WHERE password_hash = ?", "t", text,
		    sizeof(struct row), DB_APP, READS },
	};
	static const struct stmt wrong[] = {
		{ "app", "SELECT email AS name FROM user WHERE password_hash = ?", "t", text,
		    sizeof(struct row), DB_APP | DB_GATE, READS },
	};
	static const struct stmt_table good = { "good", stmts, COUNT(stmts) },
				       bad = { "bad", wrong, COUNT(wrong) };
	static const struct {
		enum db_account account;
		const struct stmt_table *tables[2];
		enum fault fault;
	} cases[] = {
		{ DB_APP, { &good, NULL }, FAULT_NONE },
		{ DB_GATE, { &good, NULL }, FAULT_NONE },
		{ DB_APP, { &bad, NULL }, FAULT_NONE },
		{ DB_GATE, { &bad, NULL }, FAULT_INTERNAL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct db *db = db_open(settings, cases[i].account, cases[i].tables);

		is_fault(db_ready(db), cases[i].fault, db_problem(db));
		is_int(db_account(db), cases[i].account, "account");
		db_close(&db);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planted_drifts_are_refused),
		cmocka_unit_test(what_the_account_may_not_do_is_refused),
		cmocka_unit_test(each_row_says_what_it_does),
		cmocka_unit_test(a_type_of_the_wire_fits_one_type_of_c),
		cmocka_unit_test(null_must_be_declared),
		cmocka_unit_test(an_account_prepares_its_own_rows_only),
	};

	return cmocka_run_group_tests_name("db/misfit", tests, database_open, database_close);
}
