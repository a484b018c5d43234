/*
 * uploads.c: asking for an upload or a download, whose bytes go another way.
 */
#include "files/upload.h"

#include "graphql/files.h"
#include "graphql/run.h"
#include "http/call.h"

#define SIZE_MOST 9007199254740992.0 /* a double has all whole numbers up to it */

/* Where the bytes of a file go. */
struct way {
	const char *file_id, *url;
	bool direct;
};

static enum fault
got_way(struct gql_run *r, const char *file_id, const char *path, struct gql_got *got)
{
	struct call *c = r->ctx;
	struct way *way = arena_new(r->work->arena, struct way);

	way->file_id = file_id;
	way->url = arena_print(r->work->arena, "%s%s?fileId=%s",
	    request_base_url(r->work->arena, c->req, r->work->settings), path, file_id);
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = way };
	return FAULT_NONE;
}

/* A whole number of bytes. */
static enum fault
size_of(struct gql_run *r, const struct gql_value *input, const char *name, int64_t *size)
{
	const struct gql_value *v = gql_given(input, name);

	if (v == NULL)
		return FAULT_NONE;
	if (!(v->real >= 0 && v->real <= SIZE_MOST) || (double)(int64_t)v->real != v->real)
		return fault_at(r->work, FAULT_BAD_FIELD, name, "must be a whole number of bytes");
	*size = (int64_t)v->real;
	return FAULT_NONE;
}

static struct upload_wish
wish_of(struct gql_run *r, const struct gql_value *input)
{
	return (struct upload_wish){ .name = gql_given_str(input, "name"),
		.mime = gql_given_str(input, "mimeType"),
		.folder_id = files_id(r, input, "folderId"),
		.provider_id = files_id(r, input, "providerId") };
}

enum fault
rows_request_upload(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct gql_value *input = gql_given(arguments, "input")->items;
	struct upload_wish wish = wish_of(r, input);
	struct file file;
	enum fault f;

	(void)source;
	if ((f = size_of(r, input, "size", &wish.size)) != FAULT_NONE ||
	    (f = upload_ask(r->work, &wish, &file)) != FAULT_NONE)
		return files_fault(r, f, wish.folder_id != NULL ? "Folder" : "Storage provider");
	return got_way(r, file.id, "/api/upload/proxy", got);
}

enum fault
rows_request_download(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const char *id = files_id(r, arguments, "id");
	enum fault f = file_found(r, id, false, got);

	(void)source;
	return f != FAULT_NONE ? f : got_way(r, id, "/api/download/proxy", got);
}

static enum fault
got_session(struct gql_run *r, const struct upload *u, struct gql_got *got)
{
	struct upload *kept = arena_new(r->work->arena, struct upload);

	*kept = *u;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = kept };
	return FAULT_NONE;
}

enum fault
rows_initiate_chunked(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct gql_value *input = gql_given(arguments, "input")->items;
	struct upload_wish wish = wish_of(r, input);
	struct upload u;
	enum fault f;

	(void)source;
	if ((f = size_of(r, input, "totalSize", &wish.size)) != FAULT_NONE ||
	    (f = size_of(r, input, "chunkSize", &wish.chunk_size)) != FAULT_NONE ||
	    (f = upload_begin(r->work, &wish, &u)) != FAULT_NONE)
		return files_fault(r, f, wish.folder_id != NULL ? "Folder" : "Storage provider");
	return got_session(r, &u, got);
}

enum fault
rows_cancel_session(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	(void)source;
	*got = (struct gql_got){ .sort = GOT_FLAG, .flag = true };
	return files_fault(r, upload_cancel(r->work, files_id(r, arguments, "sessionId")), "Upload session");
}

/* Nobody was given an address of the storage itself to send parts to. */
enum fault
rows_complete_parts(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	(void)source;
	(void)arguments;
	(void)got;
	return fault_at(r->work, FAULT_CONFLICT, NULL, "Chunks of this upload are sent to /api/upload/chunk");
}

enum fault
rows_sessions(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct upload *rows = NULL;
	size_t n = 0;
	enum fault f = upload_list(r->work, &rows, &n);

	(void)source;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = rows, .n = n, .size = sizeof *rows };
	return f;
}

/* --- members --- */

static enum fault
uploading(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)source;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_TEXT, .text = STR("uploading") };
	return FAULT_NONE;
}

static const struct gql_field upload_fields[] = {
	GQL_HAS(MEMBER_TEXT, way, file_id, "fileId", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, way, url, "uploadUrl", "String",
	    "POST the content there, with the same credential."),
	GQL_IS(MEMBER_NULL, "uploadFields", "JSON", NULL),
	GQL_HAS(MEMBER_FLAG, way, direct, "useDirectUpload", "Boolean!", NULL),
	GQL_LAST,
};

