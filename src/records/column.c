/*
 * column.c: the fields of a table, and what may stand in them.
 */
#include "records/column.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_tree.h"
#include "core/standing.h"
#include "records/value.h"

#define COLUMNS_ROOM ((size_t)7 << 20)	 /* as many as there may be, each with all its choices */
#define CHOICES_ROOM ((size_t)256 << 10) /* those of one, when they are read */
#define TEXT_MAX     ((size_t)32 << 10)

static const struct cell_type types[] = {
#define CELL_TYPE(name, sort) { #name, CELL_##sort },
#include "records/cell_types.def"
#undef CELL_TYPE
};

const struct cell_type *
cell_type_named(struct str name)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (str_is(name, types[i].name))
			return &types[i];
	return NULL;
}

const char *
cell_type_names(void)
{
	static const char names[] =
#define CELL_TYPE(name, sort) ", " #name
#include "records/cell_types.def"
#undef CELL_TYPE
	    ;

	return names + 2;
}

enum fault
columns_of(struct work *w, const char *table, struct columns *c)
{
	struct record_field *rows;
	enum fault f;

	if ((f = work_room(w, COLUMNS_ROOM)) != FAULT_NONE ||
	    (f = record_fields(w, w->actor->org_id, table, &rows, &c->n)) != FAULT_NONE)
		return f;
	c->v = arena_array(w->arena, struct column, c->n + 1);
	for (size_t i = 0; i < c->n; i++) {
		if ((f = work_room(w, CHOICES_ROOM)) != FAULT_NONE)
			return f;
		c->v[i].row = rows[i];
		c->v[i].type = cell_type_named(str_of(rows[i].type));
		if (c->v[i].type == NULL ||
		    (rows[i].choices != NULL &&
			!json_in(w->arena, str_of(rows[i].choices), &c->v[i].choices)))
			return FAULT_INTERNAL;
	}
	return FAULT_NONE;
}

const struct column *
column_find(const struct columns *c, struct str key)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_is(key, c->v[i].row.id))
			return &c->v[i];
	for (size_t i = 0; i < c->n; i++)
		if (str_is(key, c->v[i].row.name))
			return &c->v[i];
	return NULL;
}

bool
column_date(struct str text, int64_t *at, bool *whole_day)
{
	*whole_day = text.n == CLOCK_DATE_LENGTH;
	return clock_parse_start(text, at);
}

static enum fault
refuse(struct work *w, const struct column *c, const char *want)
{
	return fault_at(w, FAULT_BAD_FIELD, c->row.name, "must be %s", want);
}

static struct json_value
text_value(struct str text)
{
	return (struct json_value){ .sort = JSON_IS_TEXT, .text = text };
}

static enum fault
take_text(struct work *w, const struct column *c, const struct json_value *v, bool cast,
    struct json_value *to)
{
	if (v->sort != JSON_IS_TEXT && !cast)
		return refuse(w, c, "a text");
	*to = v->sort == JSON_IS_TEXT ? *v : text_value(json_tree_text(w->arena, v, TEXT_MAX));
	if (to->text.n == 0)
		*to = (struct json_value){ .sort = JSON_IS_NULL };
	return FAULT_NONE;
}

static enum fault
take_number(struct work *w, const struct column *c, const struct json_value *v, bool cast,
    struct json_value *to)
{
	*to = *v;
	if (v->sort == JSON_IS_TEXT && cast && !json_in(w->arena, v->text, to))
		to->sort = JSON_IS_TEXT;
	return to->sort == JSON_IS_NUMBER ? FAULT_NONE : refuse(w, c, "a number");
}

/* An empty box is one that is not ticked. */
static enum fault
take_flag(struct work *w, const struct column *c, const struct json_value *v, bool cast,
    struct json_value *to)
{
	*to = *v;
	if (v->sort == JSON_IS_TEXT && cast && (str_is(v->text, "true") || str_is(v->text, "false")))
		*to = (struct json_value){ .sort = JSON_IS_FLAG, .flag = str_is(v->text, "true") };
	if (to->sort != JSON_IS_FLAG)
		return refuse(w, c, "true or false");
	if (!to->flag)
		to->sort = JSON_IS_NULL;
	return FAULT_NONE;
}

