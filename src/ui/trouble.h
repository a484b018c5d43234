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

#endif
