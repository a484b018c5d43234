/*
 * db.c: one connection, its transactions, and coming back after it broke.
 *
 * The library's own reconnect is off: it would forget the session's settings
 * and the prepared statements without a word.
 */
#include "config.h"

#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errmsg.h>
#include <mysqld_error.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/secret.h"
#include "db/connection.h"

#define PAUSE_MS     250 /* between two attempts to connect */
#define PASSWORD_MAX 256

/*
 * Strict, in UTC, and short waits: a request must not hang on somebody's lock,
 * and must hear of it before the connection's own time-out ends both.
 */
static const char session_setup[] =
    "SET SESSION sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO', time_zone='+00:00', innodb_lock_wait_timeout=1";
static const char session_isolation[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

struct account {
	const char *user, *password_file;
};

static struct account
account_of(const struct settings *s, enum db_account which)
{
	switch (which) {
	case DB_GATE:
		return (struct account){ s->database_gate_user, s->database_gate_password_file };
	case DB_ADMIN:
		return (struct account){ s->database_admin_user, s->database_admin_password_file };
	case DB_APP:
		break;
	}
	return (struct account){ s->database_user, s->database_password_file };
}

static void
set_options(MYSQL *my, const struct settings *s)
{
	unsigned timeout = (unsigned)s->database_timeout;
	my_bool no = 0;

	mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
	mysql_options(my, MYSQL_OPT_READ_TIMEOUT, &timeout);
	mysql_options(my, MYSQL_OPT_WRITE_TIMEOUT, &timeout);
	mysql_options(my, MYSQL_OPT_RECONNECT, &no);
	mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(my, MYSQL_INIT_COMMAND, session_setup);
	mysql_options(my, MYSQL_INIT_COMMAND, session_isolation);
}

/*
 * Where several hosts change the database it may have several nodes (Galera):
 * what another one has committed before is waited for, so that no statement reads
 * what was ended there.  Without Galera this means nothing, and a server that does
 * not know it has none.
 */
static bool
wait_for_others(MYSQL *my, const struct settings *s)
{
	static const char wait[] = "SET SESSION wsrep_sync_wait=1";

	return !s->keys_cluster || mysql_real_query(my, wait, sizeof wait - 1) == 0 ||
	    mysql_errno(my) == ER_UNKNOWN_SYSTEM_VARIABLE;
}

static bool
connect_as(MYSQL *my, const struct settings *s, const char *user, const char *password, const char *database,
    unsigned long flags)
{
	bool remote = s->database_host[0] != '\0';

	return mysql_real_connect(my, remote ? s->database_host : NULL, user, password, database,
		   remote ? (unsigned)s->database_port : 0, remote ? NULL : s->database_socket,
		   CLIENT_FOUND_ROWS | flags) != NULL;
}

MYSQL *
connection_make(const struct settings *s, enum db_account which, const char *database, char *problem,
    size_t n)
{
	struct account a = account_of(s, which);
	struct arena *vault = arena_open(4096, ARENA_WIPED);
	struct str password = STR("");
	const char *why = NULL;
	MYSQL *my = NULL;

	if (a.password_file[0] != '\0')
		password = conf_file(vault, a.password_file, PASSWORD_MAX, true, &why);
	if (why == NULL && (my = mysql_init(NULL)) != NULL) {
		set_options(my, s);
		/* Only the one that migrates may send several statements at once. */
		if (!connect_as(my, s, a.user, password.s, database,
			which == DB_ADMIN ? CLIENT_MULTI_STATEMENTS : 0) ||
		    !wait_for_others(my, s)) {
			(void)snprintf(problem, n, "%s: %s", a.user, mysql_error(my));
			mysql_close(my);
			my = NULL;
		}
	} else {
		(void)snprintf(problem, n, "%s", why == NULL ? "no memory" : why);
	}
	arena_free(&vault);
	return my;
}

struct db *
db_open(const struct settings *s, enum db_account account, const struct stmt_table *const *tables)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		abort();
	db->settings = s;
	db->account = account;
	db->tables = tables;
	return db;
}

void
db_close(struct db **dbp)
{
	struct db *db = *dbp;

	if (db == NULL)
		return;
	connection_drop(db);
	free(db);
	*dbp = NULL;
}

void
connection_drop(struct db *db)
{
	stmt_close_all(db);
	if (db->my != NULL)
		mysql_close(db->my);
	db->my = NULL;
	db->in_tx = false;
}

static enum fault
not_ready(struct db *db, enum fault f)
{
	connection_drop(db);
	db->next_try = clock_ms() + PAUSE_MS;
	count(COUNT_DATABASE_FAILURES);
	return f;
}