static enum fault
take_date(struct work *w, const struct column *c, const struct json_value *v, struct json_value *to)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t at;
	bool day;

	if (v->sort != JSON_IS_TEXT || !column_date(v->text, &at, &day))
		return refuse(w, c, "a date or an instant as in RFC 3339");
	clock_text(at, text);
	*to = text_value(str_of(arena_print(w->arena, "%.19s.000Z", text)));
	return FAULT_NONE;
}

static enum fault
take_select(struct work *w, const struct column *c, const struct json_value *v, struct json_value *to)
{
	*to = *v;
	if (v->sort != JSON_IS_TEXT)
		return refuse(w, c, "one of its choices, a text");
	if (v->text.n == 0)
		to->sort = JSON_IS_NULL;
	for (size_t i = 0; i < c->choices.n; i++)
		if (v->text.n == 0 || str_eq(c->choices.items[i].text, v->text))
			return FAULT_NONE;
	return c->choices.n == 0 ? FAULT_NONE : refuse(w, c, "one of its choices");
}

enum fault
column_take(struct work *w, const struct column *c, const struct json_value *given, bool typecast,
    struct json_value *stored)
{
	*stored = *given;
	if (given->sort == JSON_IS_NULL)
		return FAULT_NONE;
	switch (c->type->sort) {
	case CELL_TEXT:
		return take_text(w, c, given, typecast, stored);
	case CELL_NUMBER:
		return take_number(w, c, given, typecast, stored);
	case CELL_FLAG:
		return take_flag(w, c, given, typecast, stored);
	case CELL_DATE:
		return take_date(w, c, given, stored);
	case CELL_SELECT:
		return take_select(w, c, given, stored);
	case CELL_JSON:
		break;
	}
	return FAULT_NONE;
}

/* A name from outside in an answer is cut. */
static enum fault
no_such_field(struct work *w, const char *name)
{
	return fault_at(w, FAULT_BAD_FIELD, strlen(name) <= 60 ? name : "fields",
	    "is no field of this table");
}

enum fault
columns_take(struct work *w, const struct columns *c, const struct json_value *given, bool typecast,
    struct json_value *stored)
{
	struct json_value *members = arena_array(w->arena, struct json_value, c->n + 1);
	enum fault f = FAULT_NONE;

	*stored = (struct json_value){ .sort = JSON_IS_OBJECT, .items = members };
	for (size_t i = 0; i < given->n && f == FAULT_NONE; i++) {
		const struct column *one = column_find(c, str_of(given->items[i].name));

		if (one == NULL)
			return no_such_field(w, given->items[i].name);
		for (size_t m = 0; m < stored->n; m++)
			if (strcmp(members[m].name, one->row.id) == 0)
				return fault_at(w, FAULT_BAD_FIELD, one->row.name, "is given twice");
		f = column_take(w, one, &given->items[i], typecast, &members[stored->n]);
		members[stored->n++].name = one->row.id;
	}
	return f;
}

struct str
column_key(struct arena *a, const struct column *c, const struct json_value *v)
{
	int64_t at;
	bool day;

	if (c->type->sort == CELL_JSON || v == NULL)
		return STR_NONE;
	if (c->type->sort != CELL_DATE)
		return value_key(a, v);
	return v->sort == JSON_IS_TEXT && column_date(v->text, &at, &day) ? value_key_number(a, (double)at)
									  : STR_NONE;
}

const char *
column_text(struct arena *a, const struct json_value *v)
{
	if (v->sort == JSON_IS_TEXT)
		return arena_text(a, v->text);
	return arena_text(a, json_tree_text(a, v, TEXT_MAX));
}
