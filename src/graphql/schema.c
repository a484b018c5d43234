/*
 * schema.c: finding one's way in the tables of types.
 */
#include "graphql/schema.h"

#include <math.h>

#include "base/clock.h"

/* --- texts of types --- */

bool
gql_is_needed(struct str type)
{
	return type.n > 0 && type.s[type.n - 1] == '!';
}

struct str
gql_bare(struct str type)
{
	if (gql_is_needed(type))
		type.n--;
	return type;
}

bool
gql_is_list(struct str type)
{
	return type.n > 0 && type.s[0] == '[';
}

struct str
gql_item(struct str type)
{
	struct str bare = gql_bare(type);

	return (struct str){ bare.s + 1, bare.n - 2 };
}

struct str
gql_name(struct str type)
{
	while (gql_is_list(type))
		type = gql_item(type);
	return gql_bare(type);
}

/* --- finding --- */

static const struct gql_type *
find_type(const struct gql_type *const *types, struct str name)
{
	for (; *types != NULL; types++)
		if (str_is(name, (*types)->name))
			return *types;
	return NULL;
}

const struct gql_type *
gql_type_named(const struct gql_schema *s, struct str name)
{
	const struct gql_type *t = find_type(s->types, name);

	return t != NULL ? t : find_type(gql_own_types, name);
}

const struct gql_type *
gql_type_of(const struct gql_schema *s, struct str type)
{
	return gql_type_named(s, gql_name(type));
}

const struct gql_type *
gql_root(const struct gql_schema *s, enum gql_does does)
{
	const char *name = does == GQL_QUERY ? s->query : does == GQL_MUTATION ? s->mutation : NULL;

	return name == NULL ? NULL : gql_type_named(s, str_of(name));
}

static const struct gql_field *
find_field(const struct gql_field *f, struct str name)
{
	for (; f->name != NULL; f++)
		if (str_is(name, f->name))
			return f;
	return NULL;
}

const struct gql_field *
gql_field_named(const struct gql_schema *s, const struct gql_type *t, struct str name)
{
	const struct gql_field *own;

	if (!str_starts(name, STR("__")))
		return find_field(t->fields, name);
	own = find_field(gql_own_fields, name);
	if (own == NULL || (t != gql_root(s, GQL_QUERY) && !str_is(name, "__typename")))
		return NULL;
	return own;
}

const struct gql_argument *
gql_argument_named(const struct gql_argument *a, struct str name)
{
	for (; a != NULL && a->name != NULL; a++)
		if (str_is(name, a->name))
			return a;
	return NULL;
}

const struct gql_directive_row *
gql_directive_named(struct str name)
{
	for (const struct gql_directive_row *d = gql_directives; d->name != NULL; d++)
		if (str_is(name, d->name))
			return d;
	return NULL;
}

bool
gql_takes_input(const struct gql_type *t)
{
	return t->sort != GQL_IS_OBJECT;
}

/* --- is it whole? --- */

static const char *
inputs_flaw(const struct gql_schema *s, const struct gql_argument *a)
{
	for (; a != NULL && a->name != NULL; a++) {
		const struct gql_type *t = gql_type_of(s, str_of(a->type));

		if (t == NULL || !gql_takes_input(t))
			return a->name;
	}
	return NULL;
}

static const char *
field_flaw(const struct gql_schema *s, const struct gql_field *f, bool root)
{
	const struct gql_type *t = gql_type_of(s, str_of(f->type));

	if (t == NULL || t->sort == GQL_IS_INPUT || f->for_whom == GQL_FOR_NOBODY ||
	    (root && f->for_whom == GQL_FOR_PARENT) || (f->resolve == NULL) == (f->member == MEMBER_NONE))
		return f->name;
	return inputs_flaw(s, f->arguments);
}

static const char *
type_flaw(const struct gql_schema *s, const struct gql_type *t)
{
	bool root = t == gql_root(s, GQL_QUERY) || t == gql_root(s, GQL_MUTATION);
	const char *flaw = NULL;

	for (const struct gql_field *f = t->fields; f != NULL && f->name != NULL && flaw == NULL; f++)
		flaw = field_flaw(s, f, root);
	return flaw != NULL ? flaw : inputs_flaw(s, t->inputs);
}

