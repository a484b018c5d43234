/*
 * filter.h: which records of a table somebody asks for.
 */
#ifndef RECORDS_FILTER_H
#define RECORDS_FILTER_H

#include "records/column.h"
#include "store/record_values.h"

#define FILTER_LEAVES_MAX 50
#define FILTER_BYTES_MAX  ((size_t)16 << 10) /* as JSON */
#define FILTER_RANGES_MAX 8

struct filter;

/*
 * {"conjunction": "and" or "or", "filterSet": [{"fieldId", "operator", "value"}, or
 * another filter, ...]}.  What is not known is FAULT_BAD_FIELD, never passed over.
 * *made is NULL for one that leaves nothing out.
 */
enum fault filter_read(struct work *, const struct columns *, struct str json, struct filter **made);
enum fault filter_take(struct work *, const struct columns *, const struct json_value *,
    struct filter **made);
/* Both at once; either may be NULL. */
struct filter *filter_both(struct arena *, struct filter *, struct filter *);
/* Records with the text in one of the columns (NULL: in any), whatever its case. */
struct filter *filter_search(struct arena *, const struct columns *, const struct column *, struct str text);

/* Does it take in a record of these fields, as they are stored?  `scratch` is for this one record. */
bool filter_holds(const struct filter *, struct arena *scratch, const struct json_value *fields);

/* Ranges of values one of which every record it takes in has, for each: at most FILTER_RANGES_MAX. */
size_t filter_ranges(struct arena *, const struct filter *, struct record_range ranges[FILTER_RANGES_MAX]);

#endif
