/*
 * table.h: the structure of tables: fields and views.  Whoever calls has asked
 * whether the acting credential rules the table.
 */
#ifndef RECORDS_TABLE_H
#define RECORDS_TABLE_H

#include "base/given.h"
#include "records/column.h"

struct field_wish {
	struct given_text name, type;
	struct given_json options; /* of a select: {"choices": [{"name": ...}]} */
};

struct view_wish {
	struct given_text name, type;
	struct given_json filter, sort;
};

enum fault table_field_add(struct work *, const char *table, const struct field_wish *,
    struct record_field *);
/* Name and choices; the type of a field stays. */
enum fault table_field_change(struct work *, const char *table, const char *id, const struct field_wish *,
    struct record_field *);
/* What stood in it is gone for good. */
enum fault table_field_remove(struct work *, const char *table, const char *id);

enum fault table_view(struct work *, const char *table, const char *id, struct record_view *);
enum fault table_view_add(struct work *, const char *table, const struct view_wish *, struct record_view *);
enum fault table_view_change(struct work *, const char *table, const char *id, const struct view_wish *,
    struct record_view *);
enum fault table_view_remove(struct work *, const char *table, const char *id);

#endif
