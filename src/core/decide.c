/*
 * decide.c: the decision, a table of rules.
 *
 * The rules are looked at in order and the first that does not hold is the
 * reason.  With an arena to write into, every rule is looked at and says why.
 */
#include "core/decide.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "core/base_path.h"
#include "core/rank.h"

struct asked {
	const struct standing *who;
	const struct question *q;
	struct arena *arena; /* NULL: nobody wants to know why */
	const char *because;
};

static const struct {
	const char *name;
	unsigned scope;
	enum rank rank;
} actions[] = {
	[ACTION_READ] = { "read", SCOPE_READ, RANK_MEMBER },
	[ACTION_WRITE] = { "write", SCOPE_WRITE, RANK_EDITOR },
	[ACTION_ADMIN] = { "admin", SCOPE_ADMIN, RANK_ADMIN },
};

static void __attribute__((format(printf, 2, 3))) because(struct asked *a, const char *format, ...)
{
	va_list args;

	if (a->arena == NULL)
		return;
	va_start(args, format);
	a->because = arena_vprint(a->arena, format, args);
	va_end(args);
}

static bool
not_ended(struct asked *a)
{
	char at[CLOCK_TEXT_SIZE];

	if (a->who->ended_at == 0) {
		because(a, "it has not been revoked");
		return true;
	}
	clock_text(a->who->ended_at, at);
	because(a, "it was revoked at %s", at);
	return false;
}

static bool
not_replaced(struct asked *a)
{
	bool both = a->who->past_until > a->q->now;
	char at[CLOCK_TEXT_SIZE];

	if (a->who->past_until != 0)
		clock_text(a->who->past_until, at);
	if (a->who->past != 0)
		because(a, "another text has its place, and it ends at %s", at);
	else if (both)
		because(a, "it has its place; the text before it is good until %s", at);
	else
		because(a, "no other text has its place");
	return a->who->past == 0 || both;
}

static bool
not_expired(struct asked *a)
{
	char at[CLOCK_TEXT_SIZE];

	if (a->who->expires_at == 0) {
		because(a, "it has no end");
		return true;
	}
	clock_text(a->who->expires_at, at);
	because(a, "it ends at %s", at);
	return a->q->now < a->who->expires_at;
}

static bool
kind_allowed(struct asked *a)
{
	because(a,
	    a->who->kind_allowed ? "the organization allows keys of this kind"
				 : "the organization does not allow keys of this kind now");
	return a->who->kind_allowed;
}

static bool
owner_exists(struct asked *a)
{
	bool here = a->who->org_alive && a->who->owner_alive;

	because(a, here ? "%s %s is there" : "%s %s is gone", standing_type(a->who), a->who->owner_id);
	return here;
}

static bool
scope_holds(struct asked *a)
{
	const struct kind *k = a->who->kind;
	unsigned set;

	if (k == NULL) {
		because(a, "a session is not narrowed by scopes");
		return true;
	}
	set = scope_effective(k, a->who->scopes);
	because(a, "the key %s %s", (set & actions[a->q->action].scope) != 0 ? "has" : "lacks",
	    actions[a->q->action].name);
	return (set & actions[a->q->action].scope) != 0;
}

static bool
address_allowed(struct asked *a)
{
	if (a->who->allowed_ips == NULL) {
		because(a, "the key lists no addresses");
		return true;
	}
	because(a, "the key may be used from %s", a->who->allowed_ips);
	return ranges_hold(str_of(a->who->allowed_ips), &a->q->from);
}

/* Is the target what the restriction names, or below it? */
static bool
covers(const struct confine *c, const struct target *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(c->resource_id, t->id[i]) == 0)
			return true;
	return false;
}

static bool
restriction_holds(struct asked *a)
{
	const struct target *t = a->q->target;

	if (!a->who->restricted) {
		because(a, "the key is not restricted to resources");
		return true;
	}
	for (size_t i = 0; i < a->who->confine_n; i++) {
		if (t == NULL || covers(&a->who->confine[i], t)) {
			because(a, "the key is restricted to %s, which covers it",
			    a->who->confine[i].resource_id);
			return true;
		}
	}
	because(a, "the key is restricted to %zu resources, none of which covers it", a->who->confine_n);
	return false;
}

/* No path asked about: anywhere in it will do, but ruling it takes the whole of it. */
static bool
base_covers(const struct confine *c, const struct question *q)
{
	const char *path = q->path;

	if (c->base_path == NULL)
		return true;
	if (path == NULL)
		return q->action != ACTION_ADMIN || strcmp(c->base_path, "/") == 0;
	return base_path_covers(c->base_path, path);
}

static bool
path_holds(struct asked *a)
{
	const struct target *t = a->q->target;

	if (!a->who->restricted || (t == NULL && a->q->path == NULL)) {
		because(a, "no base path narrows it");
		return true;
	}
	because(a, "nothing the key is restricted to covers it");
	for (size_t i = 0; i < a->who->confine_n; i++) {
		const struct confine *c = &a->who->confine[i];

		/* A path anywhere: in any of them. */
		if (t != NULL && !covers(c, t))
			continue;
		because(a, "the base path is %s", c->base_path == NULL ? "not set" : c->base_path);
		if (base_covers(c, a->q))
			return true;
	}
	return false;
}

