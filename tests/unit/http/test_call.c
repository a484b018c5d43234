/*
 * test_call.c: a request that needs no database on its way through: what becomes
 * of an answer that is too large, of addresses and methods there are none of,
 * and of a row that demands nothing.
 */
#include "http/call.h"

#include "base/bench.h"
#include "http/problem.h"
#include "store/tables.h"

static void
show_fault(struct call *c, enum fault f)
{
	problem_write(c->work, c->resp, f);
}

static const struct door door = { "test", show_fault };

static enum fault
say_little(struct call *c)
{
	json_text(call_json(c), NULL, "little");
	return FAULT_NONE;
}

static enum fault
say_too_much(struct call *c)
{
	struct json *j = call_json(c);

	json_list(j, NULL);
	for (size_t i = 0; i <= OUT_BODY_MAX / 8; i++)
		json_text(j, NULL, "a bit of text");
	json_end(j);
	return FAULT_NONE;
}

#define ROW(m, p, h) \
	{ \
		.method = (m), .path = (p), .door = &door, .permit = PERMIT_PUBLIC, .handler = (h), \
		.status = 200, .no_tx = true \
	}

static const struct route rows[] = {
	ROW(METHOD_GET, "/little", say_little),
	ROW(METHOD_GET, "/much", say_too_much),
	ROW(METHOD_POST, "/much", say_little),
};
static const struct route_table tables[] = { { rows, COUNT(rows) }, { NULL, 0 } };

static struct response resp;

static int
ask(enum method m, const char *target)
{
	static const struct stmt_table *const none[] = { NULL };
	struct request req = { .method = m, .target = str_of(target) };

	bench_clear();
	w.db = db_open(settings, DB_APP, none);
	assert_true(call_open(tables));
	response_start(&resp, w.arena);
	call_answer(&w, &req, &resp);
	db_close(&w.db);
	return resp.status;
}

static const char *
body(void)
{
	return out_text(&resp.body).s;
}

static void
an_answer_that_is_too_large_is_none(void **state)
{
	(void)state;
	is_int(ask(METHOD_GET, "/little"), 200, "little");
	is_text(body(), "\"little\"", "little");
	is_int(ask(METHOD_GET, "/much"), fault_status(FAULT_RESPONSE_TOO_LARGE), "much");
	has_text(body(), "\"code\":\"response_too_large\"", "much");
}

static void
what_is_not_there_is_answered_all_the_same(void **state)
{
	(void)state;
	is_int(ask(METHOD_GET, "/nothing"), 404, "an address there is none of");
	is_int(ask(METHOD_DELETE, "/much"), 405, "a method there is none of");
	has_text(out_text(&resp.headers).s, "Allow: GET, HEAD, POST\r\n", "what there is");
	is_int(ask(METHOD_GET, "/little/"), 404, "a slash too many");
	is_int(ask(METHOD_GET, "//little"), 400, "not in its plain form");
	is_int(ask(METHOD_HEAD, "/little"), 200, "HEAD is GET");
}

static void
a_row_that_demands_nothing_does_not_start(void **state)
{
	static const struct route open[] = {
		{ .method = METHOD_GET, .path = "/x", .door = &door, .handler = say_little }
	};
	static const struct route_table bad[] = { { open, COUNT(open) }, { NULL, 0 } };

	(void)state;
	assert_false(call_open(bad));
	assert_true(call_open(tables));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_that_is_too_large_is_none),
		cmocka_unit_test(what_is_not_there_is_answered_all_the_same),
		cmocka_unit_test(a_row_that_demands_nothing_does_not_start),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
