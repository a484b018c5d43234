/*
 * restrict.c: what a new key is to be restricted to.
 */
#include "core/restrict.h"

#include <string.h>

#include "core/ask.h"
#include "core/base_path.h"

#define PATHS_MAX 8192 /* of one key: they are read with it at every check */

/* The one resource a restriction names, by the member for its type. */
static enum fault
restriction_target(struct work *w, const struct kind *k, const struct mint_restriction *m,
    const struct type **type, struct str *id)
{
	const struct given_text *members[] = {
#define TYPE(id, name, prefix, parents, traits) [TYPE_##id] = &m->name,
#include "core/types.def"
#undef TYPE
	};

	*type = NULL;
	for (size_t i = 0; i < COUNT(members); i++) {
		if (members[i]->is == ABSENT)
			continue;
		if (members[i]->is == IS_NULL || *type != NULL || (k->restrictable >> i & 1) == 0)
			return fault_at(w, FAULT_BAD_FIELD, "restrictions",
			    "each must name one thing this kind can be restricted to");
		*type = type_of((enum type_id)i);
		*id = members[i]->v;
	}
	if (*type == NULL)
		return fault_at(w, FAULT_BAD_FIELD, "restrictions",
		    "each must name what the key is restricted to");
	return FAULT_NONE;
}

static enum fault
base_path_of(struct work *w, const struct type *type, const struct mint_restriction *m, const char **path)
{
	*path = NULL;
	if ((type->traits & HAS_PATHS) == 0)
		return m->base_path.is == ABSENT
		    ? FAULT_NONE
		    : fault_at(w, FAULT_BAD_FIELD, "base_path", "there are no paths in it");
	*path = m->base_path.is == GIVEN ? base_path_normalize(w->arena, m->base_path.v) : "/";
	return *path != NULL ? FAULT_NONE : fault_at(w, FAULT_BAD_FIELD, "base_path", "is no plain path");
}

/* A resource of the type that the actor may read; any other is as good as none. */
static enum fault
check_target(struct work *w, const struct type *type, struct str id)
{
	const char *text = arena_text(w->arena, id);
	struct target *t;
	enum fault f = ask_target(w, w->actor->org_id, text, &t);

	if (f == FAULT_NONE && (f = ask_actor(w, ACTION_READ, text)) == FAULT_NONE && t->type != type)
		f = FAULT_NOT_FOUND;
	return f != FAULT_NOT_FOUND
	    ? f
	    : fault_at(w, FAULT_BAD_FIELD, "restrictions", "there is no such %s", type->name);
}

enum fault
restrict_to(struct work *w, const struct kind *k, const struct mint_wish *wish, struct restriction **rows)
{
	const struct mint_restriction *m = wish->restrictions.v;
	size_t bytes = 0;
	enum fault f;

	*rows = NULL;
	if (wish->restrictions.is != GIVEN)
		return FAULT_NONE;
	if (k->restrictable == 0)
		return fault_at(w, FAULT_BAD_FIELD, "restrictions", "keys of this kind have none");
	/* Nothing chosen must never mean everything. */
	if (wish->restrictions.n == 0 || wish->restrictions.n > RESTRICTIONS_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "restrictions", "must name 1 to %d things",
		    RESTRICTIONS_MAX);
	*rows = arena_array(w->arena, struct restriction, wish->restrictions.n);
	for (size_t i = 0; i < wish->restrictions.n; i++) {
		const struct type *type;
		struct str id;

		if ((f = restriction_target(w, k, &m[i], &type, &id)) != FAULT_NONE ||
		    (f = base_path_of(w, type, &m[i], &(*rows)[i].base_path)) != FAULT_NONE ||
		    (f = check_target(w, type, id)) != FAULT_NONE)
			return f;
		(*rows)[i].resource_id = arena_text(w->arena, id);
		bytes += (*rows)[i].base_path == NULL ? 0 : strlen((*rows)[i].base_path);
	}
	if (bytes > PATHS_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "restrictions",
		    "the base paths have more than %d bytes in all", PATHS_MAX);
	return FAULT_NONE;
}
