/*
 * test_routes.c: what a routes file may say, which route a request finds, and
 * that no spelling of a path goes past its route.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authorizer/routes_file.h"
#include "http/request.h"

static struct arena *arena;

static int
start(void **state)
{
	(void)state;
	arena = arena_open((size_t)16 << 20, ARENA_PLAIN);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* The problems told, a line each: "where: what". */
struct told {
	char text[16384];
	size_t n, count;
};

static void
remember(void *ctx, const char *where, const char *what)
{
	struct told *t = ctx;

	t->n += (size_t)snprintf(t->text + t->n, sizeof t->text - t->n, "%.200s: %.300s\n", where, what);
	t->count++;
}

static struct routes *
parse(const char *text)
{
	struct told t = { .n = 0 };
	struct routes *rs = NULL;

	if (!routes_parse("routes", str_of(text), remember, &t, &rs))
		fail_msg("%s\n%s", text, t.text);
	return rs;
}

static void
a_sound_file_is_read(void **state)
{
	static const char *const files[] = {
		"GET / public",
		"GET / public\n",
		"GET / public\r\n\r\n",
		"# only this\n\n \t \n* /* read - # anywhere\n",
		"GET,HEAD /v1/organizations/{org}/* read organization:{org}\n"
		"* /v1/organizations/{org}/* write organization:{org}\n"
		"GET,HEAD /files/{provider}/{path...} read provider:{provider} /{path}\n"
		"PUT,DELETE /files/{provider}/{path...} write provider:{provider} /{path}\n"
		"GET /health public\n",
		"GET /a read source:res_0123456789abcdef\n",
		"GET /a read space:spcAbC\nM-SEARCH /a write base:bseAbC\n",
		"GET /p/{p} read provider:{p}\n",
		"GET /a read -\nHEAD /a read -\n* /a write -\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct routes *rs = parse(files[i]);

		assert_true(routes_count(rs) > 0);
		routes_free(&rs);
		assert_null(rs);
	}
}

static void
a_mistake_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "routes:1: there is no route" },
		{ "# GET / public\n", "routes:1: there is no route" },
		{ "GET\n", "routes:1: a route has at least" },
		{ "GET /\n", "routes:1: a route has at least" },
		{ "GET / # public\n", "routes:1: a route has at least" },
		{ "get / public\n", "routes:1: method 'get'" },
		{ "GET, / public\n", "routes:1: method ''" },
		{ "GET,,HEAD / public\n", "routes:1: method ''" },
		{ "GET,* / public\n", "routes:1: method '*'" },
		{ "GET,GET / public\n", "routes:1: method GET is there twice" },
		{ "A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,AA,AB,AC,AD,AE,AF,AG / public\n",
		    "more than 32" },
		{ "GET a public\n", "routes:1: 'a': a path begins with /" },
		{ "GET /%41 public\n", "compared decoded" },
		{ "\n\nGET /a look -\n", "routes:3: action 'look'" },
		{ "GET /a Read -\n", "action 'Read'" },
		{ "GET /a read\n", "the resource is missing" },
		{ "GET /a public -\n", "a public route has no resource" },
		{ "GET /a read organization\n", "resource 'organization': must be" },
		{ "GET /a read folder:{a}\n", "no type of resource 'folder'" },
		{ "GET /a read :{a}\n", "no type of resource ''" },
		{ "GET /a read source:{a}\n", "{a} is not in the pattern" },
		{ "GET /a/{b} read source:{a}\n", "{a} is not in the pattern" },
		{ "GET /{a...} read source:{a}\n", "an id is one segment" },
		{ "GET /* read source:{}\n", "neither a {name} nor the id of a source" },
		{ "GET /a read source:\n", "neither a {name} nor the id of a source" },
		{ "GET /a read source:org_abc\n", "begins with res_" },
		{ "GET /a read source:res_\n", "begins with res_" },
		{ "GET /a read source:res_a/b\n", "begins with res_" },
		{ "GET /{a} read source:{a} /\n", "only a resource that has paths" },
		{ "GET /{a} read - /\n", "only a resource that has paths" },
		{ "GET /{a} read provider:{a} x\n", "a path begins with /" },
		{ "GET /{a} read provider:{a} /{b}\n", "{b} is not in the pattern" },
		{ "GET /{a} read provider:{a} / more\n", "'more' is more than a route has" },
		{ "GET /a read -\nGET /a write -\n", "routes:2: this route is never reached: line 1" },
		{ "GET,HEAD /a/* read -\n\nHEAD /a/b read -\n",
		    "routes:3: this route is never reached: line 1" },
		{ "* /{x}/* read -\nGET /a/ public\n", "routes:2: this route is never reached: line 1" },
		{ "GET /a\001 public\n", "routes:1: the line has control" },
		{ "GET /\377 public\n", "routes:1: the line has control" },
		{ "get / public\nGET a public\n", "routes:2: 'a': a path begins with /" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct told t = { .n = 0 };
		struct routes *rs = NULL;

		if (routes_parse("routes", str_of(cases[i].text), remember, &t, &rs) || rs != NULL)
			fail_msg("read: %s", cases[i].text);
		if (strstr(t.text, cases[i].want) == NULL)
			fail_msg("%s: says %s not %s", cases[i].text, t.text, cases[i].want);
	}
}

