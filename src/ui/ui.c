/*
 * ui.c: the door itself: which organization a page is about, and how a fault
 * is shown.
 */
#include "ui/ui.h"

#include "base/html_out.h"
#include "core/id.h"
#include "core/standing.h"
#include "http/admit.h"
#include "http/credential.h"
#include "http/problem.h"
#include "ui/error.h"
#include "ui/frame.h"
#include "ui/templates.h"
#include "ui/trouble.h"

/* That of the address, or that the browser was in last, if the caller still is; else their first. */
static enum fault
enter(struct call *c, const char **org)
{
	struct str last = request_cookie(c->req, "claviger_org");
	struct standing *there;
	enum fault f;

	if (call_query(c, "org").s != NULL) {
		*org = call_query_id(c, "org");
		return FAULT_NONE;
	}
	*org = arena_text(c->work->arena, last);
	if (id_shape(last) && (f = standing_in(c->work, c->caller, *org, &there)) != FAULT_NOT_FOUND)
		return f;
	if ((f = admit_first(c, org)) == FAULT_NONE && *org == NULL)
		f = fault_at(c->work, FAULT_ROLE, "organization", "you are in no organization yet");
	return f;
}

/* --- faults --- */

/*
 * A form of our own from another session, as there is after logging in again.  What another site sent
 * is never shown in a page that has the token which it lacks.
 */
static bool
of_another_session(struct call *c, enum fault f)
{
	if (f != FAULT_CSRF || c->caller == NULL || !credential_same_origin(c->work, c->req))
		return false;
	c->form = c->text;
	(void)fields_read_form(c->work, c->route->shape, c->form, &c->body);
	(void)fault_at(c->work, f, NULL, "the form is of another session");
	return true;
}

/* The page of the form once more, with what was typed and what was wrong with it. */
static bool
show_again(struct call *c, enum fault f)
{
	int status = of_another_session(c, f) ? 422 : fault_status(f);
	enum fault shown;

	if (c->route == NULL || c->route->again == NULL || c->form.s == NULL ||
	    (status != 401 && status != 409 && status != 422 && status != 429) ||
	    (status == 401 && c->route->auth != AUTH_NONE))
		return false;
	response_reset(c->resp);
	c->again = true;
	c->refused = f;
	c->wrong = c->work->trouble;
	shown = c->route->auth == AUTH_NONE ? FAULT_NONE : db_begin(c->work, DB_SHOWS);
	if (shown == FAULT_NONE)
		shown = c->route->again(c);
	db_rollback(c->work);
	c->work->trouble = c->wrong;
	if (shown != FAULT_NONE || out_failed(&c->resp->body) || out_failed(&c->resp->headers))
		return false;
	response_status(c->resp, fault_status(f));
	if (status == 429)
		response_header(c->resp, "Retry-After", "60");
	response_header(c->resp, "X-Request-Id", c->work->request_id);
	response_header(c->resp, "X-Content-Type-Options", "nosniff");
	return true;
}

/* Whoever is in no organization is led to where they are listed, and new ones made. */
static bool
send_to_organizations(struct call *c, enum fault f)
{
	if (f != FAULT_ROLE || c->work->actor == NULL || c->work->actor->org_id != NULL ||
	    c->route->method != METHOD_GET)
		return false;
	response_reset(c->resp);
	response_header(c->resp, "X-Request-Id", c->work->request_id);
	return frame_go(c, "/settings/organizations", NULL) == FAULT_NONE;
}

/* Whoever only looks logs in, and is led back to what they looked for. */
static bool
send_to_login(struct call *c, enum fault f)
{
	struct out to = out_limit(c->work->arena, OUT_HEADER_MAX);

	if (fault_status(f) != 401 || c->route == NULL || c->route->method != METHOD_GET)
		return false;
	out_put(&to, "/login");
	if (frame_own_path(c->req->target) && !str_is(c->req->target, "/")) {
		out_put(&to, "?next=");
		html_query(&to, arena_text(c->work->arena, c->req->target));
	}
	if (out_failed(&to))
		return false;
	response_reset(c->resp);
	response_status(c->resp, 303);
	response_header(c->resp, "Location", out_text(&to).s);
	response_header(c->resp, "Cache-Control", "no-store");
	response_header(c->resp, "X-Request-Id", c->work->request_id);
	response_header(c->resp, "X-Content-Type-Options", "nosniff");
	return true;
}

/* Of a page without a session: whoever pressed a button goes on behind the log-in. */
static void
offer_to_go_on(struct call *c, struct error_page *p)
{
	if (c->route == NULL || c->route->auth != AUTH_SESSION)
		return;
	p->title = words_text(WORDS_session_over);
	p->typed = typed_before(c);
	if (p->typed.n == 0)
		return;
	p->action = arena_text(c->work->arena, c->req->target);
	p->advice = words_text(WORDS_typed_kept);
}

static void
show_error(struct call *c, enum fault f)
{
	struct error_page p = { .status = fault_status(f), .request_id = c->work->request_id };

	response_reset(c->resp);
	c->again = false;
	c->refused = FAULT_NONE;
	frame_bare(c, WORDS_error, &p.frame);
	p.title = trouble_title(f);
	p.advice = trouble_advice(f);
	p.login = p.status == 401 || f == FAULT_CSRF;
	if (p.status == 401)
		offer_to_go_on(c, &p);
	p.frame.title = p.title;
	page_error(&c->resp->body, &p);
	out_reset(&c->resp->headers);
	problem_headers(c->work, c->resp, f);
	frame_headers(c);
}

static void
show_fault(struct call *c, enum fault f)
{
	if (!show_again(c, f) && !send_to_login(c, f) && !send_to_organizations(c, f))
		show_error(c, f);
}

const struct door door_ui = { "ui", show_fault, true, enter };
