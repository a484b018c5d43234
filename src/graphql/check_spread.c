/*
 * check_spread.c: each operation with all it spreads: does it ask for no more than
 * one request may, and are fields of one name the same field (5.3.2)?
 *
 * Since there are no interfaces and no unions, all fields of a set are of one
 * object, and what goes by one name has to be one field with the same arguments.
 */
#include "graphql/check.h"
#include "graphql/collect.h"

static bool same_values(const struct gql_value *a, const struct gql_value *b);

static bool
same_value(const struct gql_value *a, const struct gql_value *b)
{
	if (a->sort != b->sort)
		return false;
	if (a->sort == GQL_LIST || a->sort == GQL_OBJECT)
		return same_values(a->items, b->items);
	return a->flag == b->flag && str_eq(a->text, b->text);
}

/* Of a list in their order; names are in any. */
static bool
same_values(const struct gql_value *a, const struct gql_value *b)
{
	size_t na = 0, nb = 0;

	for (const struct gql_value *v = b; v != NULL; v = v->next)
		nb++;
	for (; a != NULL; a = a->next, na++) {
		const struct gql_value *other = b;

		if (a->name.s == NULL)
			for (size_t i = 0; i < na && other != NULL; i++)
				other = other->next;
		else
			while (other != NULL && !str_eq(other->name, a->name))
				other = other->next;
		if (other == NULL || !same_value(a, other))
			return false;
	}
	return na == nb;
}

static void
check_same(struct checking *c, const struct gql_group *g)
{
	const struct gql_selection *first = g->picks->selection;

	for (const struct gql_pick *p = g->picks->next; p != NULL; p = p->next)
		if (p->selection->row != first->row ||
		    !same_values(first->arguments, p->selection->arguments)) {
			gql_error(c->errors, p->selection->at,
			    "Fields \"%s\" conflict because they are different fields or have differing arguments. "
			    "Use different aliases on the fields to fetch both if this was intentional.",
			    g->key);
			return;
		}
}

static bool
count_aliases(struct checking *c, const struct gql_group *g)
{
	for (const struct gql_pick *p = g->picks; p != NULL; p = p->next) {
		if (p->selection->key.s == p->selection->name.s || ++c->aliases <= GQL_ALIASES_MAX)
			continue;
		gql_error(c->errors, p->selection->at, "Query has more aliases than the %d that are allowed.",
		    GQL_ALIASES_MAX);
		return false;
	}
	return true;
}

/* False: there is an error, and nothing more is looked at. */
static bool
spread(struct checking *c, struct gql_collector *from, int depth)
{
	for (const struct gql_group *g = from->first; g != NULL; g = g->next) {
		struct gql_collector below = { .arena = c->errors->arena,
			.all = true,
			.steps = from->steps,
			.steps_max = from->steps_max };

		check_same(c, g);
		if (c->errors->n > 0 || !count_aliases(c, g))
			return false;
		if (depth > GQL_DEPTH_MAX) {
			gql_error(c->errors, g->picks->selection->at,
			    "Query is deeper than the %d fields that are allowed.", GQL_DEPTH_MAX);
			return false;
		}
		collect_open(&below, check_walk(c));
		if (!collect_below(&below, g)) {
			gql_error(c->errors, g->picks->selection->at,
			    "Query asks for more than the %d fields that are allowed.", GQL_FIELDS_MAX);
			return false;
		}
		if (!spread(c, &below, depth + 1))
			return false;
		from->steps = below.steps;
	}
	return true;
}

void
check_spread(struct checking *c, const struct gql_operation *o)
{
	struct gql_collector top = { .arena = c->errors->arena,
		.all = true,
		.steps = c->steps,
		.steps_max = GQL_FIELDS_MAX };

	collect_open(&top, check_walk(c));
	if (!collect_set(&top, o->set))
		gql_error(c->errors, o->at, "Query asks for more than the %d fields that are allowed.",
		    GQL_FIELDS_MAX);
	else if (spread(c, &top, 1))
		c->steps = top.steps;
}
