/*
 * once.h: a request that is sent twice is done once.
 *
 * Its answer is kept in the transaction of what it did, sealed, since a new key
 * may be in it.  So it is there if and only if that was committed, whatever
 * happened to the first answer on its way.
 */
#ifndef CORE_ONCE_H
#define CORE_ONCE_H

#include "base/work.h"
#include "store/kept_answers.h"

#define ONCE_SECONDS 600 /* an answer is kept */

struct once {
	uint8_t id[KEPT_ID_SIZE], body[KEPT_ID_SIZE];
};

/* By what a request is known: who asks for what, by which name of its own, with which body. */
struct once once_of(struct work *, const char *what, struct str name, struct str body);

/*
 * First in the transaction.  *answer is what was answered before; or
 * STR_NONE: it is to be done now, and once_keep called at the end.
 * FAULT_IDEMPOTENCY_BUSY: it is being done just now; FAULT_IDEMPOTENCY_REUSED: the
 * name was used with another body; FAULT_TRY_AGAIN.
 */
enum fault once_begin(struct work *, const struct once *, struct str *answer);
enum fault once_keep(struct work *, const struct once *, struct str answer);

#endif
