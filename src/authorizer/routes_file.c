/*
 * routes_file.c: reading the routes file.
 *
 * A mistake in this file opens or closes an application, so nothing in it is
 * guessed: what is not understood, could never match or would never be reached
 * is a problem that is told, and then there are no routes at all.
 */
#include "authorizer/routes_file.h"

#include <assert.h>
#include <stdlib.h>

#include "authorizer/routes.h"
#include "base/conf.h"
#include "base/text.h"

/* The text, the routes and the parts of their patterns; pages are used as they are touched. */
#define ROUTES_ARENA ((size_t)64 << 20)
/* Nobody reads more of them at once, and each takes memory. */
#define PROBLEMS_MAX 50
#define METHODS_MAX  32

struct reading {
	struct routes *into;
	const char *file;
	settings_problem *tell;
	void *ctx;
	int line;
	int problems;
};

static void
problem(struct reading *r, const char *what)
{
	r->problems++;
	r->tell(r->ctx, arena_print(r->into->arena, "%s:%d", r->file, r->line), what);
}

/*
 * Columns.  Each reads a word into the route and returns NULL or what is wrong.
 */

static const char *
read_method(struct arena *a, struct route *route, struct str method)
{
	if (method.n == 0 || !str_only(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"))
		return arena_print(a,
		    "method '%.*s': methods are * or capitals with commas between, as GET,HEAD",
		    (int)method.n, method.s);
	if (route->methods > 0 && route_has_method(route, method))
		return arena_print(a, "method %.*s is there twice", (int)method.n, method.s);
	if (route->methods == METHODS_MAX)
		return arena_print(a, "there are more than %d methods; * is every method", METHODS_MAX);
	route->method[route->methods++] = method;
	return NULL;
}

static const char *
read_methods(struct arena *a, struct route *route, struct str word)
{
	const char *wrong = NULL;
	struct str method;

	if (str_is(word, "*"))
		return NULL;
	route->method = arena_array(a, struct str, METHODS_MAX);
	while (wrong == NULL && str_cut(&word, ',', &method))
		wrong = read_method(a, route, method);
	return wrong;
}

static const char *
read_pattern(struct arena *a, struct route *route, struct str word)
{
	return pattern_read(a, word, &route->pattern);
}

static const char *
read_action(struct arena *a, struct route *route, struct str word)
{
	route->open = str_is(word, "public");
	if (!route->open && !action_named(word, &route->action))
		return arena_print(a, "action '%.*s': must be read, write, admin or public", (int)word.n,
		    word.s);
	return NULL;
}

/* The part of type:... after the colon: an id, or a {name} of the pattern. */
static const char *
read_id(struct arena *a, struct route *route)
{
	const struct part *part;
	struct str id = route->id;

	route->bound = id.n > 2 && id.s[0] == '{' && id.s[id.n - 1] == '}';
	if (!route->bound && !route_id_fits(route->type, id))
		return arena_print(a, "'%.*s' is neither a {name} nor the id of a %s, which begins with %s",
		    (int)id.n, id.s, route->type->name, route->type->id_prefix);
	if (!route->bound)
		return NULL;
	route->id = (struct str){ id.s + 1, id.n - 2 };
	part = pattern_part(&route->pattern, route->id);
	if (part == NULL)
		return arena_print(a, "%.*s is not in the pattern", (int)id.n, id.s);
	if (part->sort == PART_REST)
		return arena_print(a, "%.*s: an id is one segment, without dots", (int)id.n, id.s);
	return NULL;
}

static const char *
read_resource(struct arena *a, struct route *route, struct str word)
{
	struct str rest = word, name;

	if (route->open)
		return "a public route has no resource";
	if (str_is(word, "-"))
		return NULL;
	if (str_find(word, ':') < 0)
		return arena_print(a, "resource '%.*s': must be type:{name}, type:id or -", (int)word.n,
		    word.s);
	(void)str_cut(&rest, ':', &name);
	if ((route->type = type_named(name)) == NULL)
		return arena_print(a, "there is no type of resource '%.*s'", (int)name.n, name.s);
	route->id = rest;
	return read_id(a, route);
}

static const char *
read_path(struct arena *a, struct route *route, struct str word)
{
	if (route->type == NULL || (route->type->traits & HAS_PATHS) == 0)
		return arena_print(a, "only a resource that has paths in it, a provider, takes '%.*s'",
		    (int)word.n, word.s);
	return template_read(a, word, &route->pattern, &route->path);
}

typedef const char *column_reader(struct arena *, struct route *, struct str);

static column_reader *const columns[] = { read_methods, read_pattern, read_action, read_resource, read_path };

/* An earlier route that leaves nothing for this one; NULL if there is none. */
static const struct route *
shadow_of(const struct routes *rs, const struct route *route)
{
	for (size_t i = 0; i < rs->n; i++) {
		bool all = rs->v[i].methods == 0 || route->methods > 0;

		for (size_t m = 0; all && m < route->methods; m++)
			all = route_has_method(&rs->v[i], route->method[m]);
		if (all && pattern_covers(&rs->v[i].pattern, &route->pattern))
			return &rs->v[i];
	}
	return NULL;
}

/* What only the whole line shows. */
static const char *
route_problem(struct arena *a, const struct routes *rs, const struct route *route, size_t words)
{
	const struct route *earlier;

	if (words < 3)
		return "a route has at least a method, a path and an action";
	if (!route->open && words < 4)
		return "the resource is missing; - stands for anywhere";
	if (rs->n == ROUTES_MAX)
		return arena_print(a, "there are more than %d routes", ROUTES_MAX);
	if ((earlier = shadow_of(rs, route)) != NULL)
		return arena_print(a, "this route is never reached: line %d takes all that it matches",
		    earlier->line);
	return NULL;
}

/* A line's words into the next route.  A word that begins with # ends the line. */
static void
read_route(struct reading *r, struct str line)
{
	struct routes *rs = r->into;
	struct route *route = &rs->v[rs->n];
	const char *wrong = NULL;
	struct str word;
	size_t words = 0;

	*route = (struct route){ .line = r->line };
	while (wrong == NULL && str_word(&line, &word) && word.s[0] != '#') {
		if (words == COUNT(columns))
			wrong =
			    arena_print(rs->arena, "'%.*s' is more than a route has", (int)word.n, word.s);
		else
			wrong = columns[words++](rs->arena, route, word);
	}
	if (wrong == NULL && words > 0)
		wrong = route_problem(rs->arena, rs, route, words);
	if (wrong != NULL)
		problem(r, wrong);
	else if (words > 0)
		rs->n++;
}

/* Tabs are blanks; any other control character would make two readers disagree. */
static bool
is_plain(struct str line)
{
	struct str word;

	while (str_word(&line, &word))
		if (!text_valid(word) || text_has_control(word))
			return false;
	return true;
}

static void
read_line(struct reading *r, struct str line)
{
	if (line.n > 0 && line.s[line.n - 1] == '\r')
		line.n--;
	if (is_plain(line))
		read_route(r, line);
	else
		problem(r, "the line has control characters or is not UTF-8");
}

static void
read_text(struct reading *r, struct str text)
{
	struct str line;

	r->into->v = arena_array(r->into->arena, struct route, ROUTES_MAX + 1);
	for (r->line = 1; r->problems < PROBLEMS_MAX && str_cut(&text, '\n', &line); r->line++)
		read_line(r, line);
	if (r->problems == 0 && r->into->n == 0) {
		r->line = 1;
		problem(r, "there is no route in this file, so nothing would be allowed");
	}
}

static struct routes *
routes_new(void)
{
	struct routes *rs = calloc(1, sizeof *rs);

	assert(rs != NULL);
	rs->arena = arena_open(ROUTES_ARENA, ARENA_PLAIN);
	return rs;
}

bool
routes_parse(const char *name, struct str text, settings_problem *tell, void *ctx, struct routes **routes)
{
	struct reading r = { .into = routes_new(), .file = name, .tell = tell, .ctx = ctx };

	if (text.n > ROUTES_FILE_MAX) {
		r.line = 1;
		problem(&r, arena_print(r.into->arena, "the file is larger than %zu bytes", ROUTES_FILE_MAX));
	} else {
		read_text(&r, arena_str(r.into->arena, text));
	}
	if (r.problems > 0)
		routes_free(&r.into);
	*routes = r.into;
	return r.problems == 0;
}

bool
routes_read(const char *file, settings_problem *tell, void *ctx, struct routes **routes)
{
	struct arena *a = arena_open(2 * ROUTES_FILE_MAX, ARENA_PLAIN);
	const char *why;
	struct str text = conf_file(a, file, ROUTES_FILE_MAX, false, &why);
	bool ok = false;

	*routes = NULL;
	if (text.s == NULL)
		/* It begins with the name of the file, and so does what is told. */
		tell(ctx, file, why + strlen(file) + sizeof ": " - 1);
	else
		ok = routes_parse(file, text, tell, ctx, routes);
	arena_free(&a);
	return ok;
}
