/*
 * file_rows.c: a file and a folder, member by member, and what can be done to them.
 */
#include <string.h>

#include "core/standing.h"
#include "files/files.h"
#include "graphql/files.h"
#include "graphql/run.h"

/* --- members --- */

static enum fault
got_text(struct gql_got *got, const char *text)
{
	*got = (struct gql_got){ .sort = GOT_TEXT, .text = str_of(text) };
	return FAULT_NONE;
}

static enum fault
mime(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct file *f = source;

	(void)r;
	(void)arguments;
	return got_text(got, f->mime == NULL ? "application/octet-stream" : f->mime);
}

/* What was found in a storage was brought there by nobody we know. */
static enum fault
creator(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct file *f = source;

	(void)r;
	(void)arguments;
	return got_text(got, f->created_by == NULL ? "" : f->created_by);
}

static enum fault
got_time(struct gql_run *r, int64_t at, int64_t otherwise, struct gql_got *got)
{
	*got = (struct gql_got){ .sort = GOT_TIME,
		.number = at != 0    ? at
		    : otherwise != 0 ? otherwise
				     : r->work->now };
	return FAULT_NONE;
}

static enum fault
created(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct file *f = source;

	(void)arguments;
	return got_time(r, f->created_at, f->updated_at, got);
}

static enum fault
updated(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct file *f = source;

	(void)arguments;
	return got_time(r, f->updated_at, f->created_at, got);
}

static enum fault
workspace(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	(void)arguments;
	return got_text(got, r->work->actor->org_id);
}

static enum fault
hot(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)source;
	(void)arguments;
	return got_text(got, "HOT");
}

static enum fault
its_provider(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct file *f = source;

	(void)arguments;
	return provider_found(r, f->provider_id, got);
}

/* Of a key with a base path: null where the folder is above what it sees. */
static enum fault
its_folder(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct file *f = source;
	enum fault fault;

	(void)arguments;
	if (f->parent_id == NULL)
		return FAULT_NONE;
	if ((fault = file_found(r, f->parent_id, true, got)) == FAULT_NOT_FOUND)
		*got = (struct gql_got){ .sort = GOT_NULL };
	return fault == FAULT_NOT_FOUND ? FAULT_NONE : fault;
}

static enum fault
its_user(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct file *f = source;

	(void)arguments;
	return rows_person(r, f->created_by, got);
}

static enum fault
inside(struct gql_run *r, const struct file *folder, enum files_sort sort, struct gql_got *got)
{
	struct files_page page = { sort, 0, FILES_LIMIT_MAX };
	struct file *files;
	size_t n, total;
	enum fault f = files_list(r->work, folder->provider_id, folder->id, &page, &files, &n, &total);

	if (f == FAULT_NONE)
		*got =
		    (struct gql_got){ .sort = GOT_OBJECTS, .object = files, .n = n, .size = sizeof *files };
	return f;
}

static enum fault
its_children(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)arguments;
	return inside(r, source, FOLDERS_ONLY, got);
}

static enum fault
its_files(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)arguments;
	return inside(r, source, FILES_ONLY, got);
}

/* --- changing --- */

/* The id is a file's, or a folder's, as it is said. */
static enum fault
check_sort(struct gql_run *r, const char *id, bool folder)
{
	struct gql_got got;

	return file_found(r, id, folder, &got);
}

static enum fault
done(struct gql_run *r, enum fault f, const struct file *file, bool folder, struct gql_got *got)
{
	struct file *kept = arena_new(r->work->arena, struct file);

	*kept = *file;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = kept };
	return files_fault(r, f, folder ? "Folder" : "File");
}

static enum fault
rename_it(struct gql_run *r, const struct gql_value *arguments, bool folder, struct gql_got *got)
{
	const char *id = files_id(r, arguments, "id");
	struct file file = { .id = NULL };
	enum fault f;

	if ((f = check_sort(r, id, folder)) != FAULT_NONE)
		return f;
	return done(r, files_rename(r->work, id, gql_given_str(arguments, "name"), &file), &file, folder,
	    got);
}

