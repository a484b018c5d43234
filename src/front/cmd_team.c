/*
 * cmd_team.c: "claviger team": teams, and who is in them.
 */
#include "config.h"

#include "core/standing.h"
#include "core/team.h"
#include "front/operator.h"

/* The words after the name of the branch. */
enum { ORG, TEAM, SUBJECT };

static enum fault
find(struct work *w, const struct command_words *said, struct team *t)
{
	const char *id = said->v[TEAM];
	enum fault f = operator_id(w, "team", id);

	return f != FAULT_NONE ? f : operator_missing(w, teams_get(w, w->actor->org_id, id, t), "team", id);
}

static void
show_short(struct sheet *s, const struct team *t)
{
	sheet_begin(s);
	sheet_text(s, "id", t->id);
	sheet_time(s, "created_at", t->created_at);
	sheet_int(s, "members", t->members);
	sheet_text(s, "name", t->name);
	sheet_end(s);
}

static enum fault
add_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct team_wish wish = { operator_given(said->v[1]) };
	struct team t;
	enum fault f = team_create(w, &wish, &t);

	if (f == FAULT_NONE)
		show_short(s, &t);
	return f;
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	struct team *rows;
	enum fault f = teams_page(w, w->actor->org_id, p, &rows, n);

	(void)ctx;
	for (size_t i = 0; f == FAULT_NONE && i < *n; i++) {
		show_short(s, &rows[i]);
		p->after_at = rows[i].created_at;
		p->after_id = rows[i].id;
	}
	return f;
}

static void
show_subjects(struct sheet *s, const struct team_subject *rows, size_t n)
{
	sheet_list(s, "members");
	for (size_t i = 0; i < n; i++) {
		sheet_item(s);
		sheet_text(s, "id", rows[i].id);
		sheet_text(s, "type", rows[i].type);
		sheet_text(s, "name", rows[i].name);
		sheet_time(s, "added_at", rows[i].added_at);
		sheet_item_end(s);
	}
	sheet_list_end(s);
}

static enum fault
show_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct team_subject *rows;
	struct team t;
	size_t n;
	enum fault f;

	if ((f = find(w, said, &t)) != FAULT_NONE)
		return f;
	if ((f = teams_subjects(w, w->actor->org_id, t.id, &rows, &n)) != FAULT_NONE)
		return f;
	sheet_begin(s);
	sheet_text(s, "id", t.id);
	sheet_text(s, "name", t.name);
	sheet_time(s, "created_at", t.created_at);
	show_subjects(s, rows, n);
	sheet_end(s);
	return FAULT_NONE;
}

static enum fault
rename_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct team_wish wish = { operator_given(said->v[2]) };
	struct team t;
	enum fault f = find(w, said, &t);

	(void)s;
	return f != FAULT_NONE ? f : team_rename(w, t.id, &wish, &t);
}

static enum fault
delete_deed(struct work *w, void *ctx, struct sheet *s)
{
	struct team t;
	enum fault f = find(w, ctx, &t);

	(void)s;
	return f != FAULT_NONE ? f : team_delete(w, t.id);
}

static enum fault
join_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	const char *subject;
	struct team t;
	enum fault f;

	(void)s;
	if ((f = find(w, said, &t)) != FAULT_NONE ||
	    (f = operator_subject(w, said->v[SUBJECT], &subject)) != FAULT_NONE)
		return f;
	return operator_missing(w, team_add(w, t.id, subject), "user or machine", said->v[SUBJECT]);
}

static enum fault
leave_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	const char *subject;
	struct team t;
	enum fault f;

	(void)s;
	if ((f = find(w, said, &t)) != FAULT_NONE ||
	    (f = operator_subject(w, said->v[SUBJECT], &subject)) != FAULT_NONE)
		return f;
	if ((f = team_remove(w, t.id, subject)) == FAULT_NOT_FOUND)
		return fault_at(w, f, NULL, "%s is not in the team", said->v[SUBJECT]);
	return f;
}

static const struct command branches[] = {
	{ "add", operator_task_run, "make a team and print its id", "team add [--json] ORG NAME",
	    TASK_MAKES(2, add_deed) },
	{ "list", operator_task_run, "the teams: id, when made, how many are in it, name",
	    "team list [--json] ORG", TASK_LISTS(1, list_page) },
	{ "show", operator_task_run, "a team and who is in it", "team show [--json] ORG TEAM",
	    TASK_SHOWS(2, show_deed) },
	{ "rename", operator_task_run, "give a team another name", "team rename ORG TEAM NAME",
	    TASK_ENDS(3, rename_deed) },
	{ "delete", operator_task_run, "end a team, with the roles it gives", "team delete ORG TEAM",
	    TASK_ENDS(2, delete_deed) },
	{ "join", operator_task_run, "put a user or a machine into a team", "team join ORG TEAM SUBJECT",
	    TASK_ENDS(3, join_deed) },
	{ "leave", operator_task_run, "take a user or a machine out of a team", "team leave ORG TEAM SUBJECT",
	    TASK_ENDS(3, leave_deed) },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_team(const struct command_line *line)
{
	return command_branch(line, branches);
}
