/*
 * introspect.c: what the schema says about itself (October 2021, section 4).
 *
 * The source of a __Type is the text of the type, since "[ID!]!" is one too.
 */
#include "graphql/run.h"

static struct gql_got
got_text(const char *text)
{
	return (struct gql_got){ .sort = text == NULL ? GOT_NULL : GOT_TEXT, .text = str_of(text) };
}

static const struct str *
kept(struct gql_run *r, struct str type)
{
	struct str *t = arena_new(r->work->arena, struct str);

	*t = type;
	return t;
}

static struct gql_got
got_type(struct gql_run *r, struct str type)
{
	return (struct gql_got){ .sort = GOT_OBJECT, .object = kept(r, type) };
}

/* Is a flag among the arguments, and true? */
static bool
wants(const struct gql_value *arguments, const char *name)
{
	const struct gql_value *v = gql_given(arguments, name);

	return v != NULL && v->flag;
}

/* --- __Type --- */

/* The type that a name alone stands for; NULL for a list and for what must not be null. */
static const struct gql_type *
named(struct gql_run *r, const void *source)
{
	const struct str *type = source;

	return gql_is_needed(*type) || gql_is_list(*type) ? NULL : gql_type_named(r->schema, *type);
}

static enum fault
type_kind(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	static const char *const kinds[] = { [GQL_IS_SCALAR] = "SCALAR",
		[GQL_IS_ENUM] = "ENUM",
		[GQL_IS_OBJECT] = "OBJECT",
		[GQL_IS_INPUT] = "INPUT_OBJECT" };
	const struct gql_type *t = named(r, source);

	(void)arguments;
	*got = got_text(t != NULL			     ? kinds[t->sort]
		: gql_is_needed(*(const struct str *)source) ? "NON_NULL"
							     : "LIST");
	return FAULT_NONE;
}

static enum fault
type_name(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *t = named(r, source);

	(void)arguments;
	*got = got_text(t == NULL ? NULL : t->name);
	return FAULT_NONE;
}

static enum fault
type_about(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *t = named(r, source);

	(void)arguments;
	*got = got_text(t == NULL ? NULL : t->about);
	return FAULT_NONE;
}

static enum fault
type_url(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *t = named(r, source);

	(void)arguments;
	*got = got_text(t == NULL ? NULL : t->url);
	return FAULT_NONE;
}

static enum fault
type_of(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct str *type = source;

	(void)arguments;
	if (gql_is_needed(*type))
		*got = got_type(r, gql_bare(*type));
	else if (gql_is_list(*type))
		*got = got_type(r, gql_item(*type));
	return FAULT_NONE;
}

static bool
has_deprecated(const struct gql_field *f)
{
	while (f->name != NULL && f->deprecated == NULL)
		f++;
	return f->name != NULL;
}

static enum fault
type_fields(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *t = named(r, source);
	struct gql_field *rows;
	size_t n = 0;

	if (t == NULL || t->fields == NULL)
		return FAULT_NONE;
	while (t->fields[n].name != NULL)
		n++;
	*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = t->fields, .n = n, .size = sizeof *rows };
	if (!has_deprecated(t->fields) || wants(arguments, "includeDeprecated"))
		return FAULT_NONE;
	got->object = rows = arena_array(r->work->arena, struct gql_field, n);
	got->n = 0;
	for (size_t i = 0; i < n; i++)
		if (t->fields[i].deprecated == NULL)
			rows[got->n++] = t->fields[i];
	return FAULT_NONE;
}

static struct gql_got
got_inputs(const struct gql_argument *rows)
{
	size_t n = 0;

	while (rows != NULL && rows[n].name != NULL)
		n++;
	return (struct gql_got){ .sort = GOT_OBJECTS, .object = rows, .n = n, .size = sizeof *rows };
}

static enum fault
type_inputs(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *t = named(r, source);

	(void)arguments;
	if (t != NULL && t->sort == GQL_IS_INPUT)
		*got = got_inputs(t->inputs);
	return FAULT_NONE;
}

static enum fault
type_words(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *t = named(r, source);
	size_t n = 0;

	(void)arguments;
	if (t == NULL || t->words == NULL)
		return FAULT_NONE;
	while (t->words[n] != NULL)
		n++;
	*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = t->words, .n = n, .size = sizeof *t->words };
	return FAULT_NONE;
}

/* An object implements no interface. */
static enum fault
type_interfaces(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *t = named(r, source);

	(void)arguments;
	if (t != NULL && t->sort == GQL_IS_OBJECT)
		*got = (struct gql_got){ .sort = GOT_OBJECTS, .size = 1 };
	return FAULT_NONE;
}

