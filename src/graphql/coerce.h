/*
 * coerce.h: values for what wants them.
 */
#ifndef GRAPHQL_COERCE_H
#define GRAPHQL_COERCE_H

#include "graphql/run.h"

struct coercion {
	const struct gql_schema *schema;
	struct gql_errors *errors; /* and what is made lies in their arena */
	const struct gql_value *variables;
	bool only_check;     /* variables have no values yet, and are good everywhere */
	bool from_json;	     /* where the words of an enum are texts */
	struct str variable; /* that it is about, for the error; or STR_NONE */
};

/* False: an error. */
bool coerce_value(struct coercion *, struct str type, const struct gql_value *written,
    struct gql_value *made);

/* Some arguments, or the members of an input: those that have a value. */
bool coerce_rows(struct coercion *, const struct gql_argument *rows, const struct gql_value *given,
    struct gql_place at, const struct gql_value **made);

#endif
