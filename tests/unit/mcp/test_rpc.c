/*
 * test_rpc.c: which era a message is of, and what is wrong with it.
 */
#include "mcp/rpc.h"

#include "base/bench.h"

#define META_OF(version) \
	"\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" version \
	"\",\"io.modelcontextprotocol/clientCapabilities\":{}}}"
#define MODERN META_OF("2026-07-28")
#define CALL(name) \
	"\"params\":{\"name\":\"" name \
	"\",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"," \
	"\"io.modelcontextprotocol/clientCapabilities\":{}}}"
#define ONE "{\"jsonrpc\":\"2.0\",\"id\":1,"

static void
what_a_message_is(void **state)
{
	static const struct {
		const char *body, *version, *method, *name;
		enum rpc_error error;
		bool modern;
	} cases[] = {
		{ ONE "\"method\":\"ping\"}", NULL, NULL, NULL, RPC_FINE, false },
		{ ONE "\"method\":\"ping\"}", "2025-03-26", NULL, NULL, RPC_FINE, false },
		{ ONE "\"method\":\"ping\"}", " 2025-11-25 ", NULL, NULL, RPC_FINE, false },
		{ ONE "\"method\":\"ping\"}", "2024-11-05", NULL, NULL, RPC_VERSION, false },
		{ ONE "\"method\":\"initialize\"}", "2024-11-05", NULL, NULL, RPC_FINE, false },
		{ ONE "\"method\":\"ping\"}", "2026-07-28", "ping", NULL, RPC_PARAMS, true },
		{ ONE "\"method\":\"x\"," MODERN "}", "2026-07-28", "x", NULL, RPC_FINE, true },
		{ ONE "\"method\":\"x\"," MODERN "}", "2026-07-28", " x", NULL, RPC_FINE, true },
		{ ONE "\"method\":\"x\"," MODERN "}", "2026-07-28", NULL, NULL, RPC_HEADERS, true },
		{ ONE "\"method\":\"x\"," MODERN "}", "2026-07-28", "X", NULL, RPC_HEADERS, true },
		{ ONE "\"method\":\"x\"," MODERN "}", "2025-11-25", "x", NULL, RPC_HEADERS, true },
		{ ONE "\"method\":\"x\"," MODERN "}", NULL, "x", NULL, RPC_HEADERS, true },
		{ ONE "\"method\":\"x\"," META_OF("2025-11-25") "}", "2025-11-25", "x", NULL, RPC_VERSION,
		    true },
		{ ONE "\"method\":\"tools/call\"," CALL("t") "}", "2026-07-28", "tools/call", "t", RPC_FINE,
		    true },
		{ ONE "\"method\":\"tools/call\"," CALL("t") "}", "2026-07-28", "tools/call", NULL,
		    RPC_HEADERS, true },
		{ ONE "\"method\":\"tools/call\"," CALL("t") "}", "2026-07-28", "tools/call",
		    "=?base64?dA==?=", RPC_FINE, true },
		{ ONE "\"method\":\"tools/call\"," CALL("t") "}", "2026-07-28", "tools/call",
		    "=?base64?dA?=", RPC_HEADERS, true },
		{ ONE "\"method\":\"tools/call\"," CALL("") "}", "2026-07-28", "tools/call",
		    "=?base64?\?=", RPC_FINE, true },
		{ ONE "\"method\":\"tools/call\"," CALL("=?base64?dA==") "}", "2026-07-28", "tools/call",
		    "=?base64?dA==", RPC_FINE, true },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}", "2026-07-28", NULL, NULL, RPC_FINE, true },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"x\"," MODERN "}", "2025-11-25", NULL, NULL, RPC_HEADERS,
		    true },
		{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"x\"}", NULL, NULL, NULL, RPC_REQUEST,
		    false },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"x\"}", NULL, NULL, NULL, RPC_REQUEST, false },
		{ "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"x\"}", NULL, NULL, NULL, RPC_REQUEST, false },
		{ "{\"id\":1,\"method\":\"x\"}", NULL, NULL, NULL, RPC_REQUEST, false },
		{ ONE "\"method\":\"\"}", NULL, NULL, NULL, RPC_REQUEST, false },
		{ ONE "\"method\":\"x\",\"params\":[1]}", NULL, NULL, NULL, RPC_PARAMS, false },
		{ "[]", NULL, NULL, NULL, RPC_REQUEST, false },
		{ "\"x\"", NULL, NULL, NULL, RPC_REQUEST, false },
		{ "", NULL, NULL, NULL, RPC_PARSE, false },
		{ "{}{}", NULL, NULL, NULL, RPC_PARSE, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rpc_headers h = { str_of(cases[i].version), str_of(cases[i].method),
			str_of(cases[i].name) };
		const char *what = arena_print(w.arena, "%zu: %s", i, cases[i].body);
		struct rpc r;

		is_int(rpc_read(w.arena, str_of(cases[i].body), &h, &r), cases[i].error, what);
		is_int(r.modern, cases[i].modern, what);
		is_int(r.why != NULL, cases[i].error != RPC_FINE, what);
		is_int(r.requested.s != NULL, cases[i].error == RPC_VERSION, what);
	}
}

