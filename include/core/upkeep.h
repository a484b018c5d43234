/*
 * upkeep.h: what has to be done now and then, by one process: the keeper.
 */
#ifndef CORE_UPKEEP_H
#define CORE_UPKEEP_H

#include "store/audit.h"

/*
 * Seal the audit's new events into their chains and forget old sessions.  Short
 * and repeatable; a database that is away only means: next time.
 */
void upkeep_run(struct work *);

/* An event as the text its hash is made of. */
struct str upkeep_event_text(struct work *, const struct event *);

#endif
