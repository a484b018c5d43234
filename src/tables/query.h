/*
 * query.h: what the query of a request for records asks for.
 */
#ifndef TABLES_QUERY_H
#define TABLES_QUERY_H

#include "http/call.h"
#include "records/find.h"
#include "store/records.h"

#define QUERY_IDS_MAX	  200
#define QUERY_COLUMNS_MAX RECORD_FIELDS_MAX

struct records_query {
	struct find find;
	struct columns columns;
	bool by_id; /* fields are named by their ids */
	bool as_text;
	const struct column *shown[QUERY_COLUMNS_MAX]; /* of the projection */
	size_t shown_n;
	bool projected; /* only those */
	const char *ids[QUERY_IDS_MAX];
	size_t ids_n;
};

/* FAULT_BAD_FIELD also for what is not known: nothing is passed over. */
enum fault query_read(struct call *, struct records_query *);
/* fieldKeyType: "name", which is the default, or "id". */
enum fault query_key_type(struct work *, struct str text, bool *by_id);
/* A record as it is asked for. */
enum fault query_show(struct json *, const struct records_query *, const struct record *);

#endif
