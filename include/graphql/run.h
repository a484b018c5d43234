/*
 * run.h: a document checked against a schema, and done (October 2021, sections 5
 * and 6).
 */
#ifndef GRAPHQL_RUN_H
#define GRAPHQL_RUN_H

#include "base/json_in.h"
#include "base/json_out.h"
#include "graphql/schema.h"

#define GQL_VALUES_MAX	 5000		    /* of the variables, those in lists and objects counted */
#define GQL_ROOM	 ((size_t)10 << 20) /* bytes of the arena that one resolver and the answer may take yet */
#define GQL_RESOLVED_MAX 20000		    /* calls of resolvers and items of lists in one request */

/* One request; whoever makes it fills in the first part. */
struct gql_run {
	struct work *work;
	const struct gql_schema *schema;
	void *ctx; /* of the schema's resolvers */
	const struct gql_document *doc;
	struct gql_errors errors;

	const struct gql_operation *operation;
	const struct gql_value *variables; /* coerced; those that have a value */
	struct json *json;
	unsigned resolved, walks;
	enum fault stop; /* what ends all of it */
};

/*
 * Is the document valid (section 5)?  False: the errors say why not.  What it
 * found is kept in the document.
 */
bool gql_check(const struct gql_schema *, struct gql_document *, struct gql_errors *);

/* The operation of that name; STR_NONE: the only one.  False: an error says why there is none. */
bool gql_choose(struct gql_run *, struct str name);

/* Values for the operation's variables (NULL: none are given).  False: errors. */
bool gql_variables(struct gql_run *, const struct json_value *given);

/*
 * Do it, and write what comes of it under "data".  Errors of fields are in r->errors,
 * each with its path; FAULT_NONE also then.
 */
enum fault gql_execute(struct gql_run *, struct json *);

/* Write the list of errors; of one its "extensions": the code and the status that clients know. */
void gql_write_errors(struct gql_run *, struct json *);
void gql_write_extensions(struct json *, enum fault);
const char *gql_code(enum fault);
int gql_status(enum fault);

/* --- for resolvers --- */

/* What is given for an argument; NULL for null too. */
const struct gql_value *gql_given(const struct gql_value *arguments, const char *name);
struct str gql_given_str(const struct gql_value *arguments, const char *name);

#endif
