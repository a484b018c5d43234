/*
 * period.h: the days that a filter names by a word, as "today" or "lastMonth".
 */
#ifndef RECORDS_PERIOD_H
#define RECORDS_PERIOD_H

#include "base/json_in.h"

/*
 * {"mode", "numberOfDays"}: from the first second of its first day to the last one
 * of its last, in UTC, weeks beginning on Monday.  within: a word of those that
 * reach from today on or up to it; without, one of the others.  False: it is none
 * of them, or has not the number of days it needs.
 */
bool period_of(const struct json_value *, int64_t now, bool within, int64_t *from, int64_t *to);

#endif
