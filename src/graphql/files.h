/*
 * files.h: what the rooms of files and providers share.
 */
#ifndef GRAPHQL_FILES_H
#define GRAPHQL_FILES_H

#include "graphql/rows.h"

/* "File not found" instead of nothing; other faults as they are. */
enum fault files_fault(struct gql_run *, enum fault, const char *what);
/* An argument that is an id; NULL: not given, or null. */
const char *files_id(struct gql_run *, const struct gql_value *arguments, const char *name);

/* What a field of another type finds. */
enum fault provider_found(struct gql_run *, const char *id, struct gql_got *);
enum fault file_found(struct gql_run *, const char *id, bool folder, struct gql_got *);

/* Providers. */
extern const struct gql_type rows_storage, rows_preview, rows_storage_kind, rows_config_field,
    rows_connect_input, rows_storage_type, rows_auth_type;
extern const struct gql_argument rows_connect_arguments[];
gql_resolver rows_providers, rows_provider, rows_available, rows_connect, rows_provider_rename,
    rows_disconnect;

/* Files and folders. */
extern const struct gql_type rows_file, rows_folder, rows_lifecycle, rows_lifecycle_state, rows_connection,
    rows_contents, rows_smart_result, rows_folder_input;
gql_resolver rows_file_get, rows_files, rows_contents_get, rows_search_files, rows_search_folders, rows_smart,
    rows_recent, rows_starred_files, rows_folder_get, rows_folders, rows_starred_folders;
gql_resolver rows_rename_file, rows_rename_folder, rows_move_file, rows_move_folder, rows_delete_file,
    rows_delete_folder, rows_star_file, rows_unstar_file, rows_star_folder, rows_unstar_folder,
    rows_create_folder;
extern const struct gql_argument rows_page_arguments[], rows_contents_arguments[], rows_search_arguments[],
    rows_limit_arguments[], rows_folders_arguments[], rows_rename_arguments[], rows_move_file_arguments[],
    rows_move_folder_arguments[], rows_folder_create_arguments[];

/* Uploads and downloads. */
extern const struct gql_type rows_upload_input, rows_upload_answer, rows_download_answer, rows_chunked_input,
    rows_chunked, rows_part_url, rows_part_input, rows_session;
extern const struct gql_argument rows_upload_arguments[], rows_chunked_arguments[], rows_session_arguments[],
    rows_parts_arguments[];
gql_resolver rows_request_upload, rows_request_download, rows_initiate_chunked, rows_cancel_session,
    rows_complete_parts, rows_sessions;

#endif
