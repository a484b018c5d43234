/*
 * policy_preview.c: what a change of an organization's policy would do.
 */
#include "core/policy_preview.h"

#include "store/key_lists.h"

static struct key_filter
live_of(const struct kind *k)
{
	return (struct key_filter){ .kind = k->name, .active = true, .marked = "" };
}

/* Those that would not count any more, for people to see whom it hits. */
static enum fault
stop(struct work *w, const struct kind *k, struct policy_preview *p, struct policy_effect *e)
{
	struct key_filter live = live_of(k);
	struct page last_used_first = { .limit = PREVIEW_KEYS_MAX,
		.after_id = "",
		.order = { KEYS_BY_USE, true } };
	enum fault f = keys_count(w, p->policy.id, &live, &e->stopping);

	/* More than one kind under one switch would need one list of all of them. */
	if (f != FAULT_NONE || p->keys_n > 0)
		return f;
	return keys_page(w, p->policy.id, &live, &last_used_first, &p->keys, &p->keys_n);
}

/* Live keys that no new one could live as long as. */
static enum fault
outlive(struct work *w, const struct kind *k, const struct org *o, int64_t *n)
{
	struct key_filter live = live_of(k), ending = live;
	int64_t all, latest = expiry_latest(k, o, w->now);
	enum fault f;

	/* Everything that is alive ends after this second, or never. */
	ending.expires_from = 1;
	if (latest > 0)
		ending.expires_before = latest + 1;
	if ((f = keys_count(w, o->id, &live, &all)) != FAULT_NONE ||
	    (f = keys_count(w, o->id, &ending, n)) != FAULT_NONE)
		return f;
	*n = all - *n;
	return FAULT_NONE;
}

static void
refuse(const struct kind *k, const struct org *before, const struct org *after, struct policy_effect *e)
{
	struct expiry_choice choice;

	for (size_t i = 0; expiry_choice(k, i, &choice); i++)
		if (expiry_allowed(k, before, &choice) && !expiry_allowed(k, after, &choice))
			e->refused[e->refused_n++] = choice.word;
}

static enum fault
look_at(struct work *w, const struct kind *k, const struct org *before, struct policy_preview *p)
{
	bool counted = kind_counts(k, before->personal_enabled != 0),
	     counts = kind_counts(k, p->policy.personal_enabled != 0);
	struct policy_effect e = { .kind = k };
	struct key_filter live = live_of(k);
	enum fault f = FAULT_NONE;

	refuse(k, before, &p->policy, &e);
	if (counted && !counts)
		f = stop(w, k, p, &e);
	else if (counts && !counted)
		f = keys_count(w, p->policy.id, &live, &e.returning);
	if (f == FAULT_NONE && counts && e.refused_n > 0)
		f = outlive(w, k, &p->policy, &e.outliving);
	if (f == FAULT_NONE && (counted != counts || e.refused_n > 0))
		p->effects[p->effects_n++] = e;
	return f;
}

enum fault
policy_preview(struct work *w, const char *org_id, const struct policy_wish *wish, struct policy_preview *p)
{
	struct org before;
	const struct kind *k;
	enum fault f;

	*p = (struct policy_preview){ .keys = NULL };
	if ((f = orgs_get(w, org_id, &before)) != FAULT_NONE)
		return f;
	p->policy = before;
	if ((f = organization_wished(w, wish, &p->policy)) != FAULT_NONE)
		return f;
	for (size_t i = 0; f == FAULT_NONE && (k = kind_at(i)) != NULL; i++)
		f = look_at(w, k, &before, p);
	return f;
}
