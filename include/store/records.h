/*
 * records.h: the rows of records.
 *
 * What holds them is named by an id: that of a table, or the name of a collection.
 */
#ifndef STORE_RECORDS_H
#define STORE_RECORDS_H

#include "base/work.h"

struct record {
	int64_t n; /* in the order they were made */
	const char *id, *fields, *created_by, *updated_by;
	int64_t version, created_at, updated_at;
};

/* Which record, and where it stands in an order: by its value of a field or an instant. */
struct record_at {
	int64_t n, at;
	struct str value;
};

/*
 * Numbers for so many records, from *first on; others who want some wait until the
 * transaction ends.  What is to hold records is made here, too.
 */
enum fault records_reserve(struct work *, const char *org, const char *table, int64_t count, int64_t *first);
/* The place for fields and records of a table; nothing if it is there. */
enum fault records_table(struct work *, const char *org, const char *table);
enum fault records_insert(struct work *, const char *org, const char *table, const struct record *);
/* Its fields, by whom and when; the version goes up. */
enum fault records_change(struct work *, const char *org, const char *table, const struct record *);
enum fault records_delete(struct work *, const char *org, const char *table, int64_t n);
enum fault records_get(struct work *, const char *org, const char *table, const char *id, struct record *);
/* The same, and nobody changes it before the transaction ends. */
enum fault records_hold(struct work *, const char *org, const char *table, const char *id, struct record *);

/* Those of the numbers (JSON, a list) that are there, by number. */
enum fault records_of(struct work *, const char *org, const char *table, struct str numbers, size_t max,
    struct record **, size_t *n);
/* Records in the order of their numbers, behind one, after skipping so many. */
enum fault records_page(struct work *, const char *org, const char *table, int64_t after, int64_t skip,
    int64_t limit, struct record **, size_t *n);
/* Numbers in their order, behind one, after skipping so many. */
enum fault records_by_number(struct work *, const char *org, const char *table, int64_t after, int64_t skip,
    int64_t limit, struct record_at **, size_t *n);
/* In the order of their last change, behind this one. */
enum fault records_by_change(struct work *, const char *org, const char *table, const struct record_at *after,
    int64_t limit, struct record_at **, size_t *n);

/* At most so many records of tables that are gone; *left: there may be more. */
enum fault records_forget(struct work *, bool *left);

#endif
