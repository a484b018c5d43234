/*
 * change.h: what every change has in common.
 *
 * Each change calls change() once, inside its transaction: it writes the audit
 * row and, where a verdict may become another, moves the organization's epoch.
 */
#ifndef CORE_CHANGE_H
#define CORE_CHANGE_H

#include "base/json_out.h"
#include "base/work.h"

enum act {
#define ACT(id, name, epoch) ACT_##id,
#include "core/acts.def"
#undef ACT
	ACT__MAX
};

/*
 * First in every transaction that changes something of an organization: its
 * changes happen one after another, so that what is read before a change is
 * still so when it is made (the last admin, a limit, the columns that stay).
 * Whoever asked was looked at before: w->overtaken says that it may be out of date.
 */
enum fault change_begin(struct work *, const char *org_id);

/*
 * The same for what no verdict depends on (DB_ADDS): beside others of its kind, but
 * no change of the organization happens meanwhile.  So nobody whose key was ended
 * before writes anything after.
 */
enum fault change_beside(struct work *, const char *org_id);

/* Before and after are JSON, or STR_NONE.  Never a secret. */
enum fault change(struct work *, enum act, const char *org_id, const char *target_id, struct str before,
    struct str after);

/*
 * The same done to many things, with an event for each: JSON, a list of {t: the id
 * of a thing, b: before as a text}.
 */
enum fault change_many(struct work *, enum act, const char *org_id, struct str targets);

/*
 * What concerns a user and not one organization (a log-in, a password): an event
 * in each organization of theirs, in the transaction at hand.  Nobody acts: then
 * it is the user who does.
 */
enum fault change_user(struct work *, enum act, const char *user_id, struct str after);

/* {"name": value} for before and after; value NULL is null. */
struct str change_of(struct work *, const char *name, const char *value);

const char *act_name(enum act);
/* Is there a change of this name? */
bool act_named(struct str);
bool act_bumps(enum act);

/* Who acts, as the audit and created_by have it: an id, or "operator". */
const char *actor_id(const struct work *);

#endif
