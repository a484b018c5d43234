/*
 * type.h: the types of resource, one row each in types.def.
 */
#ifndef CORE_TYPE_H
#define CORE_TYPE_H

#include "base/str.h"

enum type_id {
#define TYPE(id, name, prefix, parents, traits) TYPE_##id,
#include "core/types.def"
#undef TYPE
	TYPE__MAX
};

#define TYPE_BIT(id) (1u << TYPE_##id)

enum { MEMBERS_MAKE = 1, HAS_PATHS = 2, FOLLOWS_ORG = 4, HAS_ROOT = 8, HAS_DRIVER = 16 };

struct type {
	enum type_id id;
	const char *name;
	const char *id_prefix;
	unsigned parents; /* bits of types */
	unsigned traits;
};

const struct type *type_of(enum type_id);
/* NULL if there is none. */
const struct type *type_named(struct str);
/* The names of those that can be made, with commas between. */
const char *type_names(void);

#endif
