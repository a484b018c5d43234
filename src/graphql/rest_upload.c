/*
 * rest_upload.c: contents that come in.
 */
#include "config.h"

#include "files/upload.h"
#include "rest.h"

static void
say_success(struct call *c)
{
	json_object(call_json(c), NULL);
	json_flag(&c->json, "success", true);
}

/* A file of no bytes is one that was announced as such. */
static enum fault
may_be_empty(struct call *c, const char *id)
{
	struct file file;
	enum fault f = files_get(c->work, id, &file);

	if (f != FAULT_NONE || (file.pending && file.size == 0))
		return f;
	return fault_at(c->work, FAULT_BAD_REQUEST, NULL, "Missing body");
}

enum fault
rest_upload(struct call *c)
{
	struct stream body;
	struct file file;
	const char *id;
	bool empty;
	enum fault f;

	if ((f = rest_param(c, "fileId", &id)) != FAULT_NONE || (f = rest_enter(c)) != FAULT_NONE ||
	    (f = rest_body(c, &body, &empty)) != FAULT_NONE ||
	    (empty && (f = may_be_empty(c, id)) != FAULT_NONE) ||
	    (f = files_write(c->work, id, &body, rest_if_match(c), &file)) != FAULT_NONE)
		return f;
	if (file.tag != NULL)
		response_header(c->resp, "ETag", arena_print(c->work->arena, "\"%s\"", file.tag));
	say_success(c);
	json_end(&c->json);
	return FAULT_NONE;
}

enum fault
rest_chunk(struct call *c)
{
	struct stream body;
	const char *id;
	int64_t number;
	bool empty, whole;
	enum fault f;

	if ((f = rest_param(c, "sessionId", &id)) != FAULT_NONE ||
	    (f = rest_number(c, "chunkIndex", &number)) != FAULT_NONE || (f = rest_enter(c)) != FAULT_NONE ||
	    (f = rest_body(c, &body, &empty)) != FAULT_NONE ||
	    (f = upload_chunk(c->work, id, number, &body, &whole)) != FAULT_NONE)
		return f;
	say_success(c);
	json_int(&c->json, "chunkIndex", number);
	json_flag(&c->json, "isComplete", whole);
	json_end(&c->json);
	return FAULT_NONE;
}
