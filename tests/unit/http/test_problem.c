/*
 * test_problem.c: every fault as problem+json, and the headers that go with it.
 */
#include "config.h"

#include "http/problem.h"

#include <jansson.h>

#include "base/bench.h"

static struct response resp;

static json_t *
written(enum fault f)
{
	json_error_t error;
	json_t *j;

	problem_write(&w, &resp, f);
	is_int(resp.status, fault_status(f), fault_name(f));
	is_true(!out_failed(&resp.headers) && !out_failed(&resp.body), fault_name(f));
	j = json_loadb(out_text(&resp.body).s, out_text(&resp.body).n, JSON_REJECT_DUPLICATES, &error);
	is_true(json_is_object(j), fault_name(f));
	return j;
}

static const char *
text_of(const json_t *j, const char *name)
{
	return json_string_value(json_object_get(j, name));
}

/* A header's value, or NULL. */
static const char *
header(const char *name)
{
	struct str rest = out_text(&resp.headers), line;
	size_t n = strlen(name);

	while (str_cut(&rest, '\n', &line))
		if (str_starts(line, str_of(name)) && line.n > n + 3 && line.s[n] == ':')
			return arena_text(w.arena, str_part(line.s + n + 2, line.n - n - 3));
	return NULL;
}

static int
start(void **state)
{
	(void)state;
	bench_clear();
	memcpy(w.request_id, "0123456789abcdefghij", REQUEST_ID_SIZE);
	response_start(&resp, w.arena);
	return 0;
}

static void
every_fault_tells_what_it_is(void **state)
{
	(void)state;
	for (int f = FAULT_NONE + 1; f < FAULT__MAX; f++) {
		json_t *j = written((enum fault)f);

		is_text(text_of(j, "code"), fault_code((enum fault)f), "code");
		is_text(text_of(j, "title"), fault_title((enum fault)f), "title");
		is_int(json_integer_value(json_object_get(j, "status")), fault_status((enum fault)f),
		    "status");
		is_text(text_of(j, "type"), arena_print(w.arena, "/problems/%s", fault_code((enum fault)f)),
		    "type");
		is_text(text_of(j, "request_id"), w.request_id, "request_id");
		is_text(header("Content-Type"), "application/problem+json", fault_name((enum fault)f));
		is_text(header("Cache-Control"), "no-store", fault_name((enum fault)f));
		is_text(header("X-Request-Id"), w.request_id, fault_name((enum fault)f));
		json_decref(j);
	}
}

static void
which_challenge_goes_with_a_fault(void **state)
{
	static const char *const none = "Bearer realm=\"claviger\"";
	static const char *const invalid = "Bearer realm=\"claviger\", error=\"invalid_token\"";

	(void)state;
	for (int f = FAULT_NONE + 1; f < FAULT__MAX; f++) {
		int status = fault_status((enum fault)f);

		json_decref(written((enum fault)f));
		if (f == FAULT_NO_CREDENTIAL)
			is_text(header("WWW-Authenticate"), none, fault_name((enum fault)f));
		else if (status == 401)
			is_text(header("WWW-Authenticate"), invalid, fault_name((enum fault)f));
		else if (status == 403)
			has_text(header("WWW-Authenticate"), "error=\"insufficient_scope\"",
			    fault_name((enum fault)f));
		else
			is_text(header("WWW-Authenticate"), NULL, fault_name((enum fault)f));
	}
	w.trouble.needed_scope = "write";
	json_decref(written(FAULT_SCOPE));
	is_text(header("WWW-Authenticate"),
	    "Bearer realm=\"claviger\", error=\"insufficient_scope\", scope=\"write\"",
	    "the scope that would do");
}

