/*
 * schema.h: what can be asked for: types as tables of rows, each field with what
 * it takes to be asked for it.
 *
 * A type is named by its text, "[ApiKey!]!", wherever one is; a text of a request
 * has no blanks in it either.  There are objects, inputs, enums and scalars, but
 * no interfaces and no unions.
 */
#ifndef GRAPHQL_SCHEMA_H
#define GRAPHQL_SCHEMA_H

#include "base/work.h"
#include "graphql/document.h"

struct gql_run;

enum gql_type_sort { GQL_IS_SCALAR, GQL_IS_ENUM, GQL_IS_OBJECT, GQL_IS_INPUT };

/* An argument, or a member of an input. */
struct gql_argument {
	const char *name, *type;
	const char *initial; /* a value as one writes it; NULL: none */
	const char *about;
};

/* What it takes to be asked for a field; GQL_FOR_NOBODY is no row of ours, and keeps the program from starting. */
enum gql_for {
	GQL_FOR_NOBODY,
	GQL_FOR_ALL,	/* what the schema says about itself */
	GQL_FOR_READER, /* a credential that may read something */
	GQL_FOR_WRITER,
	GQL_FOR_RULER,
	GQL_FOR_PERSON, /* a session: about keys no key may ask */
	GQL_FOR_PARENT	/* whoever was given what the field belongs to */
};

/* What a resolver found.  Texts, objects and lists live as long as the work. */
enum gql_got_sort {
	GOT_NULL,
	GOT_TEXT,
	GOT_INT,
	GOT_REAL,
	GOT_FLAG,
	GOT_TIME,    /* Unix seconds */
	GOT_JSON,    /* text that is JSON already */
	GOT_OBJECT,  /* the source of its fields */
	GOT_OBJECTS, /* n of them, each of `size` bytes */
	GOT_TEXTS    /* n of struct str */
};

struct gql_got {
	enum gql_got_sort sort;
	struct str text;
	int64_t number;
	double real;
	bool flag;
	const void *object;
	size_t n, size;
};

/* arguments: those that are given, or have a value of their own, linked by next. */
typedef enum fault gql_resolver(struct gql_run *, const void *source, const struct gql_value *arguments,
    struct gql_got *);

/* How a field is found: by its resolver, as a member of its source, or as what it always is. */
enum gql_member {
	MEMBER_NONE,
	MEMBER_TEXT, /* const char *, NULL is null */
	MEMBER_INT,  /* int64_t */
	MEMBER_TIME, /* int64_t, 0 is null */
	MEMBER_FLAG, /* bool */
	MEMBER_NULL,
	MEMBER_NO,
	MEMBER_YES,
	MEMBER_ITSELF /* the source again, as an object of another type */
};

struct gql_field {
	const char *name, *type;
	enum gql_for for_whom;
	gql_resolver *resolve;
	enum gql_member member;
	size_t offset;
	const struct gql_argument *arguments; /* ended by name == NULL; or NULL */
	const char *about;
	const char *deprecated; /* why; NULL: it is not */
};

/* A field that is a member of its source, one that is always the same, and one that is asked for. */
#define GQL_HAS(sort, structure, member, name, type, about) \
	{ \
		name, type, GQL_FOR_PARENT, NULL, sort, offsetof(struct structure, member), NULL, about, \
		    NULL \
	}
#define GQL_IS(sort, name, type, about) \
	{ \
		name, type, GQL_FOR_PARENT, NULL, sort, 0, NULL, about, NULL \
	}
#define GQL_ASKED(resolver, arguments, name, type, about) \
	{ \
		name, type, GQL_FOR_PARENT, resolver, MEMBER_NONE, 0, arguments, about, NULL \
	}
#define GQL_ENTRY(for_whom, resolver, arguments, name, type, about) \
	{ \
		name, type, for_whom, resolver, MEMBER_NONE, 0, arguments, about, NULL \
	}
#define GQL_LAST \
	{ \
		.name = NULL \
	}

/* Is the value one of this scalar?  It may be changed, as a whole number into a real one. */
typedef bool gql_scalar(struct gql_value *);

struct gql_type {
	enum gql_type_sort sort;
	const char *name;
	const char *about;
	const struct gql_field *fields;	   /* of an object; ended by name == NULL */
	const struct gql_argument *inputs; /* of an input; the same */
	const char *const *words;	   /* of an enum; ended by NULL */
	gql_scalar *takes;		   /* of a scalar */
	const char *url;		   /* of a scalar: where it is specified */
};

struct gql_schema {
	const char *about;
	const struct gql_type *const *types; /* ended by NULL */
	const char *query, *mutation;	     /* names of types; mutation may be NULL */
	/* May whoever asks be asked for such a field? */
	enum fault (*let)(struct gql_run *, enum gql_for);
	/* A field ends with a fault: what is said about it, with r->work->trouble. */
	const char *(*say)(struct gql_run *, enum fault);
};

struct gql_directive_row {
	const char *name, *about;
	const char *const *places; /* ended by NULL */
	const struct gql_argument *arguments;
};

/* Every type that is named is there, every field is for somebody; else why not. */
const char *gql_schema_flaw(const struct gql_schema *);

/* By name; NULL. */
const struct gql_type *gql_type_named(const struct gql_schema *, struct str name);
const struct gql_type *gql_root(const struct gql_schema *, enum gql_does);
/* __typename, and at the root __schema and __type, are there too. */
const struct gql_field *gql_field_named(const struct gql_schema *, const struct gql_type *, struct str name);
const struct gql_argument *gql_argument_named(const struct gql_argument *, struct str name);
const struct gql_directive_row *gql_directive_named(struct str name);

/* --- texts of types --- */

bool gql_is_needed(struct str type);  /* ends in "!" */
bool gql_is_list(struct str type);    /* begins with "[" */
struct str gql_bare(struct str type); /* without the "!" at the end */
struct str gql_item(struct str type); /* what is in the list */
struct str gql_name(struct str type); /* the name alone */
/* The type that it is about; NULL. */
const struct gql_type *gql_type_of(const struct gql_schema *, struct str type);
bool gql_takes_input(const struct gql_type *);

/* The scalars of the specification, and two that many have. */
extern const struct gql_type gql_int, gql_float, gql_string, gql_boolean, gql_id, gql_date_time, gql_json;
/* Ended by NULL: __Schema and its like. */
extern const struct gql_type *const gql_own_types[];
/* The fields of the root that they are asked for by; __typename last. */
extern const struct gql_field gql_own_fields[];
extern const struct gql_directive_row gql_directives[]; /* ended by name == NULL */

#endif
