/*
 * tools.c: listing and running tools.
 */
#include "mcp/tools.h"

#include "core/ask.h"
#include "core/denial.h"
#include "core/id.h"
#include "core/type.h"
#include "http/problem.h"
#include "mcp/rpc.h"

/* It is in an answer twice, once as a text in which much is escaped again; both have to have room. */
#define RESULT_MAX ((size_t)1 << 20)

const struct tool_table mcp_tools[] = {
	{ mcp_self_tools, MCP_SELF_TOOLS },
	{ mcp_document_tools, MCP_DOCUMENT_TOOLS },
	{ mcp_record_tools, MCP_RECORD_TOOLS },
	{ mcp_file_tools, MCP_FILE_TOOLS },
	{ NULL, 0 },
};

static const char *const sorts[] = { [JSON_IS_FLAG] = "boolean",
	[JSON_IS_NUMBER] = "integer",
	[JSON_IS_TEXT] = "string",
	[JSON_IS_OBJECT] = "object" };

const struct tool *
tool_named(struct str name)
{
	for (const struct tool_table *t = mcp_tools; t->rows != NULL; t++)
		for (size_t i = 0; i < t->n; i++)
			if (str_is(name, t->rows[i].name))
				return &t->rows[i];
	return NULL;
}

enum fault
tool_allowed(struct work *w, const struct tool *t)
{
	if (t->permit == TOOL_SELF)
		return FAULT_NONE;
	if (t->permit != TOOL_ASKS || w->actor->org_id == NULL)
		return FAULT_ROLE;
	return ask_any(w, t->action, t->type);
}

/* --- the list --- */

static void
write_arg(struct json *j, const struct tool_arg *a)
{
	bool text = a->sort == JSON_IS_TEXT;

	json_object(j, a->name);
	json_text(j, "type", sorts[a->sort]);
	json_text(j, "description", a->about);
	if (a->sort == JSON_IS_NUMBER || (text && a->low > 0))
		json_int(j, text ? "minLength" : "minimum", text ? 1 : a->low);
	if (a->sort == JSON_IS_NUMBER || text)
		json_int(j, text ? "maxLength" : "maximum", a->high);
	json_end(j);
}

static void
write_input(struct json *j, const struct tool *t)
{
	json_object(j, "inputSchema");
	json_text(j, "type", "object");
	json_object(j, "properties");
	for (size_t i = 0; i < t->n; i++)
		write_arg(j, &t->args[i]);
	json_end(j);
	json_list(j, "required");
	for (size_t i = 0; i < t->n; i++)
		if (t->args[i].needed)
			json_text(j, NULL, t->args[i].name);
	json_end(j);
	json_flag(j, "additionalProperties", false);
	json_end(j);
}

static void
write_tool(struct json *j, const struct tool *t)
{
	json_object(j, NULL);
	json_text(j, "name", t->name);
	json_text(j, "title", t->title);
	json_text(j, "description", t->about);
	write_input(j, t);
	json_object(j, "annotations");
	json_text(j, "title", t->title);
	json_flag(j, "readOnlyHint", t->action == ACTION_READ);
	json_flag(j, "openWorldHint", false);
	json_end(j);
	json_end(j);
}

enum fault
tools_write(struct work *w, struct json *j, const char *name)
{
	json_list(j, name);
	for (const struct tool_table *t = mcp_tools; t->rows != NULL; t++)
		for (size_t i = 0; i < t->n; i++) {
			enum fault f = tool_allowed(w, &t->rows[i]);

			if (f == FAULT_NONE)
				write_tool(j, &t->rows[i]);
			else if (fault_status(f) >= 500)
				return f;
		}
	json_end(j);
	w->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
	return FAULT_NONE;
}

/* --- arguments --- */

struct str
arg_text(const struct tool_call *t, size_t i)
{
	return t->given[i] == NULL ? STR_NONE : t->given[i]->text;
}

const char *
arg_id(const struct tool_call *t, size_t i)
{
	struct str id = arg_text(t, i);

	return id_shape(id) ? arena_text(t->work->arena, id) : "";
}

int64_t
arg_number(const struct tool_call *t, size_t i, int64_t otherwise)
{
	return t->given[i] == NULL ? otherwise : t->given[i]->number;
}

bool
arg_flag(const struct tool_call *t, size_t i)
{
	return t->given[i] != NULL && t->given[i]->flag;
}

static enum fault
check_arg(struct work *w, const struct tool_arg *a, const struct json_value *v)
{
	bool text = a->sort == JSON_IS_TEXT;
	int64_t size = text ? (int64_t)v->text.n : v->number;

	if (v->sort != a->sort || (v->sort == JSON_IS_NUMBER && !json_is_integral(v)))
		return fault_at(w, FAULT_BAD_FIELD, a->name, "%s must be of type %s", a->name,
		    sorts[a->sort]);
	if ((text || a->sort == JSON_IS_NUMBER) && (size < a->low || size > a->high))
		return fault_at(w, FAULT_BAD_FIELD, a->name,
		    text ? "%s must have %lld to %lld bytes" : "%s must be %lld to %lld", a->name,
		    (long long)a->low, (long long)a->high);
	return FAULT_NONE;
}

static ptrdiff_t
arg_named(const struct tool *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->args[i].name, name) == 0)
			return (ptrdiff_t)i;
	return -1;
}

