/*
 * api_openapi.c: the service's description of itself (OpenAPI 3.1), made from
 * the table of routes and the shapes of its bodies.  Only the answers are
 * described apart, in schemas.json.
 */
#include "config.h"

#include "api/api.h"

#include <string.h>

#include "base/embedded.h"
#include "http/idempotency.h"

extern const struct embedded api_schemas[];

static void
write_ref(struct json *j, const char *answer)
{
	json_object(j, "content");
	json_object(j, "application/json");
	json_object(j, "schema");
	json_text(j, "$ref", answer);
	json_end(j);
	json_end(j);
	json_end(j);
}

static void write_shape(struct json *, const char *name, const struct shape *);

static void
write_type(struct json *j, const char *type)
{
	/* Every member may be null: what that means is said with the address. */
	json_list(j, "type");
	json_text(j, NULL, type);
	json_text(j, NULL, "null");
	json_end(j);
}

static void
write_field(struct json *j, const struct field *f)
{
	static const char *const types[] = { [FIELD_IS_TEXT] = "string",
		[FIELD_IS_INT] = "integer",
		[FIELD_IS_FLAG] = "boolean",
		[FIELD_IS_TEXTS] = "array",
		[FIELD_IS_ROWS] = "array" };

	if (f->type == FIELD_IS_OBJECT) {
		write_shape(j, f->name, f->rows);
		return;
	}
	json_object(j, f->name);
	write_type(j, types[f->type]);
	if (f->type == FIELD_IS_ROWS)
		write_shape(j, "items", f->rows);
	if (f->type == FIELD_IS_TEXTS) {
		json_object(j, "items");
		json_text(j, "type", "string");
		json_end(j);
	}
	json_end(j);
}

static void
write_shape(struct json *j, const char *name, const struct shape *s)
{
	json_object(j, name);
	json_text(j, "title", s->name);
	json_text(j, "type", "object");
	json_flag(j, "additionalProperties", s->fields == NULL);
	json_list(j, "required");
	for (size_t i = 0; i < s->n; i++)
		if (s->fields[i].needed)
			json_text(j, NULL, s->fields[i].name);
	json_end(j);
	json_object(j, "properties");
	for (size_t i = 0; i < s->n; i++)
		write_field(j, &s->fields[i]);
	json_end(j);
	json_end(j);
}

static void
write_body(struct json *j, const struct route *r)
{
	if (r->form == BODY_NONE)
		return;
	json_object(j, "requestBody");
	json_flag(j, "required", true);
	json_object(j, "content");
	json_object(j, r->form == BODY_JSON ? "application/json" : "application/x-www-form-urlencoded");
	write_shape(j, "schema", r->shape);
	json_end(j);
	json_end(j);
	json_end(j);
}

static void
write_responses(struct call *c, struct json *j, const struct route *r)
{
	json_object(j, "responses");
	json_object(j, arena_print(c->work->arena, "%d", r->status));
	json_text(j, "description", r->summary);
	if (r->answer != NULL)
		write_ref(j, arena_print(c->work->arena, "#/components/schemas/%s", r->answer));
	json_end(j);
	json_object(j, "default");
	json_text(j, "description", "A problem (RFC 9457)");
	json_object(j, "content");
	json_object(j, "application/problem+json");
	json_object(j, "schema");
	json_text(j, "$ref", "#/components/schemas/Problem");
	json_end(j);
	json_end(j);
	json_end(j);
	json_end(j);
	json_end(j);
}

/* The names in the address; all are texts. */
static void
write_parameters(struct json *j, const char *path)
{
	const char *from = path, *to;

	if (strchr(path, '{') == NULL)
		return;
	json_list(j, "parameters");
	while ((from = strchr(from, '{')) != NULL && (to = strchr(from, '}')) != NULL) {
		json_object(j, NULL);
		json_str(j, "name", (struct str){ from + 1, (size_t)(to - from - 1) });
		json_text(j, "in", "path");
		json_flag(j, "required", true);
		json_object(j, "schema");
		json_text(j, "type", "string");
		json_end(j);
		json_end(j);
		from = to;
	}
	json_end(j);
}

/* What is sent twice by mistake is done once. */
static void
write_idempotency(struct json *j)
{
	json_list(j, "parameters");
	json_object(j, NULL);
	json_text(j, "name", "Idempotency-Key");
	json_text(j, "in", "header");
	json_flag(j, "required", false);
	json_object(j, "schema");
	json_text(j, "type", "string");
	json_end(j);
	json_end(j);
	json_end(j);
}

static void
write_security(struct json *j, enum auth auth)
{
	json_list(j, "security");
	if (auth != AUTH_NONE) {
		json_object(j, NULL);
		json_list(j, auth == AUTH_ANY ? "credential" : "session");
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

static const char *
method_member(enum method m)
{
	static const char *const names[] = { [METHOD_GET] = "get",
		[METHOD_HEAD] = "head",
		[METHOD_POST] = "post",
		[METHOD_PUT] = "put",
		[METHOD_PATCH] = "patch",
		[METHOD_DELETE] = "delete" };

	return names[m];
}

static void
write_route(struct call *c, struct json *j, const struct route *r)
{
	json_object(j, method_member(r->method));
	json_text(j, "summary", r->summary);
	write_security(j, r->auth);
	if (idempotency_applies(r))
		write_idempotency(j);
	write_body(j, r);
	write_responses(c, j, r);
	json_end(j);
}

/* Rows of one address stand together in the table. */
static void
write_paths(struct call *c, struct json *j)
{
	json_object(j, "paths");
	for (const struct route_table *t = call_routes(); t->rows != NULL; t++) {
		if (t->rows[0].door != &door_api)
			continue;
		for (size_t i = 0; i < t->n; i++) {
			if (i == 0 || strcmp(t->rows[i].path, t->rows[i - 1].path) != 0) {
				if (i > 0)
					json_end(j);
				json_object(j, t->rows[i].path);
				write_parameters(j, t->rows[i].path);
			}
			write_route(c, j, &t->rows[i]);
		}
		json_end(j);
	}
	json_end(j);
}

static void
write_scheme(struct json *j, const char *name, const char *about)
{
	json_object(j, name);
	json_text(j, "type", "http");
	json_text(j, "scheme", "bearer");
	json_text(j, "description", about);
	json_end(j);
}

enum fault
api_openapi(struct call *c)
{
	struct json *j = call_json(c);

	json_object(j, NULL);
	json_text(j, "openapi", "3.1.0");
	json_object(j, "info");
	json_text(j, "title", "claviger");
	json_text(j, "version", PACKAGE_VERSION);
	json_text(j, "description", "Issues, manages and enforces API keys.");
	json_end(j);
	write_paths(c, j);
	json_object(j, "components");
	json_object(j, "securitySchemes");
	write_scheme(j, "credential", "A key of any kind, or a session");
	write_scheme(j, "session", "The token of a session; keys are refused");
	json_end(j);
	json_raw(j, "schemas", (struct str){ api_schemas[0].text, api_schemas[0].size });
	json_end(j);
	json_end(j);
	return FAULT_NONE;
}
