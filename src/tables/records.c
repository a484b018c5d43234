/*
 * records.c: the records of a table.
 */
#include "tables/tables.h"

#include "core/id.h"
#include "records/record.h"
#include "records/scan.h"
#include "tables/query.h"

#define BYTES_MAX ((size_t)1 << 20)

struct record_wish {
	struct given_text id;
	struct given_json fields;
};

struct records_wish {
	struct given_text fieldKeyType;
	struct given_flag typecast;
	struct given_json order;
	struct given_rows records, record; /* of struct record_wish */
};

static const struct field new_fields[] = { FIELD_NEEDED(record_wish, fields) };
static const struct shape shape_new = SHAPE("NewRecord", record_wish, new_fields);
static const struct field changed_fields[] = {
	FIELD_NEEDED(record_wish, id),
	FIELD_NEEDED(record_wish, fields),
};
static const struct shape shape_changed = SHAPE("ChangedRecord", record_wish, changed_fields);

static const struct field create_fields[] = {
	FIELD(records_wish, fieldKeyType),
	FIELD(records_wish, typecast),
	FIELD(records_wish, order),
	FIELD_ROWS(records_wish, records, &shape_new),
};
const struct shape shape_tables_records = SHAPE("NewRecords", records_wish, create_fields);

static const struct field one_fields[] = {
	FIELD(records_wish, fieldKeyType),
	FIELD(records_wish, typecast),
	FIELD(records_wish, order),
	FIELD_OBJECT(records_wish, record, &shape_new),
};
const struct shape shape_tables_record = SHAPE("RecordChange", records_wish, one_fields);

static const struct field many_fields[] = {
	FIELD(records_wish, fieldKeyType),
	FIELD(records_wish, typecast),
	FIELD(records_wish, order),
	FIELD_ROWS(records_wish, records, &shape_changed),
};
const struct shape shape_tables_changes = SHAPE("RecordChanges", records_wish, many_fields);

/* Many small ones, or a few large ones: all of them are in memory at once. */
static enum fault
add_bytes(struct call *c, const struct record *r, size_t *bytes)
{
	*bytes += strlen(r->fields);
	return *bytes <= BYTES_MAX ? FAULT_NONE
				   : fault_at(c->work, FAULT_BODY_TOO_LARGE, "records",
					 "these records are too large to be asked for at once");
}

/* --- answers --- */

static enum fault
show_rows(struct call *c, const struct records_query *q, const struct record *rows, size_t n, bool bare)
{
	struct json *j = call_json(c);
	enum fault f = FAULT_NONE;

	if (!bare)
		json_object(j, NULL);
	json_list(j, bare ? NULL : "records");
	for (size_t i = 0; i < n && f == FAULT_NONE; i++)
		f = query_show(j, q, &rows[i]);
	json_end(j);
	if (!bare)
		json_end(j);
	return f;
}

/* What is named and not there is left out. */
static enum fault
find_named(struct work *w, struct records_query *q)
{
	struct record_at *at = arena_array(w->arena, struct record_at, q->ids_n + 1);
	struct record r;

	q->find.only = at;
	for (size_t i = 0; i < q->ids_n; i++) {
		enum fault f = records_get(scan_fresh(w), w->actor->org_id, q->find.table, q->ids[i], &r);

		if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
			return f;
		if (f == FAULT_NONE)
			at[q->find.only_n++] = (struct record_at){ .n = r.n };
	}
	return FAULT_NONE;
}

enum fault
tables_records(struct call *c)
{
	struct records_query q;
	struct record *rows;
	size_t n;
	enum fault f = query_read(c, &q);

	if (f == FAULT_NONE && q.ids_n > 0)
		f = find_named(c->work, &q);
	if (f == FAULT_NONE)
		f = find_records(c->work, &q.find, &rows, &n);
	return f != FAULT_NONE ? f : show_rows(c, &q, rows, n, false);
}

enum fault
tables_record(struct call *c)
{
	struct records_query q;
	struct record r;
	enum fault f = query_read(c, &q);

	if (f == FAULT_NONE)
		f = records_get(c->work, c->work->actor->org_id, q.find.table, call_param(c, "record"), &r);
	return f != FAULT_NONE ? f : query_show(call_json(c), &q, &r);
}

/* --- changes --- */

struct writing {
	struct records_query query;
	struct json_value *fields; /* of each record, as they are stored */
	size_t n;
};

static enum fault
take_fields(struct call *c, struct writing *wr, const struct record_wish *wish, bool typecast)
{
	if (wish->fields.is != GIVEN || wish->fields.v->sort != JSON_IS_OBJECT)
		return fault_at(c->work, FAULT_BAD_FIELD, "fields", "must be an object");
	return columns_take(c->work, &wr->query.columns, wish->fields.v, typecast, &wr->fields[wr->n++]);
}

