/*
 * graphql.c: the door itself: a request becomes a run of the engine, and what comes
 * of it an answer.
 *
 * A document that is refused before it is done has no data: 400, or, for who accepts
 * plain JSON alone, 200 (GraphQL over HTTP, section 6.4).  A credential that is not
 * good is refused before anything is read; who presents none may ask what the schema
 * is like.
 */
#include "graphql/graphql.h"

#include "core/ask.h"
#include "core/denial.h"
#include "graphql/request.h"
#include "graphql/rows.h"
#include "graphql/run.h"
#include "http/admit.h"
#include "http/problem.h"

/* --- who asks --- */

/* One that is not the caller's is refused: what was asked about it is not answered about another. */
static enum fault
enter(struct call *c, const char **org)
{
	const struct standing *here;
	enum fault f = admit_workspace(c, &here);

	if (f != FAULT_NONE || here == NULL)
		return f == FAULT_NONE || f == FAULT_NOT_FOUND ? FAULT_ROLE : f;
	*org = here->org_id;
	return FAULT_NONE;
}

static const enum action actions
    [] = { [GQL_FOR_READER] = ACTION_READ, [GQL_FOR_WRITER] = ACTION_WRITE, [GQL_FOR_RULER] = ACTION_ADMIN };

/*
 * A change that comes after a storage was waited for is asked about as a new request:
 * whoever asks may have been put out, or have ended, meanwhile.
 */
static enum fault
still_in(struct gql_run *r)
{
	if (!r->work->waited)
		return FAULT_NONE;
	return r->work->again(r->work);
}

static enum fault
let(struct gql_run *r, enum gql_for whom)
{
	struct verdict v = { .explain = NULL };
	const struct standing *who;
	enum fault f;

	if (whom == GQL_FOR_ALL)
		return FAULT_NONE;
	if (r->work->actor == NULL)
		return FAULT_NO_CREDENTIAL;
	if ((whom == GQL_FOR_WRITER || whom == GQL_FOR_RULER) && (f = still_in(r)) != FAULT_NONE)
		return f;
	who = r->work->actor;
	if (whom == GQL_FOR_PERSON)
		return who->kind == NULL ? FAULT_NONE : FAULT_SESSION_REQUIRED;
	if ((f = ask(r->work, who, actions[whom], NULL, STR_NONE, &v)) != FAULT_NONE)
		return f;
	return reason_fault(r->work, &v);
}

/* --- what is said --- */

static const char *
message(struct work *w, enum fault f)
{
	const struct trouble *t = &w->trouble;
	int status = fault_status(f);

	if (f == FAULT_NO_CREDENTIAL)
		return "Authentication required";
	if (f == FAULT_SCOPE && t->needed_scope != NULL)
		return arena_print(w->arena, "API key does not have the required scope: %s", t->needed_scope);
	if (status == 403 && f != FAULT_SESSION_REQUIRED && f != FAULT_CSRF && f != FAULT_PROOF_NEEDED)
		return "Insufficient permissions";
	if (status == 404)
		return t->detail != NULL ? t->detail : "Not found";
	if (status == 500)
		return "Unexpected error.";
	if (t->detail != NULL && t->field != NULL)
		return arena_print(w->arena, "%s: %s", t->field, t->detail);
	return t->detail != NULL ? t->detail : fault_title(f);
}

static const char *
say(struct gql_run *r, enum fault f)
{
	denial_fault(r->work, r->work->actor, f, false);
	return message(r->work, f);
}

static const struct gql_schema schema = { "Files in the providers of an organization, and the keys to them.",
	rows_types, "Query", "Mutation", let, say };

bool
graphql_open(const char **why)
{
	*why = gql_schema_flaw(&schema);
	return *why == NULL;
}

/* --- answers --- */

static struct json *
begin_answer(struct call *c, int status)
{
	response_status(c->resp, status);
	response_header(c->resp, "Content-Type",
	    request_wants_graphql(c->req) ? "application/graphql-response+json; charset=utf-8"
					  : "application/json; charset=utf-8");
	response_header(c->resp, "Access-Control-Allow-Origin", "*");
	c->json = json_into(&c->resp->body);
	json_object(&c->json, NULL);
	return &c->json;
}

/* Before a document was looked at: what a proxy in between has to know, too. */
static void
show_fault(struct call *c, enum fault f)
{
	struct json *j;

	response_reset(c->resp);
	problem_headers(c->work, c->resp, f);
	j = begin_answer(c, gql_status(f));
	json_list(j, "errors");
	json_object(j, NULL);
	json_text(j, "message", message(c->work, f));
	gql_write_extensions(j, f);
	json_end(j);
	json_end(j);
	json_end(j);
}

const struct door door_graphql = { "graphql", show_fault, false, enter };

/* A document that is not done. */
static enum fault
refuse(struct gql_run *r, struct call *c, int status)
{
	struct json *j = begin_answer(c, status);

	response_header(c->resp, "Cache-Control", "no-store");
	gql_write_errors(r, j);
	json_end(j);
	return FAULT_NONE;
}

static enum fault
answer(struct gql_run *r, struct call *c)
{
	struct json *j = begin_answer(c, 200);
	enum fault f;

	response_header(c->resp, "Cache-Control", "no-store");
	if ((f = gql_execute(r, j)) != FAULT_NONE)
		return f;
	if (r->errors.n > 0)
		gql_write_errors(r, j);
	json_end(j);
	return FAULT_NONE;
}

/* By GET nothing is changed, whatever is asked for. */
static enum fault
refuse_change(struct gql_run *r, struct call *c)
{
	response_header(c->resp, "Allow", "POST");
	gql_error(&r->errors, r->operation->at, "Can only perform a mutation operation from a POST request.");
	return refuse(r, c, 405);
}

static enum fault
do_request(struct call *c, const struct gql_request *q)
{
	struct gql_document doc;
	struct gql_run r = { .work = c->work, .schema = &schema, .ctx = c, .doc = &doc };

	r.errors.arena = c->work->arena;
	if (!gql_parse(c->work->arena, q->query, &doc, &r.errors) || !gql_check(&schema, &doc, &r.errors) ||
	    !gql_choose(&r, q->operation) || !gql_variables(&r, q->variables))
		return refuse(&r, c, request_wants_graphql(c->req) ? 400 : 200);
	if (r.operation->does == GQL_MUTATION && c->req->method != METHOD_POST)
		return refuse_change(&r, c);
	return answer(&r, c);
}

enum fault
graphql_post(struct call *c)
{
	struct gql_request q = { .query = STR_NONE };
	enum fault f = request_read_post(c, &q);

	return f != FAULT_NONE ? f : do_request(c, &q);
}

/*
 * Pages of any site may ask with a key that they were given.  What a browser would
 * send by itself it does not send to where any site may ask, and its cookie takes
 * our own page's token besides.
 */
enum fault
graphql_options(struct call *c)
{
	response_header(c->resp, "Access-Control-Allow-Origin", "*");
	response_header(c->resp, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
	response_header(c->resp, "Access-Control-Allow-Headers",
	    "Content-Type, Authorization, x-workspace-id");
	response_header(c->resp, "Access-Control-Max-Age", "86400");
	return FAULT_NONE;
}

enum fault
graphql_get(struct call *c)
{
	struct gql_request q = { .query = STR_NONE };
	enum fault f = request_read_get(c, &q);

	return f != FAULT_NONE ? f : do_request(c, &q);
}
