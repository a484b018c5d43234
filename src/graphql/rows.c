/*
 * rows.c: the two roots: each thing that can be asked for, with what it takes to be
 * asked for it.
 */
#include "graphql/rows.h"

const struct gql_argument rows_by_id[] = {
	{ "id", "ID!", NULL, NULL },
	{ .name = NULL },
};

static const struct gql_field query_fields[] = {
	GQL_ENTRY(GQL_FOR_READER, rows_me, NULL, "me", "User",
	    "Whoever asks; null for a machine and for an organization."),
	GQL_ENTRY(GQL_FOR_PERSON, rows_keys, NULL, "apiKeys", "[ApiKey!]!",
	    "One's own keys, the oldest first."),
	GQL_ENTRY(GQL_FOR_PERSON, rows_key_get, rows_by_id, "apiKey", "ApiKey!", "One of them."),
	GQL_LAST,
};

static const struct gql_field mutation_fields[] = {
	GQL_ENTRY(GQL_FOR_PERSON, rows_key_create, rows_key_create_arguments, "createApiKey",
	    "CreateApiKeyResult!", "Makes a key; its text is shown this once."),
	GQL_ENTRY(GQL_FOR_PERSON, rows_key_update, rows_key_update_arguments, "updateApiKey", "ApiKey!",
	    "Renames or describes a key."),
	GQL_ENTRY(GQL_FOR_PERSON, rows_key_revoke, rows_by_id, "revokeApiKey", "Boolean!",
	    "Ends a key for good, at once."),
	GQL_LAST,
};

static const struct gql_type query = { .sort = GQL_IS_OBJECT, .name = "Query", .fields = query_fields };
static const struct gql_type mutation = { .sort = GQL_IS_OBJECT,
	.name = "Mutation",
	.fields = mutation_fields };

const struct gql_type *const rows_types[] = { &query, &mutation, &gql_boolean, &gql_date_time, &gql_float,
	&gql_id, &gql_int, &gql_json, &gql_string, &rows_user, &rows_user_role, &rows_key, &rows_key_scope,
	&rows_minted, &rows_key_scope_input, &rows_key_input, &rows_key_change_input, NULL };
