/*
 * key_query.h: which keys somebody asks for: texts of a request or a command,
 * made into a filter of what the actor may see.
 */
#ifndef CORE_KEY_QUERY_H
#define CORE_KEY_QUERY_H

#include "base/work.h"
#include "store/key_lists.h"

/* STR_NONE: not asked for.  never_used is "true" or "false". */
struct key_query {
#define KEY_QUERY(name, option) struct str name;
#include "core/key_query.def"
	struct str sort; /* of a list: one of keys_orders, see core/sort.h */
};

/* Is anything asked for?  The order does not count. */
bool key_query_asks(const struct key_query *);
/* Does it ask for some keys rather than for all that count? */
bool key_query_narrows(const struct key_query *);

/*
 * Members see their own keys, whatever they ask for; keys of a kind that hides
 * them when they are ended are seen by nobody then.  FAULT_BAD_FIELD names what is
 * not right.
 */
enum fault key_query_filter(struct work *, const struct key_query *, struct key_filter *);

/* Letters and digits that are others for another query: for cursors. */
const char *key_query_mark(struct work *, const struct key_query *);

#endif
