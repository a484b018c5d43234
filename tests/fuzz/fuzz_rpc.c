/*
 * fuzz_rpc.c: messages of the Model Context Protocol.
 *
 * An input is the three headers, each ended by a line end, and the body.  What is
 * fine has a method; what is modern and fine agrees with its headers; and an id
 * that was read is written as JSON again.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "mcp/rpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_fine(const struct rpc_headers *h, const struct rpc *r)
{
	assert(r->method.n > 0 && r->requested.s == NULL && r->why == NULL);
	assert(r->notification == (r->id == NULL));
	if (r->modern && !r->notification)
		assert(str_eq(str_trim(h->method), r->method) && str_is(str_trim(h->version), "2026-07-28"));
}

static void
check_id(struct arena *a, const struct rpc *r)
{
	struct out o = out_limit(a, 8192);
	struct json j = json_into(&o);
	struct json_value again;

	rpc_open(&j, r);
	json_end(&j);
	assert(!out_failed(&o) && json_in(a, out_text(&o), &again));
	if (r->id != NULL && r->id->sort == JSON_IS_TEXT)
		assert(str_eq(json_member_text(&again, "id"), r->id->text));
}

static void
check_batch(struct arena *a, const struct rpc_headers *h, const struct rpc *r)
{
	assert(r->batch->n > 0 && r->batch->n <= RPC_BATCH_MAX);
	assert(h->version.s == NULL || str_is(str_trim(h->version), "2025-03-26"));
	for (size_t i = 0; i < r->batch->n; i++) {
		struct rpc one;

		if (rpc_read_member(a, &r->batch->items[i], h, &one) == RPC_FINE)
			check_fine(h, &one);
		else
			assert(one.why != NULL);
		check_id(a, &one);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *a;
	struct str rest = { (const char *)data, size };
	struct rpc_headers h = { .version = STR_NONE };
	struct rpc r;

	if (size > 65536)
		return 0;
	if (a == NULL)
		a = arena_open((size_t)64 << 20, ARENA_PLAIN);
	(void)str_cut(&rest, '\n', &h.version);
	(void)str_cut(&rest, '\n', &h.method);
	(void)str_cut(&rest, '\n', &h.name);
	if (rpc_read(a, rest.s == NULL ? STR("") : rest, &h, &r) != RPC_FINE)
		assert(r.why != NULL);
	else if (r.batch != NULL)
		check_batch(a, &h, &r);
	else
		check_fine(&h, &r);
	check_id(a, &r);
	arena_reset(a);
	return 0;
}
