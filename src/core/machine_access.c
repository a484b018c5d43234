/*
 * machine_access.c: what a machine reaches.
 */
#include "core/machine_access.h"

#include "core/ask.h"
#include "core/rank.h"
#include "store/grants.h"
#include "store/machines.h"

static enum fault
effective(struct work *w, const struct standing *machine, const char *resource_id, const char **role)
{
	const struct granted *best = NULL;
	struct target *t;
	enum fault f = ask_target(w, machine->org_id, resource_id, &t);

	if (f == FAULT_NONE)
		*role = rank_name(rank_on(machine, t, &best));
	return f;
}

enum fault
machine_assignments(struct work *w, const char *machine_id, struct assignment **rows, size_t *n)
{
	struct standing s = { .owner = OWNER_MACHINE, .org_id = w->actor->org_id, .machine_id = machine_id };
	struct machine m;
	struct grant_on *direct;
	enum fault f;

	if ((f = machines_get(w, s.org_id, machine_id, &m)) != FAULT_NONE ||
	    (f = grants_direct_of_machine(w, s.org_id, machine_id, &direct, n)) != FAULT_NONE ||
	    (f = standing_roles(w, &s)) != FAULT_NONE)
		return f;
	*rows = arena_array(w->arena, struct assignment, *n + 1);
	for (size_t i = 0; i < *n && f == FAULT_NONE; i++) {
		(*rows)[i] =
		    (struct assignment){ direct[i].resource_id, direct[i].name, direct[i].role, NULL };
		f = effective(w, &s, direct[i].resource_id, &(*rows)[i].effective_role);
	}
	return f;
}

enum fault
machine_assign(struct work *w, const char *machine_id, const char *resource_id, const struct grant_wish *wish)
{
	const char *org = w->actor->org_id;
	struct machine m;
	struct target *t;
	enum fault f;

	if ((f = machines_get(w, org, machine_id, &m)) != FAULT_NONE ||
	    (f = ask_target(w, org, resource_id, &t)) != FAULT_NONE)
		return f;
	return t->type->id == TYPE_SOURCE ? grant_set(w, resource_id, machine_id, wish) : FAULT_NOT_FOUND;
}
