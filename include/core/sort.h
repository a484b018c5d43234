/*
 * sort.h: the order somebody asks for a list in.
 */
#ifndef CORE_SORT_H
#define CORE_SORT_H

#include "base/page.h"
#include "base/work.h"

/*
 * One of a list's words, with "-" before it to go downward; STR_NONE: the first,
 * upward.  FAULT_BAD_FIELD about "sort", and it is the first, too.
 */
enum fault sort_read(struct work *, struct str said, const struct page_orders *, struct order *);

#endif
