/*
 * test_authorizer.c: who is let through, who is not, and what each web server
 * is told about it.
 */
#include "played.h"

static void
allowed_in_the_authorizer_role_is_variables_only(void **state)
{
	(void)state;
	present(organization_key());
	assert_int_equal(ask_for("GET", "/org/org_a/things"), 200);
	assert_string_equal(headers(),
	    "Variable-CLAVIGER_TYPE: organization\r\n"
	    "Variable-CLAVIGER_ID: org_a\r\n"
	    "Variable-CLAVIGER_ORGANIZATION: org_a\r\n"
	    "Variable-CLAVIGER_KEY: key_1\r\n"
	    "Variable-CLAVIGER_KIND: organization\r\n"
	    "Variable-CLAVIGER_SCOPES: read write\r\n"
	    "Variable-REMOTE_USER: org_a\r\n");
	assert_int_equal(t.resp.body.n, 0);
}

static void
allowed_for_nginx_is_headers_only(void **state)
{
	(void)state;
	present(provider_key());
	t.req.role = ROLE_RESPONDER;
	t.req.mode = STR("auth");
	assert_int_equal(ask_for("GET", "/files/res_provider/backups/x"), 200);
	assert_string_equal(headers(),
	    "X-Claviger-Type: user\r\n"
	    "X-Claviger-Id: usr_1\r\n"
	    "X-Claviger-Organization: org_a\r\n"
	    "X-Claviger-Key: key_2\r\n"
	    "X-Claviger-Kind: provider\r\n"
	    "X-Claviger-Scopes: read\r\n"
	    "X-Claviger-User: usr_1\r\n");
	assert_int_equal(t.resp.body.n, 0);
}

static void
a_session_is_told_as_one(void **state)
{
	(void)state;
	present(session());
	assert_int_equal(ask_for("GET", "/org/org_a/things"), 200);
	assert_string_equal(headers(),
	    "Variable-CLAVIGER_TYPE: user\r\n"
	    "Variable-CLAVIGER_ID: usr_1\r\n"
	    "Variable-CLAVIGER_ORGANIZATION: org_a\r\n"
	    "Variable-CLAVIGER_KIND: session\r\n"
	    "Variable-CLAVIGER_SCOPES: read write admin\r\n"
	    "Variable-REMOTE_USER: usr_1\r\n");
	expect("GET", "/org/org_b/things", 403, "resource");
	/* Nothing says which organization is meant. */
	expect("GET", "/sources/res_source", 403, "resource");
	expect("GET", "/any", 403, "resource");
}

static void
a_public_route_asks_nobody(void **state)
{
	(void)state;
	t.db = FAULT_UNAVAILABLE;
	assert_int_equal(ask_for("POST", "/health"), 200);
	assert_false(t.verified);
	assert_int_equal(t.resp.headers.n, 0);
	t.req.header[HEADER_AUTHORIZATION] = STR_NONE;
	assert_int_equal(ask_for("GET", "/health"), 200);
}

static void
who_may_not_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *method, *target;
		int status;
		const char *code;
	} cases[] = {
		{ "GET", "/files/res_provider/backups", 200, NULL },
		{ "GET", "/files/res_provider/backups/2025", 200, NULL },
		{ "GET", "/files/res_provider/backups2", 403, "path" },
		{ "GET", "/files/res_provider/", 403, "path" },
		{ "GET", "/files/res_provider/backups/..", 403, "not_canonical" },
		{ "GET", "/files/res_provider/backups/%2e%2e/x", 403, "not_canonical" },
		{ "GET", "/providers/res_provider", 403, "path" },
		{ "GET", "/files/res_other/backups/x", 403, "resource" },
		/* A source's id where a provider's belongs, and the other way round. */
		{ "GET", "/files/res_source/backups/x", 403, "resource" },
		{ "GET", "/sources/res_provider", 403, "resource" },
		{ "GET", "/sources/res_source", 403, "resource" },
		{ "GET", "/sources/usr_1", 403, "resource" },
		{ "GET", "/sources/res_%27", 403, "resource" },
		{ "GET", "/org/org_b/x", 403, "resource" },
		{ "POST", "/org/org_a/x", 403, "scope" },
		{ "PUT", "/files/res_provider/backups/x", 403, "no_route" },
		{ "get", "/files/res_provider/backups/x", 403, "no_route" },
		{ "GET", "/nowhere", 403, "no_route" },
		{ "GET", "//health", 403, "not_canonical" },
		{ "GET", "/any", 403, "scope" },
	};

	(void)state;
	present(provider_key());
	for (size_t i = 0; i < COUNT(cases); i++)
		expect(cases[i].method, cases[i].target, cases[i].status, cases[i].code);
}

