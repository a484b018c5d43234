/*
 * methods.c: what a client may ask of the protocol itself, a row for each method.
 */
#include "mcp/methods.h"

#include "base/clock.h"
#include "http/admit.h"
#include "mcp/tools.h"

static const char instructions[] =
    "Each tool shows only what the presented key or session may reach. whoami says who that is; "
    "an error names what is missing.";

/* --- whose organization --- */

static enum fault enter(struct call *);

static enum fault
again(struct work *w)
{
	struct call *c = w->again_ctx;
	enum fault f;

	w->now = clock_now();
	return (f = admit(c)) != FAULT_NONE ? f : enter(c);
}

/*
 * A key has one.  Of a session it is the one the client names, or the first of
 * its user; without any it can say who it is, and no more.
 */
static enum fault
enter(struct call *c)
{
	const struct standing *here;
	enum fault f = admit_workspace(c, &here);

	c->work->again = again;
	if (f == FAULT_NONE && here != NULL)
		c->work->actor = here;
	return f;
}

/* --- the methods --- */

/* What a list says about keeping it: for this credential, and not at all, as a grant may end now. */
static void
write_caching(struct json *j, bool modern)
{
	if (!modern)
		return;
	json_int(j, "ttlMs", 0);
	json_text(j, "cacheScope", "private");
}

static void
write_capabilities(struct json *j)
{
	json_object(j, "capabilities");
	json_object(j, "tools");
	json_end(j);
	json_end(j);
}

static enum fault
initialize(struct call *c, const struct rpc *r, struct json *j)
{
	struct str wanted = r->params == NULL ? STR_NONE : json_member_text(r->params, "protocolVersion");

	(void)c;
	json_text(j, "protocolVersion", rpc_agree(wanted));
	write_capabilities(j);
	rpc_write_server(j, "serverInfo");
	json_text(j, "instructions", instructions);
	return FAULT_NONE;
}

static enum fault
discover(struct call *c, const struct rpc *r, struct json *j)
{
	(void)c;
	rpc_write_versions(j, "supportedVersions", false);
	write_capabilities(j);
	json_text(j, "instructions", instructions);
	write_caching(j, r->modern);
	return FAULT_NONE;
}

static enum fault
ping(struct call *c, const struct rpc *r, struct json *j)
{
	(void)c;
	(void)r;
	(void)j;
	return FAULT_NONE;
}

static enum fault
list_tools(struct call *c, const struct rpc *r, struct json *j)
{
	enum fault f;

	if ((f = enter(c)) != FAULT_NONE || (f = tools_write(c->work, j, "tools")) != FAULT_NONE)
		return f;
	write_caching(j, r->modern);
	return FAULT_NONE;
}

struct tool_errand {
	const struct rpc *rpc;
	const struct tool *tool;
	const struct json_value *arguments;
	struct json *j;
	bool allowed; /* what goes wrong then is the tool's */
};

static enum fault
run_tool(struct call *c, void *ctx)
{
	struct tool_errand *e = ctx;
	enum fault f;

	e->allowed = false;
	if ((f = enter(c)) != FAULT_NONE || (f = tool_allowed(c->work, e->tool)) != FAULT_NONE)
		return f;
	e->allowed = true;
	return tool_do(c, e->tool, e->arguments, e->rpc->modern, e->j);
}

static enum fault
call_tool(struct call *c, const struct rpc *r, struct json *j)
{
	static const enum db_tx
	    begun[] = { [TOOL_SHOWS] = DB_SHOWS, [TOOL_CHANGES] = DB_CHANGES, [TOOL_ADDS] = DB_ADDS };
	struct tool_errand e = { .rpc = r,
		.tool = tool_named(json_member_text(r->params, "name")),
		.arguments = json_member(r->params, "arguments"),
		.j = j };
	size_t at = j->out->n;
	struct json as_it_was = *j;
	enum fault f;

	/* A change waits for its turn in an organization, so it has to be known before. */
	if ((f = enter(c)) == FAULT_NONE)
		f = e.tool->tx == TOOL_ALONE ? run_tool(c, &e)
					     : call_within(c, begun[e.tool->tx], run_tool, &e);
	if (f == FAULT_NONE || !e.allowed)
		return f;
	/* A commit may fail behind a result that was written. */
	j->out->n = at;
	*j = as_it_was;
	return tool_failed(c, f, r->modern, j);
}

static const struct rpc_method methods[] = {
	{ "initialize", true, false, false, initialize },
	{ "ping", true, false, false, ping },
	{ "server/discover", false, true, false, discover },
	{ "tools/list", true, true, false, list_tools },
	{ "tools/call", true, true, true, call_tool },
};

const struct rpc_method *
method_named(const struct rpc *r)
{
	for (size_t i = 0; i < COUNT(methods); i++)
		if (str_is(r->method, methods[i].name) && (r->modern ? methods[i].modern : methods[i].before))
			return &methods[i];
	return NULL;
}

const char *
method_params_wrong(const struct rpc *r)
{
	const struct json_value *v;

	if (str_is(r->method, "tools/list")) {
		v = r->params == NULL ? NULL : json_member(r->params, "cursor");
		return v == NULL || v->sort == JSON_IS_NULL
		    ? NULL
		    : "there is no such cursor: the list has one page";
	}
	if (!str_is(r->method, "tools/call"))
		return NULL;
	if (r->params == NULL || tool_named(json_member_text(r->params, "name")) == NULL)
		return "Unknown tool";
	v = json_member(r->params, "arguments");
	return v == NULL || v->sort == JSON_IS_OBJECT ? NULL : "arguments must be an object";
}
