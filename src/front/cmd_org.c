/*
 * cmd_org.c: "claviger org": organizations.
 */
#include "config.h"

#include "core/login.h"
#include "core/organization.h"
#include "front/command.h"
#include "front/operator.h"
#include "store/users.h"

struct org_words {
	const char *id, *name, *admin;
};

static void
show_short(struct sheet *s, const struct org *o)
{
	sheet_begin(s);
	sheet_text(s, "id", o->id);
	sheet_time(s, "created_at", o->created_at);
	sheet_text(s, "name", o->name);
	sheet_end(s);
}

/* An organization that nobody could log in to is not what was asked for, so the account comes first. */
static enum fault
find_admin(struct work *w, const char *address, const char **id)
{
	const char *email = login_email(w, str_of(address));
	enum fault f = FAULT_NOT_FOUND;
	struct user u;

	if (email != NULL)
		f = users_by_email(w, email, &u);
	if (f == FAULT_NOT_FOUND)
		return fault_at(w, f, NULL, "there is no account of %s; make it first: claviger user add %s",
		    address, address);
	*id = u.id;
	return f;
}

static enum fault
add_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct org_words *said = ctx;
	struct organization_wish wish = { .name = { GIVEN, str_of(said->name) } };
	const char *admin = NULL;
	struct org o;
	enum fault f;

	if (said->admin != NULL && (f = find_admin(w, said->admin, &admin)) != FAULT_NONE)
		return f;
	if ((f = organization_create(w, &wish, admin, &o)) != FAULT_NONE)
		return f;
	show_short(s, &o);
	return FAULT_NONE;
}

static int
org_add(const struct command_line *line)
{
	struct org_words said = { .admin = NULL };
	bool as_json = false;
	const struct command_option options[] = { OPTION_TEXT("admin", &said.admin),
		OPTION_FLAG("json", &as_json), OPTION_END };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 1, 1, &words, &status))
		return status;
	said.name = words.v[0];
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_does(w, DB_CHANGES, NULL, as_json ? SHEET_JSON : SHEET_IDS, add_deed, &said);
	command_close(&w);
	return status;
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	struct org *rows;
	enum fault f = orgs_all(w, p, &rows, n);

	(void)ctx;
	for (size_t i = 0; f == FAULT_NONE && i < *n; i++) {
		show_short(s, &rows[i]);
		p->after_at = rows[i].created_at;
		p->after_id = rows[i].id;
	}
	return f;
}

static int
org_list(const struct command_line *line)
{
	bool as_json = false;
	const struct command_option options[] = { OPTION_FLAG("json", &as_json), OPTION_END };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 0, 0, &words, &status))
		return status;
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_lists(w, NULL, as_json ? SHEET_JSON : SHEET_COLUMNS, list_page, NULL);
	command_close(&w);
	return status;
}

static enum fault
show_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct org_words *said = ctx;
	struct org o;
	enum fault f = orgs_get(w, said->id, &o);

	if (f != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", o.id);
	sheet_time(s, "created_at", o.created_at);
	sheet_text(s, "name", o.name);
	sheet_flag(s, "personal_tokens_enabled", o.personal_enabled != 0);
	sheet_int(s, "personal_max_days", o.personal_max_days);
	if (o.machine_max_days == 0)
		sheet_text(s, "machine_max_days", NULL);
	else
		sheet_int(s, "machine_max_days", o.machine_max_days);
	sheet_flag(s, "space_never_allowed", o.space_never_allowed != 0);
	sheet_end(s);
	return FAULT_NONE;
}

static int
org_show(const struct command_line *line)
{
	struct org_words said = { .id = NULL };
	bool as_json = false;
	const struct command_option options[] = { OPTION_FLAG("json", &as_json), OPTION_END };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 1, 1, &words, &status))
		return status;
	said.id = words.v[0];
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_does(w, DB_SHOWS, said.id, as_json ? SHEET_JSON : SHEET_RECORD, show_deed, &said);
	command_close(&w);
	return status;
}

static enum fault
delete_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct org_words *said = ctx;

	(void)s;
	return organization_delete(w, said->id);
}

static int
org_delete(const struct command_line *line)
{
	struct org_words said = { .id = NULL };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, NULL, 1, 1, &words, &status))
		return status;
	said.id = words.v[0];
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = operator_does(w, DB_CHANGES, said.id, SHEET_IDS, delete_deed, &said);
	command_close(&w);
	return status;
}

static const struct command branches[] = {
	{ "add", org_add, "make an organization and print its id", "org add [--admin EMAIL] [--json] NAME" },
	{ "list", org_list, "all organizations: id, when made, name", "org list [--json]" },
	{ "show", org_show, "an organization and its policy", "org show [--json] ORG" },
	{ "delete", org_delete, "end an organization; all its keys stop at once", "org delete ORG" },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_org(const struct command_line *line)
{
	return command_branch(line, branches);
}
