/*
 * mcp.c: the door itself: one message in, one answer out.
 *
 * Answers are plain JSON, never a stream; no session id is given, so that any
 * worker of any host can take the next message.  Who presents no good credential
 * gets 401 with a Bearer challenge and nothing that would send a client to look
 * for an OAuth server: there is none.
 */
#include "mcp/mcp.h"

#include "base/clock.h"
#include "base/settings.h"
#include "core/denial.h"
#include "http/admit.h"
#include "http/credential.h"
#include "http/problem.h"
#include "mcp/methods.h"
#include "mcp/rpc.h"

/* The message at hand, for whoever has to show a fault. */
static const struct rpc *
rpc_of(const struct call *c)
{
	return c->body;
}

/* An error instead of what was written; more writes into its data. */
static struct json *
error_open(struct call *c, int status, enum rpc_error code, const char *message)
{
	struct json *j;

	response_status(c->resp, status);
	j = call_json(c);
	rpc_open(j, rpc_of(c));
	json_object(j, "error");
	json_int(j, "code", code);
	json_text(j, "message", message);
	return j;
}

static void
error_close(struct json *j)
{
	json_end(j);
	json_end(j);
}

/* A fault that ends the request, with the status it has anywhere. */
static void
show_fault(struct call *c, enum fault f)
{
	int status = fault_status(f);
	const char *message = fault_title(f), *detail = problem_detail(c->work, f);
	struct json *j;

	response_reset(c->resp);
	problem_headers(c->work, c->resp, f);
	if (detail != NULL)
		message = arena_print(c->work->arena, "%s: %s", message, detail);
	response_header(c->resp, "Content-Type", "application/json");
	c->json = json_into(&c->resp->body);
	j = &c->json;
	rpc_open(j, rpc_of(c));
	json_object(j, "error");
	json_int(j, "code", status >= 500 ? RPC_INTERNAL : RPC_SERVER);
	json_text(j, "message", message);
	json_object(j, "data");
	json_int(j, "status", status);
	json_text(j, "code", fault_code(f));
	json_text(j, "request_id", c->work->request_id);
	json_end(j);
	error_close(j);
}

const struct door door_mcp = { "mcp", show_fault };

/* --- the handler --- */

/* Errors of the protocol: 400 in most cases; after "initialize" the body says it. */
static enum fault
answer_error(struct call *c, enum rpc_error e, const char *why)
{
	const struct rpc *r = rpc_of(c);
	int status = !r->modern && (e == RPC_METHOD || e == RPC_PARAMS) ? 200 : e == RPC_METHOD ? 404 : 400;
	struct json *j = error_open(c, status, e, why);

	if (e == RPC_VERSION) {
		json_object(j, "data");
		rpc_write_versions(j, "supported", !r->modern);
		json_str(j, "requested", r->requested);
		json_end(j);
	}
	error_close(j);
	return FAULT_NONE;
}

static enum fault
answer(struct call *c, const struct rpc *r)
{
	const struct rpc_method *m = method_named(r);
	const char *why;
	struct json *j;
	enum fault f;

	if (m == NULL)
		return answer_error(c, RPC_METHOD, "there is no such method");
	if ((why = method_params_wrong(r)) != NULL)
		return answer_error(c, RPC_PARAMS, why);
	j = call_json(c);
	rpc_open(j, r);
	json_object(j, "result");
	if ((f = m->answer(c, r, j)) != FAULT_NONE)
		return f;
	if (!m->writes_meta)
		rpc_write_meta(j, r->modern);
	json_end(j);
	json_end(j);
	return FAULT_NONE;
}

/* Nothing that is only told concerns us. */
static enum fault
answer_nothing(struct call *c)
{
	response_status(c->resp, 202);
	response_header(c->resp, "Cache-Control", "no-store");
	return FAULT_NONE;
}

/* --- batches: only the version of 2025-03-26 has them --- */

#define MEMBER_MEMORY ((size_t)16 << 20)
#define TOLD_MAX      ((size_t)1 << 20)	 /* bytes of answers; what comes then is not done any more */
#define TOLD_LEAST    ((size_t)64 << 10) /* room for an error of each of the others */

static struct arena *memory; /* of one of them after the other */

/* Said once its turn has come, before it is done; NULL: do it. */
static const char *
too_much(size_t told, int64_t deadline)
{
	if (told > TOLD_MAX)
		return "the answers before it are long: send it again by itself";
	return clock_ms() >= deadline ? "those before it took long: send it again by itself" : NULL;
}

