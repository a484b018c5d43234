/*
 * fields.h: reading a JSON object into a struct, member by member.
 *
 * A shape lists the members an object may have.  What is not listed, of the
 * wrong type or given twice is a fault that names the member; no JSON value
 * travels past here, but where a row says that any may.  Texts lie in the vault,
 * since any of them may be a secret; such JSON in the arena.
 */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include "base/given.h"
#include "base/json_in.h"
#include "base/work.h"

enum field_type {
	FIELD_IS_TEXT,
	FIELD_IS_INT,
	FIELD_IS_FLAG,
	FIELD_IS_TEXTS,
	FIELD_IS_ROWS,	 /* a list of objects */
	FIELD_IS_OBJECT, /* one object, as rows with n == 1 */
	FIELD_IS_JSON	 /* whatever it is */
};

struct shape;

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	const struct shape *rows;
	bool needed; /* told to readers of the description; core says so to callers */
};

struct shape {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t n;
};

#define FIELD_TYPE_OF(type, member) \
	_Generic(((struct type *)0)->member, struct given_text \
		 : FIELD_IS_TEXT, struct given_int \
		 : FIELD_IS_INT, struct given_flag \
		 : FIELD_IS_FLAG, struct given_texts \
		 : FIELD_IS_TEXTS, struct given_json \
		 : FIELD_IS_JSON)
#define FIELD(type, member) \
	{ \
#member, FIELD_TYPE_OF(type, member), offsetof(struct type, member), NULL, false \
	}
#define FIELD_NEEDED(type, member) \
	{ \
#member, FIELD_TYPE_OF(type, member), offsetof(struct type, member), NULL, true \
	}
#define FIELD_ROWS(type, member, shape) \
	{ \
#member, FIELD_IS_ROWS, offsetof(struct type, member), shape, false \
	}
#define FIELD_OBJECT(type, member, shape) \
	{ \
#member, FIELD_IS_OBJECT, offsetof(struct type, member), shape, false \
	}
#define SHAPE(name, type, fields) \
	{ \
		name, sizeof(struct type), fields, COUNT(fields) \
	}

/* An object whose members are its own affair: the body is a struct json_value. */
#define SHAPE_FREE(name) \
	{ \
		name, sizeof(struct json_value), NULL, 0 \
	}

/* FAULT_BAD_JSON, or FAULT_BAD_FIELD and its like naming the member. */
enum fault fields_read(struct work *, const struct shape *, struct str body, void **made);

/*
 * The same from a form (application/x-www-form-urlencoded).  A member that is a
 * list is given as often as it has texts, and a number that is empty is null; a
 * flag is true or false by its word, and true for "on", as a ticked box has it.
 * Lists of objects cannot be given.  Three names are every form's own: "csrf",
 * "once" and "proof" are no members.
 */
enum fault fields_read_form(struct work *, const struct shape *, struct str body, void **made);

/* The field of this name; NULL if there is none.  And how one that is not there is refused. */
const struct field *field_named(const struct shape *, const char *name);
enum fault fields_unknown(struct work *, const char *name);

#endif
