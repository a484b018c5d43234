/*
 * mint.c: making a new key.
 *
 * Nothing here knows HTTP or HTML.  What differs from kind to kind is read from
 * the kind's row.
 */
#include "core/mint.h"

#include <string.h>

#include "base/clock.h"
#include "core/ask.h"
#include "core/change.h"
#include "core/expiry.h"
#include "core/id.h"
#include "core/memory.h"
#include "core/name.h"
#include "core/password.h"
#include "core/rate.h"
#include "core/restrict.h"
#include "core/retire.h"
#include "core/secrets.h"
#include "core/tell.h"
#include "core/token.h"
#include "store/orgs.h"

#define ALLOWED_IPS_MAX	 50
#define ALLOWED_TEXT_MAX 2000
#define GRACE_MAX	 (30 * CLOCK_DAY)

static enum fault
permission_of(struct work *w, const struct kind *k, const struct mint_wish *wish, int64_t *scopes)
{
	const struct given_text *g = &wish->permission;
	unsigned bit = g->is == GIVEN ? scope_named(g->v) : 0;

	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "permission", "must be given");
	if ((bit & k->scopes) == 0)
		return fault_at(w, FAULT_BAD_FIELD, "permission", "must be read or write");
	*scopes = bit;
	return FAULT_NONE;
}

static enum fault
scope_set_of(struct work *w, const struct kind *k, const struct mint_wish *wish, int64_t *scopes)
{
	const struct given_texts *g = &wish->scopes;
	unsigned set = 0;

	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "scopes", "must be given");
	if (g->is == IS_NULL || g->n == 0)
		return fault_at(w, FAULT_BAD_FIELD, "scopes", "must have at least one scope");
	for (size_t i = 0; i < g->n; i++) {
		unsigned bit = scope_named(g->v[i]);

		if ((bit & k->scopes) == 0)
			return fault_at(w, FAULT_BAD_FIELD, "scopes", "number %zu must be one of %s", i + 1,
			    scope_names(w->arena, k));
		if ((set & bit) != 0)
			return fault_at(w, FAULT_BAD_FIELD, "scopes", "'%s' is given twice", scope_name(bit));
		set |= bit;
	}
	*scopes = set;
	return FAULT_NONE;
}

static enum fault
scopes_of(struct work *w, const struct kind *k, const struct mint_wish *wish, int64_t *scopes)
{
	if (k->scoping != SCOPING_PERMISSION && wish->permission.is != ABSENT)
		return fault_at(w, FAULT_BAD_FIELD, "permission", "keys of this kind do not have it");
	if (k->scoping != SCOPING_SET && wish->scopes.is != ABSENT)
		return fault_at(w, FAULT_BAD_FIELD, "scopes", "keys of this kind do not have them");
	*scopes = k->scopes;
	if (k->scoping == SCOPING_PERMISSION)
		return permission_of(w, k, wish, scopes);
	return k->scoping == SCOPING_SET ? scope_set_of(w, k, wish, scopes) : FAULT_NONE;
}

/* The ranges as they are stored, blanks between; NULL: any address. */
static enum fault
allowed_ips_of(struct work *w, const struct mint_wish *wish, const char **text)
{
	const struct given_texts *g = &wish->allowed_ips;
	struct out o = out_limit(w->arena, ALLOWED_TEXT_MAX);
	struct range r;

	*text = NULL;
	if (g->is != GIVEN)
		return FAULT_NONE;
	if (g->n == 0 || g->n > ALLOWED_IPS_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "allowed_ips", "must have 1 to %d ranges",
		    ALLOWED_IPS_MAX);
	for (size_t i = 0; i < g->n; i++) {
		if (!range_parse(g->v[i], &r))
			return fault_at(w, FAULT_BAD_FIELD, "allowed_ips",
			    "must be addresses or ranges (CIDR)");
		if (i > 0)
			out_char(&o, ' ');
		out_str(&o, g->v[i]);
	}
	/* Half a range could be a wider one. */
	if (out_failed(&o))
		return fault_at(w, FAULT_BAD_FIELD, "allowed_ips", "must have at most %d characters in all",
		    ALLOWED_TEXT_MAX);
	*text = out_text(&o).s;
	return FAULT_NONE;
}

/* A fresh text and what is stored of it. */
static enum fault
new_text(struct work *w, const struct kind *k, struct key_new *row, struct minted *m)
{
	m->token = token_make(w, k);
	row->prefix = arena_text(w->arena, (struct str){ m->token.s, k->shown });
	secrets_lookup(0, m->token, row->lookup);
	memory_key_comes(row->lookup);
	return password_hash(w, m->token, &row->secret_hash);
}

