/*
 * connection.h: what the rooms of this floor share about a connection.
 */
#ifndef DB_CONNECTION_H
#define DB_CONNECTION_H

#include <mysql.h>

#include "db/db.h"
#include "db/stmt.h"

/* An error sooner than this says that the connection was dead before. */
#define CONNECTION_DIED_MS 500

struct prepared {
	const struct stmt *stmt;
	MYSQL_STMT *handle;
};

#define PARAMS_MAX 40
#define ORG_SPACE  40 /* bytes of an organization's id, the NUL included */

/* What statements of the transaction at hand turned; see turn.c. */
struct turned {
	const struct stmt *by;		    /* the last of them; NULL: none did */
	char may_be[PARAMS_MAX][ORG_SPACE]; /* texts that all of them were given */
	size_t n;
	char moved[ORG_SPACE]; /* whose epoch moved; empty: nobody's */
};

struct db {
	const struct settings *settings;
	enum db_account account;
	const struct stmt_table *const *tables;
	MYSQL *my;
	struct prepared *prepared; /* sorted by the address of the statement */
	size_t prepared_n;
	bool in_tx;
	struct turned turned;
	int64_t next_try; /* clock_ms before which nobody tries to connect */
	char problem[512];
};

/*
 * A fresh connection for the account, or NULL with the problem filled.  The
 * database may be NULL (before there is one).
 */
MYSQL *connection_make(const struct settings *, enum db_account, const char *database, char *problem,
    size_t n);

/* Close what is broken; the next db_ready makes a new one. */
void connection_drop(struct db *);

/* In turn.c: may it run now, what it did, and is all of it seen to? */
bool turn_may_run(const struct db *, const struct stmt *);
void turn_note(struct db *, const struct stmt *, struct args);
bool turn_is_settled(const struct db *);

/* What an error number of the server or the library means here. */
enum fault connection_fault(unsigned error);

/* In prepare.c: prepare and check all statements of the account. */
enum fault stmt_prepare_all(struct db *);
void stmt_close_all(struct db *);
/* The handle of a statement; a bug if the account does not use it. */
MYSQL_STMT *stmt_handle(struct db *, const struct stmt *);
/* The number of columns its rows have. */
size_t stmt_cols(const struct stmt *);

#endif