static void
a_nul_in_the_file_is_a_mistake(void **state)
{
	struct told t = { .n = 0 };
	struct routes *rs;

	(void)state;
	assert_false(routes_parse("routes", STR("GET /\0 public\n"), remember, &t, &rs));
	assert_non_null(strstr(t.text, "routes:1: the line has control"));
}

static void
a_file_is_bounded(void **state)
{
	char *text = malloc(ROUTES_FILE_MAX + 2);
	struct routes *rs;
	struct told t;

	(void)state;
	memset(text, '#', ROUTES_FILE_MAX + 1);
	t = (struct told){ .n = 0 };
	assert_false(routes_parse("r", (struct str){ text, ROUTES_FILE_MAX + 1 }, remember, &t, &rs));
	assert_non_null(strstr(t.text, "larger than"));
	for (size_t i = 0; i + 5 <= ROUTES_FILE_MAX; i += 5)
		memcpy(text + i, "* /,\n", 5);
	t = (struct told){ .n = 0 };
	assert_false(routes_parse("r", (struct str){ text, ROUTES_FILE_MAX / 5 * 5 }, remember, &t, &rs));
	assert_int_equal(t.count, 50);
	free(text);
}

static void
as_many_routes_as_may_be(void **state)
{
	char *text = malloc((ROUTES_MAX + 1) * 32);
	size_t n = 0;
	struct told t = { .n = 0 };
	struct routes *rs;
	struct routed d;

	(void)state;
	for (int i = 0; i <= ROUTES_MAX; i++)
		n += (size_t)snprintf(text + n, 32, "GET /r%d/{a} read -\n", i);
	assert_false(routes_parse("r", (struct str){ text, n }, remember, &t, &rs));
	assert_non_null(strstr(t.text, "r:4097: there are more than 4096 routes"));
	n -= strlen("GET /r4096/{a} read -\n");
	assert_true(routes_parse("r", (struct str){ text, n }, remember, &t, &rs));
	assert_int_equal(routes_match(arena, rs, STR("GET"), STR("/r4095/x"), &d), FAULT_NONE);
	assert_int_equal(d.line, ROUTES_MAX);
	routes_free(&rs);
	free(text);
}

static void
a_file_that_is_not_there_is_told(void **state)
{
	struct told t = { .n = 0 };
	struct routes *rs;

	(void)state;
	assert_false(routes_read("/nowhere/routes", remember, &t, &rs));
	assert_null(rs);
	assert_non_null(strstr(t.text, "/nowhere/routes"));
}

