/*
 * test_route.c: the row of an address, and what is said where there is none.
 */
#include "http/route.h"

#include "base/bench.h"

static const struct route first[] = {
	{ .method = METHOD_GET, .path = "/healthz" },
	{ .method = METHOD_GET, .path = "/orgs" },
	{ .method = METHOD_POST, .path = "/orgs" },
	{ .method = METHOD_GET, .path = "/orgs/{org}" },
	{ .method = METHOD_PATCH, .path = "/orgs/{org}" },
	{ .method = METHOD_GET, .path = "/orgs/{org}/keys/{key}" },
	{ .method = METHOD_PUT, .path = "/orgs/{org}/teams/{team}/members/{subject}" },
};
static const struct route second[] = {
	{ .method = METHOD_DELETE, .path = "/orgs/{org}" },
	{ .method = METHOD_GET, .path = "/orgs/special" },
};
static const struct route_table tables[] = { { first, COUNT(first) }, { second, COUNT(second) },
	{ NULL, 0 } };

static const struct {
	enum method method;
	const char *path, *row;
	const char *param[3];
} found[] = {
	{ METHOD_GET, "/healthz", "/healthz", { NULL } },
	{ METHOD_HEAD, "/healthz", "/healthz", { NULL } },
	{ METHOD_POST, "/orgs", "/orgs", { NULL } },
	{ METHOD_GET, "/orgs/org_1", "/orgs/{org}", { "org_1" } },
	{ METHOD_DELETE, "/orgs/org_1", "/orgs/{org}", { "org_1" } },
	{ METHOD_GET, "/orgs/special", "/orgs/{org}", { "special" } },
	{ METHOD_GET, "/orgs/a b", "/orgs/{org}", { "a b" } },
	{ METHOD_GET, "/orgs/1/keys/2", "/orgs/{org}/keys/{key}", { "1", "2" } },
	{ METHOD_PUT, "/orgs/1/teams/2/members/3", "/orgs/{org}/teams/{team}/members/{subject}",
	    { "1", "2", "3" } },
};

static void
the_row_of_an_address(void **state)
{
	struct route_match m;

	(void)state;
	for (size_t i = 0; i < COUNT(found); i++) {
		is_fault(route_find(tables, found[i].method, str_of(found[i].path), &m), FAULT_NONE,
		    found[i].path);
		is_text(m.route->path, found[i].row, found[i].path);
		for (size_t p = 0; p < 3; p++)
			is_str(m.param[p], str_of(found[i].param[p]), found[i].path);
	}
}

static void
what_nobody_answers(void **state)
{
	static const char *const paths[] = { "", "/", "/health", "/healthzz", "/healthz/", "/orgs/", "/Orgs",
		"/orgs//", "/orgs/1/", "/orgs/1/keys", "/orgs/1/keys/", "/orgs/1/keys/2/", "/orgs/1/keys/2/3",
		"/orgs//keys/2", "orgs" };
	struct route_match m;

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		is_fault(route_find(tables, METHOD_GET, str_of(paths[i]), &m), FAULT_NOT_FOUND, paths[i]);
		is_int(m.allowed, 0, paths[i]);
	}
}

static void
which_methods_an_address_takes(void **state)
{
	static const struct {
		enum method method;
		const char *path;
		unsigned allowed;
	} cases[] = {
		{ METHOD_POST, "/healthz", 1u << METHOD_GET },
		{ METHOD_OTHER, "/healthz", 1u << METHOD_GET },
		{ METHOD_DELETE, "/orgs", 1u << METHOD_GET | 1u << METHOD_POST },
		{ METHOD_PUT, "/orgs/1", 1u << METHOD_GET | 1u << METHOD_PATCH | 1u << METHOD_DELETE },
		{ METHOD_HEAD, "/orgs/1/teams/2/members/3", 1u << METHOD_PUT },
	};
	struct route_match m;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_fault(route_find(tables, cases[i].method, str_of(cases[i].path), &m),
		    FAULT_METHOD_NOT_ALLOWED, cases[i].path);
		is_int(m.allowed, cases[i].allowed, cases[i].path);
		is_true(m.route == NULL, cases[i].path);
	}
}

static void
names_in_the_address_are_numbered(void **state)
{
	const struct route *r = &first[6];

	(void)state;
	is_int(route_param(r, "org"), 0, "org");
	is_int(route_param(r, "team"), 1, "team");
	is_int(route_param(r, "subject"), 2, "subject");
	is_int(route_param(r, "key"), -1, "key");
	is_int(route_param(r, "or"), -1, "or");
	is_int(route_param(r, ""), -1, "nothing");
	is_int(route_param(&first[0], "org"), -1, "an address without any");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_row_of_an_address),
		cmocka_unit_test(what_nobody_answers),
		cmocka_unit_test(which_methods_an_address_takes),
		cmocka_unit_test(names_in_the_address_are_numbered),
	};

	return cmocka_run_group_tests_name("http/route", tests, bench_open, bench_close);
}
