/*
 * search.h: a text that somebody looks for in a list.
 */
#ifndef CORE_SEARCH_H
#define CORE_SEARCH_H

#include "base/work.h"

/* As lists take it (NULL: nothing is looked for); FAULT_BAD_FIELD about "search". */
enum fault search_read(struct work *, struct str said, const char **text);

#endif
