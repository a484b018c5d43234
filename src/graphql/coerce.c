/*
 * coerce.c: values for what wants them (October 2021, sections 3.x.5, 5.6 and 6.4.1).
 */
#include "graphql/coerce.h"

static bool coerce(struct coercion *, struct str type, const struct gql_value *, struct gql_value *made);

static bool
fail(struct coercion *c, struct gql_place at, const char *wanted, struct str type, const char *found)
{
	const char *why = arena_print(c->errors->arena, "%s \"%.*s\"%s", wanted, (int)type.n, type.s, found);

	if (c->variable.s != NULL)
		gql_error(c->errors, at, "Variable \"$%.*s\" got invalid value; %s.", (int)c->variable.n,
		    c->variable.s, why);
	else
		gql_error(c->errors, at, "%s.", why);
	return false;
}

static struct gql_value *
link_copy(struct coercion *c, const struct gql_value ***end)
{
	struct gql_value *v = arena_new(c->errors->arena, struct gql_value);

	**end = v;
	*end = &v->next;
	return v;
}

/* Coerced where it was given; NULL: it was not. */
static const struct gql_value *
variable_value(const struct coercion *c, const struct gql_value *v)
{
	for (const struct gql_value *have = c->variables; have != NULL; have = have->next)
		if (str_eq(have->name, v->text))
			return have;
	return NULL;
}

static bool
is_absent(const struct coercion *c, const struct gql_value *v)
{
	return v->sort == GQL_VARIABLE && !c->only_check && variable_value(c, v) == NULL;
}

static void
take_over(struct gql_value *made, const struct gql_value *from)
{
	struct str name = made->name;
	const struct gql_value *next = made->next;

	*made = *from;
	made->name = name;
	made->next = next;
}

static bool
coerce_variable(struct coercion *c, struct str type, const struct gql_value *v, struct gql_value *made)
{
	const struct gql_value *have;

	/* Whether it may stand here was asked of its definition. */
	if (c->only_check)
		return true;
	have = variable_value(c, v);
	if (gql_is_needed(type) && (have == NULL || have->sort == GQL_NULL))
		return fail(c, v->at, "Expected value of non-null type", type, ", found null");
	if (have == NULL)
		made->sort = GQL_NULL;
	else
		take_over(made, have);
	return true;
}

static bool
coerce_list(struct coercion *c, struct str type, const struct gql_value *v, struct gql_value *made)
{
	const struct gql_value *items = NULL, **end = &items;

	/* One that is no list stands for a list of it alone. */
	if (v->sort != GQL_LIST) {
		if (!coerce(c, gql_item(type), v, link_copy(c, &end)))
			return false;
	} else {
		for (const struct gql_value *item = v->items; item != NULL; item = item->next)
			if (!coerce(c, gql_item(type), item, link_copy(c, &end)))
				return false;
	}
	made->sort = GQL_LIST;
	made->items = items;
	return true;
}

/* What stands in the schema is right: it is read when it is needed. */
static bool
coerce_initial(struct coercion *c, const struct gql_argument *a, struct gql_value *made)
{
	struct coercion own = { .schema = c->schema, .errors = c->errors };
	struct gql_value written = { .sort = GQL_NULL };

	return gql_parse_value(c->errors->arena, str_of(a->initial), &written, c->errors) &&
	    coerce(&own, str_of(a->type), &written, made);
}

static bool
coerce_row(struct coercion *c, const struct gql_argument *row, const struct gql_value *given,
    struct gql_place at, const struct gql_value ***end)
{
	struct gql_value *made;

	if (given != NULL && !is_absent(c, given)) {
		made = link_copy(c, end);
		made->name = str_of(row->name);
		return coerce(c, str_of(row->type), given, made);
	}
	if (row->initial != NULL) {
		made = link_copy(c, end);
		made->name = str_of(row->name);
		return coerce_initial(c, row, made);
	}
	if (gql_is_needed(str_of(row->type)))
		return fail(c, at, "Required", str_of(row->name), " was not provided");
	return true;
}

