/*
 * document.h: a GraphQL document (October 2021, section 2) as it was read: what
 * may be executed, and nothing of a type system.
 *
 * All of it lies in the arena of the work; texts that need no decoding are
 * borrowed from the request.
 */
#ifndef GRAPHQL_DOCUMENT_H
#define GRAPHQL_DOCUMENT_H

#include "base/fault.h"
#include "base/out.h"

/* What one request may cost, counted and never timed. */
#define GQL_SIZE_MAX	   ((size_t)32 << 10) /* bytes of a document */
#define GQL_TOKENS_MAX	   5000
#define GQL_NESTING_MAX	   32	/* of braces and brackets */
#define GQL_DEPTH_MAX	   20	/* of fields, fragments spread */
#define GQL_FIELDS_MAX	   1000 /* of an operation, fragments spread */
#define GQL_ALIASES_MAX	   100	/* of those */
#define GQL_DEFINITION_MAX 100	/* operations and fragments */
#define GQL_ERRORS_MAX	   100	/* told of; what is more is left out */

struct gql_place {
	unsigned line, column;
};

enum gql_sort {
	GQL_NULL,
	GQL_VARIABLE,
	GQL_INT,
	GQL_FLOAT,
	GQL_TEXT,
	GQL_FLAG,
	GQL_WORD, /* of an enum */
	GQL_LIST,
	GQL_OBJECT
};

/*
 * A value as written, or, once coerced, as a resolver gets it: then no variable
 * is left in it.
 */
struct gql_value {
	struct str name; /* of an argument or of a member of an object */
	enum gql_sort sort;
	struct str text; /* of a text, a word or a variable's name; of a number its digits */
	int64_t number;	 /* of GQL_INT; no number at all if it does not fit, see wide */
	double real;	 /* of GQL_INT and GQL_FLOAT */
	bool wide;	 /* of GQL_INT: more than int64_t has */
	bool flag;
	const struct gql_value *items; /* of a list or an object, linked by next */
	const struct gql_value *next;
	struct gql_place at;
};

struct gql_directive {
	struct str name;
	const struct gql_value *arguments;
	const struct gql_directive *next;
	struct gql_place at;
};

struct gql_variable {
	struct str name;
	struct str type; /* without blanks: "[ID!]!" */
	const struct gql_value *initial;
	const struct gql_directive *directives;
	struct gql_variable *next;
	struct gql_place at;
	bool used;
};

struct gql_field;

enum gql_selects { GQL_SELECTS_FIELD, GQL_SELECTS_FRAGMENT, GQL_SELECTS_INLINE };

struct gql_selection {
	enum gql_selects sort;
	struct str key;	 /* of a field: how the answer calls it */
	struct str name; /* of a field or a fragment */
	struct str on;	 /* of an inline fragment; STR_NONE: on any */
	const struct gql_value *arguments;
	const struct gql_directive *directives;
	struct gql_selection *set; /* NULL: a leaf */
	struct gql_selection *next;
	struct gql_place at;
	/* found while checking */
	const struct gql_field *row;
	struct gql_fragment *fragment;
};

enum gql_does { GQL_QUERY, GQL_MUTATION, GQL_SUBSCRIPTION };

struct gql_operation {
	enum gql_does does;
	struct str name; /* STR_NONE: it has none */
	struct gql_variable *variables;
	const struct gql_directive *directives;
	struct gql_selection *set;
	struct gql_operation *next;
	struct gql_place at;
};

struct gql_fragment {
	struct str name;
	struct str on;
	const struct gql_directive *directives;
	struct gql_selection *set;
	struct gql_fragment *next;
	struct gql_place at;
	bool used;
	unsigned seen; /* in which walk last */
};

struct gql_document {
	struct gql_operation *operations;
	struct gql_fragment *fragments;
	unsigned walks; /* that were begun, for seen */
};

/* A step of the way to a value of the answer. */
struct gql_step {
	const struct gql_step *up;
	const char *key; /* NULL: an item of a list */
	size_t index;
};

struct gql_error {
	const char *message;
	struct gql_place at;	     /* line 0: nowhere */
	const struct gql_step *path; /* NULL: of no field */
	enum fault fault;
	struct gql_error *next;
};

struct gql_errors {
	struct arena *arena;
	struct gql_error *first, *last;
	size_t n;
};

void gql_error(struct gql_errors *, struct gql_place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* False: not well formed or beyond a limit, and the one error says so. */
bool gql_parse(struct arena *, struct str text, struct gql_document *, struct gql_errors *);

/* One value without variables, as a schema has them. */
bool gql_parse_value(struct arena *, struct str text, struct gql_value *, struct gql_errors *);

/* A member of an object or one of some arguments; NULL. */
const struct gql_value *gql_member(const struct gql_value *first, const char *name);

#endif
