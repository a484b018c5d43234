/*
 * migrate.c: the schema, step by step, and the two accounts.
 *
 * The only room that sends SQL as text.  A migration is one file of sql/, named
 * NNNN_name.sql; MariaDB commits after each statement that changes the schema,
 * so every file is written to be repeatable (IF NOT EXISTS) after a crash in
 * its middle.
 */
#include "config.h"

#include "db/migrate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/embedded.h"
#include "base/out.h"
#include "base/random.h"
#include "db/connection.h"

extern const struct embedded sql_files[];

#define LEASE_SECONDS 60
#define SQL_MAX	      65536

struct migration {
	MYSQL *my;
	const struct settings *settings;
	migrate_told *tell;
	void *ctx;
	struct arena *arena;
	char holder[17];
};

static void __attribute__((format(printf, 2, 3))) tell(struct migration *m, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	m->tell(m->ctx, text);
}

static bool
run(struct migration *m, const char *sql)
{
	MYSQL_RES *result;
	int more = mysql_real_query(m->my, sql, strlen(sql)) == 0 ? 0 : 1;

	while (more == 0) {
		if ((result = mysql_store_result(m->my)) != NULL)
			mysql_free_result(result);
		more = mysql_next_result(m->my);
	}
	if (mysql_errno(m->my) != 0)
		tell(m, "the database says: %s", mysql_error(m->my));
	return mysql_errno(m->my) == 0;
}

/* The only value of the only row, or -1 for NULL and on failure. */
static int64_t
number(struct migration *m, const char *sql)
{
	MYSQL_RES *result;
	MYSQL_ROW row;
	int64_t v = -1;

	if (mysql_real_query(m->my, sql, strlen(sql)) != 0 || (result = mysql_store_result(m->my)) == NULL) {
		tell(m, "the database says: %s", mysql_error(m->my));
		return -1;
	}
	if ((row = mysql_fetch_row(result)) != NULL && row[0] != NULL)
		(void)str_int(str_of(row[0]), &v);
	mysql_free_result(result);
	return v;
}

static int
version_of(const struct embedded *file)
{
	int64_t v;

	/* The grants lie in the same folder and have no number. */
	return str_int((struct str){ file->name, 4 }, &v) ? (int)v : 0;
}

int
migrate_newest(void)
{
	int newest = 0;

	for (const struct embedded *f = sql_files; f->name != NULL; f++)
		if (version_of(f) > newest)
			newest = version_of(f);
	return newest;
}

static bool
open_database(struct migration *m)
{
	const char *name = m->settings->database_name;

	return run(m,
		   arena_print(m->arena,
		       "CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
		       name)) &&
	    mysql_select_db(m->my, name) == 0 &&
	    run(m,
		"CREATE TABLE IF NOT EXISTS schema_version (version INT NOT NULL PRIMARY KEY,"
		" name VARCHAR(100) NOT NULL, applied_at BIGINT NOT NULL);"
		"CREATE TABLE IF NOT EXISTS schema_lease (id INT NOT NULL PRIMARY KEY,"
		" holder VARCHAR(32) NOT NULL, until BIGINT NOT NULL);"
		"INSERT IGNORE INTO schema_lease VALUES (1, '', 0)");
}

/* A row with a term, not GET_LOCK: that one is known to one node only. */
static bool
take_lease(struct migration *m)
{
	const char *take = arena_print(m->arena,
	    "UPDATE schema_lease SET holder = '%s', until = UNIX_TIMESTAMP() + %d WHERE id = 1 AND"
	    " (until < UNIX_TIMESTAMP() OR holder = '%s')",
	    m->holder, LEASE_SECONDS, m->holder);

	for (int i = 0; i < LEASE_SECONDS + 5; i++) {
		if (!run(m, take))
			return false;
		if (number(m,
			arena_print(m->arena, "SELECT COUNT(*) FROM schema_lease WHERE holder = '%s'",
			    m->holder)) == 1)
			return true;
		if (i == 0)
			tell(m, "another host is migrating; waiting for it");
		sleep(1);
	}
	tell(m, "another host holds the lease for too long");
	return false;
}

static void
leave_lease(struct migration *m)
{
	(void)run(m,
	    arena_print(m->arena, "UPDATE schema_lease SET until = 0, holder = '' WHERE holder = '%s'",
		m->holder));
}

