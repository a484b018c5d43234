/*
 * record_values.h: the rows of the values of records that can be looked for, and
 * the orders they have.
 */
#ifndef STORE_RECORD_VALUES_H
#define STORE_RECORD_VALUES_H

#include "store/records.h"

#define RECORD_FIELD_BYTES 64
#define RECORD_VALUE_BYTES 255

/* Values of one record: JSON, a list of {f: field, v: value}, both in hexadecimal digits; none of them is there. */
enum fault record_values_put(struct work *, const char *org, const char *table, int64_t n, struct str values);
/* The same of one value: most records have few, and a table made of JSON takes as long as all the rest. */
enum fault record_values_put_one(struct work *, const char *org, const char *table, int64_t n,
    struct str field, struct str value);
enum fault record_values_remove(struct work *, const char *org, const char *table, int64_t n,
    struct str field);

/* Values of a field from one to another, both included. */
struct record_range {
	struct str field, from, to;
};

/* Records with such a value in its order, behind this one; no value: from the start. */
enum fault record_values_up(struct work *, const char *org, const char *table, const struct record_range *,
    const struct record_at *after, int64_t limit, struct record_at **, size_t *n);
/* The other way round, ending with the least. */
enum fault record_values_down(struct work *, const char *org, const char *table, const struct record_range *,
    const struct record_at *after, int64_t limit, struct record_at **, size_t *n);
/* Records with one of three values (two of them may be the same), by number, behind this one. */
enum fault record_values_any(struct work *, const char *org, const char *table, struct str field,
    const struct str value[static 3], int64_t after, int64_t limit, struct record_at **, size_t *n);
/* Records without a value in the field, by number, behind this one. */
enum fault record_values_none(struct work *, const char *org, const char *table, struct str field,
    int64_t after, int64_t limit, struct record_at **, size_t *n);

#endif
