/*
 * kept_answers.h: the rows of answers that are given again to the same request.
 */
#ifndef STORE_KEPT_ANSWERS_H
#define STORE_KEPT_ANSWERS_H

#include "base/work.h"

#define KEPT_ID_SIZE 32

struct kept_answer {
	struct str body;   /* KEPT_ID_SIZE bytes: the digest of the body it answers */
	struct str sealed; /* STR_NONE within its own transaction */
	int64_t expires_at;
};

/*
 * Its row is locked until the transaction ends; FAULT_NO_ROW.  FAULT_TRY_AGAIN: the row
 * belongs to a transaction that has not ended; it is not waited for.
 */
enum fault kept_answers_get(struct work *, const uint8_t id[static KEPT_ID_SIZE], struct kept_answer *);
/*
 * One that is being made; anew: in the place of one that was got, and is over.
 * FAULT_TAKEN if somebody else was first.
 */
enum fault kept_answers_begin(struct work *, const uint8_t id[static KEPT_ID_SIZE],
    const uint8_t body[static KEPT_ID_SIZE], int64_t expires_at, bool anew);
enum fault kept_answers_keep(struct work *, const uint8_t id[static KEPT_ID_SIZE], struct str sealed);
/* Those that have been kept for long enough. */
enum fault kept_answers_forget(struct work *);

#endif
