/*
 * query.c: what the query of a request for records asks for.
 *
 * Lists come as name[]=a&name[]=b, as name[0]=a, or as name=a&name=b.
 */
#include "tables/query.h"

#include "base/json_tree.h"
#include "core/id.h"
#include "records/order.h"
#include "records/scan.h"
#include "records/table.h"

#define TAKE	   100 /* records, unless it says otherwise */
#define SKIP_MAX   INT64_C(1000000000)
#define SEARCH_MAX 3

struct reading {
	struct call *call;
	struct records_query *query;
	struct str filter, order, view;
	bool ignore_view;
	struct str search[SEARCH_MAX];
	size_t search_n;
	struct str shown[QUERY_COLUMNS_MAX];
	enum fault fault;
};

static enum fault
bad(struct reading *r, const char *name, const char *why)
{
	return fault_at(r->call->work, FAULT_BAD_FIELD, name, "%s", why);
}

typedef enum fault reader(struct reading *, const char *name, struct str value);

static enum fault
read_number(struct reading *r, const char *name, struct str value, int64_t least, int64_t most, int64_t *into)
{
	if (str_int(value, into) && *into >= least && *into <= most)
		return FAULT_NONE;
	return fault_at(r->call->work, FAULT_BAD_FIELD, name, "must be a number from %lld to %lld",
	    (long long)least, (long long)most);
}

static enum fault
read_take(struct reading *r, const char *name, struct str value)
{
	return read_number(r, name, value, 1, FIND_TAKE_MAX, &r->query->find.take);
}

static enum fault
read_skip(struct reading *r, const char *name, struct str value)
{
	return read_number(r, name, value, 0, SKIP_MAX, &r->query->find.skip);
}

enum fault
query_key_type(struct work *w, struct str text, bool *by_id)
{
	*by_id = str_is(text, "id");
	return *by_id || str_is(text, "name")
	    ? FAULT_NONE
	    : fault_at(w, FAULT_BAD_FIELD, "fieldKeyType", "must be name or id");
}

static enum fault
read_key_type(struct reading *r, const char *name, struct str value)
{
	(void)name;
	return query_key_type(r->call->work, value, &r->query->by_id);
}

static enum fault
read_format(struct reading *r, const char *name, struct str value)
{
	r->query->as_text = str_is(value, "text");
	return r->query->as_text || str_is(value, "json") ? FAULT_NONE : bad(r, name, "must be json or text");
}

static enum fault
read_filter(struct reading *r, const char *name, struct str value)
{
	(void)name;
	r->filter = value;
	return FAULT_NONE;
}

static enum fault
read_order(struct reading *r, const char *name, struct str value)
{
	(void)name;
	r->order = value;
	return FAULT_NONE;
}

static enum fault
read_view(struct reading *r, const char *name, struct str value)
{
	(void)name;
	r->view = value;
	return FAULT_NONE;
}

static enum fault
read_ignore(struct reading *r, const char *name, struct str value)
{
	r->ignore_view = str_is(value, "true");
	return r->ignore_view || str_is(value, "false") ? FAULT_NONE : bad(r, name, "must be true or false");
}

static enum fault
read_search(struct reading *r, const char *name, struct str value)
{
	if (r->search_n == SEARCH_MAX)
		return bad(r, name, "has a text, a field, and whether the others are hidden");
	r->search[r->search_n++] = value;
	return FAULT_NONE;
}

static enum fault
read_shown(struct reading *r, const char *name, struct str value)
{
	if (r->query->shown_n == QUERY_COLUMNS_MAX)
		return bad(r, name, "names too many fields");
	r->query->projected = true;
	r->shown[r->query->shown_n++] = value;
	return FAULT_NONE;
}

static enum fault
read_id(struct reading *r, const char *name, struct str value)
{
	if (r->query->ids_n == QUERY_IDS_MAX)
		return bad(r, name, "names too many records");
	/* What is no id of ours is one that nothing has. */
	r->query->ids[r->query->ids_n++] = id_shape(value) ? arena_text(r->call->work->arena, value) : "";
	return FAULT_NONE;
}

static const struct {
	const char *name;
	reader *read;
} params[] = {
	{ "take", read_take },
	{ "skip", read_skip },
	{ "fieldKeyType", read_key_type },
	{ "cellFormat", read_format },
	{ "filter", read_filter },
	{ "orderBy", read_order },
	{ "viewId", read_view },
	{ "ignoreViewQuery", read_ignore },
	{ "search", read_search },
	{ "projection", read_shown },
	{ "selectedRecordIds", read_id },
	{ "recordIds", read_id },
};

/* "name[]" and "name[0]" are the name. */
static struct str
name_of(struct str name)
{
	ptrdiff_t at = str_find(name, '[');

	return at > 0 && name.s[name.n - 1] == ']' ? (struct str){ name.s, (size_t)at } : name;
}

