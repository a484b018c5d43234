/*
 * column.h: the fields of a table, and what may stand in them.
 *
 * A record is stored by the ids of its fields, so a field can be renamed at no cost.
 */
#ifndef RECORDS_COLUMN_H
#define RECORDS_COLUMN_H

#include "base/json_in.h"
#include "store/record_fields.h"

enum cell_sort { CELL_TEXT, CELL_NUMBER, CELL_FLAG, CELL_DATE, CELL_SELECT, CELL_JSON };

struct cell_type {
	const char *name;
	enum cell_sort sort;
};

/* NULL if there is none. */
const struct cell_type *cell_type_named(struct str);
/* All their names, with commas between. */
const char *cell_type_names(void);

struct column {
	struct record_field row;
	const struct cell_type *type;
	struct json_value choices; /* of a select: a list of texts; empty: any text */
};

struct columns {
	struct column *v;
	size_t n;
};

/* The columns of a table of the acting credential's organization. */
enum fault columns_of(struct work *, const char *table, struct columns *);
/* By its id, or else by its name; NULL if there is none. */
const struct column *column_find(const struct columns *, struct str key);

/*
 * What is stored for a value that was given: of the column's sort, or with
 * `typecast` made into it if that loses nothing.  Null stays null.  FAULT_BAD_FIELD
 * names the column.
 */
enum fault column_take(struct work *, const struct column *, const struct json_value *given, bool typecast,
    struct json_value *stored);
/* A record's fields as given, by names or ids, as they are stored. */
enum fault columns_take(struct work *, const struct columns *, const struct json_value *given, bool typecast,
    struct json_value *stored);

/* The bytes a stored value is looked for and sorted by; STR_NONE: it is empty, or cannot be. */
struct str column_key(struct arena *, const struct column *, const struct json_value *stored);
/* A stored value as people read it. */
const char *column_text(struct arena *, const struct json_value *stored);
/* A date of a client: a day begins at midnight in UTC. */
bool column_date(struct str, int64_t *at, bool *whole_day);

#endif
