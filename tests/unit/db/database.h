/*
 * database.h: the database that tests/unit/with-mariadb gives a test: its
 * settings, its administrator, and what each account is connected with.
 */
#ifndef TESTS_DB_DATABASE_H
#define TESTS_DB_DATABASE_H

#include <stdlib.h>

#include "base/bench.h"
#include "db/connection.h"
#include "db/migrate.h"

static MYSQL *admin; /* of the whole server */

/* What migrate told, a line each. */
static struct told {
	char text[8192];
	size_t n;
} told;

static inline void
remember_step(void *ctx, const char *step)
{
	(void)ctx;
	told.n += (size_t)snprintf(told.text + told.n, sizeof told.text - told.n, "%s\n", step);
}

static inline enum migrated
migrate_it(bool *fresh)
{
	told = (struct told){ .n = 0 };
	return migrate(settings, remember_step, NULL, fresh);
}

/* The error number of one or several statements, 0 if all went well. */
static inline unsigned
sql_error(MYSQL *my, const char *sql)
{
	int more = mysql_real_query(my, sql, strlen(sql)) == 0 ? 0 : 1;
	unsigned error = mysql_errno(my);

	while (more == 0) {
		MYSQL_RES *result = mysql_store_result(my);

		if (result != NULL)
			mysql_free_result(result);
		more = mysql_next_result(my);
		error = mysql_errno(my);
	}
	return error;
}

/* Statements of the administrator, which must go well. */
static inline void
sql_must(const char *sql)
{
	if (sql_error(admin, sql) != 0)
		fail_msg("%s: %s", sql, mysql_error(admin));
}

/* The only value of the only row; -1 for NULL. */
static inline int64_t
sql_number(const char *sql)
{
	MYSQL_RES *result = NULL;
	MYSQL_ROW row;
	int64_t n = -1;

	if (mysql_real_query(admin, sql, strlen(sql)) != 0 || (result = mysql_store_result(admin)) == NULL)
		fail_msg("%s: %s", sql, mysql_error(admin));
	if ((row = mysql_fetch_row(result)) == NULL)
		fail_msg("%s: no row", sql);
	if (row[0] != NULL && !str_int(str_of(row[0]), &n))
		fail_msg("%s: %s is no number", sql, row[0]);
	mysql_free_result(result);
	return n;
}

/* As a program would connect, but for statements of any kind. */
static inline MYSQL *
connected(enum db_account account)
{
	char problem[512];
	MYSQL *my = connection_make(settings, account, settings->database_name, problem, sizeof problem);

	if (my == NULL)
		fail_msg("%s", problem);
	return my;
}

static inline int
server_open(void **state)
{
	char problem[512];

	if (bench_open(state) != 0)
		return -1;
	if (getenv("CLAVIGER_DATABASE_ADMIN_USER") == NULL) {
		print_error("run this by tests/unit/with-mariadb\n");
		return -1;
	}
	/* A test that waits for what never comes must end all the same. */
	alarm(120);
	admin = connection_make(settings, DB_ADMIN, NULL, problem, sizeof problem);
	if (admin == NULL)
		print_error("%s\n", problem);
	return admin == NULL ? -1 : 0;
}

/* The server with the schema and both accounts in it. */
static inline int
database_open(void **state)
{
	bool fresh;

	if (server_open(state) != 0)
		return -1;
	if (migrate_it(&fresh) != MIGRATED || mysql_select_db(admin, settings->database_name) != 0) {
		print_error("%s", told.text);
		return -1;
	}
	return 0;
}

static inline int
database_close(void **state)
{
	if (admin != NULL)
		mysql_close(admin);
	return bench_close(state);
}

#endif
