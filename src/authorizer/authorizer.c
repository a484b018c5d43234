/*
 * authorizer.c: deciding about one request to another application.
 *
 * The path is taken from the request target as the client sent it and from
 * nowhere else: it is all that two of the three web servers pass on, and what
 * the third passes on beside it was rewritten.
 */
#include "authorizer/authorizer.h"

#include <assert.h>
#include <string.h>

#include "authorizer/answer.h"
#include "base/counters.h"
#include "base/log.h"
#include "core/ask.h"
#include "core/base_path.h"
#include "core/denial.h"
#include "core/throttle.h"
#include "core/verify.h"
#include "db/db.h"
#include "http/credential.h"

static const struct routes *routes;

/* One request on its way to a verdict. */
struct entry {
	struct work *w;
	const struct request *req;
	bool again; /* asked about before, so a failure was counted already */
	struct routed route;
	struct rate rate;	   /* of the key */
	enum fault limited;	   /* asked about before: by its rate, perhaps */
	struct standing *standing; /* NULL until somebody is known, and on a public route */
};

void
authorizer_open(const struct routes *rs)
{
	routes = rs;
}

static enum fault
find_route(struct entry *e)
{
	struct str path;
	enum fault f;

	if (routes == NULL)
		return FAULT_NO_ROUTE;
	if ((f = request_path(e->w->arena, e->req->target, &path)) != FAULT_NONE)
		return f;
	return routes_match(e->w->arena, routes, e->req->method_name, path, &e->route);
}

/* Without the port that the scheme implies: nginx always says one. */
static struct str
plain_host(const struct request *req)
{
	struct str host = req->header[HEADER_HOST], port = req->https ? STR(":443") : STR(":80");

	if (host.n > port.n && str_eq(str_from(host, host.n - port.n), port))
		host.n -= port.n;
	return host;
}

static bool
is_same_origin(const struct request *req)
{
	struct str origin = req->header[HEADER_ORIGIN],
		   scheme = req->https ? STR("https://") : STR("http://");
	struct str host = plain_host(req);

	return host.n > 0 && str_starts(origin, scheme) && origin.n == scheme.n + host.n &&
	    str_starts_nocase(str_from(origin, scheme.n), host);
}

/*
 * A browser sends its cookies along with what another site makes it send
 * (cross-site request forgery), and it says so in Origin.  A cookie therefore
 * counts only when Origin is the application's own, or when there is none and
 * the method is one that changes nothing.  The application's own token is of no
 * help here: only it could check that.
 */
static bool
cookie_counts(const struct request *req)
{
	if (req->header[HEADER_ORIGIN].s != NULL)
		return is_same_origin(req);
	return req->method == METHOD_GET || req->method == METHOD_HEAD;
}

static enum fault
authenticate(struct entry *e)
{
	struct presented p = { .reason = REASON_UNKNOWN };
	struct str text;
	bool from_cookie;
	enum fault f;

	if ((f = credential_read(e->w, e->req, &text, &from_cookie)) != FAULT_NONE)
		return f;
	if (from_cookie && !cookie_counts(e->req))
		return FAULT_CSRF;
	/* What was counted before is not counted again, but the limit holds here as well. */
	if (e->again && (f = throttle_check(e->w, THROTTLE_PRESENTED, STR_NONE)) != FAULT_NONE)
		return f;
	if ((f = db_ready(e->w->db)) != FAULT_NONE)
		return f;
	if ((f = verify_text(e->w, text, e->again, &p)) != FAULT_NONE)
		return f;
	if (p.reason != REASON_OK) {
		if (e->again)
			denial_note(e->w, p.standing, reason_code(p.reason), true);
		return presented_fault(p.reason);
	}
	assert(p.standing != NULL);
	if (from_cookie && p.standing->header_only)
		return FAULT_INVALID_TOKEN;
	e->standing = p.standing;
	if (!e->again)
		return rate_charge(e->w, e->standing, &e->rate);
	/* It was charged then. */
	e->limited = rate_refused(e->w, e->standing, &e->rate);
	return FAULT_NONE;
}

/*
 * A key belongs to an organization; a session only to a person, who may be in
 * several.  The request says which: by the organization it asks about, by what
 * the route calls {org}, or by the one that has the resource.
 */