static enum fault
insert_key(struct work *w, const struct key_new *row, const struct restriction *restrictions, size_t n)
{
	const char *org = w->actor->org_id;
	enum fault f = keys_insert(w, org, row);

	if (f == FAULT_TAKEN)
		return fault_at(w, f, "name", "another of these keys has this name");
	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		if ((f = keys_restrict(w, org, row->id, &restrictions[i])) == FAULT_TAKEN)
			f = fault_at(w, FAULT_BAD_FIELD, "restrictions", "names the same thing twice");
	if (f != FAULT_NONE)
		return f;
	return change(w, ACT_KEY_CREATE, org, row->id, STR_NONE, tell_key(w, row, restrictions, n));
}

static enum fault
mint(struct work *w, const struct kind *k, const struct mint_wish *wish, struct key_new *row,
    struct minted *m)
{
	struct rate_limit rate = { .requests = 0 };
	struct restriction *restrictions;
	struct org org;
	enum fault f;

	if ((f = orgs_get(w, w->actor->org_id, &org)) != FAULT_NONE ||
	    (f = name_check(w, "name", &wish->name, &row->name)) != FAULT_NONE ||
	    (f = description_check(w, "description", &wish->description, &row->description)) != FAULT_NONE ||
	    (f = scopes_of(w, k, wish, &row->scopes)) != FAULT_NONE ||
	    (f = restrict_to(w, k, wish, &restrictions)) != FAULT_NONE ||
	    (f = allowed_ips_of(w, wish, &row->allowed_ips)) != FAULT_NONE ||
	    (f = rate_wished(w, &wish->rate_limit, &rate)) != FAULT_NONE ||
	    (f = expiry_of(w, k, wish, &org, &row->expires_at)) != FAULT_NONE)
		return f;
	row->id = m->key_id = id_make(w, "key_");
	row->kind = k->name;
	row->created_by = actor_id(w);
	row->restricted = restrictions != NULL;
	row->rate_requests = rate.requests;
	row->rate_seconds = rate.seconds;
	if (k->unique_name)
		row->unique_name =
		    arena_print(w->arena, "%s %s", row->membership_id, name_fold(w, row->name));
	if ((f = new_text(w, k, row, m)) != FAULT_NONE)
		return f;
	return insert_key(w, row, restrictions, wish->restrictions.n);
}

/* How many such keys an owner may have, and whether there may be new ones at all. */
static enum fault
policy_check(struct work *w, const struct kind *k)
{
	struct org org;
	int64_t live;
	enum fault f;

	if (k->policy != POLICY_PERSONAL)
		return FAULT_NONE;
	if ((f = orgs_get(w, w->actor->org_id, &org)) != FAULT_NONE)
		return f;
	if (!org.personal_enabled)
		return FAULT_KIND_NOT_ALLOWED;
	if ((f = keys_count_live(w, org.id, w->actor->membership_id, k->name, &live)) != FAULT_NONE)
		return f;
	return live < w->settings->limits_personal_per_member ? FAULT_NONE : FAULT_LIMIT_REACHED;
}

static enum fault
kind_wished(struct work *w, const struct mint_wish *wish, const struct kind **k)
{
	if (wish->kind.is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "kind", "must be given");
	*k = wish->kind.is == GIVEN ? kind_named(wish->kind.v) : NULL;
	if (*k == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "kind", "must be one of %s", kind_names());
	if ((*k)->owner == OWNER_MACHINE)
		return fault_at(w, FAULT_BAD_FIELD, "kind", "a machine's key is made with the machine");
	return FAULT_NONE;
}

enum fault
mint_key(struct work *w, const struct mint_wish *wish, struct minted *m)
{
	const struct kind *k = NULL;
	struct key_new row = { .membership_id = NULL };
	enum fault f;

	if ((f = kind_wished(w, wish, &k)) != FAULT_NONE)
		return f;
	if (k->creator == CREATOR_ADMIN && (f = ask_actor(w, ACTION_ADMIN, w->actor->org_id)) != FAULT_NONE)
		return f;
	if ((f = policy_check(w, k)) != FAULT_NONE)
		return f;
	if (k->owner == OWNER_MEMBER && (row.membership_id = w->actor->membership_id) == NULL)
		return FAULT_SESSION_REQUIRED; /* the operator is no member, and owns nothing */
	return mint(w, k, wish, &row, m);
}

enum fault
mint_machine_key(struct work *w, const char *machine_id, const struct mint_wish *wish, struct minted *m)
{
	struct key_new row = { .machine_id = machine_id };

	return mint(w, kind_of(KIND_MACHINE), wish, &row, m);
}

