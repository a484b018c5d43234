/*
 * grant.c: roles on resources.  Who may set them was asked before: whoever has
 * admin on the resource.
 */
#include "core/grant.h"

#include <string.h>

#include "core/change.h"
#include "core/standing.h"
#include "core/subject.h"
#include "core/tell.h"

/* What it was before; STR_NONE if there was none. */
static enum fault
tell_before(struct work *w, const char *resource_id, const struct grant_subject *s, const char *subject_id,
    struct str *before)
{
	const char *role = NULL;
	enum fault f = grants_role(w, w->actor->org_id, resource_id, s, &role);

	*before = role == NULL ? STR_NONE : tell_grant(w, subject_id, role);
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

enum fault
grant_set(struct work *w, const char *resource_id, const char *subject_id, const struct grant_wish *wish)
{
	const char *org = w->actor->org_id;
	struct grant_subject s;
	struct str before;
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
	if ((f = tell_before(w, resource_id, &s, subject_id, &before)) != FAULT_NONE)
		return f;
	if ((f = grants_set(w, org, resource_id, &s, rank_name(rank))) != FAULT_NONE)
		return f == FAULT_CONFLICT ? FAULT_NOT_FOUND : f; /* the resource went away meanwhile */
	return change(w, ACT_GRANT_SET, org, resource_id, before, tell_grant(w, subject_id, rank_name(rank)));
}

enum fault
grant_remove(struct work *w, const char *resource_id, const char *subject_id)
{
	const char *org = w->actor->org_id;
	struct grant_subject s;
	struct str before;
	int64_t changed;
	enum fault f;

	if ((f = subject_find(w, org, subject_id, &s)) != FAULT_NONE ||
	    (f = tell_before(w, resource_id, &s, subject_id, &before)) != FAULT_NONE ||
	    (f = grants_remove(w, org, resource_id, &s, &changed)) != FAULT_NONE)
		return f;
	if (changed == 0)
		return FAULT_NOT_FOUND;
	return change(w, ACT_GRANT_REMOVE, org, resource_id, before, STR_NONE);
}
