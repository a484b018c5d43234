/*
 * request.c: what a request to /graphql asks for.
 */
#include "graphql/request.h"

/* A member that is null is as good as none. */
static const struct json_value *
member(const struct json_value *from, const char *name)
{
	const struct json_value *v = json_member(from, name);

	return v == NULL || v->sort == JSON_IS_NULL ? NULL : v;
}

static enum fault
read_members(struct work *w, const struct json_value *body, struct gql_request *r)
{
	const struct json_value *query = member(body, "query"), *name = member(body, "operationName"),
				*extensions = member(body, "extensions");

	r->variables = member(body, "variables");
	if (query == NULL || query->sort != JSON_IS_TEXT)
		return fault_at(w, FAULT_BAD_REQUEST, "query", "must be a text");
	if (name != NULL && name->sort != JSON_IS_TEXT)
		return fault_at(w, FAULT_BAD_REQUEST, "operationName", "must be a text");
	if (r->variables != NULL && r->variables->sort != JSON_IS_OBJECT)
		return fault_at(w, FAULT_BAD_REQUEST, "variables", "must be an object");
	if (extensions != NULL && extensions->sort != JSON_IS_OBJECT)
		return fault_at(w, FAULT_BAD_REQUEST, "extensions", "must be an object");
	r->query = query->text;
	r->operation = name == NULL ? STR_NONE : name->text;
	return FAULT_NONE;
}

static bool
is_json(const struct request *req)
{
	struct str rest = req->header[HEADER_CONTENT_TYPE], type, parameter;

	if (!str_cut(&rest, ';', &type) || !str_is_nocase(str_trim(type), "application/json"))
		return false;
	while (str_cut(&rest, ';', &parameter))
		if (str_starts_nocase(str_trim(parameter), STR("charset=")) &&
		    !str_is_nocase(str_trim(parameter), "charset=utf-8") &&
		    !str_is_nocase(str_trim(parameter), "charset=\"utf-8\""))
			return false;
	return true;
}

enum fault
request_read_post(struct call *c, struct gql_request *r)
{
	struct json_value body;
	struct str text;
	enum fault f;

	if (!is_json(c->req))
		return fault_at(c->work, FAULT_CONTENT_TYPE, NULL, "The body must be application/json");
	if ((f = c->req->read_body(c->req->body_ctx, c->work, ROUTE_BODY_JSON, &text)) != FAULT_NONE)
		return f;
	if (!json_in(c->work->arena, text, &body))
		return FAULT_BAD_JSON;
	if (body.sort == JSON_IS_LIST)
		return fault_at(c->work, FAULT_BAD_REQUEST, NULL, "one operation a request: no batches");
	if (body.sort != JSON_IS_OBJECT)
		return FAULT_BAD_JSON;
	return read_members(c->work, &body, r);
}

/* Values of the query that are JSON: not there, or an object. */
static enum fault
query_object(struct call *c, const char *name, const struct json_value **v)
{
	struct json_value *made = arena_new(c->work->arena, struct json_value);
	struct str text = call_query(c, name);

	*v = NULL;
	if (text.s == NULL)
		return FAULT_NONE;
	if (!json_in(c->work->arena, text, made) ||
	    (made->sort != JSON_IS_OBJECT && made->sort != JSON_IS_NULL))
		return fault_at(c->work, FAULT_BAD_REQUEST, name, "must be a JSON object");
	*v = made->sort == JSON_IS_NULL ? NULL : made;
	return FAULT_NONE;
}

enum fault
request_read_get(struct call *c, struct gql_request *r)
{
	const struct json_value *extensions;
	enum fault f;

	r->query = call_query(c, "query");
	r->operation = call_query(c, "operationName");
	if (r->operation.n == 0)
		r->operation = STR_NONE;
	if (r->query.s == NULL)
		return fault_at(c->work, FAULT_BAD_REQUEST, "query", "must be given");
	if ((f = query_object(c, "variables", &r->variables)) != FAULT_NONE)
		return f;
	return query_object(c, "extensions", &extensions);
}

/* The thousandths of a quality (RFC 9110 section 12.4.2) among the parameters; 1000 if there is none. */
static int
quality(struct str parameters)
{
	struct str one;
	int q = 0, place = 1000;

	while (str_cut(&parameters, ';', &one)) {
		one = str_trim(one);
		if (!str_starts_nocase(one, STR("q=")))
			continue;
		for (size_t i = 2; i < one.n && i < 7; i++) {
			if (one.s[i] == '.')
				continue;
			q += (one.s[i] - '0') * place;
			place /= 10;
		}
		return q;
	}
	return 1000;
}

bool
request_wants_graphql(const struct request *req)
{
	struct str rest = req->header[HEADER_ACCEPT], item, type;
	int graphql = 0, json = 0;

	while (str_cut(&rest, ',', &item)) {
		(void)str_cut(&item, ';', &type);
		type = str_trim(type);
		if (str_is_nocase(type, "application/graphql-response+json"))
			graphql = quality(item);
		else if (str_is_nocase(type, "application/json"))
			json = quality(item);
	}
	return graphql > 0 && graphql >= json;
}
