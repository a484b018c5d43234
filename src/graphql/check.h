/*
 * check.h: the parts of checking a document.
 */
#ifndef GRAPHQL_CHECK_H
#define GRAPHQL_CHECK_H

#include "graphql/run.h"

struct checking {
	const struct gql_schema *schema;
	struct gql_document *doc;
	struct gql_errors *errors;
	struct gql_operation *operation; /* whose variables are looked at */
	size_t steps;			 /* of spreading, over all operations */
	size_t aliases;
};

/* Each definition by itself: are there such fields, with such arguments? */
void check_definitions(struct checking *);
/* All of an operation: the variables it uses. */
void check_variables(struct checking *, struct gql_operation *);
/* All of an operation: what it costs, and whether fields of one name are one. */
void check_spread(struct checking *, const struct gql_operation *);

/* The next number of a walk. */
unsigned check_walk(struct checking *);

/* For "%.*s". */
#define SHOW(str) (int)((str).n < 100 ? (str).n : 100), (str).s

#endif