/* The text before the one there is must not outlive it. */
static enum fault
end_past(struct work *w, const struct key *old)
{
	if (old->past_until <= w->now)
		return FAULT_NONE;
	return keys_past_end(w, w->actor->org_id, old->id, old->past_version, NULL);
}

/* A new text for the row as it was read; another who was faster wins. */
static enum fault
replace(struct work *w, const struct kind *k, const struct key *old, struct key_new *row, struct minted *m)
{
	int64_t changed;
	enum fault f;

	m->key_id = old->id;
	if ((f = new_text(w, k, row, m)) != FAULT_NONE ||
	    (f = keys_replace(w, w->actor->org_id, old->id, old->version, row, &changed)) != FAULT_NONE)
		return f;
	return changed == 0 ? FAULT_RACE_LOST : FAULT_NONE;
}

/* As the wish says, or else as before; `needed`: it must say. */
static enum fault
new_end(struct work *w, const struct kind *k, const struct key *old, const struct mint_wish *wish,
    bool needed, int64_t *ends)
{
	struct org org;
	enum fault f;

	if (wish->expires_at.is != ABSENT || wish->expires_in.is != ABSENT || needed) {
		if ((f = orgs_get(w, w->actor->org_id, &org)) != FAULT_NONE)
			return f;
		return expiry_of(w, k, wish, &org, ends);
	}
	*ends = old->expires_at;
	if (*ends != 0 && *ends <= w->now)
		return fault_at(w, FAULT_MISSING_FIELD,
		    k->expiry == EXPIRY_PERIOD ? "expires_in" : "expires_at",
		    "the key has expired; give it a new end");
	return FAULT_NONE;
}

/* A new text for this key at all, and for this actor? */
static enum fault
may_renew(struct work *w, const struct key *old)
{
	if (old->ended_at != 0)
		return fault_at(w, FAULT_CONFLICT, NULL, "the key has been revoked");
	/* Who gets the new text can act as the key's owner: of a member's key nobody else may, not even an admin. */
	return old->membership_id != NULL && !key_is_own(w, old) ? FAULT_ROLE : FAULT_NONE;
}

static enum fault
renew(struct work *w, const char *key_id, enum renewal how, const struct mint_wish *wish, struct minted *m)
{
	struct key_new row = { .expires_at = 0 };
	const struct kind *k;
	struct key old;
	enum fault f;

	if ((f = keys_get(w, w->actor->org_id, key_id, &old)) != FAULT_NONE)
		return f;
	k = kind_named(str_of(old.kind));
	if (k == NULL || k->renewal != how)
		return fault_at(w, FAULT_CONFLICT, NULL, "keys of this kind do not get a new text in place");
	if ((f = may_renew(w, &old)) != FAULT_NONE ||
	    (f = new_end(w, k, &old, wish, how == RENEW_REGENERATE, &row.expires_at)) != FAULT_NONE ||
	    (f = end_past(w, &old)) != FAULT_NONE || (f = replace(w, k, &old, &row, m)) != FAULT_NONE)
		return f;
	return change(w, ACT_KEY_RENEW, w->actor->org_id, old.id, tell_text(w, old.prefix, old.expires_at),
	    tell_text(w, row.prefix, row.expires_at));
}

enum fault
mint_refresh(struct work *w, const char *key_id, const struct mint_wish *wish, struct minted *m)
{
	struct key seen;
	enum fault f = key_see(w, key_id, &seen);

	return f != FAULT_NONE ? f : renew(w, key_id, RENEW_REFRESH, wish, m);
}

enum fault
mint_regenerate(struct work *w, const char *key_id, const struct mint_wish *wish, struct minted *m)
{
	return renew(w, key_id, RENEW_REGENERATE, wish, m);
}

/* --- rotating: two texts for a while --- */

static enum fault
grace_wished(struct work *w, const struct mint_wish *wish, int64_t *grace)
{
	if (wish->grace.is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "grace", "must be given");
	if (wish->grace.is == IS_NULL || wish->grace.v < 0 || wish->grace.v > GRACE_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "grace", "must be 0 to %d seconds", GRACE_MAX);
	*grace = wish->grace.v;
	return FAULT_NONE;
}

static enum fault
may_rotate(struct work *w, const struct kind *k, const struct key *old)
{
	char at[CLOCK_TEXT_SIZE];

	if (k == NULL || !k->rotates)
		return fault_at(w, FAULT_CONFLICT, NULL, "keys of this kind are not rotated");
	if (old->past_until <= w->now)
		return may_renew(w, old);
	/* A third text would end the first under whoever still has it. */
	clock_text(old->past_until, at);
	return fault_at(w, FAULT_CONFLICT, NULL, "the text before this one is good until %s; end that first",
	    at);
}

