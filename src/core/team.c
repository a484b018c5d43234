/*
 * team.c: teams.
 */
#include "core/team.h"

#include "core/change.h"
#include "core/id.h"
#include "core/name.h"
#include "core/standing.h"
#include "core/subject.h"

static enum fault
name_taken(struct work *w, enum fault f)
{
	return f == FAULT_TAKEN ? fault_at(w, f, "name", "another team has this name") : f;
}

enum fault
team_create(struct work *w, const struct team_wish *wish, struct team *t)
{
	const char *org = w->actor->org_id;
	enum fault f;

	*t = (struct team){ .id = id_make(w, "tem_"), .created_at = w->now };
	if ((f = name_check(w, "name", &wish->name, &t->name)) != FAULT_NONE ||
	    (f = name_taken(w, teams_insert(w, org, t, name_fold(w, t->name)))) != FAULT_NONE)
		return f;
	return change(w, ACT_TEAM_CREATE, org, t->id, STR_NONE, change_of(w, "name", t->name));
}

enum fault
team_rename(struct work *w, const char *id, const struct team_wish *wish, struct team *t)
{
	const char *org = w->actor->org_id, *name;
	enum fault f;

	if ((f = teams_get(w, org, id, t)) != FAULT_NONE || wish->name.is == ABSENT ||
	    (f = name_check(w, "name", &wish->name, &name)) != FAULT_NONE ||
	    (f = name_taken(w, teams_rename(w, org, id, name, name_fold(w, name)))) != FAULT_NONE)
		return f;
	f = change(w, ACT_TEAM_RENAME, org, id, change_of(w, "name", t->name), change_of(w, "name", name));
	t->name = name;
	return f;
}

enum fault
team_delete(struct work *w, const char *id)
{
	const char *org = w->actor->org_id;
	struct team t;
	enum fault f;

	if ((f = teams_get(w, org, id, &t)) != FAULT_NONE || (f = teams_delete(w, org, id)) != FAULT_NONE)
		return f;
	return change(w, ACT_TEAM_DELETE, org, id, change_of(w, "name", t.name), STR_NONE);
}

/* The team, and a subject that can be in one. */
static enum fault
find_both(struct work *w, const char *id, const char *subject_id, struct grant_subject *s)
{
	struct team t;
	enum fault f;

	if ((f = teams_get(w, w->actor->org_id, id, &t)) != FAULT_NONE ||
	    (f = subject_find(w, w->actor->org_id, subject_id, s)) != FAULT_NONE)
		return f;
	return s->membership_id == NULL && s->machine_id == NULL ? FAULT_NOT_FOUND : FAULT_NONE;
}

/* Whoever comes into a team that rules the organization could make keys: no key puts them there. */
static enum fault
may_fill(struct work *w, const char *id)
{
	const char *org = w->actor->org_id, *role = NULL;
	struct grant_subject team = { .team_id = id };
	enum fault f;

	if (w->actor->kind == NULL)
		return FAULT_NONE;
	f = grants_role(w, org, org, &team, &role);
	if (f != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	return rank_named(str_of(role)) == RANK_ADMIN ? FAULT_SESSION_REQUIRED : FAULT_NONE;
}

enum fault
team_add(struct work *w, const char *id, const char *subject_id)
{
	const char *org = w->actor->org_id;
	struct grant_subject s;
	enum fault f;

	if ((f = find_both(w, id, subject_id, &s)) != FAULT_NONE || (f = may_fill(w, id)) != FAULT_NONE)
		return f;
	if ((f = teams_add(w, org, id, s.membership_id, s.machine_id)) != FAULT_NONE)
		return f == FAULT_TAKEN ? FAULT_NONE : f; /* it is there already: nothing has changed */
	return change(w, ACT_TEAM_ADD, org, id, STR_NONE, change_of(w, "subject", subject_id));
}

enum fault
team_remove(struct work *w, const char *id, const char *subject_id)
{
	const char *org = w->actor->org_id;
	struct grant_subject s;
	int64_t changed;
	enum fault f;

	if ((f = find_both(w, id, subject_id, &s)) != FAULT_NONE ||
	    (f = teams_remove(w, org, id, s.membership_id, s.machine_id, &changed)) != FAULT_NONE)
		return f;
	if (changed == 0)
		return FAULT_NOT_FOUND;
	return change(w, ACT_TEAM_REMOVE, org, id, change_of(w, "subject", subject_id), STR_NONE);
}
