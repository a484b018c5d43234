/*
 * decide.h: the one place that answers "may this credential do this?".
 *
 * decide() is a pure function: all it needs is in its arguments.  All doors and
 * all rooms of core call it; none has rules of its own.
 */
#ifndef CORE_DECIDE_H
#define CORE_DECIDE_H

#include "core/standing.h"
#include "core/type.h"

enum action { ACTION_READ, ACTION_WRITE, ACTION_ADMIN };

enum reason {
	REASON_OK,
	REASON_NO_CREDENTIAL,
	REASON_MALFORMED,
	REASON_UNKNOWN,
	REASON_EXPIRED,
	REASON_REVOKED,
	REASON_KIND_DISABLED,
	REASON_OWNER_GONE,
	REASON_SCOPE,
	REASON_RESOURCE,
	REASON_PATH,
	REASON_ADDRESS,
	REASON_ROLE,
	REASON_THROTTLED,
	REASON_RATE_LIMITED
};

/* A resource and the chain of its parents, itself first, ended at the top. */
#define TARGET_DEPTH 5

struct target {
	const struct type *type;
	const char *id[TARGET_DEPTH];
	size_t n;
};

struct question {
	enum action action;
	const struct target *target; /* NULL: anywhere */
	const char *path;	     /* normalized, or NULL: anywhere in it */
	struct address from;
	int64_t now;
};

#define STEPS_MAX 12

struct step {
	const char *rule;
	bool holds;
	const char *because;
};

struct verdict {
	enum reason reason; /* REASON_OK: allowed */
	const char *needed_scope;
	/* Filled only when an arena is given: every rule in order. */
	struct arena *explain;
	struct step steps[STEPS_MAX];
	size_t steps_n;
};

/* True if allowed.  *v needs only v->explain set (or zero). */
bool decide(const struct standing *, const struct question *, struct verdict *v);

/* May the key be used from the address: that rule alone. */
bool decide_address(const struct standing *, const struct address *);

/* May the credential know that the resource is there: a role on it, and no restriction away from it. */
bool decide_sees(const struct standing *, const struct target *);

/* Is the credential alive at all: rule 1 alone.  REASON_OK or why not. */
enum reason decide_alive(const struct standing *, int64_t now);

const char *reason_code(enum reason);
/* What a door says about it: the fault, with the scope that would do in w. */
enum fault reason_fault(struct work *, const struct verdict *);

const char *action_name(enum action);
bool action_named(struct str, enum action *);

#endif
