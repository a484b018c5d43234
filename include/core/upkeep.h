/*
 * upkeep.h: what has to be done now and then, by one process: the keeper.
 */
#ifndef CORE_UPKEEP_H
#define CORE_UPKEEP_H

#include "store/audit.h"

/*
 * Mend changes whose process died, seal the audit's new events into their
 * chains, forget old sessions, write when keys were last used.  Short and
 * repeatable; a database that is away only means: next time.  The last time
 * before the service ends nothing waits for the next.
 */
void upkeep_run(struct work *, bool last);

/* An event as the text its hash is made of. */
struct str upkeep_event_text(struct work *, const struct event *);

#endif
