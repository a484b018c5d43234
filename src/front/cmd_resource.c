/*
 * cmd_resource.c: "claviger resource": what keys open.
 */
#include "config.h"

#include <unistd.h>

#include "api/api.h"
#include "core/resource.h"
#include "core/standing.h"
#include "core/type.h"
#include "front/operator.h"

#define CONFIG_MAX ((size_t)16 << 10)

enum { ORG, RESOURCE };

struct resource_said {
	struct command_words words; /* first: what operator_runs hands on */
	const char *type, *name, *parent, *root;
	bool config_stdin, as_json;
	struct resource_config *config; /* from standard input; NULL: none */
};

static enum fault
find(struct work *w, const char *id, struct resource *r)
{
	enum fault f = operator_id(w, "resource", id);

	if (f == FAULT_NONE)
		f = operator_missing(w, resources_get(w, w->actor->org_id, id, r), "resource", id);
	/* The organization has a row among them, but is none. */
	if (f == FAULT_NONE && strcmp(r->id, w->actor->org_id) == 0)
		f = operator_missing(w, FAULT_NOT_FOUND, "resource", id);
	return f;
}

static void
show(struct sheet *s, const struct resource *r)
{
	sheet_begin(s);
	sheet_text(s, "id", r->id);
	sheet_text(s, "type", r->type);
	sheet_text(s, "parent", r->parent_id);
	sheet_time(s, "created_at", r->created_at);
	sheet_text(s, "name", r->name);
	sheet_end(s);
}

/* What it is connected to: as given in full, or a directory of this host. */
static void
wish_config(struct work *w, const struct resource_said *said, const char *type, struct resource_wish *wish)
{
	const struct type *t = type_named(str_of(type));
	struct resource_config *c = said->config;

	if (said->root != NULL) {
		c = arena_new(w->arena, struct resource_config);
		c->root = operator_given(said->root);
		if (t != NULL && (t->traits & HAS_DRIVER) != 0)
			c->driver = operator_given("local");
	}
	if (c != NULL)
		wish->config = (struct given_rows){ GIVEN, c, 1 };
}

static enum fault
add_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct resource_said *said = ctx;
	struct resource_wish wish = { .type = operator_given(said->words.v[1]),
		.name = operator_given(said->words.v[2]),
		.parent = operator_given(said->parent) };
	struct resource r;
	enum fault f;

	wish_config(w, said, said->words.v[1], &wish);
	if ((f = resource_create(w, &wish, &r)) == FAULT_NONE)
		show(s, &r);
	return f;
}

static enum fault
change_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct resource_said *said = ctx;
	struct resource_wish wish = { .name = operator_given(said->name) };
	struct resource r;
	enum fault f;

	(void)s;
	if ((f = find(w, said->words.v[RESOURCE], &r)) != FAULT_NONE)
		return f;
	wish_config(w, said, r.type, &wish);
	return resource_change(w, r.id, &wish, &r);
}

/* The secrets of a storage are no words of a command line. */
static bool
read_config(struct work *w, struct resource_said *said)
{
	char *text = arena_take(w->vault, CONFIG_MAX + 1);
	void *made;
	size_t n = 0;
	ssize_t got;
	enum fault f;

	if (!said->config_stdin)
		return true;
	while (n <= CONFIG_MAX && (got = read(STDIN_FILENO, text + n, CONFIG_MAX + 1 - n)) > 0)
		n += (size_t)got;
	if (n > CONFIG_MAX) {
		(void)command_failed("what is on standard input is too long");
		return false;
	}
	if ((f = fields_read(w, &shape_resource_config, (struct str){ text, n }, &made)) != FAULT_NONE)
		return command_fault(w, f) == COMMAND_DONE;
	said->config = made;
	return true;
}