/* Those before it took their time, and it counts as a request of its own. */
static enum fault
answer_again(struct call *c, const struct rpc *r)
{
	enum fault f;

	c->rate = (struct rate){ .left = 0 };
	c->work->now = clock_now();
	f = admit(c);
	return f != FAULT_NONE ? f : answer(c, r);
}

/* One message as if it came alone, into a response of its own; nothing for a notification. */
static void
answer_member(struct call *c, const struct json_value *one, const struct rpc_headers *h, const char *not_done)
{
	struct rpc *r = arena_new(c->work->arena, struct rpc);
	bool first = one == rpc_of(c)->batch->items;
	enum rpc_error e;
	enum fault f;

	c->body = r;
	e = rpc_read_member(c->work->arena, one, h, r);
	if (e == RPC_FINE && r->notification)
		return;
	if (e == RPC_FINE && not_done != NULL) {
		e = RPC_SERVER;
		r->why = not_done;
	}
	f = e != RPC_FINE ? answer_error(c, e, r->why) : first ? answer(c, r) : answer_again(c, r);
	if (f == FAULT_NONE && out_failed(&c->resp->body))
		f = FAULT_RESPONSE_TOO_LARGE;
	if (f == FAULT_NONE)
		return;
	denial_fault(c->work, c->work->actor, f, false);
	show_fault(c, f);
}

/* The same in memory of its own, which is used again: what one of them found is not there for the next. */
static struct str
answer_apart(struct call *c, const struct json_value *one, const struct rpc_headers *h, const char *not_done)
{
	struct work *w = c->work;
	const struct work before = *w;
	struct response part;
	struct call alone = *c;

	if (memory == NULL)
		memory = arena_open(MEMBER_MEMORY, ARENA_PLAIN);
	arena_reset(memory);
	w->arena = memory;
	w->again_ctx = &alone;
	response_start(&part, memory);
	alone.resp = &part;
	answer_member(&alone, one, h, not_done);
	c->rate = alone.rate;
	w->arena = before.arena;
	w->again = before.again;
	w->again_ctx = before.again_ctx;
	w->actor = before.actor;
	w->trouble = before.trouble;
	return out_text(&part.body);
}

static enum fault
answer_batch(struct call *c, const struct rpc *r, const struct rpc_headers *h)
{
	int64_t deadline = clock_ms() + c->work->settings->access_search_ms;
	struct json *j = call_json(c);
	struct out *told = &c->resp->body;
	size_t n = 0;

	json_list(j, NULL);
	for (size_t i = 0; i < r->batch->n; i++) {
		const struct json_value *one = &r->batch->items[i];
		struct str text = answer_apart(c, one, h, too_much(told->n, deadline));

		if (text.n > 0 && told->n + text.n + TOLD_LEAST > OUT_BODY_MAX)
			text =
			    answer_apart(c, one, h, "its answer has no room here: send it again by itself");
		if (text.n > 0)
			json_raw(j, NULL, text);
		n += text.n > 0;
	}
	arena_reset(memory); /* as that of every request is */
	json_end(j);
	if (n > 0)
		return FAULT_NONE;
	response_reset(c->resp);
	return answer_nothing(c);
}

static bool
is_json(const struct request *r)
{
	struct str rest = r->header[HEADER_CONTENT_TYPE], type;

	return str_cut(&rest, ';', &type) && str_is_nocase(str_trim(type), "application/json");
}

enum fault
mcp_message(struct call *c)
{
	const struct request *q = c->req;
	struct rpc_headers h = { q->header[HEADER_MCP_VERSION], q->header[HEADER_MCP_METHOD],
		q->header[HEADER_MCP_NAME] };
	struct rpc *r = arena_new(c->work->arena, struct rpc);
	struct str body;
	enum rpc_error e;
	enum fault f;

	c->body = r;
	/* A page of somebody else's must not speak for the browser's user, nor to a server inside. */
	if (q->header[HEADER_ORIGIN].s != NULL && !credential_same_origin(c->work, q))
		return FAULT_CSRF;
	if (!is_json(q))
		return fault_at(c->work, FAULT_CONTENT_TYPE, NULL, "must be application/json");
	if ((f = q->read_body(q->body_ctx, c->work, ROUTE_BODY_JSON, &body)) != FAULT_NONE)
		return f;
	if ((e = rpc_read(c->work->arena, body, &h, r)) != RPC_FINE)
		return answer_error(c, e, r->why);
	if (r->batch != NULL)
		return answer_batch(c, r, &h);
	return r->notification ? answer_nothing(c) : answer(c, r);
}
