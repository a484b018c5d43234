/*
 * cmd_machine.c: "claviger machine": machines and their keys.
 */
#include "config.h"

#include "core/machine.h"
#include "core/machine_access.h"
#include "core/standing.h"
#include "front/handover.h"
#include "store/teams.h"

enum { ORG, MACHINE };

struct machine_said {
	struct command_words words; /* first: what operator_runs hands on */
	const char *name, *description, *expires_in;
	struct command_texts allowed;
	struct handover key;
};

static enum fault
find(struct work *w, const char *id, struct machine *m)
{
	enum fault f = operator_id(w, "machine", id);

	return f != FAULT_NONE ? f
			       : operator_missing(w, machines_get(w, w->actor->org_id, id, m), "machine", id);
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	struct machine *rows;
	enum fault f = machines_page(w, w->actor->org_id, p, &rows, n);

	(void)ctx;
	for (size_t i = 0; f == FAULT_NONE && i < *n; i++) {
		sheet_begin(s);
		sheet_text(s, "id", rows[i].id);
		sheet_text(s, "state", machine_state(w, &rows[i]));
		sheet_text(s, "key", rows[i].key_id);
		sheet_text(s, "prefix", rows[i].prefix);
		sheet_time(s, "created_at", rows[i].created_at);
		sheet_time(s, "expires_at", rows[i].expires_at);
		sheet_time(s, "last_used_at", rows[i].last_used_at);
		sheet_text(s, "name", rows[i].name);
		sheet_end(s);
		p->after_at = rows[i].created_at;
		p->after_id = rows[i].id;
	}
	return f;
}

static enum fault
show_sources(struct work *w, struct sheet *s, const char *id)
{
	struct assignment *rows;
	size_t n;
	enum fault f = machine_assignments(w, id, &rows, &n);

	if (f != FAULT_NONE)
		return f;
	sheet_list(s, "sources");
	for (size_t i = 0; i < n; i++) {
		sheet_item(s);
		sheet_text(s, "resource", rows[i].resource_id);
		sheet_text(s, "role", rows[i].role);
		sheet_text(s, "effective_role", rows[i].effective_role);
		sheet_text(s, "name", rows[i].name);
		sheet_item_end(s);
	}
	sheet_list_end(s);
	return FAULT_NONE;
}

static enum fault
show_teams(struct work *w, struct sheet *s, const char *id)
{
	struct team *rows;
	size_t n;
	enum fault f = teams_of_machine(w, w->actor->org_id, id, &rows, &n);

	if (f != FAULT_NONE)
		return f;
	sheet_list(s, "teams");
	for (size_t i = 0; i < n; i++) {
		sheet_item(s);
		sheet_text(s, "id", rows[i].id);
		sheet_text(s, "name", rows[i].name);
		sheet_item_end(s);
	}
	sheet_list_end(s);
	return FAULT_NONE;
}

static enum fault
show_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct machine m;
	enum fault f;

	if ((f = find(w, said->v[MACHINE], &m)) != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", m.id);
	sheet_text(s, "state", machine_state(w, &m));
	sheet_text(s, "name", m.name);
	sheet_text(s, "description", m.description);
	sheet_text(s, "key", m.key_id);
	sheet_text(s, "prefix", m.prefix);
	sheet_time(s, "created_at", m.created_at);
	sheet_text(s, "created_by", m.created_by);
	sheet_time(s, "expires_at", m.expires_at);
	sheet_time(s, "last_used_at", m.last_used_at);
	sheet_text(s, "last_used_ip", m.last_used_ip);
	if ((f = show_sources(w, s, m.id)) == FAULT_NONE)
		f = show_teams(w, s, m.id);
	sheet_end(s);
	return f;
}

static struct machine_wish
wish_of(struct work *w, const struct machine_said *said)
{
	return (struct machine_wish){ .name = operator_given(said->name),
		.description = operator_given(said->description),
		.expires_in = operator_given(said->expires_in),
		.allowed_ips = operator_texts(w, &said->allowed) };
}

/* The machine, and its key as it is now. */
static enum fault
show_minted(struct work *w, const struct machine_said *said, const struct machine *m,
    const struct minted *key, struct sheet *s)
{
	enum fault f;

	sheet_begin(s);
	sheet_text(s, "id", m->id);
	sheet_text(s, "key", key->key_id);
	sheet_text(s, "prefix", m->prefix);
	sheet_time(s, "expires_at", m->expires_at);
	sheet_text(s, "name", m->name);
	f = handover_token(w, &said->key, s, key->token);
	sheet_end(s);
	return f;
}