static int
make_or_change(const struct command_line *line, struct resource_said *said, operator_deed *deed)
{
	enum sheet_form form = said->as_json ? SHEET_JSON : SHEET_IDS;
	int status = COMMAND_FAILED;
	struct work *w;

	if (said->root != NULL && said->config_stdin)
		return command_misused(line, "--root and --config-stdin exclude each other");
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	if (read_config(w, said))
		status = operator_does(w, DB_CHANGES, said->words.v[ORG], form, deed, said);
	command_close(&w);
	return status;
}

static int
resource_add(const struct command_line *line)
{
	struct resource_said said = { .type = NULL };
	const struct command_option options[] = { OPTION_TEXT("parent", &said.parent),
		OPTION_TEXT("root", &said.root), OPTION_FLAG("config-stdin", &said.config_stdin),
		OPTION_FLAG("json", &said.as_json), OPTION_END };
	int status;

	if (!command_options(line, options, 3, 3, &said.words, &status))
		return status;
	return make_or_change(line, &said, add_deed);
}

static int
resource_alter(const struct command_line *line)
{
	struct resource_said said = { .type = NULL };
	const struct command_option options[] = { OPTION_TEXT("name", &said.name),
		OPTION_TEXT("root", &said.root), OPTION_FLAG("config-stdin", &said.config_stdin),
		OPTION_END };
	int status;

	if (!command_options(line, options, 2, 2, &said.words, &status))
		return status;
	if (said.name == NULL && said.root == NULL && !said.config_stdin)
		return command_misused(line, "nothing is to be changed");
	return make_or_change(line, &said, change_deed);
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	const struct resource_said *said = ctx;
	struct resource *rows;
	enum fault f;

	if (said->type != NULL && type_named(str_of(said->type)) == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "type", "must be one of %s", type_names());
	f = resources_page(w, w->actor->org_id, said->type, said->parent, p, &rows, n);
	for (size_t i = 0; f == FAULT_NONE && i < *n; i++) {
		show(s, &rows[i]);
		p->after_at = rows[i].created_at;
		p->after_id = rows[i].id;
	}
	return f;
}

static int
resource_list_all(const struct command_line *line)
{
	struct resource_said said = { .type = NULL };
	const struct command_option options[] = { OPTION_TEXT("type", &said.type),
		OPTION_TEXT("parent", &said.parent), OPTION_END };

	return operator_runs(line, TASK_LISTS(1, list_page), options, &said.words);
}

static enum fault
show_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct resource r;
	enum fault f;

	if ((f = find(w, said->v[RESOURCE], &r)) != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", r.id);
	sheet_text(s, "type", r.type);
	sheet_text(s, "parent", r.parent_id);
	sheet_text(s, "name", r.name);
	if (r.config == NULL)
		sheet_text(s, "config", NULL);
	else
		sheet_raw(s, "config", r.config);
	sheet_time(s, "created_at", r.created_at);
	sheet_text(s, "created_by", r.created_by);
	sheet_end(s);
	return FAULT_NONE;
}

static enum fault
delete_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct resource r;
	enum fault f = find(w, said->v[RESOURCE], &r);

	(void)s;
	return f != FAULT_NONE ? f : resource_delete(w, r.id);
}

static const struct command branches[] = {
	{ "add", resource_add, "make a resource and print its id",
	    "resource add [--parent RESOURCE] [--root DIRECTORY | --config-stdin] [--json] ORG TYPE NAME" },
	{ "list", resource_list_all, "the resources: id, type, parent, when made, name",
	    "resource list [--type TYPE] [--parent RESOURCE] [--json] ORG" },
	{ "show", operator_task_run, "a resource, and what it is connected to",
	    "resource show [--json] ORG RESOURCE", TASK_SHOWS(2, show_deed) },
	{ "change", resource_alter, "rename a resource, or connect it anew",
	    "resource change [--name NAME] [--root DIRECTORY | --config-stdin] ORG RESOURCE" },
	{ "delete", operator_task_run, "end a resource and what is in it", "resource delete ORG RESOURCE",
	    TASK_ENDS(2, delete_deed) },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_resource(const struct command_line *line)
{
	return command_branch(line, branches);
}
