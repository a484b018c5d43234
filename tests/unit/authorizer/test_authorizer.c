/*
 * test_authorizer.c: what each web server is told about whom, without a
 * database: the rooms of core that would ask it are played here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define verify_text(...)    played_verify_text(__VA_ARGS__)
#define ask_target(...)	    played_ask_target(__VA_ARGS__)
#define standing_in(...)    played_standing_in(__VA_ARGS__)
#define throttle_check(...) played_throttle_check(__VA_ARGS__)
#define db_ready(...)	    played_db_ready(__VA_ARGS__)

#include "authorizer/answer.c"
#include "authorizer/authorizer.c"
#include "base/settings.h"

static struct {
	struct arena *arena;
	struct routes *routes;
	struct work w;
	struct settings settings;
	struct request req;
	struct response resp;
	/* what the played rooms say */
	enum fault db, verify, throttle;
	struct presented presented;
	bool verified, counted;
} t;

enum fault
played_verify_text(struct work *w, struct str text, bool trusted, struct presented *p)
{
	(void)w;
	(void)text;
	t.verified = true;
	t.counted = !trusted;
	*p = t.presented;
	return t.verify;
}

/* res_source is a source of org_a, res_provider a provider; org_a is itself. */
enum fault
played_ask_target(struct work *w, const char *org_id, const char *id, struct target **made)
{
	struct target *target = arena_new(w->arena, struct target);

	if (strcmp(org_id, "org_a") != 0)
		return FAULT_NOT_FOUND;
	if (strcmp(id, "org_a") == 0)
		target->type = type_of(TYPE_ORGANIZATION);
	else if (strcmp(id, "res_source") == 0)
		target->type = type_of(TYPE_SOURCE);
	else if (strcmp(id, "res_provider") == 0)
		target->type = type_of(TYPE_PROVIDER);
	else
		return FAULT_NOT_FOUND;
	target->id[target->n++] = arena_text(w->arena, str_of(id));
	*made = target;
	return FAULT_NONE;
}

enum fault
played_standing_in(struct work *w, const struct standing *session, const char *org_id, struct standing **made)
{
	struct standing *s = arena_new(w->arena, struct standing);

	if (strcmp(org_id, "org_a") != 0)
		return FAULT_NOT_FOUND;
	*s = *session;
	s->org_id = "org_a";
	s->org_rank = RANK_EDITOR;
	*made = s;
	return FAULT_NONE;
}

enum fault
played_throttle_check(struct work *w, enum throttle what, struct str account)
{
	(void)w;
	(void)what;
	(void)account;
	return t.throttle;
}

enum fault
played_db_ready(struct db *db)
{
	(void)db;
	return t.db;
}

static const char file[] = "GET,HEAD /org/{org}/*                  read   organization:{org}\n"
			   "*        /org/{org}/*                  write  organization:{org}\n"
			   "GET      /files/{provider}/{path...}   read   provider:{provider} /{path}\n"
			   "GET      /providers/{provider}         read   provider:{provider}\n"
			   "GET      /sources/{source}             read   source:{source}\n"
			   "GET      /any                          admin  -\n"
			   "*        /health                       public\n";

static struct standing
organization_key(void)
{
	return (struct standing){ .kind = kind_of(KIND_ORGANIZATION),
		.org_id = "org_a",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_ORGANIZATION,
		.owner_id = "org_a",
		.owner_alive = true,
		.org_rank = RANK_EDITOR,
		.key_id = "key_1",
		.scopes = SCOPE_WRITE };
}

static struct standing
provider_key(void)
{
	static const struct granted granted[] = { { "res_provider", RANK_EDITOR, "direct" },
		{ "res_source", RANK_MEMBER, "everyone" } };
	static const struct confine confine[] = { { .resource_id = "res_provider",
	    .base_path = "/backups" } };

	return (struct standing){ .kind = kind_of(KIND_PROVIDER),
		.org_id = "org_a",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_1",
		.owner_alive = true,
		.org_rank = RANK_EDITOR,
		.granted = granted,
		.granted_n = 2,
		.key_id = "key_2",
		.scopes = SCOPE_READ,
		.restricted = true,
		.confine = confine,
		.confine_n = 1 };
}

static struct standing
session(void)
{
	return (struct standing){ .org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_1",
		.owner_alive = true,
		.session_id = "ses_1" };
}

static int
start(void **state)
{
	static char pass[] = "Bearer dk_text";

	(void)state;
	memset(&t, 0, sizeof t);
	t.arena = arena_open((size_t)8 << 20, ARENA_PLAIN);
	t.settings = (struct settings){ .service_base_url = "",
		.service_realm = "claviger",
		.limits_throttle_exempt = "" };
	t.w = (struct work){ .arena = t.arena, .vault = t.arena, .settings = &t.settings, .now = 1000 };
	if (!routes_parse("routes", str_of(file), NULL, NULL, &t.routes))
		return -1;
	authorizer_open(t.routes);
	response_start(&t.resp, t.arena);
	t.req = (struct request){ .role = ROLE_AUTHORIZER, .method = METHOD_GET, .method_name = STR("GET") };
	t.req.header[HEADER_AUTHORIZATION] = str_of(pass);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	authorizer_open(NULL);
	routes_free(&t.routes);
	arena_free(&t.arena);
	return 0;
}

static void
present(struct standing s)
{
	struct standing *copy = arena_new(t.arena, struct standing);

	*copy = s;
	t.presented = (struct presented){ decide_alive(copy, t.w.now), copy };
}

static int
ask_for(const char *method, const char *target)
{
	t.verified = false;
	t.w.trouble = (struct trouble){ .field = NULL };
	t.req.method = method_of(str_of(method));
	t.req.method_name = str_of(method);
	t.req.target = str_of(target);
	authorizer_answer(&t.w, &t.req, &t.resp);
	return t.resp.status;
}

static const char *
headers(void)
{
	return arena_text(t.arena, out_text(&t.resp.headers));
}

static bool
says(const char *text)
{
	return strstr(headers(), text) != NULL ||
	    strstr(arena_text(t.arena, out_text(&t.resp.body)), text) != NULL;
}

static void
expect(const char *method, const char *target, int status, const char *code)
{
	int got = ask_for(method, target);

	if (got != status || (code != NULL && !says(arena_print(t.arena, "\"%s\"", code))))
		fail_msg("%s %s: %d %s%s, not %d %s", method, target, got, headers(),
		    out_text(&t.resp.body).s, status, code == NULL ? "" : code);
}

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

#define CASE(function) cmocka_unit_test_setup_teardown(function, start, stop)

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
		CASE(a_cookie_counts_only_for_the_own_site),
		CASE(a_browser_is_sent_to_the_login_page),
		CASE(a_long_address_is_left_out_of_the_way_back),
	};

	return cmocka_run_group_tests_name("authorizer", tests, NULL, NULL);
}
