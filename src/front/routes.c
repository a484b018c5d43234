/*
 * routes.c: every address there is: the only file that knows every door.
 *
 * A row: method, path, door, how it authenticates, what it may be asked for,
 * whether it only shows, its body, its handler; and for readers of
 * /openapi.json a summary, the schema of the answer, and its status.
 */
#include "config.h"

#include "front/routes.h"

#include "api/api.h"
#include "graphql/graphql.h"
#include "graphql/rest.h"
#include "mcp/mcp.h"
#include "tables/tables.h"
#include "ui/assets.h"
#include "ui/ui.h"

#define ORG "/v1/organizations/{org}"

#define PLAIN	   BODY_NONE, NULL
#define STREAM	   BODY_STREAM, NULL
#define JSON(name) BODY_JSON, &shape_##name
#define FORM(name) BODY_FORM, &shape_##name
/* What cannot be undone. */
#define SURE(before) NULL, before

/* clang-format off */
static const struct route api_routes[] = {
	{ METHOD_GET, "/healthz", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_SHOWS, PLAIN, api_healthz,
	    "Is the program alive", "Status", 200, true },
	{ METHOD_GET, "/readyz", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_SHOWS, PLAIN, api_readyz,
	    "Can it serve", "Status", 200, true },
	{ METHOD_GET, "/metrics", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_SHOWS, PLAIN, api_metrics,
	    "What was counted, for Prometheus", NULL, 200, true },
	{ METHOD_GET, "/openapi.json", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_SHOWS, PLAIN, api_openapi,
	    "This description", NULL, 200, true },

	{ METHOD_POST, "/v1/verify", &door_api, AUTH_ANY, PERMIT_SELF, DB_SHOWS, JSON(verify), api_verify,
	    "May the holder of this text do this", "Verdict", 200, true },
	{ METHOD_POST, "/v1/explain", &door_api, AUTH_SESSION, PERMIT_SELF, DB_SHOWS, JSON(explain), api_explain,
	    "Why a key may or may not do this, rule by rule", "Explanation", 200, false },
	{ METHOD_POST, "/oauth/introspect", &door_api, AUTH_ANY, PERMIT_SELF, DB_SHOWS, FORM(token), api_introspect,
	    "Is a token alive (RFC 7662)", "Introspection", 200, true },
	{ METHOD_POST, "/oauth/revoke", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_CHANGES, FORM(token), api_revoke,
	    "Kill a token by its text (RFC 7009)", NULL, 200, true },
	{ METHOD_POST, "/v1/leaks", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_CHANGES, PLAIN, api_leaks,
	    "A signed report of keys that were found in public", "LeakLabels", 200, true },

	{ METHOD_POST, "/v1/session", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_CHANGES, JSON(login), api_session_begin,
	    "Log in", "Session", 200, false },
	{ METHOD_DELETE, "/v1/session", &door_api, AUTH_SESSION, PERMIT_SELF, DB_CHANGES, PLAIN, api_session_end,
	    "Log out", NULL, 204, false },
	{ METHOD_POST, "/v1/session/password", &door_api, AUTH_SESSION, PERMIT_SELF, DB_CHANGES, JSON(password),
	    api_password_change, "Change one's password; the other sessions end", NULL, 204, false },
	{ METHOD_POST, "/v1/session/proof", &door_api, AUTH_SESSION, PERMIT_SELF, DB_CHANGES, JSON(proof),
	    api_session_proven, "Show again that one knows the password", NULL, 204, false, SURE(api_session_proof) },
	{ METHOD_POST, "/v1/password-reset", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_CHANGES, JSON(reset),
	    api_reset_ask, "Ask for mail that lets one choose a password", NULL, 202, false },
	{ METHOD_POST, "/v1/password-reset/confirm", &door_api, AUTH_NONE, PERMIT_PUBLIC, DB_CHANGES,
	    JSON(reset_confirm), api_reset_confirm, "Choose a password by the token of such mail", NULL, 204, false },
	{ METHOD_GET, "/v1/sessions", &door_api, AUTH_SESSION, PERMIT_SELF, DB_SHOWS, PLAIN, api_sessions_list,
	    "One's live sessions", "SessionList", 200, false },
	{ METHOD_DELETE, "/v1/sessions", &door_api, AUTH_SESSION, PERMIT_SELF, DB_CHANGES, PLAIN,
	    api_sessions_end_others, "End all sessions but this one", NULL, 204, false },
	{ METHOD_DELETE, "/v1/sessions/{session}", &door_api, AUTH_SESSION, PERMIT_SELF, DB_CHANGES, PLAIN,
	    api_sessions_end_one, "End a session of one's own", NULL, 204, false },
	{ METHOD_GET, "/v1/self", &door_api, AUTH_ANY, PERMIT_SELF, DB_SHOWS, PLAIN, api_self,
	    "Who presents this credential", "Self", 200, true },

	{ METHOD_GET, "/v1/organizations", &door_api, AUTH_ANY, PERMIT_SELF, DB_SHOWS, PLAIN, api_orgs_list,
	    "The caller's organizations", "OrganizationList", 200, false },
	{ METHOD_POST, "/v1/organizations", &door_api, AUTH_SESSION, PERMIT_SELF, DB_CHANGES, JSON(organization),
	    api_org_create, "Make an organization", "Organization", 201, false },
	{ METHOD_GET, ORG, &door_api, AUTH_ANY, PERMIT_ORG_READ, DB_SHOWS, PLAIN, api_org_get,
	    "An organization", "Organization", 200, false },
	{ METHOD_PATCH, ORG, &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, JSON(organization), api_org_change,
	    "Rename an organization", "Organization", 200, false },
	{ METHOD_DELETE, ORG, &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_CHANGES, PLAIN, api_org_delete,
	    "Delete an organization and stop its keys", NULL, 204, false, SURE(call_sure) },
	{ METHOD_GET, ORG "/policy", &door_api, AUTH_ANY, PERMIT_ORG_READ, DB_SHOWS, PLAIN, api_policy_get,
	    "What the organization allows", "Policy", 200, false },
	{ METHOD_PATCH, ORG "/policy", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, JSON(policy), api_policy_set,
	    "Change what the organization allows", "Policy", 200, false },
	{ METHOD_POST, ORG "/policy/preview", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_SHOWS, JSON(policy),
	    api_policy_preview, "What such a change of the policy would do", "PolicyPreview", 200, false },

	{ METHOD_GET, ORG "/members", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_SHOWS, PLAIN, api_members_list,
	    "The people of the organization", "MemberList", 200, false },
	{ METHOD_POST, ORG "/members", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, JSON(member), api_member_add,
	    "Add somebody", "Member", 201, false },
	{ METHOD_PATCH, ORG "/members/{user}", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, JSON(member_role),
	    api_member_role, "Change somebody's role", "Member", 200, false },
	{ METHOD_DELETE, ORG "/members/{user}", &door_api, AUTH_ANY, PERMIT_IN_ORG, DB_CHANGES, PLAIN,
	    api_member_leave, "Leave, or send somebody away", NULL, 204, false, SURE(call_sure) },

	{ METHOD_GET, ORG "/teams", &door_api, AUTH_ANY, PERMIT_ORG_READ, DB_SHOWS, PLAIN, api_teams_list,
	    "The teams", "TeamList", 200, false },
	{ METHOD_POST, ORG "/teams", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, JSON(team), api_team_create,
	    "Make a team", "Team", 201, false },
	{ METHOD_GET, ORG "/teams/{team}", &door_api, AUTH_ANY, PERMIT_ORG_READ, DB_SHOWS, PLAIN, api_team_get,
	    "A team and who is in it", "TeamWithMembers", 200, false },
	{ METHOD_PATCH, ORG "/teams/{team}", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, JSON(team),
	    api_team_rename, "Rename a team", "Team", 200, false },
	{ METHOD_DELETE, ORG "/teams/{team}", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, PLAIN, api_team_delete,
	    "Delete a team and its grants", NULL, 204, false, SURE(call_sure) },
	{ METHOD_PUT, ORG "/teams/{team}/members/{subject}", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES, PLAIN,
	    api_team_add, "Put a user or a machine into a team", NULL, 204, false },
	{ METHOD_DELETE, ORG "/teams/{team}/members/{subject}", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_CHANGES,
	    PLAIN, api_team_remove, "Take a user or a machine out of a team", NULL, 204, false },

	{ METHOD_GET, ORG "/machines", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_SHOWS, PLAIN, api_machines_list,
	    "The machines", "MachineList", 200, false },
	{ METHOD_POST, ORG "/machines", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_CHANGES, JSON(machine),
	    api_machine_create, "Make a machine and its key", "MintedMachine", 201, false },
	{ METHOD_GET, ORG "/machines/{machine}", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_SHOWS, PLAIN,
	    api_machine_get, "A machine", "Machine", 200, false },
	{ METHOD_PATCH, ORG "/machines/{machine}", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_CHANGES,
	    JSON(machine_change), api_machine_change, "Rename or describe a machine", "Machine", 200, false },
	{ METHOD_DELETE, ORG "/machines/{machine}", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_CHANGES, PLAIN,
	    api_machine_delete, "Delete a machine, its key and its grants", NULL, 204, false, SURE(call_sure) },
	{ METHOD_POST, ORG "/machines/{machine}/key", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_CHANGES,
	    JSON(machine_key), api_machine_regenerate, "Give the machine a new key text", "MintedMachineKey", 200, false },
	{ METHOD_GET, ORG "/machines/{machine}/sources", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_SHOWS, PLAIN,
	    api_machine_sources, "Its direct assignments", "AssignmentList", 200, false },
	{ METHOD_PUT, ORG "/machines/{machine}/sources/{resource}", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN,
	    DB_CHANGES, JSON(grant), api_machine_source_set, "Assign it to a source with a role", NULL, 204, false },
	{ METHOD_DELETE, ORG "/machines/{machine}/sources/{resource}", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN,
	    DB_CHANGES, PLAIN, api_machine_source_remove, "Take an assignment away", NULL, 204, false },
	{ METHOD_GET, ORG "/machines/{machine}/teams", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_SHOWS, PLAIN,
	    api_machine_teams, "The teams it is in", "TeamList", 200, false },
	{ METHOD_PUT, ORG "/machines/{machine}/teams/{team}", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_CHANGES,
	    PLAIN, api_machine_team_add, "Put it into a team", NULL, 204, false },
	{ METHOD_DELETE, ORG "/machines/{machine}/teams/{team}", &door_api, AUTH_SESSION, PERMIT_ORG_ADMIN, DB_CHANGES,
	    PLAIN, api_machine_team_remove, "Take it out of a team", NULL, 204, false },

	{ METHOD_GET, ORG "/resources", &door_api, AUTH_ANY, PERMIT_IN_ORG, DB_SHOWS, PLAIN, api_resources_list,
	    "The resources the caller may read", "ResourceList", 200, false },
	{ METHOD_POST, ORG "/resources", &door_api, AUTH_ANY, PERMIT_IN_ORG, DB_CHANGES, JSON(resource),
	    api_resource_create, "Make a resource", "Resource", 201, false },
	{ METHOD_GET, ORG "/resources/{resource}", &door_api, AUTH_ANY, PERMIT_RESOURCE_READ, DB_SHOWS, PLAIN,
	    api_resource_get, "A resource", "Resource", 200, false },
	{ METHOD_PATCH, ORG "/resources/{resource}", &door_api, AUTH_ANY, PERMIT_RESOURCE_ADMIN, DB_CHANGES,
	    JSON(resource_change), api_resource_change, "Rename or connect a resource anew", "Resource", 200, false },
	{ METHOD_DELETE, ORG "/resources/{resource}", &door_api, AUTH_ANY, PERMIT_RESOURCE_ADMIN, DB_CHANGES, PLAIN,
	    api_resource_delete, "Delete a resource and what is in it", NULL, 204, false, SURE(call_sure) },
	{ METHOD_POST, ORG "/resources/{resource}/test", &door_api, AUTH_ANY, PERMIT_RESOURCE_ADMIN, DB_CHANGES,
	    JSON(resource_test), api_resource_test, "Does a provider's storage work", "ProviderTest", 200, true },
	{ METHOD_GET, ORG "/resources/{resource}/grants", &door_api, AUTH_ANY, PERMIT_RESOURCE_ADMIN, DB_SHOWS, PLAIN,
	    api_grants_list, "Who has which role on it", "GrantList", 200, false },
	{ METHOD_PUT, ORG "/resources/{resource}/grants/{subject}", &door_api, AUTH_ANY, PERMIT_RESOURCE_ADMIN,
	    DB_CHANGES, JSON(grant), api_grant_set, "Give a role on it", NULL, 204, false },
	{ METHOD_DELETE, ORG "/resources/{resource}/grants/{subject}", &door_api, AUTH_ANY, PERMIT_RESOURCE_ADMIN,
	    DB_CHANGES, PLAIN, api_grant_remove, "Take a role on it away", NULL, 204, false },

	{ METHOD_GET, ORG "/keys", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_SHOWS, PLAIN, api_keys_list,
	    "One's own keys; an admin's: all", "KeyList", 200, false },
	{ METHOD_POST, ORG "/keys", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_CHANGES, JSON(key), api_key_create,
	    "Make a key; its text is shown this once", "MintedKey", 201, false },
	{ METHOD_POST, ORG "/keys/revoke", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_CHANGES, JSON(keys_revoke),
	    api_keys_revoke, "End many keys, or see which they would be", "Revocation", 200, false, SURE(api_keys_sure) },
	{ METHOD_GET, ORG "/keys/{key}", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_SHOWS, PLAIN, api_key_get,
	    "A key", "Key", 200, false },
	{ METHOD_PATCH, ORG "/keys/{key}", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_CHANGES, JSON(key_change),
	    api_key_change, "Rename or describe a key", "Key", 200, false },
	{ METHOD_DELETE, ORG "/keys/{key}", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_CHANGES, PLAIN, api_key_end,
	    "Delete or revoke a key", NULL, 204, false },
	{ METHOD_POST, ORG "/keys/{key}/refresh", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_CHANGES,
	    JSON(key_refresh), api_key_refresh, "Give a space token a new text", "MintedKey", 200, false },
	{ METHOD_POST, ORG "/keys/{key}/rotate", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_CHANGES, JSON(key_rotate),
	    api_key_rotate, "Give a key a new text beside the old one", "MintedKey", 200, false },
	{ METHOD_DELETE, ORG "/keys/{key}/rotate", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_CHANGES, PLAIN,
	    api_key_rotated, "End the old text of a key that was rotated", NULL, 204, false },

	{ METHOD_GET, ORG "/keys/{key}/use", &door_api, AUTH_SESSION, PERMIT_IN_ORG, DB_SHOWS, PLAIN, api_key_use,
	    "How often a key was used on each of the last 30 days", "KeyUse", 200, false },
	{ METHOD_GET, ORG "/census", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_SHOWS, PLAIN, api_census,
	    "How many keys there are, by kind and state", "Census", 200, false },

	{ METHOD_GET, ORG "/audit", &door_api, AUTH_ANY, PERMIT_ORG_ADMIN, DB_SHOWS, PLAIN, api_audit_list,
	    "What happened, newest first", "EventList", 200, false },

	{ METHOD_GET, ORG "/appointments", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN, api_records_list,
	    "Appointments", "RecordList", 200, false },
	{ METHOD_POST, ORG "/appointments", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS, JSON(record),
	    api_record_create, "Make an appointment", "Record", 201, false },
	{ METHOD_GET, ORG "/appointments/{appointment}", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN,
	    api_record_get, "An appointment", "Record", 200, false },
	{ METHOD_PATCH, ORG "/appointments/{appointment}", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS,
	    JSON(record), api_record_change, "Change an appointment", "Record", 200, false },
	{ METHOD_DELETE, ORG "/appointments/{appointment}", &door_api, AUTH_SESSION, PERMIT_COLLECTION_WRITE, DB_ADDS, PLAIN,
	    api_record_remove, "Delete an appointment", NULL, 204, false },

	{ METHOD_GET, ORG "/contacts", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN, api_records_list,
	    "Contacts", "RecordList", 200, false },
	{ METHOD_POST, ORG "/contacts", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS, JSON(record),
	    api_record_create, "Make a contact", "Record", 201, false },
	{ METHOD_GET, ORG "/contacts/{contact}", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN,
	    api_record_get, "A contact", "Record", 200, false },
	{ METHOD_PATCH, ORG "/contacts/{contact}", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS,
	    JSON(record), api_record_change, "Change a contact", "Record", 200, false },
	{ METHOD_DELETE, ORG "/contacts/{contact}", &door_api, AUTH_SESSION, PERMIT_COLLECTION_WRITE, DB_ADDS, PLAIN,
	    api_record_remove, "Delete a contact", NULL, 204, false },

	{ METHOD_GET, ORG "/availability", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN, api_records_list,
	    "Entries of availability", "RecordList", 200, false },
	{ METHOD_POST, ORG "/availability", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS, JSON(record),
	    api_record_create, "Make an entry of availability", "Record", 201, false },
	{ METHOD_GET, ORG "/availability/{slot}", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN,
	    api_record_get, "An entry of availability", "Record", 200, false },
	{ METHOD_PATCH, ORG "/availability/{slot}", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS,
	    JSON(record), api_record_change, "Change an entry of availability", "Record", 200, false },
	{ METHOD_DELETE, ORG "/availability/{slot}", &door_api, AUTH_SESSION, PERMIT_COLLECTION_WRITE, DB_ADDS, PLAIN,
	    api_record_remove, "Delete an entry of availability", NULL, 204, false },

	{ METHOD_GET, ORG "/team", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN, api_records_list,
	    "Entries of the team", "RecordList", 200, false },
	{ METHOD_POST, ORG "/team", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS, JSON(record),
	    api_record_create, "Make an entry of the team", "Record", 201, false },
	{ METHOD_GET, ORG "/team/{person}", &door_api, AUTH_ANY, PERMIT_COLLECTION_READ, DB_SHOWS, PLAIN,
	    api_record_get, "An entry of the team", "Record", 200, false },
	{ METHOD_PATCH, ORG "/team/{person}", &door_api, AUTH_ANY, PERMIT_COLLECTION_WRITE, DB_ADDS,
	    JSON(record), api_record_change, "Change an entry of the team", "Record", 200, false },
	{ METHOD_DELETE, ORG "/team/{person}", &door_api, AUTH_SESSION, PERMIT_COLLECTION_WRITE, DB_ADDS, PLAIN,
	    api_record_remove, "Delete an entry of the team", NULL, 204, false },
};

