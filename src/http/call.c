/*
 * call.c: one request on its way through.
 *
 * The order is part of the interface: who is it (401), is the organization one
 * of theirs (404), may such a credential do this at all (403), may they (404,
 * 403), is the body sound (4xx).  Nothing is parsed before it is measured.
 */
#include "http/call.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/change.h"
#include "core/denial.h"
#include "core/id.h"
#include "http/admit.h"
#include "http/credential.h"
#include "http/idempotency.h"

#define TRIES 3 /* of a transaction that lost a race in the database */

static const struct route_table *tables;

bool
call_open(const struct route_table *t)
{
	tables = t;
	for (; t->rows != NULL; t++)
		for (size_t i = 0; i < t->n; i++)
			if (t->rows[i].permit == PERMIT_NOTHING || t->rows[i].handler == NULL)
				return false;
	return true;
}

const struct route_table *
call_routes(void)
{
	return tables;
}

const char *
call_collection(const struct call *c)
{
	struct str rest = str_of(strchr(c->route->path, '}') + 2), name;

	(void)str_cut(&rest, '/', &name);
	return arena_text(c->work->arena, name);
}

const char *
call_param(const struct call *c, const char *name)
{
	int i = route_param(c->route, name);

	assert(i >= 0);
	return arena_text(c->work->arena, c->param[i]);
}

struct str
call_query(const struct call *c, const char *name)
{
	return query_value(c->work->arena, c->req->query, name);
}

const char *
call_query_id(const struct call *c, const char *name)
{
	struct str id = call_query(c, name);

	if (id.s == NULL)
		return NULL;
	return id_shape(id) ? arena_text(c->work->arena, id) : "";
}

static bool
content_type_is(const struct request *r, const char *want)
{
	struct str rest = r->header[HEADER_CONTENT_TYPE], type;

	return str_cut(&rest, ';', &type) && str_is_nocase(str_trim(type), want);
}

static enum fault
read_body(struct call *c)
{
	const struct route *r = c->route;
	bool json = r->form == BODY_JSON;
	const char *type = json ? "application/json" : "application/x-www-form-urlencoded";
	struct str body;
	enum fault f;

	if (r->form == BODY_NONE)
		return FAULT_NONE;
	if (r->form == BODY_STREAM) {
		c->stream = c->req->stream_body(c->req->body_ctx);
		return FAULT_NONE;
	}
	if ((f = c->req->read_body(c->req->body_ctx, c->work, ROUTE_BODY_JSON, &body)) != FAULT_NONE)
		return f;
	c->text = body;
	if (!json && c->by_cookie &&
	    (f = credential_csrf(c->work, c->req, body, c->caller->session_id)) != FAULT_NONE)
		return f;
	if (!content_type_is(c->req, type))
		/* Where everything may be left out, so may the body. */
		return body.n == 0 && r->method == METHOD_POST
		    ? fields_read(c->work, r->shape, STR("{}"), &c->body)
		    : fault_at(c->work, FAULT_CONTENT_TYPE, NULL, "must be %s", type);
	if (json)
		return fields_read(c->work, r->shape, body, &c->body);
	c->form = body;
	return fields_read_form(c->work, r->shape, body, &c->body);
}

/*
 * Its turn has come.  Whoever asks was let in before, and may have been put out
 * by the change that was waited for: an admin who is none any more, a session
 * that was ended (which moves no epoch).
 */
static enum fault
begin_change(struct call *c, enum db_tx tx)
{
	struct work *w = c->work;
	enum fault f;

	if (w->actor == NULL || w->actor->org_id == NULL)
		return FAULT_NONE;
	f = tx == DB_ADDS ? change_beside(w, w->actor->org_id) : change_begin(w, w->actor->org_id);
	if (f != FAULT_NONE)
		return f;
	return w->overtaken || w->actor->session_id != NULL ? admit(c) : FAULT_NONE;
}

static enum fault
within_once(struct call *c, enum db_tx tx, call_deed *deed, void *ctx)
{
	enum fault f;

	if ((f = db_begin(c->work, tx)) != FAULT_NONE)
		return f;
	if (tx != DB_SHOWS)
		f = begin_change(c, tx);
	if (f == FAULT_NONE)
		f = deed(c, ctx);
	if (f == FAULT_NONE)
		f = db_commit(c->work);
	if (f != FAULT_NONE)
		db_rollback(c->work);
	return f;
}

enum fault
call_within(struct call *c, enum db_tx tx, call_deed *deed, void *ctx)
{
	enum fault f = FAULT_TRY_AGAIN;

	for (int i = 0; i < TRIES && f == FAULT_TRY_AGAIN; i++)
		f = within_once(c, tx, deed, ctx);
	return f == FAULT_TRY_AGAIN ? FAULT_RACE_LOST : f;
}