bool
coerce_rows(struct coercion *c, const struct gql_argument *rows, const struct gql_value *given,
    struct gql_place at, const struct gql_value **made)
{
	const struct gql_value **end = made;

	for (; rows != NULL && rows->name != NULL; rows++)
		if (!coerce_row(c, rows, gql_member(given, rows->name), at, &end))
			return false;
	return true;
}

/* Each member is one of the input's, and none is there twice. */
static bool
members_known(struct coercion *c, const struct gql_type *t, const struct gql_value *v)
{
	for (const struct gql_value *m = v->items; m != NULL; m = m->next) {
		if (gql_argument_named(t->inputs, m->name) == NULL)
			return fail(c, m->at, "Field", m->name,
			    arena_print(c->errors->arena, " is not defined by type \"%s\"", t->name));
		for (const struct gql_value *before = v->items; before != m; before = before->next)
			if (str_eq(before->name, m->name))
				return fail(c, m->at, "There can be only one input field named", m->name, "");
	}
	return true;
}

static bool
coerce_input(struct coercion *c, const struct gql_type *t, const struct gql_value *v, struct gql_value *made)
{
	if (v->sort != GQL_OBJECT)
		return fail(c, v->at, "Expected value of type", str_of(t->name), " to be an object");
	if (!members_known(c, t, v))
		return false;
	made->sort = GQL_OBJECT;
	return coerce_rows(c, t->inputs, v->items, v->at, &made->items);
}

static bool
coerce_word(struct coercion *c, const struct gql_type *t, const struct gql_value *v, struct gql_value *made)
{
	if (v->sort == (c->from_json ? GQL_TEXT : GQL_WORD)) {
		for (const char *const *word = t->words; *word != NULL; word++) {
			if (str_is(v->text, *word)) {
				take_over(made, v);
				made->sort = GQL_WORD;
				return true;
			}
		}
	}
	return fail(c, v->at, "Value does not exist in enum", str_of(t->name), "");
}

/* A value that may have variables in it, for a scalar that takes any. */
static bool
copy_any(struct coercion *c, const struct gql_value *v, struct gql_value *made)
{
	const struct gql_value *items = NULL, **end = &items;

	if (v->sort == GQL_VARIABLE)
		return coerce_variable(c, STR("JSON"), v, made);
	if (v->sort == GQL_WORD)
		return fail(c, v->at, "JSON has no word", v->text, "");
	take_over(made, v);
	if (v->sort != GQL_LIST && v->sort != GQL_OBJECT)
		return true;
	for (const struct gql_value *item = v->items; item != NULL; item = item->next) {
		struct gql_value *copy = link_copy(c, &end);

		copy->name = item->name;
		if (!copy_any(c, item, copy))
			return false;
	}
	made->items = items;
	return true;
}

static bool
coerce_scalar(struct coercion *c, const struct gql_type *t, const struct gql_value *v, struct gql_value *made)
{
	if (t == &gql_json)
		return copy_any(c, v, made);
	take_over(made, v);
	return t->takes(made) || fail(c, v->at, "Expected value of type", str_of(t->name), "");
}

static bool
coerce_named(struct coercion *c, struct str type, const struct gql_value *v, struct gql_value *made)
{
	const struct gql_type *t = gql_type_named(c->schema, type);

	if (t == NULL || t->sort == GQL_IS_OBJECT)
		return fail(c, v->at, "Unknown type", type, "");
	if (t->sort == GQL_IS_INPUT)
		return coerce_input(c, t, v, made);
	return t->sort == GQL_IS_ENUM ? coerce_word(c, t, v, made) : coerce_scalar(c, t, v, made);
}

static bool
coerce(struct coercion *c, struct str type, const struct gql_value *v, struct gql_value *made)
{
	made->at = v->at;
	if (v->sort == GQL_VARIABLE)
		return coerce_variable(c, type, v, made);
	if (v->sort == GQL_NULL) {
		made->sort = GQL_NULL;
		return !gql_is_needed(type) ||
		    fail(c, v->at, "Expected value of non-null type", type, ", found null");
	}
	type = gql_bare(type);
	return gql_is_list(type) ? coerce_list(c, type, v, made) : coerce_named(c, type, v, made);
}

