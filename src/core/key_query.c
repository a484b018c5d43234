/*
 * key_query.c: which keys somebody asks for.
 */
#include "core/key_query.h"

#include "base/clock.h"
#include "base/hex.h"
#include "base/out.h"
#include "base/secret.h"
#include "core/ask.h"
#include "core/id.h"
#include "core/search.h"
#include "store/members.h"

#define MARKED_MAX 200
#define MARK_BYTES 8

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
kind_of_query(struct work *w, struct str kind, struct key_filter *f)
{
	if (kind.s != NULL && kind_named(kind) == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "kind", "must be one of %s", kind_names());
	f->kind = kind.s == NULL ? NULL : kind_named(kind)->name;
	return FAULT_NONE;
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

/*
 * Keys that are not revoked belong to the place a user has now, which has an index;
 * the others may be of an earlier one.
 */
static enum fault
owner_by_id(struct work *w, const char *id, struct key_filter *f)
{
	struct member m;
	enum fault fault;

	f->owner_id = id;
	if (f->revoked || (fault = members_of_user(w, w->actor->org_id, id, &m)) == FAULT_NOT_FOUND)
		return FAULT_NONE;
	if (fault == FAULT_NONE)
		f->membership_id = m.id;
	return fault;
}

/* The id of something that may have keys. */
static bool
is_owner_id(struct str id)
{
	return id_shape(id) &&
	    (str_starts(id, STR("usr_")) || str_starts(id, STR("mch_")) || str_starts(id, STR("org_")));
}

static enum fault
owner_of(struct work *w, struct str owner, struct key_filter *f)
{
	bool any = owner.s == NULL || str_is(owner, "all"), me = str_is(owner, "me");

	if (!any && !me && !is_owner_id(owner))
		return fault_at(w, FAULT_BAD_FIELD, "owner",
		    "must be me, all or the id of a user, a machine or the organization");
	/* Members see their own, whatever they ask for. */
	if (me || !actor_is_admin(w)) {
		f->membership_id = w->actor->membership_id == NULL ? "" : w->actor->membership_id;
		f->owner_id = any || me ? NULL : arena_text(w->arena, owner);
		return FAULT_NONE;
	}
	return any ? FAULT_NONE : owner_by_id(w, arena_text(w->arena, owner), f);
}

/* No key is older than 1970, and 0 means something else. */
static enum fault
instant(struct work *w, const char *field, struct str text, int64_t *at)
{
	if (text.s == NULL)
		return FAULT_NONE;
	if (!clock_parse_start(text, at))
		return fault_at(w, FAULT_BAD_FIELD, field, "must be a date or an instant as in RFC 3339");
	return *at > 0 ? FAULT_NONE : fault_at(w, FAULT_BAD_FIELD, field, "must be after 1970-01-01");
}

static enum fault
instants_of(struct work *w, const struct key_query *q, struct key_filter *f)
{
	enum fault fault;

	if ((fault = instant(w, "created_after", q->created_after, &f->created_from)) != FAULT_NONE ||
	    (fault = instant(w, "created_before", q->created_before, &f->created_before)) != FAULT_NONE ||
	    (fault = instant(w, "expires_after", q->expires_after, &f->expires_from)) != FAULT_NONE ||
	    (fault = instant(w, "expires_before", q->expires_before, &f->expires_before)) != FAULT_NONE ||
	    (fault = instant(w, "used_after", q->used_after, &f->used_from)) != FAULT_NONE)
		return fault;
	return instant(w, "used_before", q->used_before, &f->used_before);
}

static enum fault
never_used_of(struct work *w, struct str said, struct key_filter *f)
{
	f->never_used = str_is(said, "true");
	if (said.s != NULL && !f->never_used && !str_is(said, "false"))
		return fault_at(w, FAULT_BAD_FIELD, "never_used", "must be true or false");
	if (f->never_used && (f->used_from != 0 || f->used_before != 0))
		return fault_at(w, FAULT_BAD_FIELD, "never_used",
		    "does not go with used_after or used_before");
	return FAULT_NONE;
}

enum fault
key_query_filter(struct work *w, const struct key_query *q, struct key_filter *f)
{
	enum fault fault;

	*f = (struct key_filter){ .marked = marked_kinds(w) };
	if ((fault = kind_of_query(w, q->kind, f)) != FAULT_NONE ||
	    (fault = states_of(w, q->state, f)) != FAULT_NONE ||
	    (fault = owner_of(w, q->owner, f)) != FAULT_NONE ||
	    (fault = search_read(w, q->search, &f->search)) != FAULT_NONE ||
	    (fault = instants_of(w, q, f)) != FAULT_NONE)
		return fault;
	return never_used_of(w, q->never_used, f);
}

bool
key_query_asks(const struct key_query *q)
{
#define KEY_QUERY(name, option) \
	if (q->name.s != NULL) \
		return true;
#include "core/key_query.def"
	return false;
}

bool
key_query_narrows(const struct key_query *q)
{
	const struct str texts[] = { q->kind, q->search, q->created_after, q->created_before,
		q->expires_after, q->expires_before, q->used_after, q->used_before };

	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].s != NULL)
			return true;
	return (q->owner.s != NULL && !str_is(q->owner, "all")) || str_is(q->state, "expired") ||
	    str_is(q->never_used, "true");
}

const char *
key_query_mark(struct work *w, const struct key_query *q)
{
	const struct str texts[] = {
#define KEY_QUERY(name, option) q->name,
#include "core/key_query.def"
		q->sort
	};
	uint8_t digest[SECRET_SIZE] = { 0 };
	char *mark = arena_take(w->arena, 2 * MARK_BYTES + 1);

	/* Each digest has the one before it in it: no text can be read as the end of another. */
	for (size_t i = 0; i < COUNT(texts); i++)
		secret_sha256((struct str){ (const char *)digest, sizeof digest }, texts[i], digest);
	hex_text(digest, MARK_BYTES, mark);
	return mark;
}
