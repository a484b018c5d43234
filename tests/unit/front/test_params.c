/*
 * test_params.c: what becomes of the parameters that web servers hand over, and
 * of those that none should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "front/params.h"

static struct arena *arena;
static struct request req;
static int64_t length;

static int
start(void **state)
{
	(void)state;
	arena = arena_open(16 << 20, ARENA_PLAIN);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* Parameters as a text, "NAME=value" with a '|' between. */
static void
read_as(enum role role, const char *text)
{
	struct params p = params_start(arena);
	struct str rest = str_of(text), pair, name;

	while (str_cut(&rest, '|', &pair)) {
		(void)str_cut(&pair, '=', &name);
		params_take(&p, name, pair);
	}
	params_request(&p, role, &req, &length);
}

static void
read_params(const char *text)
{
	read_as(ROLE_RESPONDER, text);
}

#define PLAIN "REQUEST_METHOD=GET|REQUEST_URI=/a|REMOTE_ADDR=192.0.2.1"

static void
check_str(struct str got, const char *want, const char *about)
{
	if (want == NULL ? got.s != NULL : !str_is(got, want))
		fail_msg("%s: \"%.*s\", not \"%s\"", about, (int)got.n, got.s == NULL ? "" : got.s,
		    want == NULL ? "(none)" : want);
}

static void
a_plain_request_is_read(void **state)
{
	char peer[ADDRESS_TEXT_SIZE];

	(void)state;
	read_params("FCGI_ROLE=RESPONDER|REQUEST_METHOD=POST|REQUEST_URI=/a?x=1?|REMOTE_ADDR=::ffff:192.0.2.1"
		    "|HTTP_HOST=h|HTTPS=on|CONTENT_LENGTH=17|CONTENT_TYPE=|HTTP_X_CLAVIGER_ID=usr_me");
	assert_int_equal(req.broken, FAULT_NONE);
	assert_int_equal(req.method, METHOD_POST);
	assert_int_equal(req.role, ROLE_RESPONDER);
	check_str(req.target, "/a?x=1?", "target");
	check_str(req.query, "x=1?", "query");
	check_str(req.header[HEADER_HOST], "h", "host");
	check_str(req.header[HEADER_CONTENT_TYPE], NULL, "an empty header is none");
	check_str(req.mode, NULL, "mode");
	assert_true(req.https);
	assert_int_equal(length, 17);
	address_text(&req.peer, peer);
	assert_string_equal(peer, "192.0.2.1");
}

