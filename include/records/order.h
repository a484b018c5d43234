/*
 * order.h: the order somebody asks for.
 */
#ifndef RECORDS_ORDER_H
#define RECORDS_ORDER_H

#include "records/find.h"

/* A list of {"fieldId", "order": "asc" or "desc"}, behind what the find is ordered by; FAULT_BAD_FIELD. */
enum fault order_take(struct work *, const struct columns *, const struct json_value *, struct find *);
enum fault order_read(struct work *, const struct columns *, struct str json, struct find *);
/* That of a view: {"sortObjs": such a list}. */
enum fault order_of_view(struct work *, const struct columns *, const struct json_value *, struct find *);

#endif
