/*
 * test_request.c: targets, queries and cookies as clients send them.
 */
#include "http/request.h"

#include "base/bench.h"

/* NULL in want: the target is not in its plain form. */
static const struct {
	struct str in;
	const char *want;
} targets[] = {
	{ STR("/"), "/" },
	{ STR("/v1/self"), "/v1/self" },
	{ STR("/v1/self?x=//..//"), "/v1/self" },
	{ STR("/?"), "/" },
	{ STR("/a/"), "/a/" },
	{ STR("/a%20b"), "/a b" },
	{ STR("/caf%C3%A9"), "/caf\303\251" },
	{ STR("/caf%c3%a9"), "/caf\303\251" },
	{ STR("/a.b/..c/d.."), "/a.b/..c/d.." },
	{ STR("/%41"), "/A" },
	{ STR("/a%25"), "/a%" },
	{ STR("/a%25zz"), "/a%zz" },
	{ STR("/~user/(x)!$&'*+,=:@"), "/~user/(x)!$&'*+,=:@" },

	{ STR(""), NULL },
	{ STR("?x"), NULL },
	{ STR("v1/self"), NULL },
	{ STR("*"), NULL },
	{ STR("http://host/v1"), NULL },
	{ STR("//v1/self"), NULL },
	{ STR("/v1//self"), NULL },
	{ STR("/v1/./self"), NULL },
	{ STR("/v1/../self"), NULL },
	{ STR("/v1/.."), NULL },
	{ STR("/."), NULL },
	{ STR("/v1/%2e%2e/self"), NULL },
	{ STR("/v1/%2e/self"), NULL },
	{ STR("/v1/.%2E/self"), NULL },
	{ STR("/v1%2fself"), NULL },
	{ STR("/v1%2Fself"), NULL },
	{ STR("/v1\\self"), NULL },
	{ STR("/v1%5cself"), NULL },
	{ STR("/v1;x=1/self"), NULL },
	{ STR("/v1%3bx/self"), NULL },
	{ STR("/v1%00"), NULL },
	{ STR("/v1%0a"), NULL },
	{ STR("/v1%7f"), NULL },
	{ STR("/v1%c2%85"), NULL },
	{ STR("/v1\n"), NULL },
	{ STR("/v1 x"), NULL },
	{ STR("/v1\0x"), NULL },
	{ STR("/caf\303\251"), NULL },
	{ STR("/v1%"), NULL },
	{ STR("/v1%4"), NULL },
	{ STR("/v1%4g"), NULL },
	{ STR("/v1%252e"), NULL },
	{ STR("/v1%2541"), NULL },
	{ STR("/%ff"), NULL },
	{ STR("/%c3"), NULL },
	{ STR("/%c0%af"), NULL },
	{ STR("/%ed%a0%80"), NULL },
	{ STR("/a#b"), NULL },
};

static void
a_target_has_one_spelling(void **state)
{
	struct str path;

	(void)state;
	for (size_t i = 0; i < COUNT(targets); i++) {
		enum fault f = request_path(w.arena, targets[i].in, &path);

		is_fault(f, targets[i].want == NULL ? FAULT_NOT_CANONICAL : FAULT_NONE, shown(targets[i].in));
		if (f == FAULT_NONE)
			is_str(path, str_of(targets[i].want), shown(targets[i].in));
	}
}

static void
a_target_has_a_limit(void **state)
{
	char *long_one = arena_take(w.arena, TARGET_MAX + 2);
	struct str path;

	(void)state;
	memset(long_one, 'a', TARGET_MAX + 1);
	long_one[0] = '/';
	is_fault(request_path(w.arena, str_part(long_one, TARGET_MAX), &path), FAULT_NONE, "the longest");
	is_int(path.n, TARGET_MAX, "the longest");
	is_fault(request_path(w.arena, str_part(long_one, TARGET_MAX + 1), &path), FAULT_NOT_CANONICAL,
	    "longer");
}

