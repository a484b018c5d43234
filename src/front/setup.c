/*
 * setup.c: reading what a generation is started with.
 */
#include "config.h"

#include "front/setup.h"

#include <stdlib.h>

#include "core/jwt.h"
#include "core/leak.h"
#include "core/secrets.h"
#include "front/routes.h"
#include "front/vet.h"
#include "graphql/graphql.h"

/*
 * The secrets come last: they are kept by core, for the whole process, and must
 * not change when something else is wrong.
 */
static bool
read_files(struct setup *u, const char *config, settings_problem *tell, void *ctx)
{
	const char *routes = u->settings->service_routes;
	bool ok = vet_files(config, u->settings, tell, ctx);
	struct leak_keys *leak_keys;
	struct jwt_keys *keys;

	if (routes[0] != '\0')
		ok = routes_read(routes, tell, ctx, &u->routes) && ok;
	keys = jwt_keys_read(u->settings, tell, ctx);
	leak_keys = leak_keys_read(u->settings, tell, ctx);
	if (keys == NULL || leak_keys == NULL || !ok || !secrets_load(u->settings, tell, ctx)) {
		jwt_keys_free(&keys);
		leak_keys_free(&leak_keys);
		return false;
	}
	jwt_keys_use(keys);
	leak_keys_use(leak_keys);
	return true;
}

/* Not a matter of this installation, but nothing may start with such a table. */
static bool
doors_are_whole(settings_problem *tell, void *ctx)
{
	const char *why;

	if (!call_open(all_routes))
		tell(ctx, "this program", "a route has no permit or no handler");
	else if (!graphql_open(&why))
		tell(ctx, "this program", "a row of the GraphQL schema is not whole");
	else
		return true;
	return false;
}

struct setup *
setup_read(const char *config, settings_problem *tell, void *ctx)
{
	struct setup *u = calloc(1, sizeof *u);

	if (u == NULL)
		abort();
	u->settings = settings_read(config, tell, ctx);
	if (!doors_are_whole(tell, ctx) || u->settings == NULL || !read_files(u, config, tell, ctx))
		setup_free(&u);
	return u;
}

void
setup_free(struct setup **up)
{
	struct setup *u = *up;

	if (u == NULL)
		return;
	routes_free(&u->routes);
	settings_free(&u->settings);
	free(u);
	*up = NULL;
}
