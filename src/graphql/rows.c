/*
 * rows.c: the two roots: each thing that can be asked for, with what it takes to be
 * asked for it.
 */
#include "graphql/files.h"

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
	GQL_ENTRY(GQL_FOR_READER, rows_providers, NULL, "storageProviders", "[StorageProvider!]!",
	    "Those that may be read."),
	GQL_ENTRY(GQL_FOR_READER, rows_provider, rows_by_id, "storageProvider", "StorageProvider", NULL),
	GQL_ENTRY(GQL_FOR_READER, rows_available, NULL, "availableProviders", "[AvailableProvider!]!",
	    "What can be connected."),
	GQL_ENTRY(GQL_FOR_READER, rows_file_get, rows_by_id, "file", "File!", NULL),
	GQL_ENTRY(GQL_FOR_READER, rows_files, rows_page_arguments, "files", "FileConnection!",
	    "Files of a folder, or of the top of all providers."),
	GQL_ENTRY(GQL_FOR_READER, rows_contents_get, rows_contents_arguments, "contents", "PathContents!",
	    NULL),
	GQL_ENTRY(GQL_FOR_READER, rows_search_files, rows_search_arguments, "searchFiles", "[File!]!",
	    "By name."),
	GQL_ENTRY(GQL_FOR_READER, rows_search_folders, rows_search_arguments, "searchFolders", "[Folder!]!",
	    "By name."),
	GQL_ENTRY(GQL_FOR_READER, rows_smart, rows_search_arguments, "smartSearch", "[SmartSearchResult!]!",
	    "By name: contents are not searched."),
	GQL_ENTRY(GQL_FOR_READER, rows_recent, rows_limit_arguments, "recentFiles", "[File!]!", NULL),
	GQL_ENTRY(GQL_FOR_READER, rows_starred_files, NULL, "starredFiles", "[File!]!", NULL),
	GQL_ENTRY(GQL_FOR_READER, rows_folder_get, rows_by_id, "folder", "Folder", NULL),
	GQL_ENTRY(GQL_FOR_READER, rows_folders, rows_folders_arguments, "folders", "[Folder!]!", NULL),
	GQL_ENTRY(GQL_FOR_READER, rows_starred_folders, NULL, "starredFolders", "[Folder!]!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_sessions, NULL, "activeUploadSessions", "[UploadSessionInfo!]!",
	    "One's own uploads that are not whole."),
	GQL_LAST,
};

static const struct gql_field mutation_fields[] = {
	GQL_ENTRY(GQL_FOR_PERSON, rows_key_create, rows_key_create_arguments, "createApiKey",
	    "CreateApiKeyResult!", "Makes a key; its text is shown this once."),
	GQL_ENTRY(GQL_FOR_PERSON, rows_key_update, rows_key_update_arguments, "updateApiKey", "ApiKey!",
	    "Renames or describes a key."),
	GQL_ENTRY(GQL_FOR_PERSON, rows_key_revoke, rows_by_id, "revokeApiKey", "Boolean!",
	    "Ends a key for good, at once."),
	GQL_ENTRY(GQL_FOR_READER, rows_request_download, rows_by_id, "requestDownload", "DownloadResponse!",
	    "Where to get the content; nothing changes."),
	GQL_ENTRY(GQL_FOR_WRITER, rows_request_upload, rows_upload_arguments, "requestUpload",
	    "UploadResponse!", "Where to send the content of a new file."),
	GQL_ENTRY(GQL_FOR_WRITER, rows_initiate_chunked, rows_chunked_arguments, "initiateChunkedUpload",
	    "ChunkedUploadSession!", "A new file in chunks, to /api/upload/chunk."),
	GQL_ENTRY(GQL_FOR_WRITER, rows_cancel_session, rows_session_arguments, "cancelUploadSession",
	    "Boolean!", "Gives an upload up; nothing is left of it."),
	GQL_ENTRY(GQL_FOR_WRITER, rows_complete_parts, rows_parts_arguments, "completeS3MultipartUpload",
	    "Boolean!", "There are no such uploads."),
	GQL_ENTRY(GQL_FOR_WRITER, rows_rename_file, rows_rename_arguments, "renameFile", "File!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_move_file, rows_move_file_arguments, "moveFile", "File!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_delete_file, rows_by_id, "deleteFile", "Boolean!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_star_file, rows_by_id, "starFile", "File!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_unstar_file, rows_by_id, "unstarFile", "File!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_create_folder, rows_folder_create_arguments, "createFolder", "Folder!",
	    NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_rename_folder, rows_rename_arguments, "renameFolder", "Folder!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_move_folder, rows_move_folder_arguments, "moveFolder", "Folder!",
	    NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_delete_folder, rows_by_id, "deleteFolder", "Boolean!",
	    "With all that is in it."),
	GQL_ENTRY(GQL_FOR_WRITER, rows_star_folder, rows_by_id, "starFolder", "Folder!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, rows_unstar_folder, rows_by_id, "unstarFolder", "Folder!", NULL),
	GQL_ENTRY(GQL_FOR_RULER, rows_connect, rows_connect_arguments, "connectStorage", "StorageProvider!",
	    "A new provider."),
	GQL_ENTRY(GQL_FOR_RULER, rows_provider_rename, rows_rename_arguments, "renameProvider",
	    "StorageProvider!", NULL),
	GQL_ENTRY(GQL_FOR_RULER, rows_disconnect, rows_by_id, "disconnectProvider", "Boolean!",
	    "The provider and the keys to it alone; the storage stays as it is."),
	GQL_LAST,
};

static const struct gql_type query = { .sort = GQL_IS_OBJECT, .name = "Query", .fields = query_fields };
static const struct gql_type mutation = { .sort = GQL_IS_OBJECT,
	.name = "Mutation",
	.fields = mutation_fields };

const struct gql_type *const rows_types[] = { &query, &mutation, &gql_boolean, &gql_date_time, &gql_float,
	&gql_id, &gql_int, &gql_json, &gql_string, &rows_user, &rows_user_role, &rows_key, &rows_key_scope,
	&rows_minted, &rows_key_scope_input, &rows_key_input, &rows_key_change_input, &rows_storage,
	&rows_preview, &rows_storage_kind, &rows_config_field, &rows_connect_input, &rows_storage_type,
	&rows_auth_type, &rows_file, &rows_folder, &rows_lifecycle, &rows_lifecycle_state, &rows_connection,
	&rows_contents, &rows_smart_result, &rows_folder_input, &rows_upload_input, &rows_upload_answer,
	&rows_download_answer, &rows_chunked_input, &rows_chunked, &rows_part_url, &rows_part_input,
	&rows_session, NULL };
