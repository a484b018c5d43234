/*
 * retire.c: looking at keys, renaming and ending them.
 */
#include "core/retire.h"

#include <string.h>

#include "core/ask.h"
#include "core/change.h"
#include "core/login.h"
#include "core/name.h"
#include "core/tell.h"
#include "core/verify.h"
#include "db/db.h"

#define MARKED_MAX 200

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

/* The kinds that stay to see, with commas between. */
static const char *
marked_kinds(struct work *w)
{
	struct out o = out_limit(w->arena, MARKED_MAX);
	const struct kind *k;

	for (size_t i = 0; (k = kind_at(i)) != NULL; i++) {
		if (k->ending != ENDS_MARKED)
			continue;
		if (out_text(&o).n > 0)
			out_char(&o, ',');
		out_put(&o, k->name);
	}
	return out_text(&o).s;
}

static enum fault
states_of(struct work *w, struct str state, struct key_filter *f)
{
	bool all = str_is(state, "all");

	f->active = all || state.s == NULL || str_is(state, "active");
	f->expired = all || state.s == NULL || str_is(state, "expired");
	f->revoked = all || str_is(state, "revoked");
	if (!f->active && !f->expired && !f->revoked)
		return fault_at(w, FAULT_BAD_FIELD, "state", "must be active, expired, revoked or all");
	return FAULT_NONE;
}

static enum fault
owner_of(struct work *w, struct str owner, struct key_filter *f)
{
	if (owner.s != NULL && !str_is(owner, "me") && !str_is(owner, "all"))
		return fault_at(w, FAULT_BAD_FIELD, "owner", "must be me or all");
	/* Members see their own, whatever they ask for. */
	if (str_is(owner, "me") || !actor_is_admin(w))
		f->membership_id = w->actor->membership_id == NULL ? "" : w->actor->membership_id;
	return FAULT_NONE;
}

enum fault
key_list(struct work *w, struct str kind, struct str state, struct str owner, const struct page *p,
    struct key **rows, size_t *n)
{
	struct key_filter filter = { .marked = marked_kinds(w) };
	enum fault f;

	if (kind.s != NULL && kind_named(kind) == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "kind", "is no kind of key");
	filter.kind = kind.s == NULL ? NULL : kind_named(kind)->name;
	if ((f = states_of(w, state, &filter)) != FAULT_NONE ||
	    (f = owner_of(w, owner, &filter)) != FAULT_NONE)
		return f;
	return keys_page(w, w->actor->org_id, &filter, p, rows, n);
}

enum fault
key_describe(struct work *w, const char *id, const struct key_wish *wish, struct key *k)
{
	const struct kind *kind;
	const char *name, *description, *unique = NULL;
	enum fault f;

	if ((f = key_see(w, id, k)) != FAULT_NONE)
		return f;
	if (strcmp(key_state(w, k), "revoked") == 0)
		return fault_at(w, FAULT_CONFLICT, NULL, "the key has been revoked");
	name = k->name;
	description = k->description;
	if ((wish->name.is != ABSENT && (f = name_check(w, "name", &wish->name, &name)) != FAULT_NONE) ||
	    (wish->description.is != ABSENT &&
		(f = description_check(w, "description", &wish->description, &description)) != FAULT_NONE))
		return f;
	kind = kind_named(str_of(k->kind));
	if (kind != NULL && kind->unique_name)
		unique = arena_print(w->arena, "%s %s", k->membership_id, name_fold(w, name));
	if ((f = keys_describe(w, w->actor->org_id, id, name, description, unique)) == FAULT_TAKEN)
		return fault_at(w, f, "name", "another of these keys has this name");
	if (f != FAULT_NONE ||
	    (f = change(w, ACT_KEY_CHANGE, w->actor->org_id, id, tell_names(w, k->name, k->description),
		 tell_names(w, name, description))) != FAULT_NONE)
		return f;
	k->name = name;
	k->description = description;
	return FAULT_NONE;
}

static enum fault
end_row(struct work *w, const char *org, const char *id, const char *name, const char *prefix)
{
	int64_t changed;
	enum fault f = keys_end(w, org, id, actor_id(w), &changed);

	if (f != FAULT_NONE || changed == 0) /* ended before: the first time stands */
		return f;
	return change(w, ACT_KEY_END, org, id, tell_end(w, name, prefix), STR_NONE);
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
	return end_row(w, w->actor->org_id, id, k.name, k.prefix);
}

enum fault
key_end_by_text(struct work *w, struct str token)
{
	struct presented p;
	enum fault f;

	if ((f = verify_text(w, token, false, &p)) != FAULT_NONE || p.standing == NULL)
		return f;
	w->actor = p.standing;
	if ((f = db_begin(w, DB_CHANGES)) != FAULT_NONE)
		return f;
	if (p.standing->session_id != NULL)
		return login_end(w, p.standing->session_id);
	return end_row(w, p.standing->org_id, p.standing->key_id, p.standing->key_name,
	    p.standing->key_prefix);
}
