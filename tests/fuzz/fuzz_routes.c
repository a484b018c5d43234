/*
 * fuzz_routes.c: routes files and the requests that look for a route in them.
 *
 * An input is a routes file, a NUL, a method, a NUL, and a request target.
 * Whatever the file says, what is found must keep the promises of
 * routes_file.h, and a decoded path must be in its plain form.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "authorizer/routes_file.h"
#include "base/text.h"
#include "http/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
say_nothing(void *ctx, const char *where, const char *what)
{
	(void)ctx;
	assert(where != NULL && what != NULL);
}

static void
check_path(struct str path)
{
	struct str rest = str_from(path, 1), piece;

	assert(path.n > 0 && path.s[0] == '/');
	assert(text_valid(path) && !text_has_control(path) && str_find(path, '\\') < 0);
	while (str_cut(&rest, '/', &piece)) {
		assert(!str_is(piece, ".") && !str_is(piece, ".."));
		assert(piece.n > 0 || rest.s == NULL);
	}
}

static void
check_routed(const struct routed *d, size_t count)
{
	assert(d->line > 0);
	assert(count > 0);
	assert((d->type == NULL) == (d->resource_id == NULL));
	assert(!d->open || d->type == NULL);
	assert(d->type == NULL || strchr(d->resource_id, '/') == NULL);
	assert(!d->fits || strncmp(d->resource_id, d->type->id_prefix, strlen(d->type->id_prefix)) == 0);
	assert(d->path == NULL || (d->path[0] == '/' && (d->type->traits & HAS_PATHS) != 0));
	assert(d->type == NULL || d->path != NULL || (d->type->traits & HAS_PATHS) == 0);
}

static void
look_up(struct arena *a, const struct routes *rs, struct str method, struct str target)
{
	struct routed d = { .line = 0 };
	struct str path;

	if (request_path(a, target, &path) != FAULT_NONE)
		return;
	check_path(path);
	if (routes_match(a, rs, method, path, &d) == FAULT_NONE)
		check_routed(&d, routes_count(rs));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, file = STR(""), method = STR("");
	struct arena *a = arena_open((size_t)16 << 20, ARENA_PLAIN);
	struct routes *rs = NULL;

	(void)str_cut(&rest, '\0', &file);
	(void)str_cut(&rest, '\0', &method);
	if (rest.s == NULL)
		rest = STR("");
	assert(routes_parse("routes", file, say_nothing, NULL, &rs) == (rs != NULL));
	if (rs != NULL)
		look_up(a, rs, method, rest);
	routes_free(&rs);
	arena_free(&a);
	return 0;
}
