/*
 * json_tree.h: writing JSON that was read as a tree, and reading what was written.
 */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include "base/json_in.h"
#include "base/json_out.h"

void json_value(struct json *, const char *name, const struct json_value *);
/* The members of an object, without its braces. */
void json_members(struct json *, const struct json_value *object);
/* As text of at most max bytes; STR_NONE if it is longer. */
struct str json_tree_text(struct arena *, const struct json_value *, size_t max);

#endif
