/*
 * fuzz_request.c: the first bytes of a connection, as the guard and params.c see
 * them.
 *
 * An input is taken as records; and as parameters, "NAME=value" with a NUL
 * between.  Whatever they are, a request that is not marked as broken keeps the
 * promises of request.h.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "front/guard.h"
#include "front/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Once sound, more bytes change nothing; once bad, neither. */
static void
check_guard(const uint8_t *data, size_t size)
{
	enum guarded before = GUARD_MORE, seen;
	uint8_t *copy = malloc(size + 1);
	bool whole;

	assert(copy != NULL);
	for (size_t n = 0; n <= size; n += 1 + size / 16) {
		memcpy(copy, data, n);
		seen = guard_look(copy, n, &whole);
		assert(before == GUARD_MORE || seen == before);
		assert(!whole || seen != GUARD_MORE);
		before = seen;
	}
	free(copy);
}

static void
check_request(const struct request *req, int64_t length)
{
	assert(req->target.s != NULL && req->method_name.s != NULL);
	assert(req->target.n <= TARGET_MAX + 1);
	assert(req->query.s == NULL || req->query.n < req->target.n);
	assert(length >= -1);
	assert(length == -1 || (req->role == ROLE_RESPONDER && req->mode.s == NULL));
	for (int i = 0; i < HEADER__MAX; i++)
		assert(req->header[i].s == NULL || req->header[i].n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, pair, name;
	struct arena *a = arena_open((size_t)16 << 20, ARENA_PLAIN);
	struct params p = params_start(a);
	struct request req;
	int64_t length;

	check_guard(data, size);
	while (str_cut(&rest, '\0', &pair)) {
		(void)str_cut(&pair, '=', &name);
		params_take(&p, name, pair);
	}
	params_request(&p, size % 2 == 0 ? ROLE_RESPONDER : ROLE_AUTHORIZER, &req, &length);
	check_request(&req, length);
	assert(arena_peak(a) < (size_t)1 << 20);
	arena_free(&a);
	return 0;
}
