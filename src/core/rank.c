/*
 * rank.c: the role a credential's owner has: the highest of all that was granted.
 */
#include "core/rank.h"

#include <string.h>

/* The best role on any of the ids; *best says which grant won. */
static enum rank
granted_rank(const struct standing *s, const char *const *id, size_t n, const struct granted **best)
{
	enum rank rank = RANK_NONE;

	for (size_t i = 0; i < s->granted_n; i++)
		for (size_t j = 0; j < n; j++)
			if (strcmp(s->granted[i].resource_id, id[j]) == 0 && s->granted[i].rank > rank) {
				rank = s->granted[i].rank;
				*best = &s->granted[i];
			}
	return rank;
}

/* The role on the organization is what counts where nothing else was granted. */
static bool
org_rank_reaches(const struct standing *s, const struct target *t)
{
	if (s->owner == OWNER_ORGANIZATION || s->org_rank == RANK_ADMIN)
		return true;
	return t->type->id == TYPE_ORGANIZATION || (t->type->traits & FOLLOWS_ORG) != 0;
}

enum rank
rank_on(const struct standing *s, const struct target *t, const struct granted **best)
{
	enum rank rank = granted_rank(s, t->id, t->n, best);

	if (org_rank_reaches(s, t) && s->org_rank > rank) {
		*best = NULL;
		rank = s->org_rank;
	}
	return rank;
}

/* Anywhere: the best role on whatever the key may reach. */
enum rank
rank_anywhere(const struct standing *s, const struct granted **best)
{
	enum rank rank = s->org_rank;

	if (s->restricted && s->org_rank != RANK_ADMIN)
		rank = RANK_NONE;
	for (size_t i = 0; i < (s->restricted ? s->confine_n : s->granted_n); i++) {
		const struct confine *c = s->restricted ? &s->confine[i] : NULL;
		const char *id[3] = { c == NULL ? s->granted[i].resource_id : c->resource_id };
		const struct granted *g = NULL;
		size_t n = 1;
		enum rank here;

		if (c != NULL && c->parent1 != NULL)
			id[n++] = c->parent1;
		if (c != NULL && c->parent2 != NULL)
			id[n++] = c->parent2;
		if ((here = granted_rank(s, id, n, &g)) > rank) {
			rank = here;
			*best = g;
		}
	}
	return rank;
}