static void
one_version_has_batches(void **state)
{
	static const struct {
		const char *body, *version;
		enum rpc_error error;
		size_t n;
	} cases[] = {
		{ "[" ONE "\"method\":\"ping\"}]", NULL, RPC_FINE, 1 },
		{ "[" ONE "\"method\":\"ping\"},7]", " 2025-03-26", RPC_FINE, 2 },
		{ "[1]", "2025-06-18", RPC_REQUEST, 0 },
		{ "[1]", "2025-11-25", RPC_REQUEST, 0 },
		{ "[1]", "2026-07-28", RPC_REQUEST, 0 },
		{ "[1]", "1999-01-01", RPC_REQUEST, 0 },
		{ "[]", "2025-03-26", RPC_REQUEST, 0 },
		{ "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", NULL, RPC_FINE, 20 },
		{ "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", NULL, RPC_REQUEST, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rpc_headers h = { .version = str_of(cases[i].version) };
		struct rpc r;

		is_int(rpc_read(w.arena, str_of(cases[i].body), &h, &r), cases[i].error, cases[i].body);
		is_int(r.batch == NULL ? 0 : r.batch->n, cases[i].n, cases[i].body);
	}
}

static void
one_of_a_batch(void **state)
{
	static const struct {
		const char *body;
		enum rpc_error error;
	} cases[] = {
		{ ONE "\"method\":\"ping\"}", RPC_FINE },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}", RPC_FINE },
		{ ONE "\"method\":\"initialize\"}", RPC_REQUEST },
		{ ONE "\"method\":\"x\"," MODERN "}", RPC_HEADERS },
		{ ONE "\"result\":{}}", RPC_REQUEST },
		{ "[" ONE "\"method\":\"ping\"}]", RPC_REQUEST },
		{ "7", RPC_REQUEST },
	};
	struct rpc_headers h = { .version = STR("2025-03-26") };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_value v;
		struct rpc r;

		is_true(json_in(w.arena, str_of(cases[i].body), &v), cases[i].body);
		is_int(rpc_read_member(w.arena, &v, &h, &r), cases[i].error, cases[i].body);
	}
}

static void
versions_are_agreed_on(void **state)
{
	(void)state;
	is_text(rpc_agree(STR("2025-03-26")), "2025-03-26", "one of ours");
	is_text(rpc_agree(STR("2025-06-18")), "2025-06-18", "one of ours");
	is_text(rpc_agree(STR("2024-11-05")), "2025-11-25", "an older one");
	is_text(rpc_agree(STR("2026-07-28")), "2025-11-25", "no beginning leads to this one");
	is_text(rpc_agree(STR_NONE), "2025-11-25", "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_message_is),
		cmocka_unit_test(one_version_has_batches),
		cmocka_unit_test(one_of_a_batch),
		cmocka_unit_test(versions_are_agreed_on),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