static enum fault
settle_organization(struct entry *e)
{
	const char *org = e->route.org;
	enum fault f;

	if (e->standing->org_id != NULL)
		return org == NULL || strcmp(org, e->standing->org_id) == 0 ? FAULT_NONE : FAULT_RESOURCE;
	if (e->route.type != NULL && e->route.type->id == TYPE_ORGANIZATION)
		org = e->route.resource_id;
	if (org == NULL && e->route.type != NULL &&
	    (f = ask_org(e->w, e->standing, e->route.resource_id, &org)) != FAULT_NONE)
		return f;
	if (org == NULL)
		return fault_at(e->w, FAULT_RESOURCE, NULL,
		    "The address does not say which organization the session is for.");
	return standing_in(e->w, e->standing, org, &e->standing);
}

/* An id of another type is as good as none: the application would take it for something else. */
static enum fault
find_target(struct entry *e, struct target **t)
{
	enum fault f;

	if (e->route.type == NULL)
		return FAULT_NONE;
	if (!e->route.fits)
		return FAULT_RESOURCE;
	if ((f = ask_target(e->w, e->standing->org_id, e->route.resource_id, t)) != FAULT_NONE)
		return f;
	return (*t)->type == e->route.type ? FAULT_NONE : FAULT_RESOURCE;
}

static enum fault
authorize(struct entry *e)
{
	struct question q = { .action = e->route.action, .from = e->w->peer, .now = e->w->now };
	struct verdict v = { .explain = NULL };
	struct target *t = NULL;
	enum fault f;

	if ((f = settle_organization(e)) != FAULT_NONE || (f = find_target(e, &t)) != FAULT_NONE)
		return f;
	q.target = t;
	if (e->route.path != NULL &&
	    (q.path = base_path_normalize(e->w->arena, str_of(e->route.path))) == NULL)
		return FAULT_PATH;
	return decide(e->standing, &q, &v) ? FAULT_NONE : reason_fault(e->w, &v);
}

static enum fault
decide_entry(struct entry *e)
{
	enum fault f = e->req->broken;

	if (f == FAULT_NONE)
		f = find_route(e);
	if (f != FAULT_NONE || e->route.open)
		return f;
	if ((f = authenticate(e)) != FAULT_NONE)
		return f;
	return authorize(e);
}

/* The web server wants a refusal, and the verdict gives no reason for one. */
static enum fault
refused_before(struct entry *e)
{
	if (e->limited != FAULT_NONE) {
		e->w->trouble = (struct trouble){ .retry_after = e->rate.retry_after };
		return e->limited;
	}
	/* It has one of its own, or the verdict has changed since. */
	return fault_at(e->w, FAULT_NO_ROUTE, NULL, "The web server itself refuses this.");
}

/* A question of nginx and the refusal that follows are one verdict. */
static void
count_verdict(const struct entry *e, enum fault f)
{
	if (!e->again && !e->route.open && fault_status(f) < 500)
		count(f == FAULT_NONE ? COUNT_VERDICTS_ALLOWED : COUNT_VERDICTS_DENIED);
}

/*
 * The client reads the request id in its refusal, and the administrator finds it
 * here.  nginx's question has no id that anybody sees; its refusal follows.
 */
static void
log_refusal(const struct entry *e, enum manner m, enum fault f)
{
	const struct standing *s = e->standing;

	if (m == MANNER_QUESTION)
		return;
	log_event(LOG_NOTE, "refused", "request_id", e->w->request_id, "method", method_text(e->req->method),
	    "line", e->route.line == 0 ? NULL : log_number(e->route.line), "fault", fault_name(f), "key",
	    s == NULL ? NULL : s->key_id, NULL);
}

void
authorizer_answer(struct work *w, const struct request *req, struct response *resp)
{
	enum manner m = manner_of(req);
	struct entry e = { .w = w, .req = req, .again = m == MANNER_REFUSAL };
	enum fault f;

	response_reset(resp);
	w->counted = e.again;
	f = m == MANNER_NONE ? FAULT_UNAVAILABLE : decide_entry(&e);
	count_verdict(&e, f);
	denial_fault(w, e.standing, f, e.again);
	if (f == FAULT_NONE && m == MANNER_REFUSAL)
		f = refused_before(&e);
	if (f == FAULT_NONE) {
		answer_allow(w, resp, m, e.standing);
		return;
	}
	answer_deny(w, req, resp, m, f);
	if (m != MANNER_QUESTION)
		response_rate(resp, w->arena, &e.rate);
	log_refusal(&e, m, f);
}
