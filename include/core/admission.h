/*
 * admission.h: who may run Argon2id now, over all processes of the service.
 *
 * At most [keys] argon2_at_once run at a time, and as many wait for a place;
 * whoever comes then is refused.  One key is verified once at a time: others
 * who present it meanwhile wait for that and look at what is remembered.
 * Nobody waits longer than [keys] argon2_wait.
 *
 * A process may be killed anywhere: the kernel lets go of its locks, and
 * whoever looks next finds its seat empty.
 */
#ifndef CORE_ADMISSION_H
#define CORE_ADMISSION_H

#include "base/work.h"

#define ADMISSION_TAG 16 /* bytes of a key's digest that tell it from others */

/* Before the first fork.  Without it nothing is limited (command line). */
void admission_open(void);

/*
 * A run may begin; admission_ran when it is over.  FAULT_BUSY, with the seconds
 * to wait, if it may not.  One that admission_claim let in needs no other place.
 */
enum fault admission_run(struct work *);
void admission_ran(void);

/*
 * Before the database is asked about a key that was never verified here:
 * FAULT_BUSY if a run could neither begin now nor wait for a place, nor one of
 * this key be waited for.  A flood of such keys then costs nobody anything else.
 */
enum fault admission_look(struct work *, const uint8_t tag[static ADMISSION_TAG]);
/*
 * Verify the key with this tag.  *mine: nobody else is at it, a run may begin,
 * and until admission_done whoever claims the tag waits.  Not *mine: somebody
 * else has been at it and is done, so look what is remembered before claiming
 * again; also do so when it is ours, for it may have been done just before.
 * *until is 0 at first and bounds all claims of one request together.
 */
enum fault admission_claim(struct work *, const uint8_t tag[static ADMISSION_TAG], int64_t *until,
    bool *mine);
/* Over: what there is to remember is remembered.  Nothing happens if nothing was claimed. */
void admission_done(void);

#endif
