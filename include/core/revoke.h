/*
 * revoke.h: ending many keys at once: those of a list, or all that a filter takes
 * in, as far as the actor may end each of them.
 */
#ifndef CORE_REVOKE_H
#define CORE_REVOKE_H

#include "base/given.h"
#include "core/key_query.h"

#define REVOKE_IDS_MAX 200
#define REVOKE_PIECE   1000 /* keys at a time: others who change the organization wait for them */

struct revoke_wish {
#define KEY_QUERY(name, option)	     struct given_text name;
#define KEY_QUERY_FLAG(name, option) struct given_flag name;
#include "core/key_query.def"
	struct given_texts ids;
	struct given_flag all, dry_run;
};

/*
 * Either ids, or a filter that leaves something out, or `all`, which must be said
 * on its own: nobody ends everything by a slip.  *by_ids: it is ids, and there is
 * no filter.  FAULT_MISSING_FIELD, FAULT_BAD_FIELD.
 */
enum fault revoke_read(struct work *, const struct revoke_wish *, struct key_filter *, bool *by_ids);
/* The same for a query; a query that narrows nothing needs `all`. */
enum fault revoke_filter(struct work *, const struct key_query *, bool all, struct key_filter *);

/*
 * Those of the ids that the actor may end, in the transaction at hand (dry: none is
 * ended).  *missed are the others: there is no such key, it is dead already, or it
 * is a machine's.
 */
enum fault revoke_ids(struct work *, const struct given_texts *ids, bool dry, struct key **keys, size_t *n,
    struct str **missed, size_t *missed_n);

/* At most page->limit keys, in the transaction at hand; moves the page on. */
enum fault revoke_piece(struct work *, const struct key_filter *, struct page *, struct key_brief **,
    size_t *n);

#endif
