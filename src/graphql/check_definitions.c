/*
 * check_definitions.c: each operation and fragment by itself: are there such
 * fields, arguments, directives and types, and is what is written of their types?
 */
#include "graphql/check.h"
#include "graphql/coerce.h"

static void check_set(struct checking *, const struct gql_type *, struct gql_selection *set);

/* --- arguments and directives --- */

/* Known to the rows, and each once. */
static void
arguments_known(struct checking *c, const struct gql_argument *rows, const struct gql_value *given,
    const char *of)
{
	for (const struct gql_value *v = given; v != NULL; v = v->next) {
		if (gql_argument_named(rows, v->name) == NULL)
			gql_error(c->errors, v->at, "Unknown argument \"%.*s\" on %s.", SHOW(v->name), of);
		for (const struct gql_value *before = given; before != v; before = before->next) {
			if (str_eq(before->name, v->name)) {
				gql_error(c->errors, v->at, "There can be only one argument named \"%.*s\".",
				    SHOW(v->name));
				break;
			}
		}
	}
}

static void
arguments(struct checking *c, const struct gql_argument *rows, const struct gql_value *given,
    struct gql_place at, const char *of)
{
	struct coercion coercion = { .schema = c->schema, .errors = c->errors, .only_check = true };

	arguments_known(c, rows, given, of);
	for (; rows != NULL && rows->name != NULL; rows++) {
		const struct gql_value *v = gql_member(given, rows->name);
		struct gql_value made = { .sort = GQL_NULL };

		if (v != NULL)
			(void)coerce_value(&coercion, str_of(rows->type), v, &made);
		else if (gql_is_needed(str_of(rows->type)) && rows->initial == NULL)
			gql_error(c->errors, at,
			    "%s argument \"%s\" of type \"%s\" is required, but it was not provided.", of,
			    rows->name, rows->type);
	}
}

static bool
may_be_at(const struct gql_directive_row *row, const char *place)
{
	for (const char *const *p = row->places; *p != NULL; p++)
		if (strcmp(*p, place) == 0)
			return true;
	return false;
}

static void
directives(struct checking *c, const struct gql_directive *first, const char *place)
{
	for (const struct gql_directive *d = first; d != NULL; d = d->next) {
		const struct gql_directive_row *row = gql_directive_named(d->name);

		if (row == NULL) {
			gql_error(c->errors, d->at, "Unknown directive \"@%.*s\".", SHOW(d->name));
			continue;
		}
		if (!may_be_at(row, place))
			gql_error(c->errors, d->at, "Directive \"@%s\" may not be used on %s.", row->name,
			    place);
		for (const struct gql_directive *before = first; before != d; before = before->next)
			if (str_eq(before->name, d->name))
				gql_error(c->errors, d->at,
				    "The directive \"@%s\" can only be used once at this location.",
				    row->name);
		arguments(c, row->arguments, d->arguments, d->at,
		    arena_print(c->errors->arena, "directive \"@%s\"", row->name));
	}
}

/* --- selections --- */

static void
check_leaf(struct checking *c, struct gql_selection *s, const struct gql_type *t)
{
	if (t->sort == GQL_IS_OBJECT && s->set == NULL)
		gql_error(c->errors, s->at,
		    "Field \"%s\" of type \"%s\" must have a selection of subfields. Did you mean \"%s { ... }\"?",
		    s->row->name, s->row->type, s->row->name);
	else if (t->sort != GQL_IS_OBJECT && s->set != NULL)
		gql_error(c->errors, s->at,
		    "Field \"%s\" must not have a selection since type \"%s\" has no subfields.",
		    s->row->name, s->row->type);
	else
		check_set(c, t, s->set);
}

static void
check_field(struct checking *c, const struct gql_type *t, struct gql_selection *s)
{
	directives(c, s->directives, "FIELD");
	s->row = gql_field_named(c->schema, t, s->name);
	if (s->row == NULL) {
		gql_error(c->errors, s->at, "Cannot query field \"%.*s\" on type \"%s\".", SHOW(s->name),
		    t->name);
		return;
	}
	arguments(c, s->row->arguments, s->arguments, s->at,
	    arena_print(c->errors->arena, "Field \"%s.%s\"", t->name, s->row->name));
	check_leaf(c, s, gql_type_of(c->schema, str_of(s->row->type)));
}

/* An object that a fragment is on; NULL: an error. */
static const struct gql_type *
condition(struct checking *c, struct str name, struct gql_place at)
{
	const struct gql_type *t = gql_type_named(c->schema, name);

	if (t == NULL)
		gql_error(c->errors, at, "Unknown type \"%.*s\".", SHOW(name));
	else if (t->sort != GQL_IS_OBJECT)
		gql_error(c->errors, at, "Fragment cannot condition on non composite type \"%s\".", t->name);
	return t == NULL || t->sort != GQL_IS_OBJECT ? NULL : t;
}

