/*
 * db.h: one connection to MariaDB, its transactions, and coming back after it
 * broke.
 *
 * One process has one connection.  When it breaks, the work at hand ends in
 * FAULT_UNAVAILABLE (or FAULT_WRITE_UNCERTAIN inside a commit), and the next
 * piece of work connects anew and prepares all statements again; between two
 * attempts lies a short pause in which every answer is FAULT_UNAVAILABLE at once.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/settings.h"
#include "base/work.h"

struct stmt_table;

/* Which account, and so which statements: see the `who` of struct stmt. */
enum db_account { DB_APP = 1, DB_GATE = 2, DB_ADMIN = 4 };

/*
 * DB_CHANGES changes what an organization is, one change after another (see
 * change_begin).  DB_ADDS changes what is kept for it and no verdict depends on:
 * many do so at the same time.
 */
enum db_tx { DB_SHOWS, DB_CHANGES, DB_ADDS };

/*
 * A connection that is not made yet; tables is a list ended by NULL.  The
 * password file is read at each connection.
 */
struct db *db_open(const struct settings *, enum db_account, const struct stmt_table *const *tables);
void db_close(struct db **);

/*
 * Connect if there is no connection, and prepare and check every statement.
 * FAULT_UNAVAILABLE: cannot connect now.  FAULT_INTERNAL: a statement does not
 * fit the schema; db_problem says which and why, and a worker must not start.
 */
enum fault db_ready(struct db *);
/* The connection's descriptor, readable when the server hangs up; -1 if there is none. */
int db_descriptor(const struct db *);
/* Is it there?  Asks the server. */
bool db_alive(struct db *);
enum db_account db_account(const struct db *);
/* Why the last db_ready failed; empty if it did not. */
const char *db_problem(const struct db *);

/* DB_SHOWS begins a READ ONLY transaction: a change in it is refused by the database. */
enum fault db_begin(struct work *, enum db_tx);
/*
 * FAULT_INTERNAL, and nothing is committed: a statement that TURNS ran, and the
 * epoch of its organization has not moved (see enum stmt_effect).
 */
enum fault db_commit(struct work *);
void db_rollback(struct work *);
bool db_in_transaction(const struct db *);

#endif