static const struct route graphql_routes[] = {
#define GRAPHQL(method, auth, permit, handler, status) \
	{ method, "/graphql", &door_graphql, auth, permit, DB_SHOWS, PLAIN, handler, NULL, NULL, status, true, NULL },
	GRAPHQL(METHOD_GET, AUTH_OPTIONAL, PERMIT_IN_ORG, graphql_get, 200)
	GRAPHQL(METHOD_POST, AUTH_OPTIONAL, PERMIT_IN_ORG, graphql_post, 200)
	GRAPHQL(METHOD_OPTIONS, AUTH_NONE, PERMIT_PUBLIC, graphql_options, 204)
};

/* Pages: the same rows, shorter. */
static const struct route ui_routes[] = {
#define ROW(method, address, auth, permit, tx, body, shape, handler, status, no_tx, ...) \
	{ method, address, &door_ui, auth, PERMIT_##permit, tx, body, shape, handler, NULL, NULL, status, \
	    no_tx, __VA_ARGS__ },
#define PAGE(address, permit, page) \
	ROW(METHOD_GET, address, AUTH_SESSION, permit, DB_SHOWS, BODY_NONE, NULL, page, 200, false, NULL)
#define BARE(address, page) \
	ROW(METHOD_GET, address, AUTH_NONE, PUBLIC, DB_SHOWS, BODY_NONE, NULL, page, 200, true, NULL)
#define TRY(address, permit, name, handler, page) \
	ROW(METHOD_POST, address, AUTH_SESSION, permit, DB_SHOWS, BODY_FORM, &shape_##name, handler, 200, true, page)
#define SEND(address, permit, name, handler, page) \
	ROW(METHOD_POST, address, PERMIT_##permit == PERMIT_PUBLIC ? AUTH_NONE : AUTH_SESSION, permit, DB_CHANGES, \
	    BODY_FORM, &shape_##name, handler, 200, false, page)
#undef SURE
#define SURE(address, permit, name, handler, page) \
	ROW(METHOD_POST, address, AUTH_SESSION, permit, DB_CHANGES, BODY_FORM, &shape_##name, handler, 200, false, \
	    page, ui_prove)
#include "ui/pages.def"
};

/* What Drivebase's clients use for contents. */
static const struct route rest_routes[] = {
	{ METHOD_POST, "/api/upload/proxy", &door_rest, AUTH_ANY, PERMIT_SELF, DB_CHANGES, STREAM, rest_upload,
	    "The content of a file that is awaited, or that is there", "Success", 200, true },
	{ METHOD_POST, "/api/upload/chunk", &door_rest, AUTH_ANY, PERMIT_SELF, DB_CHANGES, STREAM, rest_chunk,
	    "A chunk of an upload in chunks", "ChunkSuccess", 200, true },
	{ METHOD_GET, "/api/download/proxy", &door_rest, AUTH_ANY, PERMIT_SELF, DB_SHOWS, PLAIN, rest_download,
	    "The content of a file", NULL, 200, true },
};

/* The same rows, shorter: they are not in the description of the JSON API. */
#define OF_STRUCTURE(permit) \
	((permit) == PERMIT_SPACE_ADMIN || (permit) == PERMIT_BASE_ADMIN || (permit) == PERMIT_TABLE_ADMIN)
static const struct route tables_routes[] = {
#define ADDRESS(method, address, auth, permit, tx, body, handler, status, permission) \
	{ \
		METHOD_##method, "/api/" address, &door_tables, AUTH_##auth, PERMIT_##permit, DB_##tx, body, handler, \
		    NULL, "", status, false, NULL, \
		    METHOD_##method == METHOD_DELETE && OF_STRUCTURE(PERMIT_##permit) ? call_sure : NULL \
	},
#include "tables/addresses.def"
#undef ADDRESS
};

/* One address: what is asked for is in the message, and a row of the tools says who may. */
static const struct route mcp_routes[] = {
	{ METHOD_POST, "/mcp/v1", &door_mcp, AUTH_ANY, PERMIT_SELF, DB_SHOWS, PLAIN, mcp_message,
	    "A message of the Model Context Protocol", NULL, 200, true },
};
/* clang-format on */

const struct route_table all_routes[] = {
	{ api_routes, COUNT(api_routes) },
	{ graphql_routes, COUNT(graphql_routes) },
	{ ui_routes, COUNT(ui_routes) },
	{ rest_routes, COUNT(rest_routes) },
	{ tables_routes, COUNT(tables_routes) },
	{ mcp_routes, COUNT(mcp_routes) },
	{ NULL, 0 },
};