static bool
apply(struct migration *m, const struct embedded *file)
{
	tell(m, "applying %s", file->name);
	return run(m, file->text) &&
	    run(m,
		arena_print(m->arena, "INSERT INTO schema_version VALUES (%d, '%s', UNIX_TIMESTAMP())",
		    version_of(file), file->name));
}

static enum migrated
apply_all(struct migration *m, int64_t have)
{
	enum migrated done = MIGRATE_NOTHING;

	if (have > migrate_newest()) {
		tell(m, "the schema is version %lld, newer than this program (%d): install the newer program",
		    (long long)have, migrate_newest());
		return MIGRATE_FAILED;
	}
	for (const struct embedded *f = sql_files; f->name != NULL; f++) {
		if (version_of(f) <= have)
			continue;
		if (!apply(m, f))
			return MIGRATE_FAILED;
		done = MIGRATED;
	}
	return done;
}

static const char *
grants_text(const char *name)
{
	for (const struct embedded *f = sql_files; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f->text;
	abort();
}

/* Put the account in the place of each @account@. */
static const char *
with_account(struct migration *m, const char *text, const char *account)
{
	static const char hole[] = "@account@";
	struct out o = out_limit(m->arena, SQL_MAX);
	const char *at;

	while ((at = strstr(text, hole)) != NULL) {
		out_str(&o, (struct str){ text, (size_t)(at - text) });
		out_put(&o, account);
		text = at + sizeof hole - 1;
	}
	out_put(&o, text);
	return out_text(&o).s;
}

static bool
set_account(struct migration *m, const char *user, const char *password_file, const char *grants)
{
	const char *why = NULL, *account;
	struct str password = STR("");
	char *quoted;
	bool good;

	if (password_file[0] != '\0')
		password = conf_file(m->arena, password_file, 256, true, &why);
	if (why != NULL) {
		tell(m, "%s", why);
		return false;
	}
	/* On a socket the account is a local one; else the web hosts are elsewhere. */
	account = arena_print(m->arena, "'%s'@'%s'", user,
	    m->settings->database_host[0] == '\0' ? "localhost" : "%");
	quoted = arena_take(m->arena, password.n * 2 + 1);
	mysql_real_escape_string(m->my, quoted, password.s, password.n);
	good = run(m,
		   arena_print(m->arena, "CREATE USER IF NOT EXISTS %s; ALTER USER %s IDENTIFIED BY '%s'",
		       account, account, quoted)) &&
	    run(m, with_account(m, grants_text(grants), account));
	return good;
}

static bool
set_accounts(struct migration *m)
{
	const struct settings *s = m->settings;

	return set_account(m, s->database_user, s->database_password_file, "grants_app.sql") &&
	    set_account(m, s->database_gate_user, s->database_gate_password_file, "grants_gate.sql");
}

static enum migrated
migrate_here(struct migration *m, bool *fresh)
{
	enum migrated done = MIGRATE_FAILED;
	int64_t have;

	if (!open_database(m) || !take_lease(m))
		return MIGRATE_FAILED;
	have = number(m, "SELECT COALESCE(MAX(version), 0) FROM schema_version");
	if (have >= 0) {
		*fresh = have == 0;
		done = apply_all(m, have);
	}
	if (done != MIGRATE_FAILED && !set_accounts(m))
		done = MIGRATE_FAILED;
	leave_lease(m);
	return done;
}

enum migrated
migrate(const struct settings *s, migrate_told *told, void *ctx, bool *fresh)
{
	struct migration m = { .settings = s, .tell = told, .ctx = ctx };
	enum migrated done = MIGRATE_FAILED;
	char problem[512];

	*fresh = false;
	/* Wiped: the accounts' passwords pass through it. */
	m.arena = arena_open((size_t)1 << 20, ARENA_WIPED);
	random_base62(m.holder, sizeof m.holder - 1);
	m.my = connection_make(s, DB_ADMIN, NULL, problem, sizeof problem);
	if (m.my == NULL) {
		tell(&m, "cannot connect to the database: %s", problem);
	} else {
		done = migrate_here(&m, fresh);
		mysql_close(m.my);
	}
	arena_free(&m.arena);
	return done;
}
