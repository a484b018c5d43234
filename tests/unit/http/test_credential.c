/*
 * test_credential.c: the one credential of a request, and how two are told
 * from one.
 */
#include "config.h"

#include "http/credential.h"

#include <stdlib.h>

#include "base/bench.h"
#include "core/login.h"
#include "core/secrets.h"

#define KEY  "drv_0123456789abcdef0123456789abcdef01234567"
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	struct str header;
	enum fault fault;
	const char *want;
} headers[] = {
	{ STR("Bearer " KEY), FAULT_NONE, KEY },
	{ STR("bearer " KEY), FAULT_NONE, KEY },
	{ STR("BEARER\t " KEY "  "), FAULT_NONE, KEY },
	{ STR("Bearer secret-token:" KEY), FAULT_NONE, KEY },
	{ STR("Bearer a.b-c_d~e+f/g="), FAULT_NONE, "a.b-c_d~e+f/g=" },
	{ STR("Bearer x"), FAULT_NONE, "x" },

	{ STR(""), FAULT_INVALID_TOKEN, NULL },
	{ STR("Bearer"), FAULT_INVALID_TOKEN, NULL },
	{ STR("Bearer "), FAULT_INVALID_TOKEN, NULL },
	{ STR("Bearer secret-token:"), FAULT_INVALID_TOKEN, NULL },
	{ STR("Basic YTpi"), FAULT_INVALID_TOKEN, NULL },
	{ STR("Token " KEY), FAULT_INVALID_TOKEN, NULL },
	{ STR(KEY), FAULT_INVALID_TOKEN, NULL },
	{ STR("Bearer " KEY "\n"), FAULT_INVALID_TOKEN, NULL },
	{ STR("Bearer a\0b"), FAULT_INVALID_TOKEN, NULL },
	{ STR("Bearer \"" KEY "\""), FAULT_INVALID_TOKEN, NULL },
	{ STR("Bearer t\303\266ken"), FAULT_INVALID_TOKEN, NULL },

	{ STR("Bearer " KEY " " KEY), FAULT_TWO_CREDENTIALS, NULL },
	{ STR("Bearer " KEY ", Bearer " KEY), FAULT_TWO_CREDENTIALS, NULL },
	{ STR("Bearer " KEY ",Basic YTpi"), FAULT_TWO_CREDENTIALS, NULL },
	{ STR("Basic YTpi, Bearer " KEY), FAULT_TWO_CREDENTIALS, NULL },
	{ STR("Bearer ,"), FAULT_TWO_CREDENTIALS, NULL },
};

static struct request
request_with(enum header h, struct str value)
{
	struct request r = { .method = METHOD_GET };

	r.header[h] = value;
	return r;
}

static void
one_word_after_bearer(void **state)
{
	struct str text;
	bool cookie;

	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct request r = request_with(HEADER_AUTHORIZATION, headers[i].header);
		enum fault f = credential_read(&w, &r, &text, &cookie);

		is_fault(f, headers[i].fault, shown(headers[i].header));
		is_true(!cookie, shown(headers[i].header));
		if (f == FAULT_NONE)
			is_str(text, str_of(headers[i].want), shown(headers[i].header));
	}
}

static void
a_credential_has_a_limit(void **state)
{
	char *text = arena_take(w.arena, 5000);
	struct str got;
	bool cookie;
	struct request r;

	(void)state;
	memset(text, 'a', 4999);
	memcpy(text, "Bearer ", 7);
	r = request_with(HEADER_AUTHORIZATION, str_part(text, 7 + 4096));
	is_fault(credential_read(&w, &r, &got, &cookie), FAULT_NONE, "the longest");
	r = request_with(HEADER_AUTHORIZATION, str_part(text, 7 + 4097));
	is_fault(credential_read(&w, &r, &got, &cookie), FAULT_INVALID_TOKEN, "longer");
}

