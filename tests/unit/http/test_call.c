/*
 * test_call.c: a request on its way through, as far as it needs no database.
 */
#include "config.h"

#include "http/call.h"

#include "base/bench.h"
#include "base/log.h"
#include "http/problem.h"

struct note {
	struct given_text text;
};
static const struct field note_fields[] = { FIELD(note, text) };
static const struct shape note_shape = SHAPE("Note", note, note_fields);

static int tries;

static void
show_fault(struct call *c, enum fault f)
{
	problem_write(c->work, c->resp, f);
}

static const struct door door = { "test", show_fault };

static enum fault
show_text(struct call *c)
{
	const struct note *n = c->body;

	json_object(call_json(c), NULL);
	if (n != NULL)
		json_str(&c->json, "text", n->text.v);
	json_end(&c->json);
	return FAULT_NONE;
}

static enum fault
show_too_much(struct call *c)
{
	for (size_t i = 0; i <= OUT_BODY_MAX / 1024; i++)
		out_print(&c->resp->body, "%01024d", 0);
	return FAULT_NONE;
}

static enum fault
fail_late(struct call *c)
{
	response_header(c->resp, "Set-Cookie", "claviger=secret");
	out_put(&c->resp->body, "secret");
	return FAULT_TAKEN;
}

static enum fault
lose_the_race(struct call *c)
{
	(void)c;
	tries++;
	return FAULT_TRY_AGAIN;
}

static enum fault
win_the_second_race(struct call *c)
{
	out_put(&c->resp->body, tries == 0 ? "first" : "second");
	return tries++ == 0 ? FAULT_TRY_AGAIN : FAULT_NONE;
}

#define ROW(m, p, h) \
	{ \
		.method = m, .path = p, .door = &door, .permit = PERMIT_PUBLIC, .handler = h, .status = 200, \
		.no_tx = true \
	}

static const struct route rows[] = {
	ROW(METHOD_GET, "/text", show_text),
	ROW(METHOD_GET, "/things/{thing}", show_text),
	ROW(METHOD_PUT, "/things/{thing}", show_text),
	ROW(METHOD_GET, "/too-much", show_too_much),
	ROW(METHOD_GET, "/late", fail_late),
	ROW(METHOD_GET, "/race", lose_the_race),
	ROW(METHOD_GET, "/second", win_the_second_race),
	{ .method = METHOD_POST,
	    .path = "/text",
	    .door = &door,
	    .permit = PERMIT_PUBLIC,
	    .form = BODY_JSON,
	    .shape = &note_shape,
	    .handler = show_text,
	    .status = 201,
	    .no_tx = true },
	{ .method = METHOD_GET,
	    .path = "/closed",
	    .door = &door,
	    .auth = AUTH_ANY,
	    .permit = PERMIT_SELF,
	    .handler = show_text,
	    .status = 200,
	    .no_tx = true },
};
static const struct route_table tables[] = { { rows, COUNT(rows) }, { NULL, 0 } };

static struct response resp;
static struct str body_given;

static enum fault
give_body(void *ctx, struct work *work, size_t max, struct str *body)
{
	(void)ctx;
	(void)work;
	*body = body_given;
	return body->n > max ? FAULT_BODY_TOO_LARGE : FAULT_NONE;
}

static struct request
request_of(enum method m, const char *target)
{
	struct str whole = str_of(target);
	ptrdiff_t mark = str_find(whole, '?');

	return (struct request){ .method = m,
		.target = whole,
		.query = mark < 0 ? STR_NONE : str_from(whole, (size_t)mark + 1),
		.read_body = give_body };
}

static void
answer(const struct request *req)
{
	bench_clear();
	tries = 0;
	response_start(&resp, w.arena);
	call_answer(&w, req, &resp);
}

static void
answers(enum method m, const char *target, int status, const char *part)
{
	struct request req = request_of(m, target);

	answer(&req);
	is_int(resp.status, status, target);
	has_text(out_text(&resp.body).s, part, target);
}