bool
coerce_value(struct coercion *c, struct str type, const struct gql_value *v, struct gql_value *made)
{
	return coerce(c, type, v, made);
}

/* --- the values of variables --- */

static struct gql_value *of_json(struct arena *, const struct json_value *);

static const struct gql_value *
items_of_json(struct arena *a, const struct json_value *from)
{
	const struct gql_value *first = NULL, **end = &first;

	for (size_t i = 0; i < from->n; i++) {
		struct gql_value *item = of_json(a, &from->items[i]);

		*end = item;
		end = &item->next;
	}
	return first;
}

static struct gql_value *
of_json(struct arena *a, const struct json_value *from)
{
	static const enum gql_sort sorts[] = { [JSON_IS_NULL] = GQL_NULL,
		[JSON_IS_FLAG] = GQL_FLAG,
		[JSON_IS_NUMBER] = GQL_FLOAT,
		[JSON_IS_TEXT] = GQL_TEXT,
		[JSON_IS_LIST] = GQL_LIST,
		[JSON_IS_OBJECT] = GQL_OBJECT };
	struct gql_value *v = arena_new(a, struct gql_value);

	v->name = str_of(from->name);
	v->sort = sorts[from->sort];
	v->text = from->text;
	v->flag = from->flag;
	v->number = from->number;
	v->real = from->real;
	if (json_is_integral(from)) {
		v->sort = GQL_INT;
		v->text = str_of(arena_print(a, "%lld", (long long)from->number));
	}
	v->items = items_of_json(a, from);
	return v;
}

/* The value of one variable, if it has one; false: an error. */
static bool
variable_coerced(struct coercion *c, const struct gql_variable *v, const struct json_value *given,
    const struct gql_value ***end)
{
	const struct json_value *json =
	    given == NULL ? NULL : json_member(given, arena_text(c->errors->arena, v->name));
	struct gql_value *made;

	c->variable = v->name;
	c->from_json = json != NULL;
	if (json == NULL && v->initial == NULL) {
		if (!gql_is_needed(v->type))
			return true;
		gql_error(c->errors, v->at, "Variable \"$%.*s\" of required type \"%.*s\" was not provided.",
		    (int)v->name.n, v->name.s, (int)v->type.n, v->type.s);
		return false;
	}
	made = link_copy(c, end);
	made->name = v->name;
	if (json == NULL)
		return coerce(c, v->type, v->initial, made);
	return coerce(c, v->type, of_json(c->errors->arena, json), made);
}

static size_t
count_values(const struct json_value *v)
{
	size_t n = 1;

	for (size_t i = 0; i < v->n; i++)
		n += count_values(&v->items[i]);
	return n;
}

bool
gql_variables(struct gql_run *r, const struct json_value *given)
{
	struct coercion c = { .schema = r->schema, .errors = &r->errors };
	const struct gql_value **end = &r->variables;
	bool good = true;

	/* Each is copied, and a body has room for more than there is memory for. */
	if (given != NULL && count_values(given) > GQL_VALUES_MAX) {
		gql_error(&r->errors, r->operation->at,
		    "Variables have more than the %d values that are allowed.", GQL_VALUES_MAX);
		return false;
	}
	for (const struct gql_variable *v = r->operation->variables; v != NULL; v = v->next)
		good = variable_coerced(&c, v, given, &end) && good;
	return good;
}

const struct gql_value *
gql_given(const struct gql_value *arguments, const char *name)
{
	const struct gql_value *v = gql_member(arguments, name);

	return v == NULL || v->sort == GQL_NULL ? NULL : v;
}

struct str
gql_given_str(const struct gql_value *arguments, const char *name)
{
	const struct gql_value *v = gql_given(arguments, name);

	return v == NULL ? STR_NONE : v->text;
}
