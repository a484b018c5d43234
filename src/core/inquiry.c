/*
 * inquiry.c: asking for a verdict about somebody else's credential.
 */
#include "core/inquiry.h"

#include <string.h>

#include "core/ask.h"
#include "core/denial.h"
#include "core/id.h"
#include "core/retire.h"
#include "store/keys.h"

static enum fault
action_wished(struct work *w, const struct inquiry_wish *wish, enum action *action)
{
	if (wish->action.is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "action", "must be given");
	if (wish->action.is == IS_NULL || !action_named(wish->action.v, action))
		return fault_at(w, FAULT_BAD_FIELD, "action", "must be read, write or admin");
	return FAULT_NONE;
}

/* Where the credential is used from: unknown unless the asker says so. */
static enum fault
address_wished(struct work *w, const struct inquiry_wish *wish, struct address *from)
{
	*from = (struct address){ .known = false };
	if (wish->ip.is != GIVEN)
		return FAULT_NONE;
	*from = address_parse(wish->ip.v);
	return from->known ? FAULT_NONE : fault_at(w, FAULT_BAD_FIELD, "ip", "must be an address");
}

static enum fault
may_ask(struct work *w)
{
	const struct standing *asker = w->actor;

	if (asker->kind == NULL || asker->kind->asks)
		return FAULT_NONE;
	return fault_at(w, FAULT_ROLE, NULL,
	    "machine and organization keys may ask this, and sessions of admins");
}

/* May the asker know about a credential of this organization? */
static enum fault
may_know(struct work *w, const struct standing *about, bool *may)
{
	const struct standing *asker = w->actor;
	struct standing *there;
	enum fault f;

	*may = false;
	if (about->org_id == NULL) /* a session belongs to no organization */
		return FAULT_NONE;
	if (asker->kind != NULL) {
		*may = strcmp(asker->org_id, about->org_id) == 0;
		return FAULT_NONE;
	}
	if ((f = standing_in(w, asker, about->org_id, &there)) != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
	w->actor = there;
	*may = actor_is_admin(w);
	w->actor = asker;
	return FAULT_NONE;
}

static enum fault
look_at_text(struct work *w, struct str token, struct inquiry *q)
{
	struct presented p;
	bool may = false;
	enum fault f;

	*q = (struct inquiry){ .active = false };
	w->counted = false; /* that was the asker's */
	if ((f = may_ask(w)) != FAULT_NONE || (f = verify_text(w, token, true, &p)) != FAULT_NONE)
		return f;
	q->verdict.reason = p.reason;
	if (p.standing == NULL)
		return FAULT_NONE;
	if ((f = may_know(w, p.standing, &may)) != FAULT_NONE)
		return f;
	if (!may) {
		q->verdict.reason = REASON_UNKNOWN;
		return FAULT_NONE;
	}
	if (p.reason != REASON_OK)
		denial_note(w, p.standing, reason_code(p.reason), false);
	q->about = p.standing;
	q->active = p.reason == REASON_OK;
	return FAULT_NONE;
}

/* Null is no resource and no path: a caller who lost an id must not be told "anywhere". */
static enum fault
place_wished(struct work *w, const struct inquiry_wish *wish)
{
	if (wish->resource.is == IS_NULL)
		return fault_at(w, FAULT_BAD_FIELD, "resource", "must be an id, or left out");
	if (wish->path.is == IS_NULL)
		return fault_at(w, FAULT_BAD_FIELD, "path", "must be a path, or left out");
	return FAULT_NONE;
}

static enum fault
ask_wished(struct work *w, const struct inquiry_wish *wish, enum action action, struct inquiry *q)
{
	return ask(w, q->about, action,
	    wish->resource.is == GIVEN ? arena_text(w->arena, wish->resource.v) : NULL,
	    wish->path.is == GIVEN ? wish->path.v : STR_NONE, &q->verdict);
}

/* The request that the asker has before it is one of the presented key. */
static enum fault
ask_charged(struct work *w, const struct inquiry_wish *wish, enum action action, struct inquiry *q)
{
	enum fault f;

	if (rate_charge(w, q->about, &q->rate) != FAULT_NONE) {
		q->verdict.reason = REASON_RATE_LIMITED;
		return FAULT_NONE;
	}
	if ((f = ask_wished(w, wish, action, q)) == FAULT_NONE && q->verdict.reason != REASON_OK)
		denial_note(w, q->about, reason_code(q->verdict.reason), false);
	return f;
}

enum fault
inquire_text(struct work *w, const struct inquiry_wish *wish, struct inquiry *q)
{
	struct address own = w->peer, from;
	enum action action;
	enum fault f;

	if ((f = may_ask(w)) != FAULT_NONE)
		return f;
	if (wish->token.is != GIVEN)
		return fault_at(w, wish->token.is == ABSENT ? FAULT_MISSING_FIELD : FAULT_BAD_FIELD, "token",
		    "must be given");
	if ((f = action_wished(w, wish, &action)) != FAULT_NONE ||
	    (f = address_wished(w, wish, &from)) != FAULT_NONE || (f = place_wished(w, wish)) != FAULT_NONE)
		return f;
	/* It is used from there, not from where our caller is. */
	w->peer = from;
	if ((f = look_at_text(w, wish->token.v, q)) == FAULT_NONE && q->active)
		f = ask_charged(w, wish, action, q);
	w->peer = own;
	return f;
}

enum fault
inquire_alive(struct work *w, struct str token, struct inquiry *q)
{
	return look_at_text(w, token, q);
}

/* The key among the organizations of the session's user. */
static enum fault
find_key(struct work *w, const char *id, struct key_found *row)
{
	const struct standing *session = w->actor;
	struct standing *there;
	const char *org;
	struct key k;
	enum fault f;

	if (!id_shape(str_of(id)))
		return FAULT_NOT_FOUND;
	if ((f = keys_org_for_user(w, id, session->owner_id, &org)) != FAULT_NONE ||
	    (f = keys_found(w, org, id, row)) != FAULT_NONE ||
	    (f = standing_in(w, session, org, &there)) != FAULT_NONE)
		return f;
	w->actor = there;
	return key_see(w, id, &k);
}

enum fault
inquire_key(struct work *w, const struct inquiry_wish *wish, struct inquiry *q)
{
	struct standing *about;
	struct key_found row;
	enum action action;
	enum fault f;

	if (wish->key.is != GIVEN)
		return fault_at(w, wish->key.is == ABSENT ? FAULT_MISSING_FIELD : FAULT_BAD_FIELD, "key",
		    "must be given");
	if (!id_shape(wish->key.v))
		return FAULT_NOT_FOUND;
	if ((f = action_wished(w, wish, &action)) != FAULT_NONE ||
	    (f = place_wished(w, wish)) != FAULT_NONE ||
	    (f = find_key(w, arena_text(w->arena, wish->key.v), &row)) != FAULT_NONE ||
	    (f = standing_of_key(w, &row, &about)) != FAULT_NONE)
		return f;
	*q = (struct inquiry){ .about = about, .verdict = { .explain = w->arena } };
	return ask_wished(w, wish, action, q);
}
