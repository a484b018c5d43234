/*
 * subject.c: finding who is meant by an id.
 */
#include "core/subject.h"

#include "store/machines.h"
#include "store/members.h"
#include "store/teams.h"

static enum fault
find_user(struct work *w, const char *org, const char *id, struct grant_subject *s)
{
	struct member m;
	enum fault f = members_of_user(w, org, id, &m);

	s->membership_id = f == FAULT_NONE ? m.id : NULL;
	return f;
}

static enum fault
find_machine(struct work *w, const char *org, const char *id, struct grant_subject *s)
{
	struct machine m;
	enum fault f = machines_get(w, org, id, &m);

	s->machine_id = f == FAULT_NONE ? m.id : NULL;
	return f;
}

static enum fault
find_team(struct work *w, const char *org, const char *id, struct grant_subject *s)
{
	struct team t;
	enum fault f = teams_get(w, org, id, &t);

	s->team_id = f == FAULT_NONE ? t.id : NULL;
	return f;
}

enum fault
subject_find(struct work *w, const char *org, const char *id, struct grant_subject *s)
{
	struct str text = str_of(id);

	*s = (struct grant_subject){ NULL, NULL, NULL };
	if (str_is(text, "everyone"))
		return FAULT_NONE;
	if (str_starts(text, STR("usr_")))
		return find_user(w, org, id, s);
	if (str_starts(text, STR("mch_")))
		return find_machine(w, org, id, s);
	return str_starts(text, STR("tem_")) ? find_team(w, org, id, s) : FAULT_NOT_FOUND;
}
