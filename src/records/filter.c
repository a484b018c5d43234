/*
 * filter.c: asking a filter about records.
 */
#include "config.h"

#include "records/filter.h"

#include <string.h>

#include "base/text.h"
#include "records/filter_tree.h"
#include "records/value.h"

static struct filter *
group_of(struct arena *a, bool any, size_t n)
{
	struct filter *f = arena_new(a, struct filter);

	*f = (struct filter){ any, arena_array(a, struct filter_node, n + 1), 0 };
	return f;
}

struct filter *
filter_both(struct arena *a, struct filter *x, struct filter *y)
{
	struct filter *both;

	if (x == NULL || y == NULL)
		return x == NULL ? y : x;
	both = group_of(a, false, 2);
	both->v[both->n++].group = x;
	both->v[both->n++].group = y;
	return both;
}

struct filter *
filter_search(struct arena *a, const struct columns *c, const struct column *in, struct str text)
{
	struct filter *f = group_of(a, true, c->n);
	struct str folded = text_fold(a, text);

	for (size_t i = 0; i < c->n; i++)
		if (in == NULL || in == &c->v[i])
			f->v[f->n++].leaf = (struct filter_leaf){ .column = &c->v[i],
				.op = OP_CONTAINS,
				.text = text,
				.folded = folded };
	return f;
}

static bool
has_text(const struct filter_leaf *l, struct arena *scratch, const struct json_value *v)
{
	struct str folded = text_fold(scratch, str_of(column_text(scratch, v)));

	return l->folded.n == 0 ||
	    (folded.n > 0 && memmem(folded.s, folded.n, l->folded.s, l->folded.n) != NULL);
}

static bool
is_one_of(const struct json_value *list, const struct json_value *v)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].text, v->text))
			return true;
	return false;
}

/* The number a stored value is compared by. */
static bool
number_of(const struct filter_leaf *l, const struct json_value *v, double *number)
{
	int64_t at;
	bool day;

	if (l->column->type->sort == CELL_DATE && column_date(v->text, &at, &day))
		*number = (double)at;
	else if (v->sort == JSON_IS_NUMBER)
		*number = value_number(v);
	else
		return false;
	return true;
}

static bool
is_equal(const struct filter_leaf *l, const struct json_value *v)
{
	double number;

	if (l->column->type->sort == CELL_FLAG)
		return v->flag == l->flag;
	if (number_of(l, v, &number))
		return number >= l->from && number <= l->to;
	return v->sort == JSON_IS_TEXT && str_eq(v->text, l->text);
}

static bool
is_ordered(const struct filter_leaf *l, const struct json_value *v)
{
	double number;

	if (!number_of(l, v, &number))
		return false;
	switch (l->op) {
	case OP_ABOVE:
		return number > l->to;
	case OP_FROM:
		return number >= l->from;
	case OP_BELOW:
		return number < l->from;
	case OP_WITHIN:
		return number >= l->from && number <= l->to;
	default:
		return number <= l->to;
	}
}

/* Nothing there: what an operator says of that. */
static bool
holds_of_nothing(const struct filter_leaf *l)
{
	bool unticked = l->column->type->sort == CELL_FLAG && l->op == OP_IS && !l->flag;

	return unticked || l->op == OP_EMPTY || l->op == OP_IS_NOT || l->op == OP_LACKS ||
	    l->op == OP_NONE_OF;
}

static bool
leaf_holds(const struct filter_leaf *l, struct arena *scratch, const struct json_value *fields)
{
	const struct json_value *v = json_member(fields, l->column->row.id);

	if (v == NULL || v->sort == JSON_IS_NULL)
		return holds_of_nothing(l);
	switch (l->op) {
	case OP_IS:
		return is_equal(l, v);
	case OP_IS_NOT:
		return !is_equal(l, v);
	case OP_CONTAINS:
		return has_text(l, scratch, v);
	case OP_LACKS:
		return !has_text(l, scratch, v);
	case OP_EMPTY:
		return false;
	case OP_FILLED:
		return true;
	case OP_ABOVE:
	case OP_FROM:
	case OP_BELOW:
	case OP_TO:
	case OP_WITHIN:
		return is_ordered(l, v);
	case OP_ANY_OF:
		return is_one_of(l->list, v);
	case OP_NONE_OF:
		return !is_one_of(l->list, v);
	}
	return false;
}

bool
filter_holds(const struct filter *f, struct arena *scratch, const struct json_value *fields)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct filter_node *one = &f->v[i];
		bool holds = one->group != NULL ? filter_holds(one->group, scratch, fields)
						: leaf_holds(&one->leaf, scratch, fields);

		if (holds == f->any)
			return f->any;
	}
	return f->n == 0 || !f->any;
}

/* What it takes in has a value in the range; false: no range says so. */
static bool
range_of(struct arena *a, const struct filter_leaf *l, struct record_range *r)
{
	enum cell_sort sort = l->column->type->sort;
	struct str from = value_key_number(a, l->from), to = value_key_number(a, l->to);

	*r = (struct record_range){ str_of(l->column->row.id), value_key_least(), value_key_most() };
	switch (l->op) {
	case OP_IS:
		if (sort == CELL_FLAG)
			from = to = value_key_flag(a, true);
		else if (sort == CELL_TEXT || sort == CELL_SELECT)
			from = to = value_key_text(a, l->text);
		r->from = from;
		r->to = to;
		return sort != CELL_FLAG || l->flag;
	case OP_ABOVE:
	case OP_FROM:
		r->from = from;
		return true;
	case OP_BELOW:
	case OP_TO:
		r->to = to;
		return true;
	case OP_WITHIN:
		r->from = from;
		r->to = to;
		return true;
	default:
		return false;
	}
}

/* Of groups all of whose members must hold, and of those in them. */
static void
collect_ranges(struct arena *a, const struct filter *f, struct record_range *ranges, size_t *n)
{
	if (f->any && f->n != 1)
		return;
	for (size_t i = 0; i < f->n && *n < FILTER_RANGES_MAX; i++) {
		if (f->v[i].group != NULL)
			collect_ranges(a, f->v[i].group, ranges, n);
		else if (range_of(a, &f->v[i].leaf, &ranges[*n]))
			(*n)++;
	}
}

size_t
filter_ranges(struct arena *a, const struct filter *f, struct record_range ranges[FILTER_RANGES_MAX])
{
	size_t n = 0;

	if (f != NULL)
		collect_ranges(a, f, ranges, &n);
	return n;
}
