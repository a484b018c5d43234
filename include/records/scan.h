/*
 * scan.h: looking at many records without keeping them.
 *
 * Records are read into memory of their own, a piece at a time, so that what a
 * request takes does not grow with the table.
 */
#ifndef RECORDS_SCAN_H
#define RECORDS_SCAN_H

#include "base/json_in.h"
#include "store/records.h"

/* Bytes of fields that one request may keep at once: its answer has to have room as well. */
#define SCAN_KEEP_MAX ((size_t)2 << 20)
#define SCAN_PIECE    100 /* records at a time: up to 32 KiB each */

/* The work at hand with memory that lasts until the next scan_fresh. */
struct work *scan_fresh(struct work *);
/* Memory for one record; what was in it is gone. */
struct arena *scan_scratch(void);
/* The same as it is, for what belongs to the record whose fields are in it. */
struct arena *scan_memory(void);
/* The fields of a record, in the scratch. */
enum fault scan_fields(const struct record *, struct json_value *);

/* At most SCAN_PIECE records by their numbers, in the order of the numbers; in the given work's memory. */
enum fault scan_records(struct work *, const char *table, const int64_t *numbers, size_t n, struct record **,
    size_t *got);
/* The one with this number among those, which are in the order of numbers; NULL: it is gone. */
const struct record *scan_one(const struct record *, size_t n, int64_t number);
/* One that outlives the piece it was read in. */
struct record scan_copy(struct arena *, const struct record *);
/* Records by their numbers and in their order, into the request's own memory; FAULT_RESPONSE_TOO_LARGE. */
enum fault scan_keep(struct work *, const char *table, const int64_t *numbers, size_t n, struct record **,
    size_t *got);

#endif
