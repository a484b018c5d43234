/*
 * cmd_org.c: "claviger org": organizations.
 */
#include "config.h"

#include <string.h>

#include "core/login.h"
#include "core/organization.h"
#include "front/operator.h"
#include "store/users.h"

struct org_words {
	struct command_words words; /* first: what operator_runs hands on */
	const char *admin;
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
	struct organization_wish wish = { .name = operator_given(said->words.v[0]) };
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
	static const struct operator_task task = { false, 1, DB_CHANGES, true, SHEET_IDS, add_deed, NULL };
	struct org_words said = { .admin = NULL };
	const struct command_option options[] = { OPTION_TEXT("admin", &said.admin), OPTION_END };

	return operator_runs(line, &task, options, &said.words);
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

static void
show_policy(struct sheet *s, const struct org *o)
{
	sheet_flag(s, "personal_tokens_enabled", o->personal_enabled != 0);
	sheet_int(s, "personal_max_days", o->personal_max_days);
	if (o->machine_max_days == 0)
		sheet_text(s, "machine_max_days", NULL);
	else
		sheet_int(s, "machine_max_days", o->machine_max_days);
	sheet_flag(s, "space_never_allowed", o->space_never_allowed != 0);
}

static enum fault
show_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct org o;
	enum fault f = orgs_get(w, said->v[0], &o);

	if (f != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", o.id);
	sheet_time(s, "created_at", o.created_at);
	sheet_text(s, "name", o.name);
	show_policy(s, &o);
	sheet_end(s);
	return FAULT_NONE;
}

static enum fault
rename_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct organization_wish wish = { operator_given(said->v[1]) };
	struct org o;

	(void)s;
	return organization_rename(w, said->v[0], &wish, &o);
}

static enum fault
delete_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;

	(void)s;
	return organization_delete(w, said->v[0]);
}

struct policy_words {
	struct command_words words; /* first: what operator_runs hands on */
	const char *personal, *personal_days, *machine_days, *space_never;
};

static enum fault
wish_flag(struct work *w, const char *field, const char *text, struct given_flag *g)
{
	if (text == NULL)
		return FAULT_NONE;
	*g = (struct given_flag){ GIVEN, strcmp(text, "yes") == 0 };
	return g->v || strcmp(text, "no") == 0 ? FAULT_NONE
					       : fault_at(w, FAULT_BAD_FIELD, field, "must be yes or no");
}

/* "none" is what null is in the API. */
static enum fault
wish_days(struct work *w, const char *field, const char *text, struct given_int *g)
{
	if (text == NULL)
		return FAULT_NONE;
	g->is = strcmp(text, "none") == 0 ? IS_NULL : GIVEN;
	return g->is == IS_NULL || str_int(str_of(text), &g->v)
	    ? FAULT_NONE
	    : fault_at(w, FAULT_BAD_FIELD, field, "must be a number of days");
}

static enum fault
policy_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct policy_words *said = ctx;
	struct policy_wish wish = { .personal_max_days = { ABSENT, 0 } };
	struct org o;
	enum fault f;

	(void)s;
	if ((f = wish_flag(w, "personal_tokens_enabled", said->personal, &wish.personal_tokens_enabled)) !=
		FAULT_NONE ||
	    (f = wish_flag(w, "space_never_allowed", said->space_never, &wish.space_never_allowed)) !=
		FAULT_NONE ||
	    (f = wish_days(w, "personal_max_days", said->personal_days, &wish.personal_max_days)) !=
		FAULT_NONE ||
	    (f = wish_days(w, "machine_max_days", said->machine_days, &wish.machine_max_days)) != FAULT_NONE)
		return f;
	return organization_set_policy(w, said->words.v[0], &wish, &o);
}

static int
org_policy(const struct command_line *line)
{
	struct policy_words said = { .personal = NULL };
	const struct command_option options[] = { OPTION_TEXT("personal-tokens-enabled", &said.personal),
		OPTION_TEXT("personal-max-days", &said.personal_days),
		OPTION_TEXT("machine-max-days", &said.machine_days),
		OPTION_TEXT("space-never-allowed", &said.space_never), OPTION_END };

	return operator_runs(line, TASK_ENDS(1, policy_deed), options, &said.words);
}

static const struct operator_task list_all = { false, 0, DB_SHOWS, true, SHEET_COLUMNS, NULL, list_page };

static const struct command branches[] = {
	{ "add", org_add, "make an organization and print its id", "org add [--admin EMAIL] [--json] NAME" },
	{ "list", operator_task_run, "all organizations: id, when made, name", "org list [--json]",
	    &list_all },
	{ "show", operator_task_run, "an organization and its policy", "org show [--json] ORG",
	    TASK_SHOWS(1, show_deed) },
	{ "rename", operator_task_run, "give an organization another name", "org rename ORG NAME",
	    TASK_ENDS(2, rename_deed) },
	{ "policy", org_policy, "change what an organization allows",
	    "org policy [--personal-tokens-enabled yes|no] [--personal-max-days DAYS] "
	    "[--machine-max-days DAYS|none] [--space-never-allowed yes|no] ORG" },
	{ "delete", operator_task_run, "end an organization; all its keys stop at once", "org delete ORG",
	    TASK_ENDS(1, delete_deed) },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_org(const struct command_line *line)
{
	return command_branch(line, branches);
}
