/*
 * retire.c: looking at keys, renaming and ending them.
 */
#include "core/retire.h"

#include <string.h>

#include "core/ask.h"
#include "core/change.h"
#include "core/login.h"
#include "core/name.h"
#include "core/rate.h"
#include "core/tell.h"
#include "core/verify.h"
#include "db/db.h"

const char *
key_state(const struct work *w, const struct key *k)
{
	if (k->ended_at != 0 || k->owner_ended_at != 0)
		return "revoked";
	return k->expires_at != 0 && k->expires_at <= w->now ? "expired" : "active";
}

bool
key_is_own(const struct work *w, const struct key *k)
{
	return k->membership_id != NULL && w->actor->membership_id != NULL &&
	    strcmp(k->membership_id, w->actor->membership_id) == 0;
}

/* An ended key of a kind that hides them is as good as none. */
static bool
is_hidden(const struct work *w, const struct key *k)
{
	const struct kind *kind = kind_named(str_of(k->kind));

	return strcmp(key_state(w, k), "revoked") == 0 && (kind == NULL || kind->ending == ENDS_HIDDEN);
}

enum fault
key_see(struct work *w, const char *id, struct key *k)
{
	enum fault f = keys_get(w, w->actor->org_id, id, k);

	if (f != FAULT_NONE)
		return f;
	return is_hidden(w, k) || (!key_is_own(w, k) && !actor_is_admin(w)) ? FAULT_NOT_FOUND : FAULT_NONE;
}

/* The row as it is wished. */
static enum fault
changed(struct work *w, const struct key *k, const struct key_wish *wish, struct key_change *c)
{
	const struct kind *kind = kind_named(str_of(k->kind));
	struct rate_limit rate = { k->rate_requests, k->rate_seconds };
	enum fault f;

	*c = (struct key_change){ .name = k->name, .description = k->description };
	if ((wish->name.is != ABSENT && (f = name_check(w, "name", &wish->name, &c->name)) != FAULT_NONE) ||
	    (wish->description.is != ABSENT &&
		(f = description_check(w, "description", &wish->description, &c->description)) !=
		    FAULT_NONE) ||
	    (f = rate_wished(w, &wish->rate_limit, &rate)) != FAULT_NONE)
		return f;
	c->rate_requests = rate.requests;
	c->rate_seconds = rate.seconds;
	if (kind != NULL && kind->unique_name)
		c->unique_name = arena_print(w->arena, "%s %s", k->membership_id, name_fold(w, c->name));
	return FAULT_NONE;
}

enum fault
key_describe(struct work *w, const char *id, const struct key_wish *wish, struct key *k)
{
	struct key_change c;
	struct key before;
	enum fault f;

	if ((f = key_see(w, id, k)) != FAULT_NONE)
		return f;
	if (strcmp(key_state(w, k), "revoked") == 0)
		return fault_at(w, FAULT_CONFLICT, NULL, "the key has been revoked");
	if ((f = changed(w, k, wish, &c)) != FAULT_NONE)
		return f;
	if ((f = keys_change(w, w->actor->org_id, id, &c)) == FAULT_TAKEN)
		return fault_at(w, f, "name", "another of these keys has this name");
	if (f != FAULT_NONE)
		return f;
	before = *k;
	k->name = c.name;
	k->description = c.description;
	k->rate_requests = c.rate_requests;
	k->rate_seconds = c.rate_seconds;
	return change(w, ACT_KEY_CHANGE, w->actor->org_id, id, tell_change(w, &before), tell_change(w, k));
}

static enum fault
end_key(struct work *w, const char *org, const char *id, struct str told, bool *was_good)
{
	int64_t changed;
	enum fault f = keys_end(w, org, id, actor_id(w), &changed);

	*was_good = f == FAULT_NONE && changed > 0; /* ended before: the first time stands */
	return *was_good ? change(w, ACT_KEY_END, org, id, told, STR_NONE) : f;
}

enum fault
key_end_row(struct work *w, const char *org, const char *id, const char *name, const char *prefix)
{
	bool was_good;

	return end_key(w, org, id, tell_end(w, name, prefix), &was_good);
}

/* Of a key that was rotated the old text. */
static enum fault
end_past(struct work *w, const char *org, const char *id, int64_t version, struct str told, bool *was_good)
{
	int64_t changed;
	enum fault f = keys_past_end(w, org, id, version, &changed);

	*was_good = f == FAULT_NONE && changed > 0;
	return *was_good ? change(w, ACT_KEY_ROTATED, org, id, told, STR_NONE) : f;
}

/* Whoever has found an old text somewhere must not end the key that goes on without it. */
enum fault
key_end_text(struct work *w, const struct standing *s, bool *was_good)
{
	struct str told = tell_end(w, s->key_name, s->key_prefix);

	return s->past != 0 ? end_past(w, s->org_id, s->key_id, s->past, told, was_good)
			    : end_key(w, s->org_id, s->key_id, told, was_good);
}

enum fault
key_rotated(struct work *w, const char *id)
{
	bool was_good;
	struct key k;
	enum fault f;

	if ((f = key_see(w, id, &k)) != FAULT_NONE ||
	    (f = end_past(w, w->actor->org_id, id, k.past_version, tell_end(w, k.name, k.past_prefix),
		 &was_good)) != FAULT_NONE)
		return f;
	return was_good ? FAULT_NONE : fault_at(w, FAULT_CONFLICT, NULL, "the key has one text");
}

enum fault
key_end(struct work *w, const char *id)
{
	struct key k;
	enum fault f;

	if ((f = key_see(w, id, &k)) != FAULT_NONE)
		return f;
	/* The operator may: a leaked key must not wait for a new one. */
	if (k.machine_id != NULL && w->actor->owner != OWNER_OPERATOR)
		return fault_at(w, FAULT_CONFLICT, NULL,
		    "a machine's key ends with the machine, or by a new one");
	return key_end_row(w, w->actor->org_id, id, k.name, k.prefix);
}

enum fault
key_end_by_text(struct work *w, struct str token)
{
	const struct standing *s;
	struct presented p;
	bool was_good;
	enum fault f;

	if ((f = verify_text(w, token, false, &p)) != FAULT_NONE || p.standing == NULL)
		return f;
	w->actor = s = p.standing;
	if ((f = db_begin(w, DB_CHANGES)) != FAULT_NONE)
		return f;
	if (s->session_id != NULL)
		return login_end(w, s->session_id);
	if ((f = change_begin(w, s->org_id)) != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	/* The text may be the key's no longer: whoever has the old one cannot end what has a new one. */
	if (w->overtaken && ((f = verify_text(w, token, false, &p)) != FAULT_NONE || p.standing == NULL))
		return f;
	w->actor = s = p.standing;
	return key_end_text(w, s, &was_good);
}