static const char example[] =
    "GET,HEAD   /v1/organizations/{org}/*     read   organization:{org}\n"
    "*          /v1/organizations/{org}/*     write  organization:{org}\n"
    "GET,HEAD   /files/{provider}/{path...}   read   provider:{provider}  /{path}\n"
    "PUT,DELETE /files/{provider}/{path...}   write  provider:{provider}  /in/{path}\n"
    "GET        /health                       public\n"
    "GET        /sources/{s}                  read   source:{s}\n"
    "GET        /handbook                     read   source:res_handbook\n"
    "GET        /providers/{p}                admin  provider:{p}\n"
    "GET        /any                          admin  -\n";

static void
the_first_route_that_matches_wins(void **state)
{
	static const struct {
		const char *method, *path;
		int line; /* 0: no route */
		const char *resource, *within;
		bool fits;
	} cases[] = {
		{ "GET", "/v1/organizations/org_a/appointments", 1, "org_a", NULL, true },
		{ "HEAD", "/v1/organizations/org_a/", 1, "org_a", NULL, true },
		{ "POST", "/v1/organizations/org_a/appointments/7", 2, "org_a", NULL, true },
		{ "get", "/v1/organizations/org_a/x", 2, "org_a", NULL, true },
		{ "GET", "/v1/organizations/org_a", 0, NULL, NULL, false },
		{ "GET", "/v1/organizations/res_a/x", 1, "res_a", NULL, false },
		{ "GET", "/v1/organizations/org_/x", 1, "org_", NULL, false },
		{ "GET", "/v1/organizations/org_a'--/x", 1, "org_a'--", NULL, false },
		{ "GET", "/files/res_p/backups/2025", 3, "res_p", "/backups/2025", true },
		{ "GET", "/files/res_p/", 3, "res_p", "/", true },
		{ "GET", "/files/res_p", 0, NULL, NULL, false },
		{ "PUT", "/files/res_p/a", 4, "res_p", "/in/a", true },
		{ "POST", "/files/res_p/a", 0, NULL, NULL, false },
		{ "GET", "/health", 5, NULL, NULL, false },
		{ "HEAD", "/health", 0, NULL, NULL, false },
		{ "GET", "/health/", 0, NULL, NULL, false },
		{ "GET", "/sources/res_s", 6, "res_s", NULL, true },
		{ "GET", "/handbook", 7, "res_handbook", NULL, true },
		{ "GET", "/providers/res_p", 8, "res_p", "/", true },
		{ "GET", "/any", 9, NULL, NULL, false },
		{ "GET", "/", 0, NULL, NULL, false },
		{ "", "/any", 0, NULL, NULL, false },
	};
	struct routes *rs = parse(example);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct routed d = { .line = 0 };

		(void)routes_match(arena, rs, str_of(cases[i].method), str_of(cases[i].path), &d);
		if (d.line != cases[i].line || d.fits != cases[i].fits)
			fail_msg("%s %s: line %d", cases[i].method, cases[i].path, d.line);
		if (!str_eq(str_of(d.resource_id), str_of(cases[i].resource)) ||
		    !str_eq(str_of(d.path), str_of(cases[i].within)))
			fail_msg("%s %s: %s %s", cases[i].method, cases[i].path, d.resource_id, d.path);
	}
	routes_free(&rs);
}

/*
 * The path /admin/x as somebody writes it who must not get there.  Everything
 * else is open, so that whatever slips by /admin/ is allowed.
 */
