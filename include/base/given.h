/*
 * given.h: what somebody gave us for a member of a request: nothing at all,
 * null, or a value.  Core takes its wishes in these types, so that "absent" and
 * "null" stay apart without core knowing JSON.
 */
#ifndef BASE_GIVEN_H
#define BASE_GIVEN_H

#include "base/str.h"

struct json_value; /* base/json_in.h */

enum given { ABSENT, IS_NULL, GIVEN };

struct given_text {
	enum given is;
	struct str v;
};

struct given_int {
	enum given is;
	int64_t v;
};

struct given_flag {
	enum given is;
	bool v;
};

struct given_texts {
	enum given is;
	struct str *v;
	size_t n;
};

/* A list of objects, each read into a struct of its own. */
struct given_rows {
	enum given is;
	void *v;
	size_t n;
};

/* Any JSON; the value lives in the arena. */
struct given_json {
	enum given is;
	const struct json_value *v;
};

#endif