static const struct gql_field download_fields[] = {
	GQL_HAS(MEMBER_TEXT, way, file_id, "fileId", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, way, url, "downloadUrl", "String", "GET it there, with the same credential."),
	GQL_HAS(MEMBER_FLAG, way, direct, "useDirectDownload", "Boolean!", NULL),
	GQL_LAST,
};

static const struct gql_field chunked_fields[] = {
	GQL_HAS(MEMBER_TEXT, upload, id, "sessionId", "ID!", NULL),
	GQL_HAS(MEMBER_INT, upload, chunks, "totalChunks", "Int!", NULL),
	GQL_HAS(MEMBER_INT, upload, chunk_size, "chunkSize", "Float!", NULL),
	GQL_IS(MEMBER_NO, "useDirectUpload", "Boolean!", NULL),
	GQL_IS(MEMBER_NULL, "presignedPartUrls", "[PresignedPartUrl!]", NULL),
	GQL_LAST,
};

static const struct gql_field session_fields[] = {
	GQL_HAS(MEMBER_TEXT, upload, id, "sessionId", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, upload, name, "fileName", "String!", NULL),
	GQL_HAS(MEMBER_INT, upload, size, "totalSize", "Float!", NULL),
	GQL_ASKED(uploading, NULL, "status", "String!", NULL),
	GQL_ASKED(uploading, NULL, "phase", "String!", NULL),
	GQL_HAS(MEMBER_INT, upload, received, "receivedChunks", "Int!", NULL),
	GQL_HAS(MEMBER_INT, upload, chunks, "totalChunks", "Int!", NULL),
	GQL_HAS(MEMBER_INT, upload, bytes, "providerBytesTransferred", "Float!", NULL),
	GQL_IS(MEMBER_NULL, "errorMessage", "String", NULL),
	GQL_HAS(MEMBER_TIME, upload, created_at, "createdAt", "String!", NULL),
	GQL_LAST,
};

static const struct gql_field part_fields[] = {
	GQL_IS(MEMBER_NULL, "partNumber", "Int!", NULL),
	GQL_IS(MEMBER_NULL, "url", "String!", NULL),
	GQL_LAST,
};

static const struct gql_argument upload_inputs[] = {
	{ "name", "String!", NULL, NULL },
	{ "mimeType", "String!", NULL, NULL },
	{ "size", "Float!", NULL, "Bytes." },
	{ "folderId", "ID", NULL, "Not given: the top." },
	{ "providerId", "ID!", NULL, NULL },
	{ .name = NULL },
};
static const struct gql_argument chunked_inputs[] = {
	{ "name", "String!", NULL, NULL },
	{ "mimeType", "String!", NULL, NULL },
	{ "totalSize", "Float!", NULL, "Bytes." },
	{ "chunkSize", "Float", NULL, NULL },
	{ "folderId", "ID", NULL, "Not given: the top." },
	{ "providerId", "ID!", NULL, NULL },
	{ .name = NULL },
};
static const struct gql_argument part_inputs[] = {
	{ "partNumber", "Int!", NULL, NULL },
	{ "etag", "String!", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_upload_arguments[] = {
	{ "input", "RequestUploadInput!", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_chunked_arguments[] = {
	{ "input", "InitiateChunkedUploadInput!", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_session_arguments[] = {
	{ "sessionId", "ID!", NULL, NULL },
	{ .name = NULL },
};
const struct gql_argument rows_parts_arguments[] = {
	{ "sessionId", "ID!", NULL, NULL },
	{ "parts", "[S3PartInput!]!", NULL, NULL },
	{ .name = NULL },
};

const struct gql_type rows_upload_input = { .sort = GQL_IS_INPUT,
	.name = "RequestUploadInput",
	.inputs = upload_inputs };
const struct gql_type rows_upload_answer = { .sort = GQL_IS_OBJECT,
	.name = "UploadResponse",
	.fields = upload_fields };
const struct gql_type rows_download_answer = { .sort = GQL_IS_OBJECT,
	.name = "DownloadResponse",
	.fields = download_fields };
const struct gql_type rows_chunked_input = { .sort = GQL_IS_INPUT,
	.name = "InitiateChunkedUploadInput",
	.inputs = chunked_inputs };
const struct gql_type rows_chunked = { .sort = GQL_IS_OBJECT,
	.name = "ChunkedUploadSession",
	.fields = chunked_fields };
const struct gql_type rows_part_url = { .sort = GQL_IS_OBJECT,
	.name = "PresignedPartUrl",
	.fields = part_fields };
const struct gql_type rows_part_input = { .sort = GQL_IS_INPUT,
	.name = "S3PartInput",
	.inputs = part_inputs };
const struct gql_type rows_session = { .sort = GQL_IS_OBJECT,
	.name = "UploadSessionInfo",
	.fields = session_fields };
