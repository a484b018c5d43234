/*
 * collection.h: the collections of an organization: records whose fields have no
 * types, found by the values of their members.
 */
#ifndef RECORDS_COLLECTION_H
#define RECORDS_COLLECTION_H

#include "base/json_out.h"
#include "records/record.h"

#define COLLECTION_WANTS_MAX 10

/* A member that must have this value, as text. */
struct collection_want {
	const char *name;
	struct str text;
	struct json_value number; /* if the text is one */
};

struct collection_query {
	struct collection_want want[COLLECTION_WANTS_MAX];
	size_t n;
	bool by_change; /* in the order of the last change, from `since` on */
	int64_t since;
};

/* One more condition; FAULT_BAD_FIELD. */
enum fault collection_wants(struct work *, struct collection_query *, struct str name, struct str text);

/* Members that a record of a collection may have; FAULT_BAD_FIELD. */
enum fault collection_take(struct work *, const struct json_value *fields);

/*
 * At most `limit` records behind a place; *next is where to go on, and NULL when
 * that was all.  There may be fewer than the limit and still more to come.
 */
enum fault collection_list(struct work *, const char *collection, const struct collection_query *,
    const struct record_at *after, size_t limit, struct record **, size_t *n, struct record_at **next);

/* A record as every door shows it: as a member of that name, or NULL in a list or alone. */
enum fault collection_write(struct json *, const char *name, const struct record *);

#endif
