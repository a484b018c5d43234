/*
 * reach.c: asking decide() about paths in a provider.
 */
#include "config.h"

#include "files/reach.h"

#include <string.h>

#include "core/ask.h"
#include "core/base_path.h"

enum fault
reach_open(struct work *w, const char *provider_id, struct reach *r)
{
	struct target *t;
	enum fault f = ask_target(w, w->actor->org_id, provider_id, &t);

	if (f != FAULT_NONE)
		return f;
	*r = (struct reach){ .provider_id = t->id[0], .target = t };
	return t->type->id == TYPE_PROVIDER && decide_sees(w->actor, t) ? FAULT_NONE : FAULT_NOT_FOUND;
}

static void
look(struct work *w, const struct reach *r, enum action action, const char *path, struct verdict *v)
{
	struct question q = { .action = action,
		.target = r->target,
		.path = path,
		.from = w->peer,
		.now = w->now };

	*v = (struct verdict){ .explain = NULL };
	(void)decide(w->actor, &q, v);
}

enum fault
reach_may_name(struct work *w, const struct reach *r, enum action action, const char *path)
{
	struct verdict v;

	look(w, r, action, path, &v);
	return reason_fault(w, &v);
}

enum fault
reach_may(struct work *w, const struct reach *r, enum action action, const char *path)
{
	struct verdict v;

	look(w, r, ACTION_READ, path, &v);
	/* Where it lies is what must not be told; that the key may not read at all is known to it. */
	if (v.reason == REASON_PATH || v.reason == REASON_RESOURCE || v.reason == REASON_ROLE)
		return FAULT_NOT_FOUND;
	return v.reason != REASON_OK ? reason_fault(w, &v) : reach_may_name(w, r, action, path);
}

bool
reach_reads(struct work *w, const struct reach *r, const char *path)
{
	struct verdict v;

	look(w, r, ACTION_READ, path, &v);
	return v.reason == REASON_OK;
}

const char *
reach_base(struct work *w, const struct reach *r)
{
	const struct standing *s = w->actor;

	if (reach_reads(w, r, "/"))
		return "/";
	for (size_t i = 0; i < s->confine_n; i++)
		if (strcmp(s->confine[i].resource_id, r->provider_id) == 0 &&
		    s->confine[i].base_path != NULL && reach_reads(w, r, s->confine[i].base_path))
			return s->confine[i].base_path;
	return NULL;
}

bool
reach_leads(struct work *w, const struct reach *r, const char *path)
{
	const char *base = reach_base(w, r);

	return base != NULL && strcmp(base, path) != 0 && base_path_covers(path, base);
}
