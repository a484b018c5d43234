/*
 * json_out.h: writing JSON (RFC 8259) into an out.
 *
 * A writer that cannot be unbalanced beyond its depth, allocates nothing of its
 * own and always escapes; '<', '>' and '&' too, so that an answer some server
 * labels as HTML stays harmless.  Text must be UTF-8.  A NULL name means: an
 * item of a list, or the value at the top.
 */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include "base/out.h"

#define JSON_DEPTH_MAX 64

struct json {
	struct out *out;
	char close[JSON_DEPTH_MAX];
	bool comma[JSON_DEPTH_MAX];
	int depth;
};

struct json json_into(struct out *);
void json_object(struct json *, const char *name);
void json_list(struct json *, const char *name);
/* Close the innermost object or list. */
void json_end(struct json *);

/* NULL is written as null. */
void json_text(struct json *, const char *name, const char *value);
void json_str(struct json *, const char *name, struct str value);
void json_int(struct json *, const char *name, int64_t);
/* The shortest text that reads as the same number; it must be finite. */
void json_real(struct json *, const char *name, double);
void json_flag(struct json *, const char *name, bool);
void json_null(struct json *, const char *name);
/* Unix seconds as RFC 3339 in UTC; 0 is written as null. */
void json_time(struct json *, const char *name, int64_t);
/* A value that is JSON already, trusted to be whole; STR_NONE is null. */
void json_raw(struct json *, const char *name, struct str value);

#endif
