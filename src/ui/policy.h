/*
 * policy.h: an organization's policy, and what a change of it would do.
 */
#ifndef UI_POLICY_H
#define UI_POLICY_H

#include "core/organization.h"
#include "ui/frame.h"
#include "ui/show.h"

struct policy_line {
	const char *text;
};

/* What would happen to the keys of a kind. */
struct policy_said {
	const char *kind;
	struct {
		size_t n;
		struct policy_line v[5];
	} lines;
};

struct policy_key {
	const char *name, *owner;
	struct when used;
};

struct policy_field {
	const char *name, *value;
};

struct policy_page {
	struct frame frame;
	const char *action, *back;
	bool stops; /* living keys */
	struct {
		size_t n;
		struct policy_said *v;
	} effects;
	struct {
		size_t n;
		struct policy_key *v;
	} keys;
	struct {
		size_t n;
		struct policy_field v[5];
	} fields;
};

/*
 * Would it change anything for keys?  Then the page that asks first is written,
 * with what was sent in its form, and *asked is true.
 */
enum fault policy_ask(struct call *, const struct policy_wish *, struct str name, bool *asked);

#endif