enum fault
db_ready(struct db *db)
{
	enum fault f;

	if (db->my != NULL)
		return FAULT_NONE;
	if (clock_ms() < db->next_try)
		return FAULT_UNAVAILABLE;
	db->problem[0] = '\0';
	db->my = connection_make(db->settings, db->account, db->settings->database_name, db->problem,
	    sizeof db->problem);
	if (db->my == NULL)
		return not_ready(db, FAULT_UNAVAILABLE);
	if ((f = stmt_prepare_all(db)) != FAULT_NONE)
		return not_ready(db, f);
	return FAULT_NONE;
}

int
db_descriptor(const struct db *db)
{
	return db->my == NULL ? -1 : (int)mysql_get_socket(db->my);
}

bool
db_alive(struct db *db)
{
	if (db->my != NULL && mysql_ping(db->my) == 0)
		return true;
	connection_drop(db);
	return db_ready(db) == FAULT_NONE;
}

enum db_account
db_account(const struct db *db)
{
	return db->account;
}

const char *
db_problem(const struct db *db)
{
	return db->problem;
}

bool
db_in_transaction(const struct db *db)
{
	return db->in_tx;
}

static enum fault
query(struct work *w, const char *what)
{
	struct db *db = w->db;
	enum fault f;

	if (mysql_real_query(db->my, what, strlen(what)) == 0)
		return FAULT_NONE;
	f = connection_fault(mysql_errno(db->my));
	log_event(LOG_WARN, "database", "request_id", w->request_id, "doing", what, "error",
	    mysql_error(db->my), NULL);
	count(COUNT_DATABASE_FAILURES);
	/* Of a commit that met it nobody would know what became of it: anew is the only way to be sure. */
	if (f == FAULT_DATABASE_FULL)
		f = FAULT_UNAVAILABLE;
	if (f == FAULT_UNAVAILABLE)
		connection_drop(db);
	return f;
}

enum fault
db_begin(struct work *w, enum db_tx tx)
{
	const char *begin = tx == DB_SHOWS ? "START TRANSACTION READ ONLY" : "START TRANSACTION";
	bool was_open = w->db->my != NULL;
	int64_t began = clock_ms();
	enum fault f = db_ready(w->db);

	if (f == FAULT_NONE)
		f = query(w, begin);
	if (f == FAULT_UNAVAILABLE && was_open && clock_ms() - began < CONNECTION_DIED_MS &&
	    (f = db_ready(w->db)) == FAULT_NONE)
		f = query(w, begin);
	w->db->in_tx = f == FAULT_NONE;
	w->db->turned = (struct turned){ .by = NULL };
	return f;
}

/* Before anybody is told that it is over. */
static void
ended(struct work *w, bool certain)
{
	w->db->in_tx = false;
	if (w->after_tx != NULL)
		w->after_tx(w, certain);
}

enum fault
db_commit(struct work *w)
{
	enum fault f;

	if (!turn_is_settled(w->db)) {
		log_event(LOG_ERROR, "epoch_not_moved", "request_id", w->request_id, "statement",
		    w->db->turned.by->name, NULL);
		db_rollback(w);
		return FAULT_INTERNAL;
	}
	f = query(w, "COMMIT");
	ended(w, f == FAULT_NONE || f == FAULT_TRY_AGAIN);
	/* Lost inside a commit: it may have happened, and nobody here can tell. */
	return f == FAULT_UNAVAILABLE ? FAULT_WRITE_UNCERTAIN : f;
}

void
db_rollback(struct work *w)
{
	if (w->db->my != NULL && w->db->in_tx)
		(void)query(w, "ROLLBACK");
	/* Nothing was committed, and never will be: without its connection the server rolls back, too. */
	ended(w, true);
}

enum fault
connection_fault(unsigned error)
{
	switch (error) {
	case ER_DUP_ENTRY:
		return FAULT_TAKEN;
	case ER_NO_REFERENCED_ROW_2:
	case ER_ROW_IS_REFERENCED_2:
	case ER_CONSTRAINT_FAILED:
		return FAULT_CONFLICT;
	case ER_AUTOINC_READ_FAILED: /* the lock of the counter was not to be had */
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_CHECKREAD:
		return FAULT_TRY_AGAIN;
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_UNKNOWN_COM_ERROR: /* also: a Galera node without quorum */
	case ER_ERROR_DURING_COMMIT:
		return FAULT_UNAVAILABLE;
	case ER_DISK_FULL:
	case ER_RECORD_FILE_FULL:
	case ER_TEMP_FILE_WRITE_FAILURE:
	case ER_TOO_MANY_CONCURRENT_TRXS: /* no room to note how they would be undone */
		return FAULT_DATABASE_FULL;
	default:
		return FAULT_INTERNAL;
	}
}
