/*
 * problem.c: a fault as problem+json.
 */
#include "http/problem.h"

#include "base/json_out.h"
#include "base/settings.h"

/* RFC 6750 section 3: no error where no credential was presented. */
static void
put_challenge(struct work *w, struct response *r, enum fault f)
{
	const char *realm = w->settings->service_realm, *scope = w->trouble.needed_scope;

	if (f == FAULT_NO_CREDENTIAL)
		response_header(r, "WWW-Authenticate", arena_print(w->arena, "Bearer realm=\"%s\"", realm));
	else if (fault_status(f) == 401)
		response_header(r, "WWW-Authenticate",
		    arena_print(w->arena, "Bearer realm=\"%s\", error=\"invalid_token\"", realm));
	else if (scope != NULL)
		response_header(r, "WWW-Authenticate",
		    arena_print(w->arena, "Bearer realm=\"%s\", error=\"insufficient_scope\", scope=\"%s\"",
			realm, scope));
	else
		response_header(r, "WWW-Authenticate",
		    arena_print(w->arena, "Bearer realm=\"%s\", error=\"insufficient_scope\"", realm));
}

void
problem_headers(struct work *w, struct response *r, enum fault f)
{
	int status = fault_status(f);
	bool takes_time = status == 429 || f == FAULT_DATABASE_FULL;
	int64_t wait = w->trouble.retry_after > 0 ? w->trouble.retry_after : takes_time ? 60 : 1;

	response_status(r, status);
	if (status == 401 || status == 403)
		put_challenge(w, r, f);
	if (status == 429 || status == 503)
		response_header(r, "Retry-After", arena_print(w->arena, "%lld", (long long)wait));
	response_header(r, "Cache-Control", "no-store");
	response_header(r, "X-Content-Type-Options", "nosniff");
	response_header(r, "X-Request-Id", w->request_id);
}

/* What is absent and what is hidden must look the same: nothing is said about a 404. */
static bool
tells_more(int status)
{
	return status >= 400 && status < 500 && status != 404 && status != 401;
}

const char *
problem_detail(struct work *w, enum fault f)
{
	const struct trouble *t = &w->trouble;

	if (tells_more(fault_status(f)) && t->detail != NULL)
		return t->detail;
	if (f == FAULT_SCOPE && t->needed_scope != NULL)
		return arena_print(w->arena, "it takes %s; %s", t->needed_scope, fault_advice(f));
	return fault_advice(f);
}

void
problem_write(struct work *w, struct response *r, enum fault f)
{
	const char *detail = problem_detail(w, f);
	struct json j;

	response_reset(r);
	problem_headers(w, r, f);
	response_header(r, "Content-Type", "application/problem+json");
	j = json_into(&r->body);
	json_object(&j, NULL);
	json_text(&j, "type", arena_print(w->arena, "/problems/%s", fault_code(f)));
	json_text(&j, "title", fault_title(f));
	json_int(&j, "status", fault_status(f));
	if (detail != NULL)
		json_text(&j, "detail", detail);
	json_text(&j, "code", fault_code(f));
	if (tells_more(fault_status(f)) && w->trouble.field != NULL)
		json_text(&j, "field", w->trouble.field);
	json_text(&j, "request_id", w->request_id);
	json_end(&j);
}