static enum fault
read_writing(struct call *c, const struct given_rows *rows, const char *name, struct writing *wr)
{
	const struct records_wish *wish = c->body;
	const struct record_wish *each = rows->v;
	enum fault f;

	if (rows->is != GIVEN || rows->n == 0)
		return fault_at(c->work, FAULT_MISSING_FIELD, name, "must be given");
	if (wish->order.is == GIVEN)
		return fault_at(c->work, FAULT_BAD_FIELD, "order", "records have no order of their own here");
	if ((f = query_read(c, &wr->query)) != FAULT_NONE)
		return f;
	if (wish->fieldKeyType.is == GIVEN &&
	    (f = query_key_type(c->work, wish->fieldKeyType.v, &wr->query.by_id)) != FAULT_NONE)
		return f;
	wr->fields = arena_array(c->work->arena, struct json_value, rows->n + 1);
	for (size_t i = 0; i < rows->n && f == FAULT_NONE; i++)
		f = take_fields(c, wr, &each[i], wish->typecast.is == GIVEN && wish->typecast.v);
	return f;
}

enum fault
tables_records_create(struct call *c)
{
	const struct records_wish *wish = c->body;
	struct writing wr = { .n = 0 };
	struct record *made;
	enum fault f;

	if ((f = read_writing(c, &wish->records, "records", &wr)) != FAULT_NONE ||
	    (f = records_make(c->work, wr.query.find.table, &wr.query.columns, wr.fields, wr.n, &made)) !=
		FAULT_NONE)
		return f;
	return show_rows(c, &wr.query, made, wr.n, false);
}

enum fault
tables_record_change(struct call *c)
{
	const struct records_wish *wish = c->body;
	struct writing wr = { .n = 0 };
	struct record r;
	enum fault f;

	if ((f = read_writing(c, &wish->record, "record", &wr)) != FAULT_NONE ||
	    (f = record_change(c->work, wr.query.find.table, &wr.query.columns, call_param(c, "record"),
		 wr.fields, 0, &r)) != FAULT_NONE)
		return f;
	return query_show(call_json(c), &wr.query, &r);
}

/* What is no id of ours is one that nothing has. */
static const char *
id_of(struct call *c, struct str id)
{
	return id_shape(id) ? arena_text(c->work->arena, id) : "";
}

/* All or none: one that is not there is 404 for the whole. */
enum fault
tables_records_change(struct call *c)
{
	const struct records_wish *wish = c->body;
	const struct record_wish *each = wish->records.v;
	struct writing wr = { .n = 0 };
	struct record *rows;
	size_t bytes = 0;
	enum fault f = read_writing(c, &wish->records, "records", &wr);

	if (f != FAULT_NONE)
		return f;
	rows = arena_array(c->work->arena, struct record, wr.n + 1);
	for (size_t i = 0; i < wr.n && f == FAULT_NONE; i++) {
		if (each[i].id.is != GIVEN)
			return fault_at(c->work, FAULT_MISSING_FIELD, "id", "must be given");
		f = record_change(c->work, wr.query.find.table, &wr.query.columns, id_of(c, each[i].id.v),
		    &wr.fields[i], 0, &rows[i]);
		if (f == FAULT_NONE)
			f = add_bytes(c, &rows[i], &bytes);
	}
	return f != FAULT_NONE ? f : show_rows(c, &wr.query, rows, wr.n, true);
}

enum fault
tables_record_delete(struct call *c)
{
	struct records_query q;
	struct record r;
	enum fault f = query_read(c, &q);

	if (f == FAULT_NONE)
		f = record_remove(c->work, q.find.table, call_param(c, "record"), 0, &r);
	return f != FAULT_NONE ? f : query_show(call_json(c), &q, &r);
}

enum fault
tables_records_delete(struct call *c)
{
	struct records_query q;
	struct record *rows;
	size_t bytes = 0;
	enum fault f = query_read(c, &q);

	if (f != FAULT_NONE)
		return f;
	if (q.ids_n == 0)
		return fault_at(c->work, FAULT_MISSING_FIELD, "recordIds", "must be given");
	rows = arena_array(c->work->arena, struct record, q.ids_n);
	for (size_t i = 0; i < q.ids_n && f == FAULT_NONE; i++)
		if ((f = record_remove(c->work, q.find.table, q.ids[i], 0, &rows[i])) == FAULT_NONE)
			f = add_bytes(c, &rows[i], &bytes);
	return f != FAULT_NONE ? f : show_rows(c, &q, rows, q.ids_n, false);
}
