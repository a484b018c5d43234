/*
 * migrate.h: bringing the schema up to date, and the two accounts.
 *
 * The only room that sends SQL text; the texts come from sql/, compiled in.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "base/settings.h"

/* Told of each step as it is done. */
typedef void migrate_told(void *ctx, const char *step);

enum migrated { MIGRATED, MIGRATE_NOTHING, MIGRATE_FAILED };

/*
 * Make the database if it is missing, take the lease (a row, so that two hosts
 * do not migrate at once, also on Galera), apply what is not applied yet, set
 * the accounts and their grants.  *fresh: the database had no schema before.
 * Refuses a schema newer than this program.  On failure the problem was told.
 */
enum migrated migrate(const struct settings *, migrate_told *, void *ctx, bool *fresh);

/* The newest migration compiled in. */
int migrate_newest(void);

#endif