static const char *const hostile[] = {
	"/%61dmin/x",
	"/admi%6E/x",
	"/admin/%78",
	"//admin/x",
	"///admin/x",
	"/./admin/x",
	"/.//admin/x",
	"/%2e/admin/x",
	"/pub/../admin/x",
	"/pub/%2e%2e/admin/x",
	"/pub/%2E%2E/admin/x",
	"/pub/.%2e/admin/x",
	"/pub/%2e./admin/x",
	"/pub/../../admin/x",
	"/../admin/x",
	"/pub/..%2fadmin/x",
	"/pub/%2e%2e%2fadmin/x",
	"/pub%2f..%2fadmin/x",
	"/admin%2fx",
	"/admin%2Fx",
	"/%2fadmin/x",
	"/%2Fadmin%2Fx",
	"/pub/%252e%252e/admin/x",
	"/%2561dmin/x",
	"/admin%252fx",
	"\\admin\\x",
	"/%5cadmin/x",
	"/pub/..\\admin/x",
	"/pub/..%5cadmin/x",
	"/admin\\x",
	"/admin%5Cx",
	"/admin;/x",
	"/admin%3b/x",
	"/admin;a=1/x",
	"/;/admin/x",
	"/pub/..;/admin/x",
	"/pub/%2e%2e;/admin/x",
	"/admin%00/x",
	"/admin/x%00.html",
	"/pub/%00/../admin/x",
	"/admin%0a/x",
	"/admin%0d%0a/x",
	"/admin%09/x",
	"/admin%7f/x",
	"/%c0%afadmin/x",
	"/pub/%c0%ae%c0%ae/admin/x",
	"/pub/%ff/../admin/x",
	"/admin%ff/x",
	"/%u0061dmin/x",
	"/%/admin/x",
	"/%6/admin/x",
	"/admin/x%",
	"http://elsewhere/admin/x",
	"http:/admin/x",
	"admin/x",
	"*",
	"",
	"/pub#/../admin/x",
	"/pub/..?/admin/x",
	"/admin//x",
	"/admin/./x",
	"/admin/y/../x",
};

static void
no_spelling_goes_past_a_route(void **state)
{
	struct routes *rs = parse("* /admin/* admin -\n* /admin admin -\n* /* public\n");

	(void)state;
	assert_true(COUNT(hostile) >= 33);
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct routed d = { .line = 0 };
		struct str path;
		enum fault f = request_path(arena, str_of(hostile[i]), &path);

		/* Refused, or what it says is /admin all the same. */
		if (f == FAULT_NONE)
			(void)routes_match(arena, rs, STR("GET"), path, &d);
		if (f != FAULT_NOT_CANONICAL && (d.line == 0 || d.open))
			fail_msg("%s: %s, line %d", hostile[i], fault_name(f), d.line);
	}
	routes_free(&rs);
}

static void
a_plain_spelling_finds_its_route(void **state)
{
	static const struct {
		const char *target;
		int line;
	} cases[] = {
		{ "/admin/x", 1 },
		{ "/admin/x?a=/../b;c", 1 },
		{ "/admin/", 1 },
		{ "/admin", 2 },
		{ "/admin/%20x", 1 },
		{ "/admin/100%25", 1 },
		{ "/admin/caf%C3%A9", 1 },
		{ "/%61dmin/x", 1 },
		{ "/pub/...", 3 },
		{ "/pub/..a", 3 },
		{ "/", 3 },
	};
	struct routes *rs = parse("* /admin/* admin -\n* /admin admin -\n* /* public\n");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct routed d = { .line = 0 };
		struct str path;
		enum fault f = request_path(arena, str_of(cases[i].target), &path);

		if (f == FAULT_NONE)
			(void)routes_match(arena, rs, STR("GET"), path, &d);
		if (d.line != cases[i].line)
			fail_msg("%s: %s, line %d", cases[i].target, fault_name(f), d.line);
	}
	routes_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sound_file_is_read, start, stop),
		cmocka_unit_test_setup_teardown(a_mistake_is_told_with_its_line, start, stop),
		cmocka_unit_test_setup_teardown(a_nul_in_the_file_is_a_mistake, start, stop),
		cmocka_unit_test_setup_teardown(a_file_is_bounded, start, stop),
		cmocka_unit_test_setup_teardown(as_many_routes_as_may_be, start, stop),
		cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_told, start, stop),
		cmocka_unit_test_setup_teardown(the_first_route_that_matches_wins, start, stop),
		cmocka_unit_test_setup_teardown(no_spelling_goes_past_a_route, start, stop),
		cmocka_unit_test_setup_teardown(a_plain_spelling_finds_its_route, start, stop),
	};

	return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
