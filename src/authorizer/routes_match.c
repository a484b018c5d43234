/*
 * routes_match.c: finding a request's route.
 *
 * Nothing here trusts the path but for its being decoded and canonical: what it
 * names is looked up by core, and what it cannot name is not looked up at all.
 */
#include "authorizer/routes_file.h"

#include <stdlib.h>

#include "authorizer/routes.h"
#include "core/id.h"

bool
route_has_method(const struct route *route, struct str method)
{
	for (size_t i = 0; i < route->methods; i++)
		if (str_eq(route->method[i], method))
			return true;
	return route->methods == 0;
}

bool
route_id_fits(const struct type *type, struct str id)
{
	struct str prefix = str_of(type->id_prefix);

	return id.n > prefix.n && str_starts(id, prefix) && id_shape(id);
}

void
routes_free(struct routes **rp)
{
	if (*rp == NULL)
		return;
	arena_free(&(*rp)->arena);
	free(*rp);
	*rp = NULL;
}

size_t
routes_count(const struct routes *rs)
{
	return rs->n;
}

/* The route's texts with what the path bound.  No path of a provider means all of it. */
static struct routed
fill(struct arena *a, const struct route *route, const struct bound *b)
{
	struct routed d = { .line = route->line,
		.open = route->open,
		.action = route->action,
		.type = route->type };
	struct str id = route->id;

	d.org = arena_text(a, pattern_value(&route->pattern, b, STR("org")));
	if (route->type == NULL)
		return d;
	if (route->bound)
		id = pattern_value(&route->pattern, b, route->id);
	d.resource_id = arena_text(a, id);
	d.fits = route_id_fits(route->type, id);
	if (route->path.n > 0)
		d.path = template_fill(a, &route->path, &route->pattern, b);
	else if ((route->type->traits & HAS_PATHS) != 0)
		d.path = "/";
	return d;
}

enum fault
routes_match(struct arena *a, const struct routes *rs, struct str method, struct str path, struct routed *d)
{
	struct bound b;

	for (size_t i = 0; i < rs->n; i++) {
		if (route_has_method(&rs->v[i], method) && pattern_match(&rs->v[i].pattern, path, &b)) {
			*d = fill(a, &rs->v[i], &b);
			return FAULT_NONE;
		}
	}
	return FAULT_NO_ROUTE;
}
