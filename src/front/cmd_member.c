/*
 * cmd_member.c: "claviger member": who is in an organization, and as what.  A place
 * is given by "claviger user add".
 */
#include "config.h"

#include "core/member.h"
#include "core/standing.h"
#include "front/operator.h"

enum { ORG, USER, ROLE };

static void
show(struct sheet *s, const struct member *m)
{
	sheet_begin(s);
	sheet_text(s, "id", m->user_id);
	sheet_text(s, "role", m->role);
	sheet_time(s, "joined_at", m->joined_at);
	sheet_text(s, "email", m->email);
	sheet_text(s, "name", m->name);
	sheet_end(s);
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	struct member *rows;
	enum fault f = members_page(w, w->actor->org_id, p, &rows, n);

	(void)ctx;
	for (size_t i = 0; f == FAULT_NONE && i < *n; i++) {
		show(s, &rows[i]);
		p->after_at = rows[i].joined_at;
		p->after_id = rows[i].user_id;
	}
	return f;
}

static enum fault
role_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct member_wish wish = { .role = operator_given(said->v[ROLE]) };
	const char *user;
	struct member m;
	enum fault f;

	(void)s;
	if ((f = operator_user(w, said->v[USER], &user)) != FAULT_NONE)
		return f;
	return operator_missing(w, member_set_role(w, user, &wish, &m), "member", said->v[USER]);
}

static enum fault
remove_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	const char *user;
	enum fault f;

	(void)s;
	if ((f = operator_user(w, said->v[USER], &user)) != FAULT_NONE)
		return f;
	return operator_missing(w, member_leave(w, user), "member", said->v[USER]);
}

static const struct command branches[] = {
	{ "list", operator_task_run, "the members: id of the user, role, since when, address, name",
	    "member list [--json] ORG", TASK_LISTS(1, list_page) },
	{ "role", operator_task_run, "make a member an admin, or an admin a member",
	    "member role ORG USER admin|member", TASK_ENDS(3, role_deed) },
	{ "remove", operator_task_run, "take somebody out of an organization; their keys in it stop at once",
	    "member remove ORG USER", TASK_ENDS(2, remove_deed) },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_member(const struct command_line *line)
{
	return command_branch(line, branches);
}
