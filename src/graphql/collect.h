/*
 * collect.h: the fields of a selection, its fragments spread, by the name that
 * the answer gives them (October 2021, section 6.3.2).
 */
#ifndef GRAPHQL_COLLECT_H
#define GRAPHQL_COLLECT_H

#include "graphql/run.h"

/* One of the fields that go by a name. */
struct gql_pick {
	const struct gql_selection *selection;
	struct gql_pick *next;
};

struct gql_group {
	const char *key;
	struct gql_pick *picks;
	struct gql_pick **end;
	struct gql_group *next;
	/* while executing: what is found once */
	struct gql_group *set;
	const struct gql_value *arguments;
	bool set_known, arguments_known;
};

struct gql_collector {
	struct arena *arena;
	const struct gql_value *variables;
	bool all; /* also what is skipped */
	unsigned walk;
	size_t steps, steps_max; /* fields and spreads */
	struct gql_group *first, **end;
};

/* To begin, with a number of a walk that is new to all fragments. */
void collect_open(struct gql_collector *, unsigned walk);
/* False: more than steps_max. */
bool collect_set(struct gql_collector *, const struct gql_selection *set);
/* The sets of all fields of a group, as one. */
bool collect_below(struct gql_collector *, const struct gql_group *);

#endif
