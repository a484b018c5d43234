/*
 * find.h: records of a table in an order, those that a filter takes in.
 */
#ifndef RECORDS_FIND_H
#define RECORDS_FIND_H

#include "records/filter.h"
#include "store/records.h"

#define FIND_ORDER_MAX 3
#define FIND_TAKE_MAX  2000

struct find_order {
	const struct column *column;
	bool down;
};

/*
 * Without an order they come as they were made, or as they are named; empty fields are before all
 * others.
 */
struct find {
	const char *table;
	const struct record_at *only; /* those that are named, by their numbers; NULL: all */
	size_t only_n;
	struct filter *filter; /* NULL: all */
	struct find_order order[FIND_ORDER_MAX];
	size_t order_n;
	int64_t skip, take;
};

/*
 * Those of the acting credential's organization.  What would take too long is
 * FAULT_BAD_FIELD naming "filter", and what is too large for one answer "take".
 */
enum fault find_records(struct work *, const struct find *, struct record **, size_t *n);

#endif
