/*
 * record.h: making, changing and removing records of the acting credential's
 * organization.  Whoever calls has asked whether it may.
 *
 * `columns` is of a table; NULL: a collection, whose fields have no types.  Fields
 * are as they are stored: see columns_take and collection_take.
 */
#ifndef RECORDS_RECORD_H
#define RECORDS_RECORD_H

#include "records/column.h"
#include "store/records.h"

#define RECORD_BYTES_MAX ((size_t)32 << 10)
#define RECORDS_AT_ONCE	 200

/* So many at once, their numbers one after another.  FAULT_BODY_TOO_LARGE: more than 32 KiB. */
enum fault records_make(struct work *, const char *table, const struct columns *,
    const struct json_value *fields, size_t n, struct record **made);
/*
 * The members given take the place of those there are; null empties.  version 0: any;
 * else FAULT_PRECONDITION_FAILED if it is not of this version any more.
 */
enum fault record_change(struct work *, const char *table, const struct columns *, const char *id,
    const struct json_value *fields, int64_t version, struct record *changed);
enum fault record_remove(struct work *, const char *table, const char *id, int64_t version,
    struct record *removed);

#endif
