/*
 * tables.c: every table of statements; a new store room adds its own here.
 */
#include "store/tables.h"

const struct stmt_table *const store_tables[] = { &orgs_table, &users_table, &members_table, &teams_table,
	&machines_table, &resources_table, &grants_table, &keys_table, &key_lists_table, &key_days_table,
	&sessions_table, &identities_table, &resets_table, &audit_table, &kept_answers_table, &meta_table,
	&reminders_table, &outbox_table, &census_table, &forms_table, &files_table, &uploads_table,
	&records_stmts, &record_values_stmts, &record_fields_stmts, NULL };
