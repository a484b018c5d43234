/*
 * filter_read.c: reading a filter.
 */
#include "records/filter.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "records/filter_tree.h"
#include "records/period.h"
#include "records/value.h"

#define NAME_SHOWN 60

#define BIT(sort) (1u << CELL_##sort)
#define TEXTS	  (BIT(TEXT) | BIT(SELECT))

static const struct {
	const char *name;
	enum filter_op op;
	unsigned sorts;
} ops[] = {
#define FILTER_OP(name, op, sorts) { #name, OP_##op, sorts },
#include "records/filter_ops.def"
#undef FILTER_OP
};

struct reading {
	struct work *work;
	const struct columns *columns;
	size_t leaves;
};

static enum fault __attribute__((format(printf, 2, 3))) bad(struct reading *r, const char *format, ...)
{
	va_list args;
	const char *text;

	va_start(args, format);
	text = arena_vprint(r->work->arena, format, args);
	va_end(args);
	return fault_at(r->work, FAULT_BAD_FIELD, "filter", "%s", text);
}

/* Only the zone that days are in here. */
static bool
zone_is_ours(const struct json_value *v)
{
	struct str zone = json_member_text(v, "timeZone");

	return zone.s == NULL || str_is_nocase(zone, "utc") || str_is_nocase(zone, "etc/utc");
}

/* The day's beginning, before 1970 as well. */
static int64_t
day_of(int64_t at)
{
	int64_t past = at % CLOCK_DAY;

	return at - (past < 0 ? past + CLOCK_DAY : past);
}

/* A date as a text, or {mode, exactDate}: a day, if no hour is named or it is an object. */
static bool
exact_date(const struct json_value *v, struct filter_leaf *l)
{
	struct str text = v->sort == JSON_IS_TEXT ? v->text : json_member_text(v, "exactDate");
	int64_t at;
	bool day;

	if (!column_date(text, &at, &day))
		return false;
	if (v->sort == JSON_IS_OBJECT)
		at = day_of(at);
	l->from = (double)at;
	l->to = (double)(day || v->sort == JSON_IS_OBJECT ? at + CLOCK_DAY - 1 : at);
	return true;
}

/* Fields have no format of their own: the date that is written in it is a whole day as well. */
static bool
is_exact(const struct json_value *v)
{
	struct str mode = json_member_text(v, "mode");

	return v->sort == JSON_IS_TEXT || str_is(mode, "exactDate") || str_is(mode, "exactFormatDate");
}

static enum fault
read_date(struct reading *r, const struct json_value *v, struct filter_leaf *l)
{
	bool within = l->op == OP_WITHIN, good;
	int64_t from = 0, to = 0;

	if (!zone_is_ours(v))
		return bad(r, "dates are in UTC here: '%s'", l->column->row.name);
	if (is_exact(v))
		return !within && exact_date(v, l)
		    ? FAULT_NONE
		    : bad(r, "the value for '%s' is no %s", l->column->row.name, within ? "span" : "date");
	if ((good = period_of(v, r->work->now, within, &from, &to))) {
		l->from = (double)from;
		l->to = (double)to;
	}
	return good ? FAULT_NONE
		    : bad(r, "the value for '%s' is no %s", l->column->row.name, within ? "span" : "date");
}

static enum fault
read_list(struct reading *r, const struct json_value *v, struct filter_leaf *l)
{
	bool good = v->sort == JSON_IS_LIST;

	for (size_t i = 0; good && i < v->n; i++)
		good = v->items[i].sort == JSON_IS_TEXT;
	l->list = v;
	return good ? FAULT_NONE : bad(r, "the value for '%s' must be a list of texts", l->column->row.name);
}