static bool
role_holds(struct asked *a)
{
	const struct standing *s = a->who;
	const struct granted *best = NULL;
	enum rank need = actions[a->q->action].rank, have;

	have = a->q->target == NULL ? rank_anywhere(s, &best) : rank_on(s, a->q->target, &best);
	if (best != NULL)
		because(a, "the role is %s, granted on %s (%s); %s is needed", rank_name(have),
		    best->resource_id, best->via, rank_name(need));
	else if (have != RANK_NONE)
		because(a, "the role in the organization gives %s; %s is needed", rank_name(have),
		    rank_name(need));
	else
		because(a, "nothing is granted; %s is needed", rank_name(need));
	return have >= need;
}

typedef bool rule(struct asked *);

static const struct {
	const char *name;
	rule *holds;
	enum reason reason;
	bool alive; /* about the credential alone */
} rules[] = {
	{ "not_revoked", not_ended, REASON_REVOKED, true },
	{ "not_replaced", not_replaced, REASON_REVOKED, true },
	{ "not_expired", not_expired, REASON_EXPIRED, true },
	{ "kind_allowed", kind_allowed, REASON_KIND_DISABLED, true },
	{ "owner_exists", owner_exists, REASON_OWNER_GONE, true },
	{ "scope", scope_holds, REASON_SCOPE, false },
	{ "address", address_allowed, REASON_ADDRESS, false },
	{ "restriction", restriction_holds, REASON_RESOURCE, false },
	{ "base_path", path_holds, REASON_PATH, false },
	{ "role", role_holds, REASON_ROLE, false },
};

static_assert(COUNT(rules) <= STEPS_MAX, "every rule needs room for its step");

bool
decide(const struct standing *who, const struct question *q, struct verdict *v)
{
	struct asked a = { .who = who, .q = q, .arena = v->explain };

	v->reason = REASON_OK;
	v->needed_scope = NULL;
	v->steps_n = 0;
	for (size_t i = 0; i < COUNT(rules); i++) {
		bool holds = rules[i].holds(&a);

		if (!holds && v->reason == REASON_OK)
			v->reason = rules[i].reason;
		if (v->explain != NULL)
			v->steps[v->steps_n++] = (struct step){ rules[i].name, holds, a.because };
		else if (!holds)
			break;
	}
	/* For people who ask what would do; RFC 6750 wants it with every 403. */
	if (v->reason != REASON_OK)
		v->needed_scope = actions[q->action].name;
	return v->reason == REASON_OK;
}

bool
decide_address(const struct standing *who, const struct address *from)
{
	struct question q = { .from = *from };
	struct asked a = { .who = who, .q = &q };

	return address_allowed(&a);
}

bool
decide_sees(const struct standing *who, const struct target *target)
{
	struct question q = { .target = target };
	struct asked a = { .who = who, .q = &q };
	const struct granted *best = NULL;

	return restriction_holds(&a) && rank_on(who, target, &best) >= RANK_MEMBER;
}

enum reason
decide_alive(const struct standing *who, int64_t now)
{
	struct question q = { .now = now };
	struct asked a = { .who = who, .q = &q };

	for (size_t i = 0; i < COUNT(rules) && rules[i].alive; i++)
		if (!rules[i].holds(&a))
			return rules[i].reason;
	return REASON_OK;
}

/* Reasons as callers read them, and the fault each becomes on the wire. */
static const struct {
	const char *code;
	enum fault fault;
} reasons[] = {
	[REASON_OK] = { "ok", FAULT_NONE },
	[REASON_NO_CREDENTIAL] = { "no_credential", FAULT_NO_CREDENTIAL },
	[REASON_MALFORMED] = { "malformed", FAULT_INVALID_TOKEN },
	[REASON_UNKNOWN] = { "unknown", FAULT_INVALID_TOKEN },
	[REASON_EXPIRED] = { "expired", FAULT_EXPIRED },
	[REASON_REVOKED] = { "revoked", FAULT_REVOKED },
	[REASON_KIND_DISABLED] = { "kind_disabled", FAULT_KIND_DISABLED },
	[REASON_OWNER_GONE] = { "owner_gone", FAULT_OWNER_GONE },
	[REASON_SCOPE] = { "scope", FAULT_SCOPE },
	[REASON_RESOURCE] = { "resource", FAULT_RESOURCE },
	[REASON_PATH] = { "path", FAULT_PATH },
	[REASON_ADDRESS] = { "address", FAULT_ADDRESS },
	[REASON_ROLE] = { "role", FAULT_ROLE },
	[REASON_THROTTLED] = { "throttled", FAULT_THROTTLED },
	[REASON_RATE_LIMITED] = { "rate_limited", FAULT_RATE_LIMITED },
};

const char *
reason_code(enum reason r)
{
	return reasons[r].code;
}

enum fault
reason_fault(struct work *w, const struct verdict *v)
{
	w->trouble = (struct trouble){ .needed_scope = v->needed_scope };
	return reasons[v->reason].fault;
}

const char *
action_name(enum action a)
{
	return actions[a].name;
}

bool
action_named(struct str name, enum action *a)
{
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (str_is(name, actions[i].name)) {
			*a = (enum action)i;
			return true;
		}
	}
	return false;
}
