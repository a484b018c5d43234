/*
 * ask.c: asking decide() about a resource by its id.
 */
#include "core/ask.h"

#include <string.h>

#include "core/base_path.h"
#include "core/id.h"
#include "core/memory.h"
#include "store/orgs.h"
#include "store/resources.h"

enum fault
ask_target(struct work *w, const char *org_id, const char *resource_id, struct target **made)
{
	struct target *t = arena_new(w->arena, struct target);
	struct resource_chain c;
	struct org_brief org;
	enum fault f;

	if (!id_shape(str_of(resource_id)))
		return FAULT_NOT_FOUND;
	if ((*made = memory_find_target(w, org_id, resource_id)) != NULL)
		return FAULT_NONE;
	if ((f = orgs_brief(w, org_id, &org)) != FAULT_NONE ||
	    (f = resources_chain(w, org_id, resource_id, &c)) != FAULT_NONE)
		return f;
	if ((t->type = type_named(str_of(c.type))) == NULL)
		return FAULT_NOT_FOUND;
	t->id[t->n++] = c.id;
	for (const char **up = (const char *[]){ c.parent1, c.parent2, c.parent3, NULL }; *up != NULL; up++)
		t->id[t->n++] = *up;
	if ((t->type->traits & FOLLOWS_ORG) != 0)
		t->id[t->n++] = arena_text(w->arena, str_of(org_id));
	*made = t;
	memory_keep_target(w, org_id, org.epoch, t);
	return FAULT_NONE;
}

enum fault
ask_org(struct work *w, const struct standing *session, const char *resource_id, const char **org_id)
{
	return id_shape(str_of(resource_id)) ? resources_org(w, resource_id, session->owner_id, org_id)
					     : FAULT_NOT_FOUND;
}

/* What cannot even be asked about: one step says why. */
static void
deny_early(struct verdict *v, enum action action, enum reason reason, const char *rule, const char *because)
{
	*v = (struct verdict){ .reason = reason,
		.needed_scope = action_name(action),
		.explain = v->explain,
		.steps = { { rule, false, because } },
		.steps_n = 1 };
}

enum fault
ask(struct work *w, const struct standing *who, enum action action, const char *resource_id, struct str path,
    struct verdict *v)
{
	struct question q = { .action = action, .from = w->peer, .now = w->now };
	struct target *t = NULL;
	enum fault f;

	if (resource_id != NULL) {
		f = ask_target(w, who->org_id, resource_id, &t);
		if (f == FAULT_NOT_FOUND) {
			deny_early(v, action, REASON_RESOURCE, "resource",
			    "the organization has no such resource");
			return FAULT_NONE;
		}
		if (f != FAULT_NONE)
			return f;
		q.target = t;
	}
	if (path.s != NULL && (q.path = base_path_normalize(w->arena, path)) == NULL) {
		deny_early(v, action, REASON_PATH, "path", "the path is not in its plain form");
		return FAULT_NONE;
	}
	decide(who, &q, v);
	return FAULT_NONE;
}

enum fault
ask_actor(struct work *w, enum action action, const char *resource_id)
{
	struct question q = { .action = action, .from = w->peer, .now = w->now };
	struct verdict v = { .explain = NULL };
	struct target *t;
	enum fault f;

	if ((f = ask_target(w, w->actor->org_id, resource_id, &t)) != FAULT_NONE)
		return f;
	/* That the own organization exists is no secret; of anything else it may be one. */
	if (strcmp(resource_id, w->actor->org_id) != 0 && !decide_sees(w->actor, t))
		return FAULT_NOT_FOUND;
	q.target = t;
	decide(w->actor, &q, &v);
	return reason_fault(w, &v);
}

enum fault
ask_collection(struct work *w, enum action action, const char *name)
{
	const char *id;
	enum fault f = resources_collection(w, w->actor->org_id, name, &id);

	if (f == FAULT_NONE)
		f = ask_actor(w, action, id);
	return f == FAULT_NOT_FOUND ? ask_actor(w, action, w->actor->org_id) : f;
}

/* Is something of the one type what the other is in, or the same? */
static bool
holds(const struct type *outer, const struct type *inner)
{
	if (outer == inner)
		return true;
	for (int i = 0; i < TYPE__MAX; i++)
		if ((inner->parents >> i & 1) != 0 && holds(outer, type_of((enum type_id)i)))
			return true;
	return false;
}

/* Has the key, if it is restricted at all, anything where such a thing can be? */
static bool
reaches(const struct standing *who, enum type_id id)
{
	const struct type *type = type_of(id);

	for (size_t i = 0; i < who->confine_n; i++) {
		const struct type *t = type_named(str_of(who->confine[i].type));

		if (t != NULL && (holds(t, type) || holds(type, t)))
			return true;
	}
	return !who->restricted;
}

enum fault
ask_any(struct work *w, enum action action, enum type_id type)
{
	struct question q = { .action = action, .from = w->peer, .now = w->now };
	struct verdict v = { .explain = NULL };

	if (decide(w->actor, &q, &v) && !reaches(w->actor, type)) {
		v.reason = REASON_RESOURCE;
		v.needed_scope = action_name(action);
	}
	return reason_fault(w, &v);
}

bool
actor_is_admin(struct work *w)
{
	bool admin = ask_actor(w, ACTION_ADMIN, w->actor->org_id) == FAULT_NONE;

	w->trouble = (struct trouble){ .field = NULL }; /* it was only a question */
	return admin;
}