/* null is as good as absent: some clients send every member. */
static enum fault
read_args(struct work *w, const struct tool *t, const struct json_value *arguments, struct tool_call *call)
{
	enum fault f;

	call->given = arena_array(w->arena, const struct json_value *, t->n + 1);
	for (size_t i = 0; arguments != NULL && i < arguments->n; i++) {
		const struct json_value *v = &arguments->items[i];
		ptrdiff_t at = arg_named(t, v->name);

		if (at < 0)
			return fault_at(w, FAULT_UNKNOWN_FIELD, NULL, "%s takes no %.40s", t->name, v->name);
		if (v->sort == JSON_IS_NULL)
			continue;
		if ((f = check_arg(w, &t->args[at], v)) != FAULT_NONE)
			return f;
		call->given[at] = v;
	}
	for (size_t i = 0; i < t->n; i++)
		if (t->args[i].needed && call->given[i] == NULL)
			return fault_at(w, FAULT_MISSING_FIELD, t->args[i].name, "%s must be given",
			    t->args[i].name);
	return FAULT_NONE;
}

/* --- the result --- */

static void
write_content(struct json *j, struct str text)
{
	json_list(j, "content");
	json_object(j, NULL);
	json_text(j, "type", "text");
	json_str(j, "text", text);
	json_end(j);
	json_end(j);
}

/* What the caller can do something about, so that it is the tool's answer and no failure of the call. */
static bool
is_tools_own(enum fault f)
{
	int status = fault_status(f);

	if (f == FAULT_RESPONSE_TOO_LARGE)
		return true;
	return status >= 400 && status < 500 && status != 401 && status != 429;
}

/* In one sentence, since a model reads nothing but that: what, of which member, and what to do. */
static const char *
told(struct work *w, enum fault f)
{
	const struct trouble *t = &w->trouble;
	const char *detail = t->detail != NULL ? t->detail : problem_detail(w, f);

	if (detail == NULL)
		return fault_title(f);
	if (t->field == NULL || t->detail == NULL || strncmp(detail, t->field, strlen(t->field)) == 0)
		return arena_print(w->arena, "%s: %s", fault_title(f), detail);
	return arena_print(w->arena, "%s: %s: %s", fault_title(f), t->field, detail);
}

static void
write_error(struct work *w, struct json *j, enum fault f)
{
	const struct trouble *t = &w->trouble;
	const char *text = told(w, f);

	write_content(j, str_of(text));
	json_object(j, "structuredContent");
	json_object(j, "error");
	json_text(j, "code", fault_code(f));
	json_int(j, "status", fault_status(f));
	json_text(j, "message", text);
	if (t->field != NULL)
		json_text(j, "field", t->field);
	if (t->needed_scope != NULL)
		json_text(j, "needed_scope", t->needed_scope);
	json_end(j);
	json_end(j);
	json_flag(j, "isError", true);
}

enum fault
tool_failed(struct call *c, enum fault f, bool modern, struct json *j)
{
	if (!is_tools_own(f))
		return f;
	denial_fault(c->work, c->work->actor, f, false);
	rpc_write_meta(j, modern);
	write_error(c->work, j, f);
	return FAULT_NONE;
}

static enum fault
id_and_name(struct tool_call *t, const struct resource *r)
{
	json_object(t->j, NULL);
	json_text(t->j, "id", r->id);
	json_text(t->j, "name", r->name);
	json_end(t->j);
	return FAULT_NONE;
}

enum fault
tool_resources(struct tool_call *t, const char *type, const char *parent, const char *list, struct str cursor,
    int64_t limit, tool_row *write)
{
	struct page p = page_first(), next;
	struct resource *rows;
	size_t n;
	enum fault f;

	if (cursor.s != NULL && !page_cursor_read(t->work->arena, cursor, &p))
		return FAULT_BAD_CURSOR;
	p.limit = limit;
	if ((f = resource_list(t->work, type, parent, &p, &rows, &n, &next)) != FAULT_NONE)
		return f;
	json_list(t->j, list);
	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		f = write == NULL ? id_and_name(t, &rows[i]) : write(t, &rows[i]);
	json_end(t->j);
	json_text(t->j, "next",
	    next.after_id == NULL ? NULL : page_cursor(t->work->arena, next.after_at, next.after_id));
	return f;
}

enum fault
tool_do(struct call *c, const struct tool *t, const struct json_value *arguments, bool modern, struct json *j)
{
	struct out o = out_limit(c->work->arena, RESULT_MAX);
	struct json structured = json_into(&o);
	struct tool_call call = { .call = c, .work = c->work, .tool = t, .j = &structured };
	enum fault f;

	json_object(&structured, NULL);
	if ((f = read_args(c->work, t, arguments, &call)) != FAULT_NONE || (f = t->run(&call)) != FAULT_NONE)
		return f;
	json_end(&structured);
	if (out_failed(&o))
		return fault_at(c->work, FAULT_RESPONSE_TOO_LARGE, NULL, "ask for less at once");
	rpc_write_meta(j, modern);
	write_content(j, call.text.s == NULL ? out_text(&o) : call.text);
	json_raw(j, "structuredContent", out_text(&o));
	json_flag(j, "isError", false);
	return FAULT_NONE;
}
