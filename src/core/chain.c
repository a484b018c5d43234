/*
 * chain.c: making the chain of an organization's events longer, and shorter at
 * its old end.
 *
 * Whoever does so holds the row that says where it ends, so that two keepers (of
 * two hosts, or around a reload) never find the same end.
 */
#include "core/chain.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/out.h"
#include "core/secrets.h"
#include "db/db.h"

#define SEAL_AT_ONCE   20  /* they are in the arena together */
#define SEAL_ROUNDS    250 /* then others have their turn */
#define ORGS_AT_ONCE   500
#define FORGET_ORGS    10
#define FORGET_AT_ONCE 2000
#define EVENT_TEXT_MAX 524288
#define TELL_EVERY     600 /* seconds */

static void
line(struct out *o, const char *name, const char *value)
{
	out_put(o, name);
	if (value != NULL) {
		out_char(o, '=');
		out_put(o, value);
	}
	out_char(o, '\n');
}

struct str
chain_text(struct work *w, const struct event *e)
{
	struct out o = out_limit(w->arena, EVENT_TEXT_MAX);

	out_print(&o, "id=%lld\nat=%lld\n", (long long)e->id, (long long)e->at);
	line(&o, "organization", e->org_id);
	line(&o, "action", e->action);
	line(&o, "actor_type", e->actor_type);
	line(&o, "actor", e->actor_id);
	line(&o, "key", e->key_id);
	line(&o, "target", e->target_id);
	line(&o, "address", e->address);
	line(&o, "request_id", e->request_id);
	line(&o, "before", e->before_change);
	line(&o, "after", e->after_change);
	return out_text(&o);
}

void
chain_hash(struct work *w, struct str prev, const struct event *e, uint8_t hash[static SECRET_SIZE])
{
	secret_sha256(prev, chain_text(w, e), hash);
}

struct str
chain_zero(void)
{
	static const char zero[SECRET_SIZE];

	return (struct str){ zero, sizeof zero };
}

static const char *
digits(struct work *w, struct str bytes)
{
	char *text = arena_take(w->arena, 2 * bytes.n + 1);

	hex_text(bytes.s, bytes.n, text);
	return text;
}

struct str
chain_signature(struct work *w, const char *org_id, const struct audit_chain *c)
{
	const char *text =
	    arena_print(w->arena, "organization=%s\nplace=%lld\nhash=%s\ngone=%lld\ngone_hash=%s\n", org_id,
		(long long)c->place, digits(w, c->hash), (long long)c->gone_place, digits(w, c->gone_hash));
	char *digest = arena_take(w->arena, SECRET_SIZE);

	secret_hmac((struct str){ (const char *)secrets_audit_key(), SECRET_SIZE }, str_of(text),
	    (uint8_t *)digest);
	return (struct str){ digest, SECRET_SIZE };
}

bool
chain_is_signed(struct work *w, const char *org_id, const struct audit_chain *c)
{
	return secret_equal(chain_signature(w, org_id, c), c->signature);
}

/* To go on from an end that is not right would make it right. */
enum fault
chain_take(struct work *w, const char *org_id, struct audit_chain *c)
{
	struct event_place last;
	enum fault f = audit_chain_lock(w, org_id, c);

	if (f == FAULT_NONE)
		return chain_is_signed(w, org_id, c) ? FAULT_NONE : FAULT_CONFLICT;
	if (f != FAULT_NOT_FOUND)
		return f;
	*c = (struct audit_chain){ .hash = chain_zero(), .gone_hash = chain_zero() };
	f = audit_at_most(w, org_id, INT64_MAX, &last);
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f == FAULT_NONE ? FAULT_CONFLICT : f;
}

enum fault
chain_put(struct work *w, const char *org_id, struct audit_chain *c)
{
	c->signature = chain_signature(w, org_id, c);
	return audit_chain_set(w, org_id, c);
}

/* One organization after the other, each in its own transaction and with the arena for itself. */
typedef enum fault chain_deed(struct work *, const char *org_id, struct audit_chain *, void *ctx);

/* *ctx: how many there were. */
static enum fault
seal_deed(struct work *w, const char *org_id, struct audit_chain *c, void *ctx)
{
	struct event *rows;
	size_t n;
	enum fault f = audit_unsealed(w, org_id, 0, SEAL_AT_ONCE, &rows, &n);

	for (size_t i = 0; i < n && f == FAULT_NONE; i++) {
		char *hash = arena_take(w->arena, SECRET_SIZE);

		chain_hash(w, c->hash, &rows[i], (uint8_t *)hash);
		f = audit_seal(w, rows[i].id, ++c->place, c->hash, (struct str){ hash, SECRET_SIZE });
		c->hash = (struct str){ hash, SECRET_SIZE };
	}
	*(size_t *)ctx = n;
	return f;
}

