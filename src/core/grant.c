/*
 * grant.c: roles on resources.  Who may set them was asked before: whoever has
 * admin on the resource.
 */
#include "core/grant.h"

#include <string.h>

#include "core/change.h"
#include "core/standing.h"
#include "core/subject.h"

static struct str
grant_text(struct work *w, const char *subject_id, const char *role)
{
	struct out o = out_limit(w->arena, OUT_HEADER_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, "subject", subject_id);
	json_text(&j, "role", role);
	json_end(&j);
	return out_text(&o);
}

enum fault
grant_set(struct work *w, const char *resource_id, const char *subject_id, const struct grant_wish *wish)
{
	const char *org = w->actor->org_id;
	struct grant_subject s;
	enum rank rank;
	enum fault f;

	if ((f = subject_find(w, org, subject_id, &s)) != FAULT_NONE)
		return f;
	if (wish->role.is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "role", "must be given");
	if (wish->role.is == IS_NULL || (rank = rank_named(wish->role.v)) == RANK_NONE)
		return fault_at(w, FAULT_BAD_FIELD, "role", "must be member, editor or admin");
	/* An admin of the organization could make keys: no key makes one. */
	if (w->actor->kind != NULL && rank == RANK_ADMIN && strcmp(resource_id, org) == 0)
		return FAULT_SESSION_REQUIRED;
	if ((f = grants_set(w, org, resource_id, &s, rank_name(rank))) != FAULT_NONE)
		return f == FAULT_CONFLICT ? FAULT_NOT_FOUND : f; /* the resource went away meanwhile */
	return change(w, ACT_GRANT_SET, org, resource_id, STR_NONE,
	    grant_text(w, subject_id, rank_name(rank)));
}

enum fault
grant_remove(struct work *w, const char *resource_id, const char *subject_id)
{
	const char *org = w->actor->org_id;
	struct grant_subject s;
	int64_t changed;
	enum fault f;

	if ((f = subject_find(w, org, subject_id, &s)) != FAULT_NONE ||
	    (f = grants_remove(w, org, resource_id, &s, &changed)) != FAULT_NONE)
		return f;
	if (changed == 0)
		return FAULT_NOT_FOUND;
	return change(w, ACT_GRANT_REMOVE, org, resource_id, grant_text(w, subject_id, NULL), STR_NONE);
}
