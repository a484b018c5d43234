/*
 * write.c: the list of errors (October 2021, section 7.1.2), with the codes that
 * clients of Drivebase know.
 */
#include "graphql/run.h"

/* By the status of the fault; what none is for is ours. */
static const struct {
	int status;
	const char *code;
} codes[] = {
	{ 400, "VALIDATION_ERROR" },
	{ 401, "AUTHENTICATION_ERROR" },
	{ 403, "AUTHORIZATION_ERROR" },
	{ 404, "NOT_FOUND" },
	{ 405, "VALIDATION_ERROR" },
	{ 408, "VALIDATION_ERROR" },
	{ 409, "CONFLICT" },
	{ 412, "CONFLICT" },
	{ 413, "VALIDATION_ERROR" },
	{ 414, "VALIDATION_ERROR" },
	{ 415, "VALIDATION_ERROR" },
	{ 416, "VALIDATION_ERROR" },
	{ 422, "VALIDATION_ERROR" },
	{ 429, "RATE_LIMIT_EXCEEDED" },
	{ 502, "PROVIDER_ERROR" },
	{ 503, "SERVICE_UNAVAILABLE" },
	{ 507, "QUOTA_EXCEEDED" },
};

const char *
gql_code(enum fault f)
{
	for (size_t i = 0; i < COUNT(codes); i++)
		if (codes[i].status == fault_status(f))
			return codes[i].code;
	return "INTERNAL_SERVER_ERROR";
}

/* What is not right about the input is 400 to these clients, and a storage that fails 500. */
int
gql_status(enum fault f)
{
	int status = fault_status(f);

	return status == 422 ? 400 : status == 502 ? 500 : status;
}

static void
write_step(struct json *j, const struct gql_step *at)
{
	if (at == NULL)
		return;
	write_step(j, at->up);
	if (at->key != NULL)
		json_text(j, NULL, at->key);
	else
		json_int(j, NULL, (int64_t)at->index);
}

static void
write_place(struct json *j, const struct gql_place *at)
{
	json_list(j, "locations");
	json_object(j, NULL);
	json_int(j, "line", at->line);
	json_int(j, "column", at->column);
	json_end(j);
	json_end(j);
}

void
gql_write_extensions(struct json *j, enum fault f)
{
	json_object(j, "extensions");
	json_text(j, "code", gql_code(f));
	json_int(j, "statusCode", gql_status(f));
	json_end(j);
}

static void
write_error(struct json *j, const struct gql_error *e)
{
	json_object(j, NULL);
	json_text(j, "message", e->message);
	if (e->at.line > 0)
		write_place(j, &e->at);
	if (e->path != NULL) {
		json_list(j, "path");
		write_step(j, e->path);
		json_end(j);
	}
	gql_write_extensions(j, e->fault);
	json_end(j);
}

void
gql_write_errors(struct gql_run *r, struct json *j)
{
	json_list(j, "errors");
	for (const struct gql_error *e = r->errors.first; e != NULL; e = e->next)
		write_error(j, e);
	json_end(j);
}