static void
names_given_twice(void **state)
{
	static const struct {
		const char *more;
		enum fault want;
	} cases[] = {
		{ "HTTP_X_A=1|HTTP_X_A=2", FAULT_NONE },
		{ "FCGI_ROLE=AUTHORIZER|FCGI_ROLE=RESPONDER", FAULT_NONE },
		{ "HTTP_AUTHORIZATION=Bearer a|HTTP_AUTHORIZATION=Bearer a", FAULT_TWO_CREDENTIALS },
		{ "HTTP_AUTHORIZATION=|HTTP_AUTHORIZATION=Bearer a", FAULT_TWO_CREDENTIALS },
		{ "HTTP_COOKIE=a=1|HTTP_COOKIE=b=2", FAULT_NONE },
		{ "HTTP_HOST=a|HTTP_HOST=b", FAULT_BAD_REQUEST },
		{ "HTTP_ORIGIN=a|HTTP_ORIGIN=a", FAULT_BAD_REQUEST },
		{ "CONTENT_TYPE=a|CONTENT_TYPE=a", FAULT_BAD_REQUEST },
		{ "REQUEST_METHOD=GET", FAULT_BAD_REQUEST },
		{ "REQUEST_URI=/a", FAULT_BAD_REQUEST },
		{ "REMOTE_ADDR=192.0.2.1", FAULT_BAD_REQUEST },
		{ "CLAVIGER_MODE=auth|CLAVIGER_MODE=auth", FAULT_BAD_REQUEST },
		{ "HTTPS=|HTTPS=on", FAULT_BAD_REQUEST },
		{ "REQUEST_SCHEME=http|REQUEST_SCHEME=https", FAULT_BAD_REQUEST },
		{ "CONTENT_LENGTH=3|CONTENT_LENGTH=3", FAULT_BAD_REQUEST },
		{ "CONTENT_LENGTH=3|CONTENT_LENGTH=|CLAVIGER_MODE=auth", FAULT_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_params(arena_print(arena, "%s|%s", PLAIN, cases[i].more));
		if (req.broken != cases[i].want)
			fail_msg("%s: %s", cases[i].more, fault_name(req.broken));
	}
}

static void
cookies_are_joined(void **state)
{
	(void)state;
	read_params(PLAIN "|HTTP_COOKIE=a=1|HTTP_COOKIE=|HTTP_COOKIE=b=2|HTTP_COOKIE=c=3");
	check_str(req.header[HEADER_COOKIE], "a=1; b=2; c=3", "three cookies and an empty one");
	read_params(PLAIN "|HTTP_COOKIE=|HTTP_COOKIE=b=2");
	check_str(req.header[HEADER_COOKIE], "b=2", "an empty one first");
}

/* A long one and then many short ones must not fill the arena with copies. */
static void
many_cookies_cost_little(void **state)
{
	struct params p = params_start(arena);
	static char text[60000];
	size_t before = arena_peak(arena);

	(void)state;
	memset(text, 'a', sizeof text);
	params_take(&p, STR("HTTP_COOKIE"), (struct str){ text, sizeof text });
	for (int i = 0; i < 240; i++)
		params_take(&p, STR("HTTP_COOKIE"), STR("b=1"));
	assert_int_equal(p.broken, FAULT_NONE);
	assert_int_equal(p.value[PARAM_COOKIE].n, sizeof text + 240 * 5);
	assert_true(arena_peak(arena) - before < (size_t)1 << 20);
}

static void
targets(void **state)
{
	static const struct {
		const char *in, *want, *query;
	} cases[] = {
		{ "/", "/", NULL },
		{ "/a?", "/a?", "" },
		{ "http://h/a?b", "/a?b", "b" },
		{ "HTTPS://u@h:1/a", "/a", NULL },
		{ "http://h", "/", NULL },
		{ "http://h?b", "/?b", "b" },
		{ "http:///a", "/a", NULL },
		{ "/http://h/a", "/http://h/a", NULL },
		{ "*", "*", NULL },
		{ "ftp://h/a", "ftp://h/a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_params(arena_print(arena, "REQUEST_METHOD=GET|REQUEST_URI=%s", cases[i].in));
		check_str(req.target, cases[i].want, cases[i].in);
		check_str(req.query, cases[i].query, cases[i].in);
	}
}

static void
lengths(void **state)
{
	static const struct {
		const char *in;
		int64_t want;
		enum fault fault;
	} cases[] = {
		{ "", -1, FAULT_NONE },
		{ "0", 0, FAULT_NONE },
		{ "007", 7, FAULT_NONE },
		{ "-1", -1, FAULT_BAD_REQUEST },
		{ "+1", -1, FAULT_BAD_REQUEST },
		{ "1 ", -1, FAULT_BAD_REQUEST },
		{ "1e3", -1, FAULT_BAD_REQUEST },
		{ "9223372036854775807", INT64_MAX, FAULT_NONE },
		{ "9223372036854775808", -1, FAULT_BAD_REQUEST },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_params(arena_print(arena, PLAIN "|CONTENT_LENGTH=%s", cases[i].in));
		if (length != cases[i].want || req.broken != cases[i].fault)
			fail_msg("\"%s\": %lld, %s", cases[i].in, (long long)length, fault_name(req.broken));
	}
}

static void
an_authorizer_has_no_length(void **state)
{
	(void)state;
	read_as(ROLE_AUTHORIZER, PLAIN "|CONTENT_LENGTH=nonsense");
	assert_int_equal(req.broken, FAULT_NONE);
	assert_int_equal(length, -1);
	read_params(PLAIN "|CLAVIGER_MODE=denied|CONTENT_LENGTH=3");
	assert_int_equal(length, -1);
}

static void
https_has_two_spellings(void **state)
{
	static const struct {
		const char *in;
		bool want;
	} cases[] = {
		{ "HTTPS=on", true },
		{ "HTTPS=ON", true },
		{ "HTTPS=off", false },
		{ "REQUEST_SCHEME=https", true },
		{ "REQUEST_SCHEME=http", false },
		{ "HTTP_X_FORWARDED_PROTO=https", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_params(arena_print(arena, "%s|%s", PLAIN, cases[i].in));
		if (req.https != cases[i].want)
			fail_msg("%s", cases[i].in);
	}
}

static void
what_must_be_there(void **state)
{
	(void)state;
	read_params("REQUEST_URI=/a");
	assert_int_equal(req.broken, FAULT_BAD_REQUEST);
	read_params("REQUEST_METHOD=GET");
	assert_int_equal(req.broken, FAULT_BAD_REQUEST);
	read_params("REQUEST_METHOD=GET|REQUEST_URI=/a|REMOTE_ADDR=unix:");
	assert_int_equal(req.broken, FAULT_NONE);
	assert_false(req.peer.known);
}

static void
there_are_limits(void **state)
{
	struct params p = params_start(arena);
	static char text[PARAMS_BYTES_MAX];

	(void)state;
	for (int i = 0; i < PARAMS_MAX; i++)
		params_take(&p, STR("X"), STR(""));
	assert_int_equal(p.broken, FAULT_NONE);
	params_take(&p, STR("X"), STR(""));
	assert_int_equal(p.broken, FAULT_BAD_REQUEST);

	p = params_start(arena);
	memset(text, 'a', sizeof text);
	params_take(&p, STR("X"), (struct str){ text, sizeof text });
	assert_int_equal(p.broken, FAULT_BAD_REQUEST);

	p = params_start(arena);
	text[0] = '/';
	params_take(&p, STR("REQUEST_METHOD"), STR("GET"));
	params_take(&p, STR("REQUEST_URI"), (struct str){ text, TARGET_MAX + 1 });
	params_request(&p, ROLE_RESPONDER, &req, &length);
	assert_int_equal(req.broken, FAULT_URI_TOO_LONG);
	assert_true(req.target.n <= TARGET_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_plain_request_is_read, start, stop),
		cmocka_unit_test_setup_teardown(names_given_twice, start, stop),
		cmocka_unit_test_setup_teardown(cookies_are_joined, start, stop),
		cmocka_unit_test_setup_teardown(many_cookies_cost_little, start, stop),
		cmocka_unit_test_setup_teardown(targets, start, stop),
		cmocka_unit_test_setup_teardown(lengths, start, stop),
		cmocka_unit_test_setup_teardown(an_authorizer_has_no_length, start, stop),
		cmocka_unit_test_setup_teardown(https_has_two_spellings, start, stop),
		cmocka_unit_test_setup_teardown(what_must_be_there, start, stop),
		cmocka_unit_test_setup_teardown(there_are_limits, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
