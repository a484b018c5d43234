/*
 * machine.c: machines, their keys and their end.
 */
#include "core/machine.h"

#include <string.h>

#include "core/change.h"
#include "core/id.h"
#include "core/name.h"
#include "core/retire.h"
#include "core/standing.h"
#include "core/tell.h"

const char *
machine_state(const struct work *w, const struct machine *m)
{
	if (m->key_id == NULL)
		return "no_key";
	return m->expires_at != 0 && m->expires_at <= w->now ? "expired" : "active";
}

static enum fault
name_taken(struct work *w, enum fault f)
{
	return f == FAULT_TAKEN ? fault_at(w, f, "name", "another machine has this name") : f;
}

static enum fault
room_for_one(struct work *w, const char *org)
{
	int64_t n;
	enum fault f = machines_count(w, org, &n);

	if (f != FAULT_NONE)
		return f;
	return n < w->settings->limits_machines_per_organization ? FAULT_NONE : FAULT_LIMIT_REACHED;
}

/* The key of a machine is called like the machine. */
static struct mint_wish
key_wish(const struct machine *m, const struct machine_wish *wish)
{
	return (struct mint_wish){ .name = { GIVEN, str_of(m->name) },
		.expires_in = wish->expires_in,
		.allowed_ips = wish->allowed_ips,
		.rate_limit = wish->rate_limit };
}

enum fault
machine_create(struct work *w, const struct machine_wish *wish, struct machine *m, struct minted *key)
{
	const char *org = w->actor->org_id;
	struct mint_wish wished;
	enum fault f;

	*m = (struct machine){ .id = id_make(w, "mch_"), .created_by = actor_id(w) };
	if ((f = name_check(w, "name", &wish->name, &m->name)) != FAULT_NONE ||
	    (f = description_check(w, "description", &wish->description, &m->description)) != FAULT_NONE ||
	    (f = room_for_one(w, org)) != FAULT_NONE ||
	    (f = name_taken(w, machines_insert(w, org, m, name_fold(w, m->name)))) != FAULT_NONE)
		return f;
	wished = key_wish(m, wish);
	if ((f = change(w, ACT_MACHINE_CREATE, org, m->id, STR_NONE,
		 tell_names(w, m->name, m->description))) != FAULT_NONE ||
	    (f = mint_machine_key(w, m->id, &wished, key)) != FAULT_NONE)
		return f;
	return machines_get(w, org, m->id, m);
}

/* The limit is its key's. */
static enum fault
limit_key(struct work *w, const struct machine_wish *wish, const struct machine *m)
{
	struct key_wish wished = { .rate_limit = wish->rate_limit };
	struct key k;

	if (wish->rate_limit.is == ABSENT)
		return FAULT_NONE;
	if (m->key_id == NULL)
		return fault_at(w, FAULT_CONFLICT, "rate_limit", "the machine has no key");
	return key_describe(w, m->key_id, &wished, &k);
}

enum fault
machine_describe(struct work *w, const char *id, const struct machine_wish *wish, struct machine *m)
{
	const char *org = w->actor->org_id, *name, *description;
	enum fault f;

	if ((f = machines_get(w, org, id, m)) != FAULT_NONE)
		return f;
	name = m->name;
	description = m->description;
	if ((wish->name.is != ABSENT && (f = name_check(w, "name", &wish->name, &name)) != FAULT_NONE) ||
	    (wish->description.is != ABSENT &&
		(f = description_check(w, "description", &wish->description, &description)) != FAULT_NONE))
		return f;
	if ((f = name_taken(w, machines_describe(w, org, id, name, name_fold(w, name), description))) !=
		FAULT_NONE ||
	    (f = change(w, ACT_MACHINE_CHANGE, org, id, tell_names(w, m->name, m->description),
		 tell_names(w, name, description))) != FAULT_NONE ||
	    (f = limit_key(w, wish, m)) != FAULT_NONE)
		return f;
	return machines_get(w, org, id, m);
}

enum fault
machine_delete(struct work *w, const char *id)
{
	const char *org = w->actor->org_id;
	struct machine m;
	enum fault f;

	if ((f = machines_get(w, org, id, &m)) != FAULT_NONE ||
	    (f = keys_end_of_machine(w, org, id, actor_id(w))) != FAULT_NONE ||
	    (f = machines_delete(w, org, id)) != FAULT_NONE)
		return f;
	return change(w, ACT_MACHINE_DELETE, org, id, tell_names(w, m.name, m.description), STR_NONE);
}

enum fault
machine_regenerate(struct work *w, const char *id, const struct machine_wish *wish, struct minted *key)
{
	struct mint_wish wished;
	struct machine m;
	enum fault f;

	if ((f = machines_get(w, w->actor->org_id, id, &m)) != FAULT_NONE)
		return f;
	wished = key_wish(&m, wish);
	/* A key that was revoked by its text leaves the machine without one. */
	if (m.key_id == NULL)
		return mint_machine_key(w, id, &wished, key);
	return mint_regenerate(w, m.key_id, &wished, key);
}
