/*
 * json_in.h: reading JSON that has no fixed shape: a JWT's parts, a set of keys.
 * Bodies of requests are read by http/fields.h.
 */
#ifndef BASE_JSON_IN_H
#define BASE_JSON_IN_H

#include "base/arena.h"

enum json_sort { JSON_IS_NULL, JSON_IS_FLAG, JSON_IS_NUMBER, JSON_IS_TEXT, JSON_IS_LIST, JSON_IS_OBJECT };

struct json_value {
	const char *name; /* of a member; NULL in a list and at the top */
	enum json_sort sort;
	bool flag;
	int64_t number; /* without its fraction */
	double real;
	bool whole; /* a number that was written without fraction and exponent */
	struct str text;
	const struct json_value *items; /* of a list or an object */
	size_t n;
};

/*
 * One whole JSON value, copied into the arena.  False if it is not well formed, has
 * a member twice at any depth, NUL in a text, a number beyond int64_t, or is nested
 * deeper than eight times.
 */
bool json_in(struct arena *, struct str text, struct json_value *);

/*
 * The same for a value that jansson has read already; also false for a text with
 * NUL in it.  Declared here by name, for its header is not for all.
 */
struct json_t;
bool json_in_tree(struct arena *, const struct json_t *, struct json_value *);
/* A number without a fraction, however it was written: 10, 10.0 or 1e1.  Then its `number` is all of it. */
bool json_is_integral(const struct json_value *);

/* The member of an object; NULL if there is none, or if it is no object. */
const struct json_value *json_member(const struct json_value *, const char *name);
/* Its text; STR_NONE if there is none, or if it is no text. */
struct str json_member_text(const struct json_value *, const char *name);

#endif
