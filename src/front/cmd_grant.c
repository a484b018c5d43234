/*
 * cmd_grant.c: "claviger grant": roles on resources, and on the organization itself.
 */
#include "config.h"

#include "core/ask.h"
#include "core/grant.h"
#include "front/operator.h"
#include "store/grants.h"

enum { ORG, RESOURCE, SUBJECT, ROLE };

/* The resource must be one of this organization. */
static enum fault
find(struct work *w, const struct command_words *said)
{
	const char *id = said->v[RESOURCE];
	struct target *t;

	return operator_missing(w, ask_target(w, w->actor->org_id, id, &t), "resource", id);
}

static enum fault
list_page(struct work *w, void *ctx, struct page *p, struct sheet *s, size_t *n)
{
	const struct command_words *said = ctx;
	struct grant *rows;
	size_t found = 0;
	enum fault f = find(w, said);

	(void)p;
	*n = 0; /* all of them at once */
	if (f == FAULT_NONE)
		f = grants_on(w, w->actor->org_id, said->v[RESOURCE], &rows, &found);
	for (size_t i = 0; f == FAULT_NONE && i < found; i++) {
		sheet_begin(s);
		sheet_text(s, "subject", rows[i].subject_id);
		sheet_text(s, "type", rows[i].type);
		sheet_text(s, "role", rows[i].role);
		sheet_time(s, "granted_at", rows[i].granted_at);
		sheet_text(s, "name", rows[i].name);
		sheet_end(s);
	}
	return f;
}

static enum fault
set_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	struct grant_wish wish = { operator_given(said->v[ROLE]) };
	const char *subject;
	enum fault f;

	(void)s;
	if ((f = find(w, said)) != FAULT_NONE ||
	    (f = operator_subject(w, said->v[SUBJECT], &subject)) != FAULT_NONE)
		return f;
	return operator_missing(w, grant_set(w, said->v[RESOURCE], subject, &wish), "user, team or machine",
	    said->v[SUBJECT]);
}

static enum fault
remove_deed(struct work *w, void *ctx, struct sheet *s)
{
	const struct command_words *said = ctx;
	const char *subject;
	enum fault f;

	(void)s;
	if ((f = find(w, said)) != FAULT_NONE ||
	    (f = operator_subject(w, said->v[SUBJECT], &subject)) != FAULT_NONE)
		return f;
	if ((f = grant_remove(w, said->v[RESOURCE], subject)) == FAULT_NOT_FOUND)
		return fault_at(w, f, NULL, "%s has no role of its own on it", said->v[SUBJECT]);
	return f;
}

static const struct command branches[] = {
	{ "set", operator_task_run, "give somebody a role on a resource, or another one",
	    "grant set ORG RESOURCE SUBJECT member|editor|admin", TASK_ENDS(4, set_deed) },
	{ "list", operator_task_run,
	    "who has which role on a resource: subject, type, role, since when, name",
	    "grant list [--json] ORG RESOURCE", TASK_LISTS(2, list_page) },
	{ "remove", operator_task_run, "take a role away", "grant remove ORG RESOURCE SUBJECT",
	    TASK_ENDS(3, remove_deed) },
	{ NULL, NULL, NULL, NULL },
};

int
cmd_grant(const struct command_line *line)
{
	return command_branch(line, branches);
}