static const struct {
	struct str query;
	bool refused;
} queries[] = {
	{ STR("access_token=x"), true },
	{ STR("a=1&access_token="), true },
	{ STR("access%5ftoken=x"), true },
	{ STR("token=" KEY), true },
	{ STR("x=drvp_" LONG), true },
	{ STR("x=drvm_" LONG), true },
	{ STR("x=dk_" LONG), true },
	{ STR("x=dnt_" LONG), true },
	{ STR("x=secret-token:dnt_" LONG), true },
	{ STR("x=secret-token%3Adnt_" LONG), true },
	{ STR("x=d%6bt&y=dnt_" LONG), true },
	{ STR("x=eyJhbGciOiJIUzI1NiJ9.e30.x"), true },

	{ STR(""), false },
	{ { NULL, 0 }, false },
	{ STR("limit=10&cursor=MTc4MDow"), false },
	{ STR("key=key_0123456789abcdefghij"), false },
	{ STR("name=dk_x"), false },
	{ STR("name=secret-token:dk_x"), false },
	{ STR("name=my drv_ key"), false },
	{ STR("token=hello"), false },
	{ STR("x=eyJ"), false },
};

static void
a_credential_in_the_address_is_refused(void **state)
{
	struct str text;
	bool cookie;

	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct request r = request_with(HEADER_AUTHORIZATION, STR("Bearer " KEY));

		r.query = queries[i].query;
		is_fault(credential_read(&w, &r, &text, &cookie),
		    queries[i].refused ? FAULT_CREDENTIAL_IN_URL : FAULT_NONE, shown(queries[i].query));
	}
}

static void
the_cookie_counts_where_there_is_no_header(void **state)
{
	struct request r = request_with(HEADER_COOKIE, STR("claviger=one; __Host-claviger=two"));
	struct str text;
	bool cookie;

	(void)state;
	is_fault(credential_read(&w, &r, &text, &cookie), FAULT_NONE, "on plain http");
	is_true(cookie, "on plain http");
	is_str(text, STR("one"), "on plain http");
	r.https = true;
	is_fault(credential_read(&w, &r, &text, &cookie), FAULT_NONE, "on https");
	is_str(text, STR("two"), "on https");
	r.header[HEADER_AUTHORIZATION] = STR("Bearer " KEY);
	is_fault(credential_read(&w, &r, &text, &cookie), FAULT_NONE, "with a header");
	is_true(!cookie, "with a header");
	is_str(text, STR(KEY), "with a header");
	/* A header that is no good does not fall back to the cookie. */
	r.header[HEADER_AUTHORIZATION] = STR("Basic YTpi");
	is_fault(credential_read(&w, &r, &text, &cookie), FAULT_INVALID_TOKEN, "with another scheme");
}

static void
nothing_is_no_credential(void **state)
{
	struct request r = { .method = METHOD_GET };
	struct str text;
	bool cookie;

	(void)state;
	is_fault(credential_read(&w, &r, &text, &cookie), FAULT_NO_CREDENTIAL, "no header at all");
	r.header[HEADER_COOKIE] = STR("claviger=");
	is_fault(credential_read(&w, &r, &text, &cookie), FAULT_NO_CREDENTIAL, "an empty cookie");
	r.header[HEADER_COOKIE] = STR("__Host-claviger=x");
	is_fault(credential_read(&w, &r, &text, &cookie), FAULT_NO_CREDENTIAL, "the name for https on http");
}

static const struct {
	struct str origin;
	bool same;
} origins[] = {
	{ STR("http://keys.example.org:8480"), true },
	{ STR("HTTP://Keys.Example.org:8480"), true },
	{ { NULL, 0 }, false },
	{ STR(""), false },
	{ STR("null"), false },
	{ STR("http://keys.example.org"), false },
	{ STR("https://keys.example.org:8480"), false },
	{ STR("http://keys.example.org:8480/"), false },
	{ STR("http://keys.example.org:84800"), false },
	{ STR("http://evil.example"), false },
	{ STR("http://keys.example.org:8480.evil.example"), false },
	{ STR("http://keys.example.org:8480\0"), false },
};

static void
only_our_own_origin_is_ours(void **state)
{
	struct request r = request_with(HEADER_HOST, STR("keys.example.org:8480"));

	(void)state;
	for (size_t i = 0; i < COUNT(origins); i++) {
		r.header[HEADER_ORIGIN] = origins[i].origin;
		is_int(credential_same_origin(&w, &r), origins[i].same, shown(origins[i].origin));
	}
	r.header[HEADER_HOST] = STR("not a host");
	r.header[HEADER_ORIGIN] = STR("");
	is_true(!credential_same_origin(&w, &r), "without a host nothing is ours");
}

