/*
 * check_variables.c: each operation with all it spreads: is every variable that it
 * uses one of its own and of a type that may stand there, and is each used?
 */
#include "graphql/check.h"

/* May a value of the one type stand where the other is wanted (5.8.5)? */
static bool
fits(struct str have, struct str want)
{
	if (gql_is_needed(want)) {
		if (!gql_is_needed(have))
			return false;
		want = gql_bare(want);
	}
	have = gql_bare(have);
	if (gql_is_list(want) != gql_is_list(have))
		return false;
	return gql_is_list(want) ? fits(gql_item(have), gql_item(want)) : str_eq(have, want);
}

static bool
is_allowed(const struct gql_variable *v, struct str want, bool has_initial)
{
	bool own = v->initial != NULL && v->initial->sort != GQL_NULL;

	if (gql_is_needed(want) && !gql_is_needed(v->type) && (own || has_initial))
		want = gql_bare(want);
	return fits(v->type, want);
}

static void
use_variable(struct checking *c, const struct gql_value *value, struct str want, bool has_initial)
{
	struct gql_variable *v = c->operation->variables;

	while (v != NULL && !str_eq(v->name, value->text))
		v = v->next;
	if (v == NULL) {
		gql_error(c->errors, value->at, "Variable \"$%.*s\" is not defined.", SHOW(value->text));
		return;
	}
	v->used = true;
	if (!is_allowed(v, want, has_initial))
		gql_error(c->errors, value->at,
		    "Variable \"$%.*s\" of type \"%.*s\" used in position expecting type \"%.*s\".",
		    SHOW(v->name), SHOW(v->type), SHOW(want));
}

static void rows_use(struct checking *, const struct gql_argument *rows, const struct gql_value *given);

static void
value_uses(struct checking *c, const struct gql_value *v, struct str type, bool has_initial)
{
	const struct gql_type *t = gql_type_of(c->schema, type);
	struct str item = gql_is_list(type) ? gql_item(type) : type;

	if (v->sort == GQL_VARIABLE) {
		use_variable(c, v, type, has_initial);
	} else if (v->sort == GQL_LIST) {
		for (const struct gql_value *i = v->items; i != NULL; i = i->next)
			value_uses(c, i, item, false);
	} else if (v->sort == GQL_OBJECT && t->sort == GQL_IS_INPUT) {
		rows_use(c, t->inputs, v->items);
	} else if (v->sort == GQL_OBJECT) {
		/* Of a scalar that takes any: anything is right in it. */
		for (const struct gql_value *m = v->items; m != NULL; m = m->next)
			value_uses(c, m, gql_bare(type), false);
	}
}

static void
rows_use(struct checking *c, const struct gql_argument *rows, const struct gql_value *given)
{
	for (; given != NULL; given = given->next) {
		const struct gql_argument *row = gql_argument_named(rows, given->name);

		if (row != NULL)
			value_uses(c, given, str_of(row->type), row->initial != NULL);
	}
}

static void
directives_use(struct checking *c, const struct gql_directive *d)
{
	for (; d != NULL; d = d->next)
		rows_use(c, gql_directive_named(d->name)->arguments, d->arguments);
}

static void
set_uses(struct checking *c, const struct gql_selection *s, unsigned walk)
{
	for (; s != NULL; s = s->next) {
		directives_use(c, s->directives);
		if (s->sort == GQL_SELECTS_FIELD)
			rows_use(c, s->row->arguments, s->arguments);
		set_uses(c, s->set, walk);
		if (s->sort != GQL_SELECTS_FRAGMENT || s->fragment->seen == walk)
			continue;
		s->fragment->seen = walk;
		s->fragment->used = true;
		directives_use(c, s->fragment->directives);
		set_uses(c, s->fragment->set, walk);
	}
}

void
check_variables(struct checking *c, struct gql_operation *o)
{
	c->operation = o;
	directives_use(c, o->directives);
	set_uses(c, o->set, check_walk(c));
	for (const struct gql_variable *v = o->variables; v != NULL; v = v->next)
		if (!v->used)
			gql_error(c->errors, v->at, "Variable \"$%.*s\" is never used.", SHOW(v->name));
}
