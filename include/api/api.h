/*
 * api.h: the JSON door: our own API under /v1, /oauth and the health addresses.
 *
 * A handler reads its input, makes one call to core and shows the result.  The
 * shapes are what the rows of the route table read bodies into.
 */
#ifndef API_API_H
#define API_API_H

#include "http/call.h"

extern const struct door door_api;

extern const struct shape shape_login, shape_password, shape_reset, shape_reset_confirm, shape_organization,
    shape_policy, shape_member, shape_member_role, shape_team, shape_machine, shape_machine_change,
    shape_machine_key, shape_resource, shape_resource_change, shape_grant, shape_key, shape_key_change,
    shape_key_refresh, shape_key_rotate, shape_keys_revoke, shape_verify, shape_explain, shape_token,
    shape_record, shape_resource_test, shape_proof;
/* Of a member, and of what the command line reads. */
extern const struct shape shape_resource_config;

handler api_session_begin, api_session_end, api_self, api_sessions_list, api_sessions_end_one,
    api_sessions_end_others, api_password_change, api_session_proof, api_session_proven, api_reset_ask,
    api_reset_confirm;
handler api_orgs_list, api_org_create, api_org_get, api_org_change, api_org_delete, api_policy_get,
    api_policy_set, api_policy_preview;
handler api_members_list, api_member_add, api_member_role, api_member_leave;
handler api_teams_list, api_team_create, api_team_get, api_team_rename, api_team_delete, api_team_add,
    api_team_remove;
handler api_machines_list, api_machine_create, api_machine_get, api_machine_change, api_machine_delete,
    api_machine_regenerate, api_machine_sources, api_machine_source_set, api_machine_source_remove,
    api_machine_teams, api_machine_team_add, api_machine_team_remove;
handler api_resources_list, api_resource_create, api_resource_get, api_resource_change, api_resource_delete,
    api_resource_test;
handler api_grants_list, api_grant_set, api_grant_remove;
handler api_keys_list, api_key_create, api_key_get, api_key_change, api_key_end, api_key_refresh,
    api_key_rotate, api_key_rotated, api_keys_revoke, api_keys_sure;
handler api_key_use, api_census;
handler api_records_list, api_record_create, api_record_get, api_record_change, api_record_remove;
handler api_audit_list;
handler api_verify, api_explain, api_introspect, api_revoke;
handler api_leaks;
handler api_healthz, api_readyz, api_metrics, api_openapi;

#endif
