/*
 * rest.c: the door of contents: who comes in, and how a fault is shown.
 */
#include "config.h"

#include "rest.h"

#include <string.h>

#include "base/clock.h"
#include "core/id.h"
#include "http/admit.h"
#include "http/problem.h"

/* What clients have always been told; all others get the fault's own sentence. */
static const char *
sentence(const struct call *c, enum fault f)
{
	struct str text = c->req->header[HEADER_AUTHORIZATION];

	if (f == FAULT_NO_CREDENTIAL)
		return "Unauthorized";
	if (fault_status(f) == 401)
		/* A JWT is three parts with dots between. */
		return str_find(text, '.') > 0 ? "Invalid token" : "Invalid or expired API key";
	if (fault_status(f) < 500 && fault_status(f) != 404 && c->work->trouble.detail != NULL)
		return c->work->trouble.detail;
	return f == FAULT_STORAGE && c->work->trouble.detail != NULL ? c->work->trouble.detail
								     : fault_title(f);
}

static void
show_fault(struct call *c, enum fault f)
{
	const char *said = sentence(c, f);
	struct json j;

	response_reset(c->resp);
	problem_headers(c->work, c->resp, f);
	response_header(c->resp, "Content-Type", "application/json");
	j = json_into(&c->resp->body);
	json_object(&j, NULL);
	json_text(&j, "error", said);
	json_text(&j, "code", fault_code(f));
	json_text(&j, "request_id", c->work->request_id);
	json_end(&j);
}

const struct door door_rest = { "graphql", show_fault };

static enum fault
again(struct work *w)
{
	struct call *c = w->again_ctx;
	enum fault f;

	w->now = clock_now();
	return (f = admit(c)) != FAULT_NONE ? f : rest_enter(c);
}

enum fault
rest_enter(struct call *c)
{
	const struct standing *here;
	enum fault f = admit_workspace(c, &here);

	c->work->again = again;
	if (f != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_RESOURCE : f;
	if (here == NULL)
		return FAULT_NOT_FOUND;
	c->work->actor = here;
	return FAULT_NONE;
}

static enum fault
given_param(struct call *c, const char *name, struct str *given)
{
	*given = call_query(c, name);
	return given->n > 0 ? FAULT_NONE : fault_at(c->work, FAULT_BAD_REQUEST, name, "Missing %s", name);
}

enum fault
rest_param(struct call *c, const char *name, const char **value)
{
	struct str given;
	enum fault f = given_param(c, name, &given);

	*value = arena_text(c->work->arena, given);
	if (f != FAULT_NONE)
		return f;
	return strlen(*value) == given.n && id_shape(given) ? FAULT_NONE : FAULT_NOT_FOUND;
}

enum fault
rest_number(struct call *c, const char *name, int64_t *value)
{
	struct str given;
	enum fault f = given_param(c, name, &given);

	if (f != FAULT_NONE)
		return f;
	return str_int(given, value) ? FAULT_NONE
				     : fault_at(c->work, FAULT_BAD_REQUEST, name, "Invalid %s", name);
}

struct coming {
	struct call *call;
	struct str first; /* what was read to see whether there is anything */
};

static enum fault
body_next(struct stream *s, struct work *w, struct str *piece)
{
	struct coming *b = s->ctx;
	struct call *c = b->call;
	enum fault f;

	if (b->first.n > 0) {
		*piece = b->first;
		b->first.n = 0;
		return FAULT_NONE;
	}
	if ((f = c->stream.next(&c->stream, w, piece)) != FAULT_NONE || piece->n > 0)
		return f;
	/* A body may take hours: what ended meanwhile has ended. */
	return again(w);
}

enum fault
rest_body(struct call *c, struct stream *s, bool *empty)
{
	struct coming *b = arena_new(c->work->arena, struct coming);
	enum fault f = c->stream.next(&c->stream, c->work, &b->first);

	b->call = c;
	*empty = b->first.n == 0;
	*s = (struct stream){ .next = body_next, .ctx = b, .length = *empty ? 0 : c->stream.length };
	return f;
}

static bool
says_weak(struct str before)
{
	return before.n >= 2 && str_is(str_from(before, before.n - 2), "W/");
}

bool
rest_tag_in(struct str list, const char *tag, bool strong)
{
	struct str item, rest;

	for (; list.n > 0 && str_cut(&list, '"', &item); list = rest) {
		/* item: what stands before a quote; then the tag, up to the next one. */
		bool good = !strong || !says_weak(item);

		rest = list;
		if (str_is(str_trim(item), "*"))
			return true;
		if (!str_cut(&rest, '"', &item))
			return false;
		if (tag != NULL && good && str_is(item, tag))
			return true;
	}
	return str_is(str_trim(list), "*");
}

struct str
rest_if_match(struct call *c)
{
	struct str given = str_trim(c->req->header[HEADER_IF_MATCH]), tag;

	if (given.n == 0 || str_is(given, "*"))
		return STR_NONE;
	/* One that is weak, or no tag, is of nothing that is there; what it is about must not be written over. */
	if (given.s[0] != '"')
		return STR("");
	given = str_from(given, 1);
	(void)str_cut(&given, '"', &tag);
	return tag;
}
