/*
 * toy.h: a small schema for tests of the engine: people who know each other,
 * and a counter that mutations move.
 */
#ifndef TESTS_GRAPHQL_TOY_H
#define TESTS_GRAPHQL_TOY_H

#include "graphql/run.h"

struct toy_person {
	const char *id, *name;
	int64_t born;
	bool alive;
	const char *note; /* NULL although it must not be, of one of them */
};

static const struct toy_person toy_people[] = {
	{ "1", "Ann", 86400, true, "a" },
	{ "2", "Bob", 0, false, NULL },
	{ "3", "Cy \"<&", 172800, true, "c" },
};

/* What the tests look at and set. */
static int toy_count, toy_resolved;
static enum gql_for toy_refused;

static inline enum fault
toy_all(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct gql_value *first = gql_given(arguments, "first");

	(void)r;
	(void)source;
	toy_resolved++;
	*got = (struct gql_got){ .sort = GOT_OBJECTS,
		.object = toy_people,
		.n = first == NULL || (size_t)first->number > COUNT(toy_people) ? COUNT(toy_people)
										: (size_t)first->number,
		.size = sizeof toy_people[0] };
	return FAULT_NONE;
}

static inline enum fault
toy_one(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct str id = gql_given_str(arguments, "id");

	(void)source;
	toy_resolved++;
	for (size_t i = 0; i < COUNT(toy_people); i++)
		if (str_is(id, toy_people[i].id))
			*got = (struct gql_got){ .sort = GOT_OBJECT, .object = &toy_people[i] };
	return got->sort == GOT_NULL ? fault_at(r->work, FAULT_NOT_FOUND, NULL, "Nobody found") : FAULT_NONE;
}

static inline enum fault
toy_friend(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	const struct toy_person *p = source;

	(void)r;
	(void)arguments;
	toy_resolved++;
	if (p != &toy_people[2])
		*got = (struct gql_got){ .sort = GOT_OBJECT, .object = p + 1 };
	return FAULT_NONE;
}

static inline enum fault
toy_failing(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)source;
	(void)arguments;
	(void)got;
	return fault_at(r->work, FAULT_CONFLICT, NULL, "It is not to be");
}

static inline enum fault
toy_away(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)source;
	(void)arguments;
	(void)got;
	return FAULT_UNAVAILABLE;
}

static inline void
toy_put(struct out *o, const struct gql_value *v)
{
	static const char *const names[] = { "null", "$", "int", "float", "text", "flag", "word", "list",
		"object" };

	out_print(o, "%.*s:%s=%.*s%s", (int)v->name.n, v->name.s == NULL ? "" : v->name.s, names[v->sort],
	    (int)v->text.n, v->text.s == NULL ? "" : v->text.s, v->flag ? "!" : "");
	if (v->items != NULL)
		out_put(o, "(");
	for (const struct gql_value *i = v->items; i != NULL; i = i->next) {
		toy_put(o, i);
		out_put(o, i->next == NULL ? ")" : " ");
	}
}

/* What was given, as a text. */
static inline enum fault
toy_echo(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	struct out o = out_limit(r->work->arena, 4096);

	(void)source;
	for (; arguments != NULL; arguments = arguments->next) {
		toy_put(&o, arguments);
		out_put(&o, arguments->next == NULL ? "" : " ");
	}
	*got = (struct gql_got){ .sort = GOT_TEXT, .text = out_text(&o).s == NULL ? STR("") : out_text(&o) };
	return FAULT_NONE;
}

static inline enum fault
toy_add(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	(void)r;
	(void)source;
	toy_count += (int)gql_given(arguments, "by")->number;
	*got = (struct gql_got){ .sort = GOT_INT, .number = toy_count };
	return toy_count > 100 ? FAULT_LIMIT_REACHED : FAULT_NONE;
}

static inline enum fault
toy_tags(struct gql_run *r, const void *source, const struct gql_value *arguments, struct gql_got *got)
{
	static const struct str tags[] = { { "x", 1 }, { "y", 1 } };

	(void)r;
	(void)source;
	(void)arguments;
	*got = (struct gql_got){ .sort = GOT_TEXTS, .object = tags, .n = 2, .size = sizeof tags[0] };
	return FAULT_NONE;
}

static const struct gql_argument toy_first[] = { { "first", "Int", NULL, NULL }, { .name = NULL } };
static const struct gql_argument toy_id[] = { { "id", "ID!", NULL, "Whose." }, { .name = NULL } };
static const struct gql_argument toy_by[] = { { "by", "Int!", "1", NULL }, { .name = NULL } };
static const struct gql_argument toy_any[] = {
	{ "i", "Int", NULL, NULL },
	{ "f", "Float", NULL, NULL },
	{ "s", "String", NULL, NULL },
	{ "b", "Boolean", NULL, NULL },
	{ "id", "ID", NULL, NULL },
	{ "t", "DateTime", NULL, NULL },
	{ "j", "JSON", NULL, NULL },
	{ "l", "[Int!]", NULL, NULL },
	{ "ll", "[[Int]]", NULL, NULL },
	{ "c", "Colour", NULL, NULL },
	{ "in", "Wish", NULL, NULL },
	{ "d", "String", "\"own\"", NULL },
	{ .name = NULL },
};
static const struct gql_argument toy_wish_rows[] = {
	{ "name", "String!", NULL, NULL },
	{ "colour", "Colour", "RED", NULL },
	{ "more", "[Wish!]", NULL, NULL },
	{ .name = NULL },
};
static const char *const toy_colours[] = { "RED", "GREEN", NULL };

