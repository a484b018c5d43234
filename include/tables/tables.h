/*
 * tables.h: the door for clients of tables: spaces, bases, tables, fields, views
 * and records under /api/, and the access tokens for them.
 *
 * Its addresses are rows of addresses.def.
 */
#ifndef TABLES_TABLES_H
#define TABLES_TABLES_H

#include "http/call.h"

extern const struct door door_tables;

extern const struct shape shape_tables_token, shape_tables_token_change, shape_tables_refresh,
    shape_tables_name, shape_tables_base, shape_tables_table, shape_tables_field, shape_tables_field_change,
    shape_tables_view, shape_tables_view_name, shape_tables_view_filter, shape_tables_view_sort,
    shape_tables_records, shape_tables_record, shape_tables_changes;

handler tables_user;
handler tables_tokens, tables_token_create, tables_token, tables_token_change, tables_token_refresh,
    tables_token_delete;
/* Of a space, a base or a table, whichever the address is about. */
handler tables_thing, tables_thing_rename, tables_thing_delete;
handler tables_spaces, tables_space_create;
handler tables_bases, tables_all_bases, tables_base_create, tables_base_create_in;
handler tables_tables, tables_table_create;
handler tables_fields, tables_field_create, tables_field_change, tables_field_delete;
handler tables_views, tables_view_create, tables_view, tables_view_change, tables_view_delete;
handler tables_records, tables_record, tables_records_create, tables_record_change, tables_records_change,
    tables_record_delete, tables_records_delete;

#endif