static enum fault
move_it(struct gql_run *r, const struct gql_value *arguments, bool folder, const char *to,
    struct gql_got *got)
{
	const char *id = files_id(r, arguments, "id");
	struct file file = { .id = NULL };
	enum fault f;

	if ((f = check_sort(r, id, folder)) != FAULT_NONE)
		return f;
	return done(r, files_move_to(r->work, id, files_id(r, arguments, to), &file), &file, folder, got);
}

static enum fault
delete_it(struct gql_run *r, const struct gql_value *arguments, bool folder, struct gql_got *got)
{
	const char *id = files_id(r, arguments, "id");
	enum fault f;

	if ((f = check_sort(r, id, folder)) != FAULT_NONE)
		return f;
	*got = (struct gql_got){ .sort = GOT_FLAG, .flag = true };
	return files_fault(r, files_delete(r->work, id), folder ? "Folder" : "File");
}

static enum fault
star_it(struct gql_run *r, const struct gql_value *arguments, bool folder, bool starred, struct gql_got *got)
{
	const char *id = files_id(r, arguments, "id");
	struct file file = { .id = NULL };
	enum fault f;

	if ((f = check_sort(r, id, folder)) != FAULT_NONE)
		return f;
	return done(r, files_set_star(r->work, id, starred, &file), &file, folder, got);
}

#define CHANGE(name, deed) \
	enum fault name(struct gql_run *r, const void *source, const struct gql_value *arguments, \
	    struct gql_got *got) \
	{ \
		(void)source; \
		return deed; \
	}

CHANGE(rows_rename_file, rename_it(r, arguments, false, got))
CHANGE(rows_rename_folder, rename_it(r, arguments, true, got))
CHANGE(rows_move_file, move_it(r, arguments, false, "folderId", got))
CHANGE(rows_move_folder, move_it(r, arguments, true, "parentId", got))
CHANGE(rows_delete_file, delete_it(r, arguments, false, got))
CHANGE(rows_delete_folder, delete_it(r, arguments, true, got))
CHANGE(rows_star_file, star_it(r, arguments, false, true, got))
CHANGE(rows_unstar_file, star_it(r, arguments, false, false, got))
CHANGE(rows_star_folder, star_it(r, arguments, true, true, got))
CHANGE(rows_unstar_folder, star_it(r, arguments, true, false, got))

enum fault
rows_create_folder(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct gql_value *input = gql_given(arguments, "input")->items;
	struct file file = { .id = NULL };
	enum fault f = files_make_folder(r->work, files_id(r, input, "providerId"),
	    files_id(r, input, "parentId"), gql_given_str(input, "name"), &file);

	(void)source;
	return done(r, f, &file, true, got);
}

/* --- rows --- */

static const char *const states[] = { "HOT", "ARCHIVED", "RESTORE_REQUESTED", "RESTORING",
	"RESTORED_TEMPORARY", "UNKNOWN", NULL };

static const struct gql_field lifecycle_fields[] = {
	GQL_ASKED(hot, NULL, "state", "FileLifecycleState!", "Always HOT."),
	GQL_IS(MEMBER_NULL, "storageClass", "String", NULL),
	GQL_IS(MEMBER_NULL, "restoreRequestedAt", "DateTime", NULL),
	GQL_IS(MEMBER_NULL, "restoreExpiresAt", "DateTime", NULL),
	GQL_IS(MEMBER_NULL, "lastCheckedAt", "DateTime", NULL),
	GQL_LAST,
};