const char *
gql_schema_flaw(const struct gql_schema *s)
{
	const char *flaw = gql_root(s, GQL_QUERY) == NULL ? "query" : NULL;

	for (const struct gql_type *const *t = s->types; *t != NULL && flaw == NULL; t++)
		flaw = type_flaw(s, *t);
	for (const struct gql_type *const *t = gql_own_types; *t != NULL && flaw == NULL; t++)
		flaw = type_flaw(s, *t);
	return flaw;
}

/* --- scalars --- */

static bool
takes_int(struct gql_value *v)
{
	return v->sort == GQL_INT && !v->wide && v->number >= INT32_MIN && v->number <= INT32_MAX;
}

static bool
takes_float(struct gql_value *v)
{
	if (v->sort == GQL_INT)
		v->sort = GQL_FLOAT;
	return v->sort == GQL_FLOAT && isfinite(v->real);
}

static bool
takes_string(struct gql_value *v)
{
	return v->sort == GQL_TEXT;
}

static bool
takes_boolean(struct gql_value *v)
{
	return v->sort == GQL_FLAG;
}

static bool
takes_id(struct gql_value *v)
{
	if (v->sort == GQL_INT)
		v->sort = GQL_TEXT;
	return v->sort == GQL_TEXT;
}

static bool
takes_time(struct gql_value *v)
{
	return v->sort == GQL_TEXT && clock_parse(v->text, &v->number);
}

static bool
takes_any(struct gql_value *v)
{
	return v->sort != GQL_WORD;
}

const struct gql_type gql_int = { .sort = GQL_IS_SCALAR,
	.name = "Int",
	.about = "A whole number of 32 bits.",
	.takes = takes_int };
const struct gql_type gql_float = { .sort = GQL_IS_SCALAR,
	.name = "Float",
	.about = "A number, as IEEE 754 has it with 64 bits.",
	.takes = takes_float };
const struct gql_type gql_string = { .sort = GQL_IS_SCALAR,
	.name = "String",
	.about = "A text.",
	.takes = takes_string };
const struct gql_type gql_boolean = { .sort = GQL_IS_SCALAR,
	.name = "Boolean",
	.about = "True or false.",
	.takes = takes_boolean };
const struct gql_type gql_id = { .sort = GQL_IS_SCALAR,
	.name = "ID",
	.about = "What a thing is known by: a text.",
	.takes = takes_id };
const struct gql_type gql_date_time = { .sort = GQL_IS_SCALAR,
	.name = "DateTime",
	.about = "An instant in UTC. A date alone means through the end of that day.",
	.takes = takes_time,
	.url = "https://www.rfc-editor.org/rfc/rfc3339" };
const struct gql_type gql_json = { .sort = GQL_IS_SCALAR,
	.name = "JSON",
	.about = "Any value of JSON.",
	.takes = takes_any,
	.url = "https://www.rfc-editor.org/rfc/rfc8259" };

/* --- directives --- */

static const struct gql_argument if_arguments[] = {
	{ "if", "Boolean!", NULL, "Whether it does." },
	{ .name = NULL },
};
static const struct gql_argument deprecated_arguments[] = {
	{ "reason", "String", "\"No longer supported\"", "Why, and what to use instead." },
	{ .name = NULL },
};
static const struct gql_argument specified_arguments[] = {
	{ "url", "String!", NULL, "Where the scalar is specified." },
	{ .name = NULL },
};
static const char *const of_selections[] = { "FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT", NULL };
static const char *const of_rows[] = { "FIELD_DEFINITION", "ENUM_VALUE", NULL };
static const char *const of_scalars[] = { "SCALAR", NULL };

const struct gql_directive_row gql_directives[] = {
	{ "include", "Leaves this out unless the argument is true.", of_selections, if_arguments },
	{ "skip", "Leaves this out if the argument is true.", of_selections, if_arguments },
	{ "deprecated", "Marks what is not to be used any more.", of_rows, deprecated_arguments },
	{ "specifiedBy", "Says where a scalar is specified.", of_scalars, specified_arguments },
	{ .name = NULL },
};