/* How long the old text is good: never longer than it would have been. */
static int64_t
good_until(const struct work *w, const struct key *old, int64_t grace)
{
	int64_t until = w->now + grace;

	return old->expires_at != 0 && old->expires_at < until ? old->expires_at : until;
}

enum fault
mint_rotate(struct work *w, const char *key_id, const struct mint_wish *wish, struct minted *m)
{
	struct key_new row = { .expires_at = 0 };
	int64_t grace = 0, until, kept;
	const struct kind *k;
	struct key old;
	enum fault f;

	if ((f = key_see(w, key_id, &old)) != FAULT_NONE)
		return f;
	k = kind_named(str_of(old.kind));
	if ((f = grace_wished(w, wish, &grace)) != FAULT_NONE || (f = may_rotate(w, k, &old)) != FAULT_NONE ||
	    (f = new_end(w, k, &old, wish, false, &row.expires_at)) != FAULT_NONE)
		return f;
	until = good_until(w, &old, grace);
	row.past_version = old.version;
	if ((f = keys_past_insert(w, w->actor->org_id, key_id, old.version, until, &kept)) != FAULT_NONE)
		return f;
	if (kept == 0)
		return FAULT_RACE_LOST;
	if ((f = replace(w, k, &old, &row, m)) != FAULT_NONE)
		return f;
	return change(w, ACT_KEY_ROTATE, w->actor->org_id, key_id, tell_text(w, old.prefix, old.expires_at),
	    tell_rotation(w, row.prefix, row.expires_at, until));
}

/* --- the same text, allowed something else --- */

static enum fault
may_rescope(struct work *w, const struct kind *k, const struct key *old)
{
	if (k == NULL || k->scoping != SCOPING_SET || k->renewal != RENEW_REFRESH)
		return fault_at(w, FAULT_CONFLICT, NULL, "what keys of this kind may do does not change");
	return may_renew(w, old);
}

/* What it is restricted to from now on; without a word about it, what it was. */
static enum fault
restrict_again(struct work *w, const struct kind *k, const struct mint_wish *wish, struct key *row,
    struct restriction **rows, size_t *n)
{
	const char *org = w->actor->org_id;
	enum fault f;

	if (wish->restrictions.is == ABSENT)
		return keys_restrictions(w, org, row->id, rows, n);
	*n = wish->restrictions.n;
	if ((f = restrict_to(w, k, wish, rows)) != FAULT_NONE ||
	    (f = keys_unrestrict(w, org, row->id)) != FAULT_NONE)
		return f;
	row->restricted = *rows != NULL;
	for (size_t i = 0; *rows != NULL && i < *n && f == FAULT_NONE; i++)
		if ((f = keys_restrict(w, org, row->id, &(*rows)[i])) == FAULT_TAKEN)
			f = fault_at(w, FAULT_BAD_FIELD, "restrictions", "names the same thing twice");
	return f;
}

static struct str
tell_scopes(struct work *w, const struct key *k, const struct restriction *rows, size_t n)
{
	struct key_new row = { .kind = k->kind,
		.prefix = k->prefix,
		.name = k->name,
		.description = k->description,
		.allowed_ips = k->allowed_ips,
		.scopes = k->scopes,
		.expires_at = k->expires_at };

	return tell_key(w, &row, k->restricted ? rows : NULL, n);
}

enum fault
mint_rescope(struct work *w, const char *key_id, const struct mint_wish *wish, struct key *row)
{
	const char *org = w->actor->org_id;
	struct restriction *rows = NULL;
	const struct kind *k;
	struct str before;
	size_t n = 0;
	enum fault f;

	if ((f = key_see(w, key_id, row)) != FAULT_NONE)
		return f;
	k = kind_named(str_of(row->kind));
	if ((f = may_rescope(w, k, row)) != FAULT_NONE ||
	    (f = keys_restrictions(w, org, key_id, &rows, &n)) != FAULT_NONE)
		return f;
	before = tell_scopes(w, row, rows, n);
	if ((f = name_check(w, "name", &wish->name, &row->name)) != FAULT_NONE ||
	    (wish->description.is != ABSENT &&
		(f = description_check(w, "description", &wish->description, &row->description)) !=
		    FAULT_NONE) ||
	    (f = scopes_of(w, k, wish, &row->scopes)) != FAULT_NONE ||
	    (f = restrict_again(w, k, wish, row, &rows, &n)) != FAULT_NONE ||
	    (f = keys_rescope(w, org, row)) != FAULT_NONE)
		return f;
	return change(w, ACT_KEY_CHANGE, org, key_id, before, tell_scopes(w, row, rows, n));
}
