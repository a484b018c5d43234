/*
 * ui.h: the door for people: pages, and the forms on them.
 *
 * A page reads what it shows into a struct that its template in www takes.  A
 * form changes something by one call to core and sends the browser on; where
 * core refuses, its page is shown again with what was typed and what was wrong.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include "http/call.h"

extern const struct door door_ui;

extern const struct shape shape_ui_nothing, shape_ui_login, shape_ui_key, shape_ui_refresh, shape_ui_forgot,
    shape_ui_reset, shape_ui_org_new, shape_ui_key_change, shape_ui_rotate, shape_ui_revoke,
    shape_ui_resource_name, shape_ui_connection, shape_ui_machine, shape_ui_access, shape_ui_confirm,
    shape_ui_policy, shape_ui_member, shape_ui_team, shape_ui_subject, shape_ui_resource, shape_ui_grant,
    shape_ui_password, shape_ui_language, shape_ui_test, shape_ui_table_field, shape_ui_view;

handler ui_static, ui_favicon, ui_start;
handler ui_prove;
handler ui_login, ui_login_send, ui_logout, ui_logout_send;
handler ui_key, ui_key_change, ui_key_rotate, ui_key_rotated, ui_key_find;
handler ui_resource_new, ui_resource_contents, ui_resource_settings, ui_resource_rename, ui_resource_connect;
handler ui_inventory, ui_revoke, ui_revoke_send;
handler ui_forgot, ui_forgot_send, ui_reset, ui_reset_send;
handler ui_orgs, ui_org_make, ui_confirm_send;
handler ui_keys, ui_key_new, ui_key_make, ui_key_end, ui_key_end_send, ui_key_refresh, ui_key_refresh_send;
handler ui_machines, ui_machine_new, ui_machine_make, ui_machine, ui_machine_key, ui_machine_rotate,
    ui_machine_rotated, ui_machine_sources, ui_machine_assign, ui_machine_unassign, ui_machine_teams,
    ui_machine_team_add, ui_machine_team_remove, ui_machine_settings, ui_machine_describe, ui_machine_delete;
handler ui_org, ui_org_send, ui_org_delete, ui_members, ui_member_add, ui_member, ui_member_role,
    ui_member_remove;
handler ui_teams, ui_team_make, ui_team, ui_team_rename, ui_team_delete, ui_team_add, ui_team_remove;
handler ui_resource_test, ui_views, ui_view, ui_view_add, ui_view_rename, ui_view_delete, ui_table_field,
    ui_table_field_add, ui_table_field_change, ui_table_field_delete;
handler ui_resources, ui_resource_make, ui_resource, ui_grant_set, ui_grant_remove, ui_resource_delete;
handler ui_audit, ui_account, ui_password, ui_language, ui_sessions, ui_session_end, ui_sessions_end_others;

#endif
