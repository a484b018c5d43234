/*
 * cmd_routes.c: "claviger routes": looking at a routes file before it is used.
 *
 * Nothing here needs the service, its settings or its database, so that a file
 * can be tried anywhere.
 */
#include "authorizer/routes_file.h"
#include "base/json_out.h"
#include "front/command.h"
#include "http/request.h"

#define MEMORY ((size_t)16 << 20)

/* One run: the file's problems are remembered until all that is said can be said at once. */
struct run {
	struct arena *arena;
	const char *file;
	bool as_json;
	struct out out;
	struct json json;
	struct routes *routes;
};

static void
tell(void *ctx, const char *where, const char *what)
{
	struct run *r = ctx;

	if (!r->as_json) {
		command_problem(NULL, where, what);
		return;
	}
	json_object(&r->json, NULL);
	json_text(&r->json, "where", where);
	json_text(&r->json, "what", what);
	json_end(&r->json);
}

static struct run
begin(const char *file, bool as_json)
{
	struct run r = { .arena = arena_open(MEMORY, ARENA_PLAIN), .file = file, .as_json = as_json };

	r.out = out_limit(r.arena, OUT_BODY_MAX);
	return r;
}

static int
end(struct run *r, int status)
{
	int printed = command_print(&r->out);

	routes_free(&r->routes);
	arena_free(&r->arena);
	return printed == COMMAND_DONE ? status : printed;
}

/* {"file", "problems": [...], and what follows}; only the problems are told without --json. */
static bool
read_routes(struct run *r)
{
	bool ok;

	r->json = json_into(&r->out);
	if (!r->as_json)
		return routes_read(r->file, tell, r, &r->routes);
	json_object(&r->json, NULL);
	json_text(&r->json, "file", r->file);
	json_list(&r->json, "problems");
	ok = routes_read(r->file, tell, r, &r->routes);
	json_end(&r->json);
	return ok;
}

static void
end_json(struct run *r)
{
	json_end(&r->json);
	out_char(&r->out, '\n');
}

static int
routes_check(const struct command_line *line)
{
	bool as_json = false, ok;
	const struct command_option options[] = { OPTION_FLAG("json", &as_json), OPTION_END };
	struct command_words words;
	struct run r;
	int status;

	if (!command_options(line, options, 1, 1, &words, &status))
		return status;
	r = begin(words.v[0], as_json);
	ok = read_routes(&r);
	if (as_json) {
		json_int(&r.json, "routes", ok ? (int64_t)routes_count(r.routes) : 0);
		end_json(&r);
	} else if (ok) {
		out_print(&r.out, "%s: %zu routes\n", r.file, routes_count(r.routes));
	}
	return end(&r, ok ? COMMAND_DONE : COMMAND_FAILED);
}

static void
say_refused(struct run *r, enum fault f)
{
	if (r->as_json) {
		json_flag(&r->json, "allowed", false);
		json_text(&r->json, "code", fault_code(f));
		json_text(&r->json, "title", fault_title(f));
	} else {
		out_print(&r->out, "%d %s: %s\n", fault_status(f), fault_code(f), fault_title(f));
	}
}

static void
say_json(struct json *j, const struct routed *d)
{
	json_int(j, "line", d->line);
	json_text(j, "action", d->open ? "public" : action_name(d->action));
	json_text(j, "type", d->type == NULL ? NULL : d->type->name);
	json_text(j, "resource", d->resource_id);
	json_text(j, "path", d->path);
}

static void
say_text(struct run *r, const struct routed *d)
{
	out_print(&r->out, "%s:%d: %s", r->file, d->line, d->open ? "public" : action_name(d->action));
	if (d->type != NULL)
		out_print(&r->out, " %s:%s", d->type->name, d->resource_id);
	else if (!d->open)
		out_put(&r->out, " anywhere");
	if (d->path != NULL)
		out_print(&r->out, " path %s", d->path);
	out_char(&r->out, '\n');
}

/* What the authorizer would do before it asks who is calling. */
static enum fault
look_up(struct run *r, const char *method, const char *target, struct routed *d)
{
	struct str path;
	enum fault f = request_path(r->arena, str_of(target), &path);

	if (f == FAULT_NONE)
		f = routes_match(r->arena, r->routes, str_of(method), path, d);
	if (f == FAULT_NONE && d->type != NULL && !d->fits)
		f = FAULT_RESOURCE;
	return f;
}

static int
test_route(struct run *r, const char *method, const char *target)
{
	struct routed d = { .line = 0 };
	enum fault f = look_up(r, method, target, &d);

	if (d.line > 0 && r->as_json)
		say_json(&r->json, &d);
	else if (d.line > 0)
		say_text(r, &d);
	if (f != FAULT_NONE)
		say_refused(r, f);
	return f == FAULT_NONE ? COMMAND_DONE : COMMAND_FAILED;
}

static int
routes_test(const struct command_line *line)
{
	bool as_json = false;
	const struct command_option options[] = { OPTION_FLAG("json", &as_json), OPTION_END };
	struct command_words words;
	struct run r;
	int status;

	if (!command_options(line, options, 3, 3, &words, &status))
		return status;
	r = begin(words.v[0], as_json);
	status = read_routes(&r) ? test_route(&r, words.v[1], words.v[2]) : COMMAND_FAILED;
	if (as_json)
		end_json(&r);
	return end(&r, status);
}

static const struct command branches[] = {
	{ "check", routes_check, "say what is wrong with a routes file", "routes check [--json] FILE" },
	{ "test", routes_test, "say which route a request finds", "routes test [--json] FILE METHOD PATH" },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_routes(const struct command_line *line)
{
	return command_branch(line, branches);
}
