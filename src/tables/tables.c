/*
 * tables.c: the door itself: how it shows a fault, and which organization a request
 * is about.
 */
#include "tables/tables.h"

#include "core/ask.h"
#include "core/id.h"
#include "http/admit.h"
#include "http/problem.h"
#include "store/keys.h"

/* --- faults --- */

/* Statuses as its clients know them; what we say with 422 they say with 400. */
static const struct {
	int status, shown;
	const char *code;
} codes[] = {
	{ 400, 400, "validation_error" }, { 401, 401, "unauthorized" }, { 403, 403, "restricted_resource" },
	{ 404, 404, "not_found" }, { 405, 405, "method_not_allowed" }, { 408, 408, "request_timeout" },
	{ 409, 409, "conflict" }, { 412, 412, "conflict" }, { 413, 413, "payload_too_large" },
	{ 415, 415, "unsupported_media_type" }, { 422, 400, "validation_error" },
	{ 429, 429, "too_many_requests" }, { 503, 503, "database_connection_unavailable" },
	{ 500, 500, "internal_server_error" }, /* and whatever else there is */
};

static size_t
code_of(enum fault f)
{
	size_t i = 0;

	while (i < COUNT(codes) - 1 && codes[i].status != fault_status(f))
		i++;
	return i;
}

/* What an address asks for, in the words of its clients. */
static const char *
permission_of(const struct call *c)
{
	static const struct {
		handler *handler;
		const char *permission;
	} rows[] = {
#define ADDRESS(method, address, auth, permit, tx, body, handler, status, permission) { handler, permission },
#include "tables/addresses.def"
#undef ADDRESS
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].handler == c->route->handler)
			return rows[i].permission;
	return "";
}

/* The thing of the address that was asked about. */
static const char *
thing_of(const struct call *c)
{
	static const char *const names[] = { "table", "base", "space" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (route_param(c->route, names[i]) >= 0)
			return call_param(c, names[i]);
	return "this";
}

static const char *
message_of(struct call *c, enum fault f)
{
	const struct trouble *t = &c->work->trouble;
	int status = fault_status(f);

	if (status == 401)
		return "Unauthorized";
	if (f == FAULT_SCOPE || f == FAULT_ROLE)
		return arena_print(c->work->arena, "not allowed to operate %s on %s", permission_of(c),
		    thing_of(c));
	if (status == 403 && f != FAULT_PROOF_NEEDED)
		return "Forbidden resource";
	if (status == 404 || status >= 500 || t->detail == NULL)
		return fault_title(f);
	if (f == FAULT_BAD_JSON)
		return arena_print(c->work->arena, "%s: %s", fault_title(f), t->detail);
	return t->field == NULL ? t->detail : arena_print(c->work->arena, "%s: %s", t->field, t->detail);
}

static void
show_fault(struct call *c, enum fault f)
{
	size_t i = code_of(f);
	const char *message = message_of(c, f);
	struct json j;

	response_reset(c->resp);
	problem_headers(c->work, c->resp, f);
	response_status(c->resp, codes[i].shown);
	response_header(c->resp, "Content-Type", "application/json");
	j = json_into(&c->resp->body);
	json_object(&j, NULL);
	json_text(&j, "message", message);
	json_int(&j, "status", codes[i].shown);
	json_text(&j, "code", codes[i].code);
	json_end(&j);
}

/* --- the organization --- */

/* Of a session that names none: that of the thing in the address, or else its first. */
static enum fault
enter_by_session(struct call *c, const char **org)
{
	const char *thing = thing_of(c);
	const struct standing *here;
	enum fault f;

	if (route_param(c->route, "token") >= 0 && !id_shape(str_of(call_param(c, "token"))))
		return FAULT_NOT_FOUND;
	if (route_param(c->route, "token") >= 0)
		return keys_org_for_user(c->work, call_param(c, "token"), c->caller->owner_id, org);
	if (strcmp(thing, "this") != 0)
		return ask_org(c->work, c->caller, thing, org);
	if ((f = admit_workspace(c, &here)) == FAULT_NONE)
		*org = here == NULL ? NULL : here->org_id;
	return f == FAULT_NONE && here == NULL ? FAULT_NOT_FOUND : f;
}

static enum fault
enter(struct call *c, const char **org)
{
	struct str named = c->req->header[HEADER_WORKSPACE];

	if (named.s != NULL)
		*org = arena_text(c->work->arena, named);
	else if (c->caller->kind != NULL)
		*org = c->caller->org_id;
	else
		return enter_by_session(c, org);
	return FAULT_NONE;
}

const struct door door_tables = { .name = "tables", .fault = show_fault, .enter = enter };

enum fault
tables_user(struct call *c)
{
	const struct standing *s = c->caller;
	struct json *j = call_json(c);

	json_object(j, NULL);
	json_text(j, "id", s->owner_id);
	json_text(j, "name", s->owner_name);
	if (s->owner_email != NULL)
		json_text(j, "email", s->owner_email);
	json_end(j);
	return FAULT_NONE;
}