/* STR_NONE in want: the name is not there. */
static const struct {
	struct str query;
	const char *name;
	struct str want;
} queries[] = {
	{ STR("a=1&b=2"), "a", STR("1") },
	{ STR("a=1&b=2"), "b", STR("2") },
	{ STR("a=1&b=2"), "c", { NULL, 0 } },
	{ STR("a=1&a=2"), "a", STR("1") },
	{ STR("a="), "a", STR("") },
	{ STR("a"), "a", STR("") },
	{ STR("&&a=1&"), "a", STR("1") },
	{ STR("a=1=2"), "a", STR("1=2") },
	{ STR("a=x+y%20z"), "a", STR("x y z") },
	{ STR("a=%2b"), "a", STR("+") },
	{ STR("%61=1"), "a", STR("1") },
	{ STR("a=%"), "a", STR("%") },
	{ STR("a=%4"), "a", STR("%4") },
	{ STR("a=%zz"), "a", STR("%zz") },
	{ STR("a=%00x"), "a", STR("\0x") },
	{ STR("a=%2541"), "a", STR("%41") },
	{ STR(""), "a", { NULL, 0 } },
	{ { NULL, 0 }, "a", { NULL, 0 } },
	{ STR("A=1"), "a", { NULL, 0 } },
	{ STR("ab=1"), "a", { NULL, 0 } },
};

static void
a_query_is_decoded_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++)
		is_str(query_value(w.arena, queries[i].query, queries[i].name), queries[i].want,
		    shown(queries[i].query));
}

static bool
count_until_three(void *ctx, struct str name, struct str value)
{
	(void)name;
	(void)value;
	return ++*(int *)ctx < 3;
}

static void
every_pair_is_seen_until_it_is_enough(void **state)
{
	int n = 0;

	(void)state;
	query_each(w.arena, STR("a&b"), count_until_three, &n);
	is_int(n, 2, "two pairs");
	n = 0;
	query_each(w.arena, STR("a&b&c&d&e"), count_until_three, &n);
	is_int(n, 3, "it was enough");
}

static bool
measure(void *ctx, struct str name, struct str value)
{
	size_t *n = ctx;

	is_int(name.s[name.n] | value.s[value.n], 0, "a NUL behind each");
	*n += name.n + value.n;
	return true;
}

/* Whoever sends nothing but names must not be given more memory than there is. */
static void
pairs_take_no_more_than_the_query(void **state)
{
	static const char *const pieces[] = { "&", "a&", "a=&", "=&", "=b&", "a=b&", "%41=%42&", "csrf&" };
	static char text[60000];
	struct arena *a = arena_open(sizeof text + 64, ARENA_WIPED);

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		size_t n = 0, all = 0, piece = strlen(pieces[i]);
		struct str query;

		for (; n + piece <= sizeof text; n += piece)
			memcpy(text + n, pieces[i], piece);
		/* Without the last separator nothing is left over. */
		query = (struct str){ text, n - 1 };
		query_each(a, query, measure, &all);
		assert_true(all <= query.n);
		arena_reset(a);
		is_str(query_value(a, query, "none"), STR_NONE, pieces[i]);
		assert_false(query_has(query, "none", ""));
	}
	arena_free(&a);
}

static void
a_pair_is_found(void **state)
{
	const struct str query = STR("a=1&b=x+%79&a=2&c&%00=0");

	(void)state;
	assert_true(query_has(query, "a", "1") && query_has(query, "a", "2"));
	assert_true(query_has(query, "b", "x y") && query_has(query, "c", ""));
	assert_false(query_has(query, "a", "") || query_has(query, "a", "12") || query_has(query, "b", "x"));
	assert_false(query_has(query, "", "0") || query_has(query, "d", ""));
}

