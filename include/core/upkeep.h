/*
 * upkeep.h: what has to be done now and then, by one process: the keeper.
 */
#ifndef CORE_UPKEEP_H
#define CORE_UPKEEP_H

#include "base/work.h"

/*
 * Mend changes whose process died, write what was gathered in shared memory
 * (refusals, when keys were last used), seal the audit's new events into their
 * chains, forget what is old.  Short and repeatable; a database that is away only
 * means: next time.  The last time before the service ends nothing waits for the
 * next.
 */
void upkeep_run(struct work *, bool last);

#endif