static const struct gql_field toy_person_fields[] = {
	GQL_HAS(MEMBER_TEXT, toy_person, id, "id", "ID!", NULL),
	GQL_HAS(MEMBER_TEXT, toy_person, name, "name", "String!", "As people call them."),
	GQL_HAS(MEMBER_TIME, toy_person, born, "born", "DateTime", NULL),
	GQL_HAS(MEMBER_FLAG, toy_person, alive, "alive", "Boolean!", NULL),
	GQL_HAS(MEMBER_TEXT, toy_person, note, "note", "String!", NULL),
	GQL_ASKED(toy_friend, NULL, "friend", "Person", NULL),
	GQL_ASKED(toy_friend, NULL, "needed", "Person!", NULL),
	GQL_ASKED(toy_failing, NULL, "failing", "String", NULL),
	GQL_ASKED(toy_tags, NULL, "tags", "[String!]!", NULL),
	{ "old", "String", GQL_FOR_PARENT, toy_failing, MEMBER_NONE, 0, NULL, NULL, "Use name." },
	GQL_LAST,
};
static const struct gql_field toy_query_fields[] = {
	GQL_ENTRY(GQL_FOR_READER, toy_all, toy_first, "people", "[Person!]!", NULL),
	GQL_ENTRY(GQL_FOR_READER, toy_all, toy_first, "some", "[Person]", NULL),
	GQL_ENTRY(GQL_FOR_READER, toy_one, toy_id, "person", "Person", NULL),
	GQL_ENTRY(GQL_FOR_READER, toy_one, toy_id, "sure", "Person!", NULL),
	GQL_ENTRY(GQL_FOR_ALL, toy_echo, toy_any, "echo", "String!", NULL),
	GQL_ENTRY(GQL_FOR_RULER, toy_echo, NULL, "secret", "String", NULL),
	GQL_ENTRY(GQL_FOR_ALL, toy_away, NULL, "away", "String", NULL),
	GQL_LAST,
};
static const struct gql_field toy_mutation_fields[] = {
	GQL_ENTRY(GQL_FOR_WRITER, toy_add, toy_by, "add", "Int!", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, toy_add, toy_by, "maybe", "Int", NULL),
	GQL_ENTRY(GQL_FOR_WRITER, toy_one, toy_id, "touch", "Person", NULL),
	GQL_LAST,
};

static const struct gql_type toy_query = { .sort = GQL_IS_OBJECT,
	.name = "Query",
	.fields = toy_query_fields };
static const struct gql_type toy_mutation = { .sort = GQL_IS_OBJECT,
	.name = "Mutation",
	.fields = toy_mutation_fields };
static const struct gql_type toy_person_type = { .sort = GQL_IS_OBJECT,
	.name = "Person",
	.about = "Somebody.",
	.fields = toy_person_fields };
static const struct gql_type toy_wish = { .sort = GQL_IS_INPUT, .name = "Wish", .inputs = toy_wish_rows };
static const struct gql_type toy_colour = { .sort = GQL_IS_ENUM, .name = "Colour", .words = toy_colours };

static const struct gql_type *const toy_types[] = { &toy_query, &toy_mutation, &toy_person_type, &toy_wish,
	&toy_colour, &gql_int, &gql_float, &gql_string, &gql_boolean, &gql_id, &gql_date_time, &gql_json,
	NULL };

static inline enum fault
toy_let(struct gql_run *r, enum gql_for whom)
{
	return whom == toy_refused ? fault_at(r->work, FAULT_SCOPE, NULL, "Not for you") : FAULT_NONE;
}

static inline const char *
toy_say(struct gql_run *r, enum fault f)
{
	return r->work->trouble.detail != NULL ? r->work->trouble.detail : fault_title(f);
}

static const struct gql_schema toy_schema = { "A toy.", toy_types, "Query", "Mutation", toy_let, toy_say };

/* The whole answer to a document, or the errors it has before it is done. */
static inline const char *
toy_answer(struct work *w, struct str text, struct str operation, struct str variables)
{
	struct gql_document doc;
	struct gql_run r = { .work = w, .schema = &toy_schema, .doc = &doc };
	struct out o = out_limit(w->arena, OUT_BODY_MAX);
	struct json j = json_into(&o);
	struct json_value given;
	enum fault f = FAULT_NONE;

	r.errors.arena = w->arena;
	json_object(&j, NULL);
	if (gql_parse(w->arena, text, &doc, &r.errors) && gql_check(&toy_schema, &doc, &r.errors) &&
	    gql_choose(&r, operation) &&
	    gql_variables(&r, variables.s != NULL && json_in(w->arena, variables, &given) ? &given : NULL))
		f = gql_execute(&r, &j);
	if (r.errors.n > 0)
		gql_write_errors(&r, &j);
	if (f != FAULT_NONE)
		json_text(&j, "stop", fault_code(f));
	json_end(&j);
	return out_failed(&o) ? "(too large)" : out_text(&o).s;
}

#endif
