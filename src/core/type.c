/*
 * type.c: the types of resource as a table.
 */
#include "core/type.h"

#include <assert.h>

static const struct type types[] = {
#define TYPE(id, name, prefix, parents, traits) [TYPE_##id] = { TYPE_##id, #name, prefix, parents, traits },
#include "core/types.def"
#undef TYPE
};

const struct type *
type_of(enum type_id id)
{
	assert(id < TYPE__MAX);
	return &types[id];
}

const struct type *
type_named(struct str name)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (str_is(name, types[i].name))
			return &types[i];
	return NULL;
}

const char *
type_names(void)
{
	static const char names[] =
#define TYPE(id, name, prefix, parents, traits) ", " #name
#include "core/types.def"
#undef TYPE
	    ;

	/* An organization is the first of them, and is not made as the others are. */
	return names + sizeof ", organization, " - 1;
}