/* What is asked for, within its transaction. */
static enum fault
deed(struct call *c)
{
	enum fault f = FAULT_NONE;

	if (c->route->tx != DB_SHOWS && !c->route->no_tx)
		f = begin_change(c, c->route->tx);
	if (f == FAULT_NONE)
		f = c->route->handler(c);
	if (f == FAULT_NONE && (out_failed(&c->resp->body) || out_failed(&c->resp->headers)))
		f = FAULT_RESPONSE_TOO_LARGE;
	return f;
}

/* Once through the handler, in its transaction. */
static enum fault
handle(struct call *c)
{
	enum fault f = FAULT_NONE;

	if (!c->route->no_tx && (f = db_begin(c->work, c->route->tx)) != FAULT_NONE)
		return f;
	response_status(c->resp, c->route->status);
	f = idempotency_do(c, deed);
	if (f == FAULT_NONE && db_in_transaction(c->work->db))
		f = db_commit(c->work);
	if (f != FAULT_NONE)
		db_rollback(c->work);
	return f;
}

static enum fault
handle_again(struct call *c)
{
	enum fault f = FAULT_TRY_AGAIN;

	for (int i = 0; i < TRIES && f == FAULT_TRY_AGAIN; i++) {
		response_reset(c->resp);
		f = handle(c);
	}
	return f == FAULT_TRY_AGAIN ? FAULT_RACE_LOST : f;
}

static enum fault
run(struct call *c)
{
	enum fault f;

	if ((f = admit(c)) != FAULT_NONE || (f = read_body(c)) != FAULT_NONE)
		return f;
	if (c->route->before != NULL && (f = c->route->before(c)) != FAULT_NONE)
		return f;
	return handle_again(c);
}

static void
say_allowed(struct call *c, unsigned allowed)
{
	struct out o = out_limit(c->work->arena, OUT_HEADER_MAX);

	for (int m = 0; m < METHOD_OTHER; m++) {
		if ((allowed >> m & 1) == 0)
			continue;
		out_put(&o, out_text(&o).n > 0 ? ", " : "");
		out_put(&o, method_text((enum method)m));
		if (m == METHOD_GET)
			out_put(&o, ", HEAD");
	}
	response_header(c->resp, "Allow", out_text(&o).s);
}

static const struct door *
door_of(const struct call *c)
{
	if (c->route != NULL)
		return c->route->door;
	/* An address nobody knows is answered by the first door of the table, or to a browser by a page. */
	for (const struct route_table *t = tables; t->rows != NULL; t++)
		if (t->rows[0].door->pages && request_wants_page(c->req))
			return t->rows[0].door;
	return tables[0].rows[0].door;
}

static void
log_answer(const struct call *c, enum fault f)
{
	const struct standing *s = c->caller;
	/* What waited for nobody takes no time worth a question to the clock. */
	int64_t ms = c->work->waited ? clock_real_ms() - c->work->began_ms : 0;

	log_event(LOG_NOTE, "request", "request_id", c->work->request_id, "method",
	    method_text(c->req->method), "route", c->route == NULL ? NULL : c->route->path, "status",
	    log_number(c->resp->status), "fault", f == FAULT_NONE ? NULL : fault_name(f), "key",
	    s == NULL ? NULL : s->key_id, "ms", log_number(ms), NULL);
}

static enum fault
find(struct call *c, struct route_match *m)
{
	struct str path;
	enum fault f = c->req->broken;

	if (f != FAULT_NONE)
		return f;
	/* A question for a verdict, at the wrong socket: a page of ours must not be a yes. */
	if (c->req->role != ROLE_RESPONDER || c->req->mode.s != NULL)
		return FAULT_UNAVAILABLE;
	if (request_path(c->work->arena, c->req->target, &path) != FAULT_NONE)
		return fault_at(c->work, FAULT_BAD_REQUEST, NULL, "the address is not in its plain form");
	if ((f = route_find(tables, c->req->method, path, m)) != FAULT_NONE)
		return f;
	c->route = m->route;
	memcpy(c->param, m->param, sizeof c->param);
	return FAULT_NONE;
}

void
call_answer(struct work *w, const struct request *req, struct response *resp)
{
	struct call c = { .work = w, .req = req, .resp = resp };
	struct route_match m = { .route = NULL };
	enum fault f;

	w->actor = NULL;
	w->trouble = (struct trouble){ .field = NULL };
	f = find(&c, &m);
	if (f == FAULT_NONE)
		f = run(&c);
	if (f == FAULT_NONE) {
		response_header(resp, "X-Request-Id", w->request_id);
		response_header(resp, "X-Content-Type-Options", "nosniff");
	} else {
		denial_fault(w, w->actor, f, false);
		door_of(&c)->fault(&c, f);
		if (f == FAULT_METHOD_NOT_ALLOWED)
			say_allowed(&c, m.allowed);
	}
	response_rate(resp, w->arena, &c.rate);
	log_answer(&c, f);
}