/* --- __Field, __InputValue, __EnumValue --- */

static enum fault
field_inputs(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_field *f = source;

	(void)r;
	(void)arguments;
	*got = got_inputs(f->arguments);
	return FAULT_NONE;
}

static enum fault
field_type(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_field *f = source;

	(void)arguments;
	*got = got_type(r, str_of(f->type));
	return FAULT_NONE;
}

static enum fault
field_is_deprecated(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct gql_field *f = source;

	(void)r;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_FLAG, .flag = f->deprecated != NULL };
	return FAULT_NONE;
}

static enum fault
input_type(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_argument *a = source;

	(void)arguments;
	*got = got_type(r, str_of(a->type));
	return FAULT_NONE;
}

static enum fault
word_name(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const char *const *word = source;

	(void)r;
	(void)arguments;
	*got = got_text(*word);
	return FAULT_NONE;
}

/* --- __Directive --- */

static enum fault
directive_places(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct gql_directive_row *d = source;
	struct str *texts;
	size_t n = 0;

	(void)arguments;
	while (d->places[n] != NULL)
		n++;
	texts = arena_array(r->work->arena, struct str, n);
	for (size_t i = 0; i < n; i++)
		texts[i] = str_of(d->places[i]);
	*got = (struct gql_got){ .sort = GOT_TEXTS, .object = texts, .n = n, .size = sizeof *texts };
	return FAULT_NONE;
}

static enum fault
directive_inputs(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	const struct gql_directive_row *d = source;

	(void)r;
	(void)arguments;
	*got = got_inputs(d->arguments);
	return FAULT_NONE;
}

/* --- __Schema --- */

static enum fault
schema_about(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	(void)arguments;
	*got = got_text(r->schema->about);
	return FAULT_NONE;
}

static enum fault
schema_types(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_type *const *lists[] = { r->schema->types, gql_own_types };
	struct str *names;
	size_t n = 0;

	(void)source;
	(void)arguments;
	for (size_t i = 0; i < COUNT(lists); i++)
		for (const struct gql_type *const *t = lists[i]; *t != NULL; t++)
			n++;
	names = arena_array(r->work->arena, struct str, n);
	*got = (struct gql_got){ .sort = GOT_OBJECTS, .object = names, .size = sizeof *names };
	for (size_t i = 0; i < COUNT(lists); i++)
		for (const struct gql_type *const *t = lists[i]; *t != NULL; t++)
			names[got->n++] = str_of((*t)->name);
	return FAULT_NONE;
}

static enum fault
schema_query(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	(void)arguments;
	*got = got_type(r, str_of(r->schema->query));
	return FAULT_NONE;
}

static enum fault
schema_mutation(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	(void)arguments;
	if (r->schema->mutation != NULL)
		*got = got_type(r, str_of(r->schema->mutation));
	return FAULT_NONE;
}

static enum fault
schema_directives(struct gql_run *r, const void *source, const struct gql_value *arguments,
    struct gql_got *got)
{
	size_t n = 0;

	(void)r;
	(void)source;
	(void)arguments;
	while (gql_directives[n].name != NULL)
		n++;
	*got = (struct gql_got){ .sort = GOT_OBJECTS,
		.object = gql_directives,
		.n = n,
		.size = sizeof gql_directives[0] };
	return FAULT_NONE;
}

/* --- the ways in --- */

static enum fault
own_schema(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_OBJECT, .object = r->schema };
	return FAULT_NONE;
}

static enum fault
own_type(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct str name = gql_given_str(arguments, "name");

	(void)source;
	if (gql_type_named(r->schema, name) != NULL)
		*got = got_type(r, name);
	return FAULT_NONE;
}

static const struct gql_argument deprecated_too[] = {
	{ "includeDeprecated", "Boolean", "false", "Also those that are not to be used any more." },
	{ .name = NULL },
};

static const struct gql_argument by_name[] = {
	{ "name", "String!", NULL, "Of the type." },
	{ .name = NULL },
};

static const struct gql_field schema_fields[] = {
	GQL_ASKED(schema_about, NULL, "description", "String", NULL),
	GQL_ASKED(schema_types, NULL, "types", "[__Type!]!", NULL),
	GQL_ASKED(schema_query, NULL, "queryType", "__Type!", NULL),
	GQL_ASKED(schema_mutation, NULL, "mutationType", "__Type", NULL),
	GQL_IS(MEMBER_NULL, "subscriptionType", "__Type", NULL),
	GQL_ASKED(schema_directives, NULL, "directives", "[__Directive!]!", NULL),
	GQL_LAST,
};

