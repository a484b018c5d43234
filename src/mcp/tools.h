/*
 * tools.h: what this door can do: a row for each tool, with what it takes, what
 * it asks decide() for, and its function.
 */
#ifndef MCP_TOOLS_H
#define MCP_TOOLS_H

#include "base/json_in.h"
#include "core/decide.h"
#include "core/resource.h"
#include "http/call.h"

/* A member of the arguments. */
struct tool_arg {
	const char *name;
	enum json_sort sort; /* text, number, flag or object */
	bool needed;
	int64_t low, high; /* of a number; of a text its bytes */
	const char *about;
};

/* An empty row may nothing. */
enum tool_permit { TOOL_NOTHING, TOOL_SELF, TOOL_ASKS };

/* Whether the door begins a transaction, or the service does what it needs. */
enum tool_tx { TOOL_ALONE, TOOL_SHOWS, TOOL_CHANGES, TOOL_ADDS };

struct tool;

struct tool_call {
	struct call *call;
	struct work *work;
	const struct tool *tool;
	const struct json_value **given; /* one for each of its arguments; NULL: not given */
	struct json *j;			 /* the structured result: an object that is open */
	struct str text;		 /* what is said to a reader; STR_NONE: the structured result */
};

typedef enum fault tool_run(struct tool_call *);

struct tool {
	const char *name, *title, *about;
	const struct tool_arg *args;
	size_t n;
	enum tool_permit permit;
	enum action action; /* with TOOL_ASKS: on something of the type */
	enum type_id type;
	enum tool_tx tx;
	tool_run *run;
	const char *of; /* what it is for, where several have the same function */
};

struct tool_table {
	const struct tool *rows;
	size_t n;
};

/* Every tool, a table for each service; ended by NULL rows. */
extern const struct tool_table mcp_tools[];
extern const struct tool mcp_self_tools[], mcp_document_tools[], mcp_record_tools[], mcp_file_tools[];
#define MCP_SELF_TOOLS	   1
#define MCP_DOCUMENT_TOOLS 4
#define MCP_RECORD_TOOLS   16
#define MCP_FILE_TOOLS	   4

/* The tool by its name; NULL if there is none. */
const struct tool *tool_named(struct str);

/* Has the acting credential a use for it: may it do such a thing anywhere? */
enum fault tool_allowed(struct work *, const struct tool *);

/* A list of the tools the acting credential has a use for. */
enum fault tools_write(struct work *, struct json *, const char *name);

/* Run a tool on its arguments (NULL: none) and write its result. */
enum fault tool_do(struct call *, const struct tool *, const struct json_value *arguments, bool modern,
    struct json *);
/*
 * A tool that was allowed failed: write that as its result, so that whoever called
 * it reads what to do better.  Not what ends the whole request, a credential that
 * is dead by now or a service that is not there: that fault is returned.
 */
enum fault tool_failed(struct call *, enum fault, bool modern, struct json *);

/* How one of a list of resources is written; NULL: by its id and its name. */
typedef enum fault tool_row(struct tool_call *, const struct resource *);
/* A page of the resources of a type (in a parent, or NULL: all) as a list of that name, and where the next begins. */
enum fault tool_resources(struct tool_call *, const char *type, const char *parent, const char *list,
    struct str cursor, int64_t limit, tool_row *);

/* Arguments by the number of their row. */
struct str arg_text(const struct tool_call *, size_t);
const char *arg_id(const struct tool_call *, size_t); /* "", which nothing has, if it can be no id */
int64_t arg_number(const struct tool_call *, size_t, int64_t otherwise);
bool arg_flag(const struct tool_call *, size_t);

#endif