static void
a_change_by_cookie_takes_the_sessions_own_token(void **state)
{
	struct request r = request_with(HEADER_HOST, STR("keys.example.org"));
	const char *csrf = login_csrf(&w, "ses_1"), *other = login_csrf(&w, "ses_2");

	(void)state;
	r.header[HEADER_ORIGIN] = STR("http://keys.example.org");
	is_fault(credential_csrf(&w, &r, STR_NONE, "ses_1"), FAULT_CSRF, "no token");
	r.header[HEADER_CSRF_TOKEN] = str_of(csrf);
	is_fault(credential_csrf(&w, &r, STR_NONE, "ses_1"), FAULT_NONE, "the right one");
	is_fault(credential_csrf(&w, &r, STR_NONE, "ses_2"), FAULT_CSRF, "of another session");
	r.header[HEADER_CSRF_TOKEN] = str_of(other);
	is_fault(credential_csrf(&w, &r, STR_NONE, "ses_1"), FAULT_CSRF, "another's");
	r.header[HEADER_CSRF_TOKEN] = str_part(csrf, strlen(csrf) - 1);
	is_fault(credential_csrf(&w, &r, STR_NONE, "ses_1"), FAULT_CSRF, "cut short");
	r.header[HEADER_CSRF_TOKEN] = STR_NONE;
	is_fault(credential_csrf(&w, &r, str_of(arena_print(w.arena, "a=b&csrf=%s", csrf)), "ses_1"),
	    FAULT_NONE, "in the form");
	is_fault(credential_csrf(&w, &r, str_of(arena_print(w.arena, "csrf=%s", other)), "ses_1"), FAULT_CSRF,
	    "another's in the form");
	is_fault(credential_csrf(&w, &r, STR("csrf="), "ses_1"), FAULT_CSRF, "nothing in the form");
	r.header[HEADER_CSRF_TOKEN] = str_of(csrf);
	r.header[HEADER_ORIGIN] = STR("http://evil.example");
	is_fault(credential_csrf(&w, &r, STR_NONE, "ses_1"), FAULT_CSRF, "from another site");
}

static void
pages_take_the_cookie_and_no_key(void **state)
{
	struct request r = request_with(HEADER_COOKIE, STR("claviger=a.b.c"));
	struct str text;

	(void)state;
	is_fault(credential_of_page(&r, &text), FAULT_NONE, "the cookie");
	is_str(text, STR("a.b.c"), "the cookie");
	r.header[HEADER_AUTHORIZATION] = STR("Basic abc");
	is_fault(credential_of_page(&r, &text), FAULT_NONE, "of the web server");
	r.header[HEADER_AUTHORIZATION] = STR("bearer drvp_abc");
	is_fault(credential_of_page(&r, &text), FAULT_SESSION_REQUIRED, "a key");
	r = request_with(HEADER_COOKIE, STR("other=a.b.c"));
	is_fault(credential_of_page(&r, &text), FAULT_NO_CREDENTIAL, "nothing");
}

/* The secrets of an installation of this test's own. */
static int
open_secrets(void **state)
{
	char directory[] = "/tmp/claviger-unit-XXXXXX", pepper[64], secret[64];
	bool good;

	if (mkdtemp(directory) == NULL)
		return -1;
	(void)snprintf(pepper, sizeof pepper, "%s/pepper", directory);
	(void)snprintf(secret, sizeof secret, "%s/secret", directory);
	(void)setenv("CLAVIGER_KEYS_PEPPER_FILE", pepper, 1);
	(void)setenv("CLAVIGER_KEYS_SECRET_FILE", secret, 1);
	good = bench_open(state) == 0 && secrets_create(settings, no_problem, NULL) &&
	    secrets_load(settings, no_problem, NULL);
	(void)unlink(pepper);
	(void)unlink(secret);
	(void)rmdir(directory);
	return good ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_word_after_bearer),
		cmocka_unit_test(a_credential_has_a_limit),
		cmocka_unit_test(a_credential_in_the_address_is_refused),
		cmocka_unit_test(the_cookie_counts_where_there_is_no_header),
		cmocka_unit_test(nothing_is_no_credential),
		cmocka_unit_test(only_our_own_origin_is_ours),
		cmocka_unit_test(a_change_by_cookie_takes_the_sessions_own_token),
		cmocka_unit_test(pages_take_the_cookie_and_no_key),
	};

	return cmocka_run_group_tests_name("http/credential", tests, open_secrets, bench_close);
}
