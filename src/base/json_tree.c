/*
 * json_tree.c: writing JSON that was read as a tree.
 *
 * A tree is at most eight levels deep, so the writer's own limit is never met.
 */
#include "base/json_tree.h"

static void
put_number(struct json *j, const char *name, const struct json_value *v)
{
	if (v->whole)
		json_int(j, name, v->number);
	else
		json_real(j, name, v->real);
}

void
json_members(struct json *j, const struct json_value *object)
{
	for (size_t i = 0; i < object->n; i++)
		json_value(j, object->items[i].name, &object->items[i]);
}

void
json_value(struct json *j, const char *name, const struct json_value *v)
{
	switch (v->sort) {
	case JSON_IS_NULL:
		json_null(j, name);
		break;
	case JSON_IS_FLAG:
		json_flag(j, name, v->flag);
		break;
	case JSON_IS_NUMBER:
		put_number(j, name, v);
		break;
	case JSON_IS_TEXT:
		json_str(j, name, v->text);
		break;
	case JSON_IS_LIST:
		json_list(j, name);
		for (size_t i = 0; i < v->n; i++)
			json_value(j, NULL, &v->items[i]);
		json_end(j);
		break;
	case JSON_IS_OBJECT:
		json_object(j, name);
		json_members(j, v);
		json_end(j);
		break;
	}
}

struct str
json_tree_text(struct arena *a, const struct json_value *v, size_t max)
{
	struct out o = out_limit(a, max);
	struct json j = json_into(&o);

	json_value(&j, NULL, v);
	return out_failed(&o) ? STR_NONE : out_text(&o);
}
