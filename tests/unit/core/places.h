/*
 * places.h: an organization with one of everything, for questions to decide().
 */
#ifndef TESTS_CORE_PLACES_H
#define TESTS_CORE_PLACES_H

#include "core/decide.h"

enum place {
	ORG,
	SOURCE1,
	SOURCE2,
	PROVIDER1,
	PROVIDER2,
	SPACE1,
	BASE1,
	TABLE1,
	SPACE2,
	BASE2,
	COLLECTION1,
	PLACES,
	ANYWHERE = PLACES
};

static const struct {
	const char *id;
	enum type_id type;
	enum place above; /* itself at the top */
} places[] = {
	[ORG] = { "org_a", TYPE_ORGANIZATION, ORG },
	[SOURCE1] = { "res_source1", TYPE_SOURCE, SOURCE1 },
	[SOURCE2] = { "res_source2", TYPE_SOURCE, SOURCE2 },
	[PROVIDER1] = { "res_provider1", TYPE_PROVIDER, PROVIDER1 },
	[PROVIDER2] = { "res_provider2", TYPE_PROVIDER, PROVIDER2 },
	[SPACE1] = { "spc1", TYPE_SPACE, SPACE1 },
	[BASE1] = { "bse1", TYPE_BASE, SPACE1 },
	[TABLE1] = { "tbl1", TYPE_TABLE, BASE1 },
	[SPACE2] = { "spc2", TYPE_SPACE, SPACE2 },
	[BASE2] = { "bse2", TYPE_BASE, SPACE2 },
	[COLLECTION1] = { "res_collection1", TYPE_COLLECTION, ORG },
	[ANYWHERE] = { "anywhere", TYPE__MAX, ANYWHERE },
};

/* The target as ask_target would find it. */
static inline const struct target *
target_of(enum place p)
{
	static struct target t[PLACES];

	t[p] = (struct target){ .type = type_of(places[p].type), .id = { places[p].id }, .n = 1 };
	for (enum place up = p; places[up].above != up; up = places[up].above)
		t[p].id[t[p].n++] = places[places[up].above].id;
	return &t[p];
}

static inline const struct target *
target_at(enum place p)
{
	return p == ANYWHERE ? NULL : target_of(p);
}

/* A row of a restriction, with the parents as the store reads them. */
static inline struct confine
confined_to(enum place p, const char *base_path)
{
	const struct target *t = target_of(p);

	return (struct confine){ t->id[0], t->type->name, base_path, t->n > 1 ? t->id[1] : NULL,
		t->n > 2 ? t->id[2] : NULL };
}

#endif
