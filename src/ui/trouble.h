/*
 * trouble.h: what is said to people about a fault.
 */
#ifndef UI_TROUBLE_H
#define UI_TROUBLE_H

#include "base/work.h"

/* A sentence about the fault and its details, in the language of the request. */
const char *trouble_text(struct work *, enum fault);
/* What it is called on a page of its own, and what to do next. */
const char *trouble_title(enum fault);
const char *trouble_advice(enum fault);

#define TROUBLE_STARS 4 /* of one pattern */

/*
 * Is what core said this text?  A star stands for anything up to what follows it,
 * which goes into given, in the arena.
 */
bool trouble_fits(struct arena *, const char *said, const char *pattern,
    const char *given[static TROUBLE_STARS], size_t *n);

#endif
