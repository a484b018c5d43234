/*
 * record_fields.h: the rows of the fields and views of tables.
 */
#ifndef STORE_RECORD_FIELDS_H
#define STORE_RECORD_FIELDS_H

#include "base/work.h"

#define RECORD_FIELDS_MAX 200
#define RECORD_VIEWS_MAX  100

struct record_field {
	const char *id, *name, *type;
	const char *choices; /* JSON, a list of texts; NULL: any text */
	int64_t place;
};

struct record_view {
	const char *id, *name;
	const char *filter, *sort; /* JSON; or NULL */
	int64_t place;
};

/* All there are, by place. */
enum fault record_fields(struct work *, const char *org, const char *table, struct record_field **,
    size_t *n);
/* FAULT_TAKEN: another has the name. */
enum fault record_fields_insert(struct work *, const char *org, const char *table,
    const struct record_field *, const char *name_key);
enum fault record_fields_change(struct work *, const char *org, const char *table,
    const struct record_field *, const char *name_key);
enum fault record_fields_delete(struct work *, const char *org, const char *table, const char *id);

enum fault record_views(struct work *, const char *org, const char *table, struct record_view **, size_t *n);
enum fault record_views_insert(struct work *, const char *org, const char *table, const struct record_view *);
enum fault record_views_change(struct work *, const char *org, const char *table, const struct record_view *);
enum fault record_views_delete(struct work *, const char *org, const char *table, const char *id);

#endif