static void
check_fits(struct checking *c, const struct gql_type *t, struct str on, struct gql_place at)
{
	const struct gql_type *other = gql_type_named(c->schema, on);

	/* What is no object is told where it stands. */
	if (other != NULL && other->sort == GQL_IS_OBJECT && other != t)
		gql_error(c->errors, at,
		    "Fragment cannot be spread here as objects of type \"%s\" can never be of type \"%.*s\".",
		    t->name, SHOW(on));
}

static void
check_fragment_spread(struct checking *c, const struct gql_type *t, struct gql_selection *s)
{
	directives(c, s->directives, "FRAGMENT_SPREAD");
	for (struct gql_fragment *f = c->doc->fragments; f != NULL; f = f->next)
		if (str_eq(f->name, s->name))
			s->fragment = f;
	if (s->fragment == NULL)
		gql_error(c->errors, s->at, "Unknown fragment \"%.*s\".", SHOW(s->name));
	else
		check_fits(c, t, s->fragment->on, s->at);
}

static void
check_inline(struct checking *c, const struct gql_type *t, struct gql_selection *s)
{
	directives(c, s->directives, "INLINE_FRAGMENT");
	if (s->on.s != NULL) {
		if (condition(c, s->on, s->at) == NULL)
			return;
		check_fits(c, t, s->on, s->at);
	}
	check_set(c, t, s->set);
}

static void
check_set(struct checking *c, const struct gql_type *t, struct gql_selection *set)
{
	for (; set != NULL && c->errors->n < GQL_ERRORS_MAX; set = set->next) {
		if (set->sort == GQL_SELECTS_FIELD)
			check_field(c, t, set);
		else if (set->sort == GQL_SELECTS_FRAGMENT)
			check_fragment_spread(c, t, set);
		else
			check_inline(c, t, set);
	}
}

/* --- definitions --- */

static void
check_variable(struct checking *c, const struct gql_operation *o, const struct gql_variable *v)
{
	struct coercion coercion = { .schema = c->schema, .errors = c->errors, .only_check = true };
	const struct gql_type *t = gql_type_of(c->schema, v->type);
	struct gql_value made = { .sort = GQL_NULL };

	directives(c, v->directives, "VARIABLE_DEFINITION");
	for (const struct gql_variable *before = o->variables; before != v; before = before->next)
		if (str_eq(before->name, v->name))
			gql_error(c->errors, v->at, "There can be only one variable named \"$%.*s\".",
			    SHOW(v->name));
	if (t == NULL)
		gql_error(c->errors, v->at, "Unknown type \"%.*s\".", SHOW(gql_name(v->type)));
	else if (!gql_takes_input(t))
		gql_error(c->errors, v->at, "Variable \"$%.*s\" cannot be non-input type \"%.*s\".",
		    SHOW(v->name), SHOW(v->type));
	else if (v->initial != NULL)
		(void)coerce_value(&coercion, v->type, v->initial, &made);
}

static void
check_operation(struct checking *c, struct gql_operation *o)
{
	static const char *const names
	    [] = { [GQL_QUERY] = "query", [GQL_MUTATION] = "mutation", [GQL_SUBSCRIPTION] = "subscription" };
	static const char *const places
	    [] = { [GQL_QUERY] = "QUERY", [GQL_MUTATION] = "MUTATION", [GQL_SUBSCRIPTION] = "SUBSCRIPTION" };
	const struct gql_type *root = gql_root(c->schema, o->does);

	for (const struct gql_variable *v = o->variables; v != NULL; v = v->next)
		check_variable(c, o, v);
	directives(c, o->directives, places[o->does]);
	if (root == NULL)
		gql_error(c->errors, o->at, "Schema is not configured to execute %s operation.",
		    names[o->does]);
	else
		check_set(c, root, o->set);
}

static void
check_fragment(struct checking *c, struct gql_fragment *f)
{
	const struct gql_type *t = condition(c, f->on, f->at);

	directives(c, f->directives, "FRAGMENT_DEFINITION");
	if (t != NULL)
		check_set(c, t, f->set);
}

void
check_definitions(struct checking *c)
{
	for (struct gql_operation *o = c->doc->operations; o != NULL; o = o->next)
		check_operation(c, o);
	for (struct gql_fragment *f = c->doc->fragments; f != NULL; f = f->next)
		check_fragment(c, f);
}