static enum fault
in_chain(struct work *w, const char *org_id, chain_deed *deed, void *ctx)
{
	struct audit_chain c;
	enum fault f;

	arena_reset(w->arena);
	if ((f = db_begin(w, DB_CHANGES)) != FAULT_NONE)
		return f;
	if ((f = chain_take(w, org_id, &c)) == FAULT_NONE && (f = deed(w, org_id, &c, ctx)) == FAULT_NONE &&
	    (f = chain_put(w, org_id, &c)) == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

/* Told now and then: it stays so until somebody does something about it. */
static void
tell_broken(const struct work *w, const char *org_id)
{
	static int64_t told_at;

	if (w->now < told_at + TELL_EVERY && w->now >= told_at)
		return;
	told_at = w->now;
	log_event(LOG_ERROR, "audit_chain_broken", "organization", org_id, NULL);
}

/* The ids outlive the arena. */
struct org_ids {
	char id[ORGS_AT_ONCE][33];
	size_t n;
};

static void
copy_ids(struct org_ids *ids, const struct audit_org *rows, size_t n)
{
	for (ids->n = 0; ids->n < n; ids->n++)
		(void)snprintf(ids->id[ids->n], sizeof ids->id[0], "%s", rows[ids->n].id);
}

/* Is it right to go on with others after this? */
static bool
may_go_on(const struct work *w, const char *org_id, enum fault f)
{
	/* Taken: something lies where the next event belongs. */
	if (f == FAULT_CONFLICT || f == FAULT_TAKEN)
		tell_broken(w, org_id);
	return f == FAULT_NONE || f == FAULT_CONFLICT || f == FAULT_TAKEN || f == FAULT_TRY_AGAIN;
}

static enum fault
seal_one(struct work *w, const char *org_id)
{
	enum fault f = FAULT_NONE;
	size_t n = SEAL_AT_ONCE;

	for (int i = 0; i < SEAL_ROUNDS && f == FAULT_NONE && n == SEAL_AT_ONCE; i++)
		f = in_chain(w, org_id, seal_deed, &n);
	return may_go_on(w, org_id, f) ? FAULT_NONE : f;
}

enum fault
chain_seal(struct work *w)
{
	static struct org_ids ids;
	const char *after = "";
	struct audit_org *rows;
	size_t n;
	enum fault f;

	do {
		arena_reset(w->arena);
		if ((f = audit_orgs_unsealed(w, after, ORGS_AT_ONCE, &rows, &n)) != FAULT_NONE)
			return f;
		copy_ids(&ids, rows, n);
		for (size_t i = 0; i < n; i++)
			if ((f = seal_one(w, after = ids.id[i])) != FAULT_NONE)
				return f;
	} while (n == ORGS_AT_ONCE);
	return FAULT_NONE;
}

/* The place up to which all may go: before the first event that stays, and not too many at once. */
static enum fault
last_to_go(struct work *w, const char *org_id, const struct audit_chain *c, int64_t before,
    struct event_place *last)
{
	struct event_place kept;
	int64_t place = c->place;
	enum fault f = audit_first_kept(w, org_id, c->gone_place, before, &kept);

	if (f == FAULT_NONE)
		place = kept.place - 1;
	else if (f != FAULT_NOT_FOUND)
		return f;
	if (place > c->gone_place + FORGET_AT_ONCE)
		place = c->gone_place + FORGET_AT_ONCE;
	f = audit_at_most(w, org_id, place, last);
	return f == FAULT_NONE && last->place <= c->gone_place ? FAULT_NOT_FOUND : f;
}

static enum fault
forget_deed(struct work *w, const char *org_id, struct audit_chain *c, void *ctx)
{
	const int64_t *before = ctx;
	struct event_place last;
	int64_t gone, missing;
	enum fault f = last_to_go(w, org_id, c, *before, &last);

	if (f != FAULT_NONE || (f = audit_forget(w, org_id, last.place, &gone)) != FAULT_NONE)
		return f == FAULT_NOT_FOUND ? FAULT_TRY_AGAIN : f;
	missing = last.place - c->gone_place - gone;
	log_event(missing == 0 ? LOG_NOTE : LOG_ERROR, "audit_forgotten", "organization", org_id, "events",
	    log_number(gone), "missing", missing == 0 ? NULL : log_number(missing), NULL);
	c->gone_place = last.place;
	c->gone_hash = last.hash;
	return FAULT_NONE;
}

enum fault
chain_forget(struct work *w, int64_t before, bool *more)
{
	static struct org_ids ids;
	struct audit_org *rows;
	size_t n;
	enum fault f;

	arena_reset(w->arena);
	if ((f = audit_orgs_old(w, before, FORGET_ORGS, &rows, &n)) != FAULT_NONE)
		return f;
	copy_ids(&ids, rows, n);
	*more = n == FORGET_ORGS;
	for (size_t i = 0; i < n; i++) {
		f = in_chain(w, ids.id[i], forget_deed, &before);
		if (!may_go_on(w, ids.id[i], f))
			return f;
	}
	return FAULT_NONE;
}