static const struct gql_field file_fields[] = {
	GQL_HAS(MEMBER_TEXT, file, id, "id", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, file, path, "virtualPath", "String!", "Within the provider."),
	GQL_HAS(MEMBER_TEXT, file, name, "name", "String!", NULL),
	GQL_ASKED(mime, NULL, "mimeType", "String!", NULL),
	GQL_HAS(MEMBER_INT, file, size, "size", "Float!", "Bytes."),
	GQL_IS(MEMBER_NULL, "hash", "String", "Not kept."),
	GQL_HAS(MEMBER_TEXT, file, path, "remoteId", "String!", "The path."),
	GQL_HAS(MEMBER_TEXT, file, provider_id, "providerId", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, file, parent_id, "folderId", "ID", "Null: the top."),
	GQL_ASKED(creator, NULL, "uploadedBy", "ID!", "Empty: it was in the storage."),
	GQL_IS(MEMBER_NO, "isDeleted", "Boolean!", NULL),
	GQL_HAS(MEMBER_FLAG, file, starred, "starred", "Boolean!", NULL),
	GQL_ASKED(created, NULL, "createdAt", "DateTime!", NULL),
	GQL_ASKED(updated, NULL, "updatedAt", "DateTime!", NULL),
	GQL_IS(MEMBER_ITSELF, "lifecycle", "FileLifecycle!", NULL),
	GQL_ASKED(its_provider, NULL, "provider", "StorageProvider!", NULL),
	GQL_ASKED(its_folder, NULL, "folder", "Folder", NULL),
	GQL_ASKED(its_user, NULL, "user", "User!", NULL),
	GQL_LAST,
};

static const struct gql_field folder_fields[] = {
	GQL_HAS(MEMBER_TEXT, file, id, "id", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, file, path, "virtualPath", "String!", "Within the provider."),
	GQL_HAS(MEMBER_TEXT, file, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, file, path, "remoteId", "String!", "The path."),
	GQL_HAS(MEMBER_TEXT, file, provider_id, "providerId", "ID!", NULL),
	GQL_ASKED(workspace, NULL, "workspaceId", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, file, parent_id, "parentId", "ID", "Null: the top."),
	GQL_ASKED(creator, NULL, "createdBy", "ID!", "Empty: it was in the storage."),
	GQL_IS(MEMBER_NO, "isDeleted", "Boolean!", NULL),
	GQL_HAS(MEMBER_FLAG, file, starred, "starred", "Boolean!", NULL),
	GQL_ASKED(created, NULL, "createdAt", "DateTime!", NULL),
	GQL_ASKED(updated, NULL, "updatedAt", "DateTime!", NULL),
	GQL_ASKED(its_provider, NULL, "provider", "StorageProvider!", NULL),
	GQL_ASKED(its_folder, NULL, "parent", "Folder", NULL),
	GQL_ASKED(its_children, NULL, "children", "[Folder!]!", "The first 500."),
	GQL_ASKED(its_files, NULL, "files", "[File!]!", "The first 500."),
	GQL_LAST,
};

static const struct gql_argument folder_inputs[] = {
	{ "name", "String!", NULL, NULL },
	{ "parentId", "ID", NULL, "Not given: the top." },
	{ "providerId", "ID!", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_folder_create_arguments[] = {
	{ "input", "CreateFolderInput!", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_rename_arguments[] = {
	{ "id", "ID!", NULL, NULL },
	{ "name", "String!", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_move_file_arguments[] = {
	{ "id", "ID!", NULL, NULL },
	{ "folderId", "ID", NULL, "Not given: the top." },
	{ .name = NULL },
};
const struct gql_argument rows_move_folder_arguments[] = {
	{ "id", "ID!", NULL, NULL },
	{ "parentId", "ID", NULL, "Not given: the top." },
	{ .name = NULL },
};

const struct gql_type rows_file = { .sort = GQL_IS_OBJECT, .name = "File", .fields = file_fields };
const struct gql_type rows_folder = { .sort = GQL_IS_OBJECT, .name = "Folder", .fields = folder_fields };
const struct gql_type rows_lifecycle = { .sort = GQL_IS_OBJECT,
	.name = "FileLifecycle",
	.fields = lifecycle_fields };
const struct gql_type rows_lifecycle_state = { .sort = GQL_IS_ENUM,
	.name = "FileLifecycleState",
	.words = states };
const struct gql_type rows_folder_input = { .sort = GQL_IS_INPUT,
	.name = "CreateFolderInput",
	.inputs = folder_inputs };