static void
the_way_through(void **state)
{
	(void)state;
	answers(METHOD_GET, "/text", 200, "{}");
	has_text(out_text(&resp.headers).s, "X-Request-Id: ", "/text");
	has_text(out_text(&resp.headers).s, "X-Content-Type-Options: nosniff", "/text");
	answers(METHOD_HEAD, "/text", 200, "{}");
	answers(METHOD_GET, "/things/thing_1", 200, "{}");
	answers(METHOD_GET, "/things/not-an-id", 404, "\"not_found\"");
	answers(METHOD_GET, "/nothing", 404, "\"not_found\"");
	answers(METHOD_GET, "//text", 400, "\"bad_request\"");
	answers(METHOD_DELETE, "/things/x", 405, "\"method_not_allowed\"");
	has_text(out_text(&resp.headers).s, "Allow: GET, HEAD, PUT\r\n", "DELETE");
	answers(METHOD_GET, "/closed", 401, "\"no_credential\"");
	answers(METHOD_GET, "/closed?access_token=x", 400, "\"credential_in_url\"");
	answers(METHOD_GET, "/text?access_token=x", 400, "\"credential_in_url\"");
}

static void
what_the_gate_saw_is_answered_first(void **state)
{
	struct request req = request_of(METHOD_GET, "/text");

	(void)state;
	req.broken = FAULT_TWO_CREDENTIALS;
	answer(&req);
	is_int(resp.status, 400, "two credentials");
	req.broken = FAULT_URI_TOO_LONG;
	answer(&req);
	is_int(resp.status, 414, "a long address");
}

static void
a_late_fault_is_a_clean_one(void **state)
{
	(void)state;
	answers(METHOD_GET, "/late", 409, "\"taken\"");
	is_true(strstr(out_text(&resp.headers).s, "secret") == NULL, "a header");
	is_true(strstr(out_text(&resp.body).s, "secret") == NULL, "the body");
	answers(METHOD_GET, "/too-much", fault_status(FAULT_RESPONSE_TOO_LARGE), "\"response_too_large\"");
	is_true(out_text(&resp.body).n < 1000, "the body");
}

static void
a_lost_race_is_run_again(void **state)
{
	(void)state;
	answers(METHOD_GET, "/race", 409, "\"race_lost\"");
	is_int(tries, 3, "tries");
	answers(METHOD_GET, "/second", 200, "second");
	is_text(out_text(&resp.body).s, "second", "only the answer of the last try");
}

static const struct {
	const char *type;
	struct str body;
	int status;
} bodies[] = {
	{ "application/json", STR("{\"text\":\"x\"}"), 201 },
	{ "APPLICATION/JSON; charset=utf-8", STR("{}"), 201 },
	{ NULL, STR(""), 201 },
	{ "application/json", STR(""), 400 },
	{ "application/json", STR("{"), 400 },
	{ NULL, STR("{}"), 415 },
	{ "text/plain", STR("{}"), 415 },
	{ "application/jsonx", STR("{}"), 415 },
	{ "x, application/json", STR("{}"), 415 },
	{ "application/json", STR("{\"x\":1}"), 422 },
};

static void
bodies_and_their_types(void **state)
{
	struct request req = request_of(METHOD_POST, "/text");

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		req.header[HEADER_CONTENT_TYPE] = str_of(bodies[i].type);
		body_given = bodies[i].body;
		answer(&req);
		is_int(resp.status, bodies[i].status, shown(bodies[i].body));
	}
	req.header[HEADER_CONTENT_TYPE] = STR("application/json");
	body_given = (struct str){ "", ROUTE_BODY_JSON + 1 };
	answer(&req);
	is_int(resp.status, 413, "too large");
}

static void
a_row_without_a_permit_does_not_start(void **state)
{
	static const struct route open = { .path = "/open", .handler = show_text };
	static const struct route idle = { .path = "/idle", .permit = PERMIT_PUBLIC };
	const struct route_table unsafe[] = { { rows, COUNT(rows) }, { &open, 1 }, { NULL, 0 } };
	const struct route_table useless[] = { { &idle, 1 }, { NULL, 0 } };

	(void)state;
	is_true(!call_open(unsafe), "no permit");
	is_true(!call_open(useless), "no handler");
	is_true(call_open(tables), "all is well");
}

static int
open_call(void **state)
{
	static const struct stmt_table *const none[] = { NULL };

	if (bench_open(state) != 0 || !log_open("/dev/null") || !call_open(tables))
		return -1;
	w.db = db_open(settings, DB_APP, none);
	return 0;
}

static int
close_call(void **state)
{
	db_close(&w.db);
	return bench_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_way_through),
		cmocka_unit_test(what_the_gate_saw_is_answered_first),
		cmocka_unit_test(a_late_fault_is_a_clean_one),
		cmocka_unit_test(a_lost_race_is_run_again),
		cmocka_unit_test(bodies_and_their_types),
		cmocka_unit_test(a_row_without_a_permit_does_not_start),
	};

	return cmocka_run_group_tests_name("http/call", tests, open_call, close_call);
}