static void
who_must_wait_is_told_how_long(void **state)
{
	(void)state;
	for (int f = FAULT_NONE + 1; f < FAULT__MAX; f++) {
		int status = fault_status((enum fault)f);

		json_decref(written((enum fault)f));
		is_text(header("Retry-After"),
		    status == 429 || f == FAULT_DATABASE_FULL ? "60"
			: status == 503			      ? "1"
							      : NULL,
		    fault_name((enum fault)f));
	}
	w.trouble.retry_after = 17;
	json_decref(written(FAULT_THROTTLED));
	is_text(header("Retry-After"), "17", "as the throttle has it");
}

static void
what_was_wrong_is_told_where_that_tells_nothing_else(void **state)
{
	static const struct {
		enum fault fault;
		bool tells;
	} cases[] = {
		{ FAULT_BAD_FIELD, true },
		{ FAULT_UNKNOWN_FIELD, true },
		{ FAULT_TAKEN, true },
		{ FAULT_BAD_REQUEST, true },
		{ FAULT_NOT_FOUND, false },
		{ FAULT_INVALID_TOKEN, false },
		{ FAULT_INTERNAL, false },
		{ FAULT_UNAVAILABLE, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *j;

		(void)fault_at(&w, cases[i].fault, "name", "must be \"%s\"", "plain");
		j = written(cases[i].fault);
		is_text(text_of(j, "field"), cases[i].tells ? "name" : NULL, fault_name(cases[i].fault));
		is_text(text_of(j, "detail"),
		    cases[i].tells ? "must be \"plain\"" : fault_advice(cases[i].fault),
		    fault_name(cases[i].fault));
		json_decref(j);
	}
}

static void
where_nothing_is_told_it_is_said_what_to_do(void **state)
{
	static const struct {
		enum fault fault;
		const char *scope, *detail;
	} cases[] = {
		{ FAULT_NO_CREDENTIAL, NULL, "send the text of one in the header Authorization: Bearer" },
		{ FAULT_SCOPE, "write",
		    "it takes write; scopes of a key stay as they are: make another one that has it" },
		{ FAULT_ROLE, "write", "an admin can give a role that is" },
		{ FAULT_NOT_FOUND, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *j;

		w.trouble = (struct trouble){ .needed_scope = cases[i].scope };
		j = written(cases[i].fault);
		is_text(text_of(j, "detail"), cases[i].detail, fault_name(cases[i].fault));
		json_decref(j);
	}
}

static void
what_was_written_before_is_dropped(void **state)
{
	(void)state;
	response_status(&resp, 201);
	response_header(&resp, "Set-Cookie", "claviger=secret");
	out_put(&resp.body, "{\"token\":\"secret\"}");
	json_decref(written(FAULT_RACE_LOST));
	is_text(header("Set-Cookie"), NULL, "a header");
	is_true(strstr(out_text(&resp.body).s, "secret") == NULL, "the body");
}

static void
a_header_cannot_be_split(void)
{
	response_header(&resp, "X", "a\r\nSet-Cookie: b");
}

static void
a_line_end_in_a_header_is_a_bug(void **state)
{
	(void)state;
	is_true(aborts(a_header_cannot_be_split), "a line end in a header");
}

static void
an_answer_begins_as_unavailable(void **state)
{
	(void)state;
	is_int(resp.status, 503, "nobody answered yet");
	response_status(&resp, 200);
	response_reset(&resp);
	is_int(resp.status, 503, "after a reset");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_fault_tells_what_it_is, start),
		cmocka_unit_test_setup(which_challenge_goes_with_a_fault, start),
		cmocka_unit_test_setup(who_must_wait_is_told_how_long, start),
		cmocka_unit_test_setup(what_was_wrong_is_told_where_that_tells_nothing_else, start),
		cmocka_unit_test_setup(where_nothing_is_told_it_is_said_what_to_do, start),
		cmocka_unit_test_setup(what_was_written_before_is_dropped, start),
		cmocka_unit_test_setup(a_line_end_in_a_header_is_a_bug, start),
		cmocka_unit_test_setup(an_answer_begins_as_unavailable, start),
	};

	return cmocka_run_group_tests_name("http/problem", tests, bench_open, bench_close);
}