static enum fault
read_value(struct reading *r, const struct json_value *v, struct filter_leaf *l)
{
	const char *want = NULL;

	if (l->op == OP_EMPTY || l->op == OP_FILLED)
		return v == NULL || v->sort == JSON_IS_NULL
		    ? FAULT_NONE
		    : bad(r, "'%s' has a value that its operator does not take", l->column->row.name);
	if (v == NULL)
		return bad(r, "'%s' has no value to compare with", l->column->row.name);
	if (l->op == OP_ANY_OF || l->op == OP_NONE_OF)
		return read_list(r, v, l);
	switch (l->column->type->sort) {
	case CELL_NUMBER:
		l->from = l->to = value_number(v);
		want = v->sort == JSON_IS_NUMBER ? NULL : "a number";
		break;
	case CELL_FLAG:
		l->flag = v->sort == JSON_IS_FLAG && v->flag;
		want = v->sort == JSON_IS_FLAG || v->sort == JSON_IS_NULL ? NULL : "true or false";
		break;
	case CELL_DATE:
		return read_date(r, v, l);
	default:
		l->text = v->text;
		l->folded = text_fold(r->work->arena, v->text);
		want = v->sort == JSON_IS_TEXT ? NULL : "a text";
	}
	return want == NULL ? FAULT_NONE : bad(r, "the value for '%s' must be %s", l->column->row.name, want);
}

/* A name from outside in an answer is cut. */
static enum fault
no_field(struct reading *r, struct str name)
{
	return name.n > 0 && name.n <= NAME_SHOWN
	    ? bad(r, "there is no field '%s'", arena_text(r->work->arena, name))
	    : bad(r, "there is no such field");
}

static bool
is_member(const char *name)
{
	static const char *const members[] = { "fieldId", "operator", "value" };

	for (size_t i = 0; i < COUNT(members); i++)
		if (strcmp(name, members[i]) == 0)
			return true;
	return false;
}

static enum fault
read_leaf(struct reading *r, const struct json_value *v, struct filter_leaf *l)
{
	struct str field = json_member_text(v, "fieldId"), op = json_member_text(v, "operator");
	size_t i = 0;

	if (v->sort != JSON_IS_OBJECT)
		return bad(r, "a condition must be an object");
	for (size_t m = 0; m < v->n; m++)
		if (!is_member(v->items[m].name))
			return bad(r, "a condition has a member that is not known");
	if (field.s == NULL || (l->column = column_find(r->columns, field)) == NULL)
		return no_field(r, field);
	while (i < COUNT(ops) && !str_is(op, ops[i].name))
		i++;
	if (i == COUNT(ops) || (ops[i].sorts >> l->column->type->sort & 1) == 0)
		return bad(r, "no such operator for '%s'", l->column->row.name);
	l->op = ops[i].op;
	return read_value(r, json_member(v, "value"), l);
}

static enum fault
read_group(struct reading *r, const struct json_value *v, struct filter **made)
{
	const struct json_value *set = json_member(v, "filterSet");
	struct str how = json_member_text(v, "conjunction");
	struct filter *f = arena_new(r->work->arena, struct filter);
	enum fault fault = FAULT_NONE;

	*made = f;
	f->any = str_is(how, "or");
	if (set == NULL || set->sort != JSON_IS_LIST || v->n != 2 || (!f->any && !str_is(how, "and")))
		return bad(r, "must have a conjunction, 'and' or 'or', and a filterSet, and nothing else");
	r->leaves += set->n;
	if (r->leaves > FILTER_LEAVES_MAX)
		return bad(r, "has more than %d conditions", FILTER_LEAVES_MAX);
	f->v = arena_array(r->work->arena, struct filter_node, set->n + 1);
	for (; f->n < set->n && fault == FAULT_NONE; f->n++) {
		const struct json_value *one = &set->items[f->n];

		fault = json_member(one, "filterSet") != NULL ? read_group(r, one, &f->v[f->n].group)
							      : read_leaf(r, one, &f->v[f->n].leaf);
	}
	return fault;
}

enum fault
filter_take(struct work *w, const struct columns *c, const struct json_value *v, struct filter **made)
{
	struct reading r = { w, c, 0 };
	enum fault f;

	*made = NULL;
	if (v->sort == JSON_IS_NULL)
		return FAULT_NONE;
	/* None of nothing would be nothing; an empty one leaves nothing out. */
	if ((f = read_group(&r, v, made)) == FAULT_NONE && (*made)->n == 0)
		*made = NULL;
	return f;
}

enum fault
filter_read(struct work *w, const struct columns *c, struct str json, struct filter **made)
{
	struct json_value v;

	*made = NULL;
	if (json.s == NULL)
		return FAULT_NONE;
	if (json.n > FILTER_BYTES_MAX || !json_in(w->arena, json, &v))
		return fault_at(w, FAULT_BAD_FIELD, "filter", "must be JSON of at most %zu bytes",
		    FILTER_BYTES_MAX);
	return filter_take(w, c, &v, made);
}