static const struct gql_field type_rows[] = {
	GQL_ASKED(type_kind, NULL, "kind", "__TypeKind!", NULL),
	GQL_ASKED(type_name, NULL, "name", "String", NULL),
	GQL_ASKED(type_about, NULL, "description", "String", NULL),
	GQL_ASKED(type_fields, deprecated_too, "fields", "[__Field!]", NULL),
	GQL_ASKED(type_interfaces, NULL, "interfaces", "[__Type!]", NULL),
	GQL_IS(MEMBER_NULL, "possibleTypes", "[__Type!]", NULL),
	GQL_ASKED(type_words, deprecated_too, "enumValues", "[__EnumValue!]", NULL),
	GQL_ASKED(type_inputs, NULL, "inputFields", "[__InputValue!]", NULL),
	GQL_ASKED(type_of, NULL, "ofType", "__Type", NULL),
	GQL_ASKED(type_url, NULL, "specifiedByURL", "String", NULL),
	GQL_LAST,
};

static const struct gql_field field_rows[] = {
	GQL_HAS(MEMBER_TEXT, gql_field, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, gql_field, about, "description", "String", NULL),
	GQL_ASKED(field_inputs, NULL, "args", "[__InputValue!]!", NULL),
	GQL_ASKED(field_type, NULL, "type", "__Type!", NULL),
	GQL_ASKED(field_is_deprecated, NULL, "isDeprecated", "Boolean!", NULL),
	GQL_HAS(MEMBER_TEXT, gql_field, deprecated, "deprecationReason", "String", NULL),
	GQL_LAST,
};

static const struct gql_field input_rows[] = {
	GQL_HAS(MEMBER_TEXT, gql_argument, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, gql_argument, about, "description", "String", NULL),
	GQL_ASKED(input_type, NULL, "type", "__Type!", NULL),
	GQL_HAS(MEMBER_TEXT, gql_argument, initial, "defaultValue", "String", NULL),
	GQL_LAST,
};

static const struct gql_field word_rows[] = {
	GQL_ASKED(word_name, NULL, "name", "String!", NULL),
	GQL_IS(MEMBER_NULL, "description", "String", NULL),
	GQL_IS(MEMBER_NO, "isDeprecated", "Boolean!", NULL),
	GQL_IS(MEMBER_NULL, "deprecationReason", "String", NULL),
	GQL_LAST,
};

static const struct gql_field directive_rows[] = {
	GQL_HAS(MEMBER_TEXT, gql_directive_row, name, "name", "String!", NULL),
	GQL_HAS(MEMBER_TEXT, gql_directive_row, about, "description", "String", NULL),
	GQL_ASKED(directive_places, NULL, "locations", "[__DirectiveLocation!]!", NULL),
	GQL_ASKED(directive_inputs, NULL, "args", "[__InputValue!]!", NULL),
	GQL_IS(MEMBER_NO, "isRepeatable", "Boolean!", NULL),
	GQL_LAST,
};

static const char *const kind_words[] = { "SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT",
	"LIST", "NON_NULL", NULL };
static const char *const place_words[] = { "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD",
	"FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA",
	"SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM",
	"ENUM_VALUE", "INPUT_OBJECT", "INPUT_FIELD_DEFINITION", NULL };

#define OBJECT(id, text, rows) \
	static const struct gql_type id = { .sort = GQL_IS_OBJECT, .name = text, .fields = rows }
#define ENUM(id, text, list) \
	static const struct gql_type id = { .sort = GQL_IS_ENUM, .name = text, .words = list }

OBJECT(own_schema_type, "__Schema", schema_fields);
OBJECT(own_type_type, "__Type", type_rows);
OBJECT(own_field_type, "__Field", field_rows);
OBJECT(own_input_type, "__InputValue", input_rows);
OBJECT(own_word_type, "__EnumValue", word_rows);
OBJECT(own_directive_type, "__Directive", directive_rows);
ENUM(own_kind_type, "__TypeKind", kind_words);
ENUM(own_place_type, "__DirectiveLocation", place_words);

const struct gql_type *const gql_own_types[] = { &own_schema_type, &own_type_type, &own_field_type,
	&own_input_type, &own_word_type, &own_directive_type, &own_kind_type, &own_place_type, NULL };

const struct gql_field gql_own_fields[] = {
	GQL_ENTRY(GQL_FOR_ALL, own_schema, NULL, "__schema", "__Schema!", NULL),
	GQL_ENTRY(GQL_FOR_ALL, own_type, by_name, "__type", "__Type", NULL),
	{ "__typename", "String!", GQL_FOR_ALL, NULL, MEMBER_NULL, 0, NULL, NULL, NULL },
	GQL_LAST,
};
