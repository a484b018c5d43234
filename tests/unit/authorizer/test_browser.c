/*
 * test_browser.c: people with a browser: cookies, and the way to the login page.
 */
#include "played.h"

static void
a_cookie_counts_only_for_the_own_site(void **state)
{
	static const struct {
		const char *method, *origin;
		bool https;
		const char *host;
		int status;
	} cases[] = {
		{ "GET", NULL, false, "app.example", 200 },
		{ "HEAD", NULL, false, "app.example", 200 },
		{ "POST", NULL, false, "app.example", 403 },
		{ "PUT", NULL, false, "app.example", 403 },
		{ "OPTIONS", NULL, false, "app.example", 403 },
		{ "POST", "http://app.example", false, "app.example", 200 },
		{ "POST", "http://app.example", false, "app.example:80", 200 },
		{ "POST", "http://APP.example", false, "app.example", 200 },
		{ "POST", "https://app.example", true, "app.example:443", 200 },
		{ "POST", "http://app.example:8481", false, "app.example:8481", 200 },
		{ "POST", "http://app.example:8480", false, "app.example:8481", 403 },
		{ "POST", "http://app.example", true, "app.example", 403 },
		{ "POST", "http://app.example.evil", false, "app.example", 403 },
		{ "POST", "http://evil", false, "app.example", 403 },
		{ "POST", "null", false, "app.example", 403 },
		{ "POST", "", false, "app.example", 403 },
		{ "POST", "http://", false, "", 403 },
		{ "GET", "http://evil", false, "app.example", 403 },
		{ "GET", "null", false, "app.example", 403 },
	};

	(void)state;
	present(session());
	t.req.header[HEADER_AUTHORIZATION] = STR_NONE;
	t.req.header[HEADER_COOKIE] = STR("claviger=eyJ.eyJ.x; __Host-claviger=eyJ.eyJ.x");
	for (size_t i = 0; i < COUNT(cases); i++) {
		t.req.header[HEADER_ORIGIN] = str_of(cases[i].origin);
		t.req.header[HEADER_HOST] = str_of(cases[i].host);
		t.req.https = cases[i].https;
		expect(cases[i].method, "/org/org_a/x", cases[i].status,
		    cases[i].status == 403 ? "csrf" : NULL);
	}
}

static void
a_browser_is_sent_to_the_login_page(void **state)
{
	static const struct {
		const char *method, *host, *target, *where;
	} cases[] = {
		{ "GET", "keys.example", "/org/org_a/x?a=b&c",
		    "Location: https://keys.example:8480/base/login?next="
		    "https%3A%2F%2Fkeys.example%2Forg%2Forg_a%2Fx%3Fa%3Db%26c\r\n" },
		{ "HEAD", "KEYS.example:8481", "/org/org_a/x",
		    "next=https%3A%2F%2FKEYS.example%3A8481%2Forg" },
		{ "GET", "app.example", "/org/org_a/x", NULL },
		{ "GET", "keys.example:80@evil", "/org/org_a/x", NULL },
		{ "GET", "keys.example.evil", "/org/org_a/x", NULL },
		{ "GET", "", "/org/org_a/x", NULL },
		{ "POST", "keys.example", "/org/org_a/x", NULL },
	};

	(void)state;
	t.settings.service_base_url = "https://keys.example:8480/base";
	t.req.https = true;
	t.req.header[HEADER_AUTHORIZATION] = STR_NONE;
	t.req.header[HEADER_ACCEPT] = STR("text/html,*/*");
	for (size_t i = 0; i < COUNT(cases); i++) {
		t.req.header[HEADER_HOST] = str_of(cases[i].host);
		expect(cases[i].method, cases[i].target, cases[i].where == NULL ? 401 : 303, NULL);
		if (cases[i].where != NULL && !says(cases[i].where))
			fail_msg("%s", headers());
	}
	t.req.header[HEADER_HOST] = STR("keys.example");
	t.req.role = ROLE_RESPONDER;
	t.req.mode = STR("auth");
	assert_int_equal(ask_for("GET", "/org/org_a/x"), 401);
	t.req.mode = STR("denied");
	assert_int_equal(ask_for("GET", "/org/org_a/x"), 303);
	assert_false(says("WWW-Authenticate"));
	/* A place that is closed to everybody is closed after a login as well. */
	expect("GET", "/nowhere", 403, "no_route");
	t.req.header[HEADER_AUTHORIZATION] = STR("Bearer dk_text");
	t.presented = (struct presented){ REASON_UNKNOWN, NULL };
	expect("GET", "/org/org_a/x", 401, "invalid_token");
	t.req.header[HEADER_AUTHORIZATION] = STR_NONE;
	t.settings.service_base_url = "";
	expect("GET", "/org/org_a/x", 401, "no_credential");
}

static void
a_long_address_is_left_out_of_the_way_back(void **state)
{
	char target[4096];

	(void)state;
	t.settings.service_base_url = "http://keys.example";
	t.req.header[HEADER_AUTHORIZATION] = STR_NONE;
	t.req.header[HEADER_ACCEPT] = STR("text/html");
	t.req.header[HEADER_HOST] = STR("keys.example");
	memset(target, 'a', sizeof target);
	memcpy(target, "/org/org_a/", 11);
	target[sizeof target - 1] = '\0';
	expect("GET", target, 303, NULL);
	assert_true(says("Location: http://keys.example/login\r\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_cookie_counts_only_for_the_own_site),
		CASE(a_browser_is_sent_to_the_login_page),
		CASE(a_long_address_is_left_out_of_the_way_back),
	};

	return cmocka_run_group_tests_name("browser", tests, NULL, NULL);
}
