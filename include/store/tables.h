/*
 * tables.h: every table of statements, as db_open takes them.
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include "db/db.h"
#include "db/stmt.h"

extern const struct stmt_table orgs_table, users_table, members_table, teams_table, machines_table,
    resources_table, grants_table, keys_table, key_lists_table, sessions_table, identities_table,
    resets_table, audit_table, meta_table, kept_answers_table, reminders_table, outbox_table, census_table,
    forms_table, key_days_table, files_table, uploads_table, records_stmts, record_values_stmts,
    record_fields_stmts;

/* Ended by NULL. */
extern const struct stmt_table *const store_tables[];

#endif