static void
whoever_is_not_known_is_401(void **state)
{
	static const struct {
		enum reason reason;
		const char *code;
	} cases[] = {
		{ REASON_MALFORMED, "invalid_token" },
		{ REASON_UNKNOWN, "invalid_token" },
		{ REASON_EXPIRED, "expired" },
		{ REASON_REVOKED, "revoked" },
		{ REASON_KIND_DISABLED, "kind_disabled" },
		{ REASON_OWNER_GONE, "owner_gone" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		t.presented = (struct presented){ cases[i].reason, NULL };
		expect("GET", "/org/org_a/x", 401, cases[i].code);
		assert_true(says("WWW-Authenticate: Bearer"));
		assert_false(says("Variable-"));
	}
	t.req.header[HEADER_AUTHORIZATION] = STR_NONE;
	expect("GET", "/org/org_a/x", 401, "no_credential");
	/* A place that is not there is closed to everybody, known or not. */
	expect("GET", "/nowhere", 403, "no_route");
}

static void
whatever_goes_wrong_stays_closed(void **state)
{
	(void)state;
	present(organization_key());
	for (enum fault f = FAULT_NONE + 1; f < FAULT__MAX; f++) {
		static const struct str modes[] = { { "auth", 4 }, { "denied", 6 }, { NULL, 0 },
			{ "other", 5 } };

		for (size_t m = 0; m <= COUNT(modes); m++) {
			t.req.role = m == COUNT(modes) ? ROLE_AUTHORIZER : ROLE_RESPONDER;
			t.req.mode = m == COUNT(modes) ? STR_NONE : modes[m];
			t.verify = f;
			if (ask_for("GET", "/org/org_a/x") < 300)
				fail_msg("%s: %d", fault_name(f), t.resp.status);
			if (str_is(t.req.mode, "auth") && t.resp.status != 401 && t.resp.status != 403 &&
			    t.resp.status != 503)
				fail_msg("%s: %d to nginx", fault_name(f), t.resp.status);
			if (t.resp.status == 404 || t.resp.status == 500)
				fail_msg("%s: %d", fault_name(f), t.resp.status);
		}
	}
}

static void
what_the_gate_saw_broken_is_answered_alone(void **state)
{
	(void)state;
	present(organization_key());
	t.req.broken = FAULT_URI_TOO_LONG;
	expect("GET", "/health", 414, "uri_too_long");
	assert_false(t.verified);
	t.req.role = ROLE_RESPONDER;
	t.req.mode = STR("auth");
	assert_int_equal(ask_for("GET", "/health"), 403);
}

static void
without_a_database_it_is_503(void **state)
{
	(void)state;
	present(organization_key());
	t.db = FAULT_UNAVAILABLE;
	expect("GET", "/org/org_a/x", 503, "unavailable");
	assert_false(t.verified);
	t.db = FAULT_INTERNAL;
	expect("GET", "/org/org_a/x", 503, "unavailable");
}

static void
without_routes_all_is_refused(void **state)
{
	(void)state;
	present(organization_key());
	authorizer_open(NULL);
	expect("GET", "/health", 403, "no_route");
}

static void
a_responder_without_a_mode_gets_nothing(void **state)
{
	(void)state;
	present(organization_key());
	t.req.role = ROLE_RESPONDER;
	assert_int_equal(ask_for("GET", "/health"), 503);
	assert_false(t.verified);
	assert_int_equal(t.resp.headers.n + t.resp.body.n, 0);
}

static void
the_refusal_is_never_an_allowance(void **state)
{
	(void)state;
	present(organization_key());
	t.req.role = ROLE_RESPONDER;
	t.req.mode = STR("denied");
	expect("GET", "/org/org_a/x", 403, "no_route");
	expect("GET", "/health", 403, "no_route");
	assert_false(says("X-Claviger-"));
}

static void
nginx_counts_a_failure_once(void **state)
{
	(void)state;
	t.presented = (struct presented){ REASON_UNKNOWN, NULL };
	t.req.role = ROLE_RESPONDER;
	t.req.mode = STR("auth");
	assert_int_equal(ask_for("GET", "/org/org_a/x"), 401);
	assert_true(t.counted);
	assert_int_equal(t.resp.headers.n + t.resp.body.n, 0);
	t.req.mode = STR("denied");
	expect("GET", "/org/org_a/x", 401, "invalid_token");
	assert_false(t.counted);
	/* The limit is told where it can be told. */
	t.verify = FAULT_THROTTLED;
	t.req.mode = STR("auth");
	assert_int_equal(ask_for("GET", "/org/org_a/x"), 403);
	t.throttle = FAULT_THROTTLED;
	t.req.mode = STR("denied");
	expect("GET", "/org/org_a/x", 429, "throttled");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(allowed_in_the_authorizer_role_is_variables_only),
		CASE(allowed_for_nginx_is_headers_only),
		CASE(a_session_is_told_as_one),
		CASE(a_public_route_asks_nobody),
		CASE(who_may_not_is_refused_with_the_reason),
		CASE(whoever_is_not_known_is_401),
		CASE(whatever_goes_wrong_stays_closed),
		CASE(what_the_gate_saw_broken_is_answered_alone),
		CASE(without_a_database_it_is_503),
		CASE(without_routes_all_is_refused),
		CASE(a_responder_without_a_mode_gets_nothing),
		CASE(the_refusal_is_never_an_allowance),
		CASE(nginx_counts_a_failure_once),
	};

	return cmocka_run_group_tests_name("authorizer", tests, NULL, NULL);
}
