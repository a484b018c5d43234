/*
 * cmd_user.c: "claviger user": accounts of people, and their first places in
 * organizations.
 */
#include "config.h"

#include "core/login.h"
#include "core/member.h"
#include "core/standing.h"
#include "front/cmd_user.h"
#include "front/operator.h"

struct user_words {
	const char *email, *name, *org, *role;
	bool password_stdin;
	struct str password; /* in the vault; STR_NONE: none was given */
};

static struct member_wish
wish_of(const struct user_words *said)
{
	return (struct member_wish){ .email = operator_given(said->email),
		.name = operator_given(said->name),
		.role = operator_given(said->role),
		.password = { said->password.s == NULL ? ABSENT : GIVEN, said->password } };
}

static enum fault
add_account(struct work *w, const struct user_words *said, struct sheet *s)
{
	struct member_wish wish = wish_of(said);
	struct user u;
	enum fault f = user_create(w, &wish, &u);

	if (f == FAULT_TAKEN)
		return fault_at(w, f, "email",
		    "there is an account already; --org and --role give it a place in an organization");
	if (f != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", u.id);
	sheet_text(s, "email", u.email);
	sheet_text(s, "name", u.name);
	sheet_end(s);
	return FAULT_NONE;
}

/* A place in an organization changes no account: a name or a password for one that is there is a mistake. */
static enum fault
only_new(struct work *w, const struct user_words *said)
{
	const char *email = login_email(w, str_of(said->email));
	struct user u;
	enum fault f;

	if (email == NULL || (said->name == NULL && said->password.s == NULL))
		return FAULT_NONE;
	if ((f = users_by_email(w, email, &u)) != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	return fault_at(w, FAULT_TAKEN, "email",
	    "there is an account already; without --name and --password-stdin it is added as it is");
}

static enum fault
add_member(struct work *w, const struct user_words *said, struct sheet *s)
{
	struct member_wish wish = wish_of(said);
	struct member m;
	enum fault f;

	if ((f = only_new(w, said)) != FAULT_NONE || (f = member_add(w, &wish, &m)) != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", m.user_id);
	sheet_text(s, "email", m.email);
	sheet_text(s, "name", m.name);
	sheet_text(s, "organization", w->actor->org_id);
	sheet_text(s, "role", m.role);
	sheet_end(s);
	return FAULT_NONE;
}

static enum fault
add_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct user_words *said = ctx;

	return said->org == NULL ? add_account(w, said, s) : add_member(w, said, s);
}

static int
user_add(const struct command_line *line)
{
	struct user_words said = { .email = NULL };
	bool as_json = false;
	const struct command_option options[] = { OPTION_TEXT("name", &said.name),
		OPTION_TEXT("org", &said.org), OPTION_TEXT("role", &said.role),
		OPTION_FLAG("password-stdin", &said.password_stdin), OPTION_FLAG("json", &as_json),
		OPTION_END };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 1, 1, &words, &status))
		return status;
	if ((said.org == NULL) != (said.role == NULL))
		return command_misused(line, "--org and --role go together");
	said.email = words.v[0];
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = COMMAND_FAILED;
	if (!said.password_stdin || command_password(w, &said.password))
		status =
		    operator_does(w, DB_CHANGES, said.org, as_json ? SHEET_JSON : SHEET_IDS, add_deed, &said);
	command_close(&w);
	return status;
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	struct user *rows;
	enum fault f = users_all(w, p, &rows, n);

	(void)ctx;
	for (size_t i = 0; f == FAULT_NONE && i < *n; i++) {
		sheet_begin(s);
		sheet_text(s, "id", rows[i].id);
		sheet_time(s, "created_at", rows[i].created_at);
		sheet_flag(s, "has_password", rows[i].password_hash != NULL);
		sheet_text(s, "email", rows[i].email);
		sheet_text(s, "name", rows[i].name);
		sheet_end(s);
		p->after_at = rows[i].created_at;
		p->after_id = rows[i].id;
	}
	return f;
}

static enum fault
passwd_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct user_words *said = ctx;
	enum fault f = user_set_password(w, said->email, said->password);

	(void)s;
	if (f == FAULT_NOT_FOUND)
		return fault_at(w, f, NULL, "there is no account of %s; claviger user list shows them",
		    said->email);
	return f;
}

static int
user_passwd(const struct command_line *line)
{
	struct user_words said = { .email = NULL };
	const struct command_option options[] = { OPTION_FLAG("password-stdin", &said.password_stdin),
		OPTION_END };
	struct command_words words;
	struct work *w;
	int status;

	if (!command_options(line, options, 1, 1, &words, &status))
		return status;
	if (!said.password_stdin)
		return command_misused(line,
		    "--password-stdin is missing: a password is no word of a command line");
	said.email = words.v[0];
	if ((w = command_open(line)) == NULL)
		return COMMAND_FAILED;
	status = COMMAND_FAILED;
	if (command_password(w, &said.password))
		status = operator_does(w, DB_CHANGES, NULL, SHEET_IDS, passwd_deed, &said);
	command_close(&w);
	return status;
}

static const struct operator_task list_all = { false, 0, DB_SHOWS, true, SHEET_COLUMNS, NULL, list_page };

static const struct command branches[] = {
	{ "add", user_add, "make an account, or give one a place in an organization, and print the user's id",
	    "user add [--name NAME] [--org ORG --role admin|member] [--password-stdin] [--json] EMAIL" },
	{ "list", operator_task_run,
	    "all accounts: id, when made, whether there is a password, address, name", "user list [--json]",
	    &list_all },
	{ "passwd", user_passwd, "set a password; all sessions of the user end",
	    "user passwd --password-stdin EMAIL" },
	{ "sessions", user_sessions,
	    "a user's live sessions: id, by what, since when, until when, address, agent",
	    "user sessions [--json] EMAIL" },
	{ "logout", user_logout, "end all sessions of a user", "user logout EMAIL" },
	{ "confirm", user_confirm, "say that an address is the account's own", "user confirm EMAIL" },
	{ "reset", user_reset, "print a token by which the user can choose a password once",
	    "user reset EMAIL" },
	{ "unlink", user_unlink, "forget who a user is elsewhere, and end all sessions",
	    "user unlink EMAIL" },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_user(const struct command_line *line)
{
	return command_branch(line, branches);
}