static const struct {
	struct str header;
	struct str want;
} cookies[] = {
	{ STR("claviger=x"), STR("x") },
	{ STR("a=1; claviger=x; b=2"), STR("x") },
	{ STR("a=1;claviger=x"), STR("x") },
	{ STR("claviger="), STR("") },
	{ STR("claviger=a=b"), STR("a=b") },
	{ STR("claviger=x; claviger=y"), STR("x") },
	{ STR("claviger"), { NULL, 0 } },
	{ STR("Claviger=x"), { NULL, 0 } },
	{ STR("xclaviger=x"), { NULL, 0 } },
	{ STR("__Host-claviger=x"), { NULL, 0 } },
	{ STR(";;="), { NULL, 0 } },
	{ STR(""), { NULL, 0 } },
	{ { NULL, 0 }, { NULL, 0 } },
};

static void
a_cookie_is_found_by_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cookies); i++) {
		struct request r = { .method = METHOD_GET };

		r.header[HEADER_COOKIE] = cookies[i].header;
		is_str(request_cookie(&r, "claviger"), cookies[i].want, shown(cookies[i].header));
	}
}

static void
a_page_is_for_who_asks_for_one(void **state)
{
	static const struct {
		struct str accept;
		bool want;
	} cases[] = {
		{ STR("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"), true },
		{ STR("TEXT/HTML;q=0.1"), true },
		{ STR("application/json, text/html"), false },
		{ STR("application/json"), false },
		{ STR("*/*"), false },
		{ STR(""), false },
		{ { NULL, 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request r = { .method = METHOD_GET };

		r.header[HEADER_ACCEPT] = cases[i].accept;
		is_int(request_wants_page(&r), cases[i].want, shown(cases[i].accept));
	}
}

static void
the_address_of_the_service_is_the_clients(void **state)
{
	static const struct {
		struct str host;
		bool https;
		const char *want;
	} cases[] = {
		{ STR("keys.example.org"), true, "https://keys.example.org" },
		{ STR("keys.example.org:443"), true, "https://keys.example.org" },
		{ STR("keys.example.org:80"), true, "https://keys.example.org:80" },
		{ STR("keys.example.org:80"), false, "http://keys.example.org" },
		{ STR("127.0.0.1:8480"), false, "http://127.0.0.1:8480" },
		{ STR("[::1]:8480"), false, "http://[::1]:8480" },
		{ STR("evil.example/x"), false, "" },
		{ STR("a b"), false, "" },
		{ STR("a\"b"), false, "" },
		{ STR(""), false, "" },
		{ { NULL, 0 }, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct request r = { .https = cases[i].https };

		r.header[HEADER_HOST] = cases[i].host;
		is_text(request_base_url(w.arena, &r, settings), cases[i].want, shown(cases[i].host));
	}
}

static void
methods_are_told_by_their_exact_names(void **state)
{
	(void)state;
	for (int m = METHOD_GET; m < METHOD_OTHER; m++)
		is_int(method_of(str_of(method_text((enum method)m))), m, method_text((enum method)m));
	is_int(method_of(STR("get")), METHOD_OTHER, "get");
	is_int(method_of(STR("GETS")), METHOD_OTHER, "GETS");
	is_int(method_of(STR("")), METHOD_OTHER, "nothing");
	is_int(method_of(STR("GET\0")), METHOD_OTHER, "GET and NUL");
	is_text(method_text(METHOD_OTHER), "OTHER", "any other");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_has_one_spelling),
		cmocka_unit_test(a_target_has_a_limit),
		cmocka_unit_test(a_query_is_decoded_once),
		cmocka_unit_test(every_pair_is_seen_until_it_is_enough),
		cmocka_unit_test(pairs_take_no_more_than_the_query),
		cmocka_unit_test(a_pair_is_found),
		cmocka_unit_test(a_cookie_is_found_by_its_name),
		cmocka_unit_test(a_page_is_for_who_asks_for_one),
		cmocka_unit_test(the_address_of_the_service_is_the_clients),
		cmocka_unit_test(methods_are_told_by_their_exact_names),
	};

	return cmocka_run_group_tests_name("http/request", tests, bench_open, bench_close);
}
