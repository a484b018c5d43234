/*
 * change.c: the audit row and the epoch of every change.
 */
#include "core/change.h"

#include <assert.h>

#include "core/memory.h"
#include "core/standing.h"
#include "db/db.h"
#include "store/audit.h"
#include "store/orgs.h"

enum { KEEPS, BUMPS };

static const struct {
	const char *name;
	int epoch;
} acts[] = {
#define ACT(id, name, epoch) [ACT_##id] = { name, epoch },
#include "core/acts.def"
#undef ACT
};

const char *
act_name(enum act a)
{
	assert(a < ACT__MAX);
	return acts[a].name;
}

bool
act_named(struct str name)
{
	for (size_t i = 0; i < COUNT(acts); i++)
		if (str_is(name, acts[i].name))
			return true;
	return false;
}

bool
act_bumps(enum act a)
{
	assert(a < ACT__MAX);
	return acts[a].epoch == BUMPS;
}

const char *
actor_id(const struct work *w)
{
	return w->actor == NULL ? "operator" : w->actor->owner_id;
}

static const char *
address_of(struct work *w)
{
	char *text = arena_take(w->arena, ADDRESS_TEXT_SIZE);

	address_text(&w->peer, text);
	return text[0] == '\0' ? NULL : text;
}

enum fault
change_begin(struct work *w, const char *org_id)
{
	int64_t epoch;
	enum fault f = orgs_lock(w, org_id, &epoch);

	w->overtaken = w->actor != NULL && w->actor->epoch != epoch;
	return f;
}

enum fault
change_beside(struct work *w, const char *org_id)
{
	int64_t epoch;
	enum fault f = orgs_share(w, org_id, &epoch);

	w->overtaken = w->actor != NULL && w->actor->epoch != epoch;
	return f;
}

static struct event
event_of(struct work *w, enum act act, const char *org_id)
{
	return (struct event){
		.org_id = org_id,
		.action = act_name(act),
		.actor_type = w->actor == NULL ? "operator" : standing_type(w->actor),
		.actor_id = actor_id(w),
		.key_id = w->actor == NULL ? NULL : w->actor->key_id,
		.address = address_of(w),
		.request_id = w->request_id[0] == '\0' ? NULL : w->request_id,
	};
}

/* First nobody believes what is remembered, then the epoch moves. */
static enum fault
move_epoch(struct work *w, enum act act, const char *org_id)
{
	enum fault f = act_bumps(act) ? memory_flux(w, org_id) : FAULT_NONE;

	return f == FAULT_NONE && act_bumps(act) ? orgs_bump_epoch(w, org_id) : f;
}

enum fault
change(struct work *w, enum act act, const char *org_id, const char *target_id, struct str before,
    struct str after)
{
	struct event e = event_of(w, act, org_id);
	enum fault f;

	e.target_id = target_id;
	e.before_change = arena_text(w->arena, before);
	e.after_change = arena_text(w->arena, after);
	assert(db_in_transaction(w->db)); /* alone, a change could happen without its epoch */
	return (f = audit_insert(w, &e)) != FAULT_NONE ? f : move_epoch(w, act, org_id);
}

enum fault
change_many(struct work *w, enum act act, const char *org_id, struct str targets)
{
	struct event e = event_of(w, act, org_id);
	enum fault f;

	assert(db_in_transaction(w->db));
	return (f = audit_insert_many(w, &e, targets)) != FAULT_NONE ? f : move_epoch(w, act, org_id);
}

enum fault
change_user(struct work *w, enum act act, const char *user_id, struct str after)
{
	struct event e = { .action = act_name(act),
		.actor_type = w->actor == NULL ? "user" : standing_type(w->actor),
		.actor_id = w->actor == NULL ? user_id : actor_id(w),
		.key_id = w->actor == NULL ? NULL : w->actor->key_id,
		.target_id = user_id,
		.address = address_of(w),
		.request_id = w->request_id[0] == '\0' ? NULL : w->request_id,
		.after_change = arena_text(w->arena, after) };

	assert(!act_bumps(act)); /* there is no organization whose epoch would move */
	assert(db_in_transaction(w->db));
	return audit_insert_of_user(w, user_id, &e);
}

struct str
change_of(struct work *w, const char *name, const char *value)
{
	struct out o = out_limit(w->arena, OUT_HEADER_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, name, value);
	json_end(&j);
	return out_text(&o);
}
