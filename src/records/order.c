/*
 * order.c: the order somebody asks for.
 */
#include "records/order.h"

static enum fault
bad(struct work *w, const char *why)
{
	return fault_at(w, FAULT_BAD_FIELD, "orderBy", "%s", why);
}

static enum fault
take_one(struct work *w, const struct columns *c, const struct json_value *v, struct find *q)
{
	struct str field = json_member_text(v, "fieldId"), way = json_member_text(v, "order");
	struct find_order *o = &q->order[q->order_n];

	if (q->order_n == FIND_ORDER_MAX)
		return fault_at(w, FAULT_BAD_FIELD, "orderBy", "has more than %d fields", FIND_ORDER_MAX);
	if (field.s == NULL || (o->column = column_find(c, field)) == NULL)
		return bad(w, "there is no such field");
	if (o->column->type->sort == CELL_JSON)
		return bad(w, "a field of JSON has no order");
	o->down = str_is(way, "desc");
	if (!o->down && !str_is(way, "asc"))
		return bad(w, "the order must be asc or desc");
	q->order_n++;
	return FAULT_NONE;
}

enum fault
order_take(struct work *w, const struct columns *c, const struct json_value *v, struct find *q)
{
	enum fault f = FAULT_NONE;

	if (v->sort == JSON_IS_NULL)
		return FAULT_NONE;
	if (v->sort != JSON_IS_LIST)
		return bad(w, "must be a list of fields");
	for (size_t i = 0; i < v->n && f == FAULT_NONE; i++)
		f = take_one(w, c, &v->items[i], q);
	return f;
}

enum fault
order_read(struct work *w, const struct columns *c, struct str json, struct find *q)
{
	struct json_value v;

	if (json.s == NULL)
		return FAULT_NONE;
	return json_in(w->arena, json, &v) ? order_take(w, c, &v, q) : bad(w, "must be JSON");
}

enum fault
order_of_view(struct work *w, const struct columns *c, const struct json_value *v, struct find *q)
{
	const struct json_value *objects = json_member(v, "sortObjs");
	enum fault f;

	if (v->sort == JSON_IS_NULL)
		return FAULT_NONE;
	f = objects == NULL ? bad(w, "must have sortObjs") : order_take(w, c, objects, q);
	if (f != FAULT_NONE)
		w->trouble.field = "sort";
	return f;
}