static enum fault
add_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct machine_said *said = ctx;
	struct machine_wish wish = wish_of(w, said);
	struct minted key;
	struct machine m;
	enum fault f = machine_create(w, &wish, &m, &key);

	return f != FAULT_NONE ? f : show_minted(w, said, &m, &key, s);
}

static int
machine_add(const struct command_line *line)
{
	struct machine_said said = { .name = NULL };
	const struct command_option options[] = { OPTION_TEXT("description", &said.description),
		OPTION_TEXT("expires-in", &said.expires_in), OPTION_TEXTS("allowed-ip", &said.allowed),
		HANDOVER_OPTIONS(&said.key), OPTION_END };
	int status;

	if (!command_options(line, options, 2, 2, &said.words, &status))
		return status;
	said.name = said.words.v[1];
	return handover_runs(line, &said.key, said.words.v[ORG], add_deed, &said);
}

static enum fault
regenerate_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct machine_said *said = ctx;
	struct machine_wish wish = { .expires_in = operator_given(said->expires_in) };
	struct minted key;
	struct machine m;
	enum fault f;

	if ((f = find(w, said->words.v[MACHINE], &m)) != FAULT_NONE ||
	    (f = machine_regenerate(w, m.id, &wish, &key)) != FAULT_NONE ||
	    (f = machines_get(w, w->actor->org_id, m.id, &m)) != FAULT_NONE)
		return f;
	return show_minted(w, said, &m, &key, s);
}

static int
machine_renew(const struct command_line *line)
{
	struct machine_said said = { .name = NULL };
	const struct command_option options[] = { OPTION_TEXT("expires-in", &said.expires_in),
		HANDOVER_OPTIONS(&said.key), OPTION_END };
	int status;

	if (!command_options(line, options, 2, 2, &said.words, &status))
		return status;
	return handover_runs(line, &said.key, said.words.v[ORG], regenerate_deed, &said);
}

static enum fault
change_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct machine_said *said = ctx;
	struct machine_wish wish = wish_of(w, said);
	struct machine m;
	enum fault f = find(w, said->words.v[MACHINE], &m);

	(void)s;
	return f != FAULT_NONE ? f : machine_describe(w, m.id, &wish, &m);
}

static int
machine_change(const struct command_line *line)
{
	struct machine_said said = { .name = NULL };
	const struct command_option options[] = { OPTION_TEXT("name", &said.name),
		OPTION_TEXT("description", &said.description), OPTION_END };

	return operator_runs(line, TASK_ENDS(2, change_deed), options, &said.words);
}

static enum fault
delete_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct machine m;
	enum fault f = find(w, said->v[MACHINE], &m);

	(void)s;
	return f != FAULT_NONE ? f : machine_delete(w, m.id);
}

static const struct command branches[] = {
	{ "add", machine_add, "make a machine and its key, and print the machine's id",
	    "machine add [--description TEXT] --expires-in 30d|90d|6mo|1y|never [--allowed-ip RANGE ...] "
	    "(--token-file FILE | --show) [--json] ORG NAME" },
	{ "list", operator_task_run,
	    "the machines: id, state, key, prefix, when made, when the key ends, when last used, name",
	    "machine list [--json] ORG", TASK_LISTS(1, list_page) },
	{ "show", operator_task_run, "a machine, what it is assigned to and its teams",
	    "machine show [--json] ORG MACHINE", TASK_SHOWS(2, show_deed) },
	{ "change", machine_change, "rename or describe a machine",
	    "machine change [--name NAME] [--description TEXT] ORG MACHINE" },
	{ "regenerate", machine_renew, "give a machine a new key text; the old one is dead when this returns",
	    "machine regenerate --expires-in 30d|90d|6mo|1y|never (--token-file FILE | --show) [--json] "
	    "ORG MACHINE" },
	{ "delete", operator_task_run, "end a machine, its key and its roles", "machine delete ORG MACHINE",
	    TASK_ENDS(2, delete_deed) },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_machine(const struct command_line *line)
{
	return command_branch(line, branches);
}