static bool
read_one(void *ctx, struct str name, struct str value)
{
	struct reading *r = ctx;

	name = name_of(name);
	for (size_t i = 0; i < COUNT(params); i++) {
		if (!str_is(name, params[i].name))
			continue;
		r->fault = params[i].read(r, params[i].name, value);
		return r->fault == FAULT_NONE;
	}
	r->fault =
	    fault_at(r->call->work, FAULT_BAD_FIELD, NULL, "the query has a parameter that is not known");
	return false;
}

/* What a view leaves out, and its order behind that of the request. */
static enum fault
take_view(struct reading *r)
{
	struct work *w = r->call->work;
	struct records_query *q = r->query;
	struct record_view view;
	struct filter *filter = NULL;
	struct json_value sort;
	enum fault f;

	if (r->view.s == NULL)
		return FAULT_NONE;
	f = table_view(w, q->find.table, arena_text(w->arena, r->view), &view);
	if (f == FAULT_NOT_FOUND)
		return bad(r, "viewId", "there is no such view");
	if (f != FAULT_NONE || r->ignore_view)
		return f;
	if ((f = filter_read(w, &q->columns, str_of(view.filter), &filter)) != FAULT_NONE)
		return f;
	q->find.filter = filter_both(w->arena, q->find.filter, filter);
	if (view.sort == NULL)
		return FAULT_NONE;
	return json_in(w->arena, str_of(view.sort), &sort) ? order_of_view(w, &q->columns, &sort, &q->find)
							   : FAULT_INTERNAL;
}

/* Without its third part a search only marks what is found, on the screen of whoever searches. */
static enum fault
take_search(struct reading *r)
{
	struct records_query *q = r->query;
	const struct column *in = NULL;

	if (r->search_n > 1 && r->search[1].n > 0 && (in = column_find(&q->columns, r->search[1])) == NULL)
		return bad(r, "search", "there is no such field");
	if (r->search_n < 3 || !str_is(r->search[2], "true") || r->search[0].n == 0)
		return FAULT_NONE;
	q->find.filter = filter_both(r->call->work->arena, q->find.filter,
	    filter_search(r->call->work->arena, &q->columns, in, r->search[0]));
	return FAULT_NONE;
}

static enum fault
take_shown(struct reading *r)
{
	struct records_query *q = r->query;

	for (size_t i = 0; i < q->shown_n; i++)
		if ((q->shown[i] = column_find(&q->columns, r->shown[i])) == NULL)
			return bad(r, "projection", "there is no such field");
	return FAULT_NONE;
}

enum fault
query_read(struct call *c, struct records_query *q)
{
	struct reading r = { .call = c, .query = q };
	enum fault f;

	*q = (struct records_query){ .find = { .table = call_param(c, "table"), .take = TAKE } };
	query_each(c->work->arena, c->req->query, read_one, &r);
	if ((f = r.fault) != FAULT_NONE ||
	    (f = columns_of(c->work, q->find.table, &q->columns)) != FAULT_NONE ||
	    (f = filter_read(c->work, &q->columns, r.filter, &q->find.filter)) != FAULT_NONE ||
	    (f = order_read(c->work, &q->columns, r.order, &q->find)) != FAULT_NONE ||
	    (f = take_view(&r)) != FAULT_NONE || (f = take_search(&r)) != FAULT_NONE)
		return f;
	return take_shown(&r);
}

/* --- showing --- */

static bool
is_shown(const struct records_query *q, const struct column *col)
{
	for (size_t i = 0; i < q->shown_n; i++)
		if (q->shown[i] == col)
			return true;
	return !q->projected;
}

static void
write_cell(struct json *j, const struct records_query *q, const struct column *col,
    const struct json_value *v)
{
	const char *name = q->by_id ? col->row.id : col->row.name;

	if (v->sort == JSON_IS_NULL || !is_shown(q, col))
		return;
	if (q->as_text)
		json_text(j, name, column_text(scan_memory(), v));
	else
		json_value(j, name, v);
}

enum fault
query_show(struct json *j, const struct records_query *q, const struct record *r)
{
	struct json_value fields;
	enum fault f = scan_fields(r, &fields);

	if (f != FAULT_NONE)
		return f;
	json_object(j, NULL);
	json_text(j, "id", r->id);
	json_object(j, "fields");
	for (size_t i = 0; i < q->columns.n; i++) {
		const struct json_value *v = json_member(&fields, q->columns.v[i].row.id);

		if (v != NULL)
			write_cell(j, q, &q->columns.v[i], v);
	}
	json_end(j);
	json_int(j, "autoNumber", r->n);
	json_time(j, "createdTime", r->created_at);
	json_time(j, "lastModifiedTime", r->updated_at);
	json_text(j, "createdBy", r->created_by);
	json_text(j, "lastModifiedBy", r->updated_by);
	json_end(j);
	return FAULT_NONE;
}
