/*
 * parse.c: a GraphQL document by recursive descent (October 2021, section 2).
 *
 * How deep it goes is counted, so that no document can use up the stack.
 * Each reader returns NULL or false once there is an error, which is told once.
 */
#include "graphql/lex.h"

#include <stdlib.h>

struct parser {
	struct gql_lexer lex;
	struct arena *arena;
	size_t definitions;
	int nesting;
};

/* --- tokens --- */

static bool
fail(struct parser *p, const char *wanted)
{
	struct gql_lexer *l = &p->lex;
	char mark[] = { l->mark, '\0' };

	if (l->token == TOKEN_END)
		gql_error(l->errors, l->at, "Syntax Error: Expected %s, found <EOF>.", wanted);
	else if (l->token == TOKEN_MARK)
		gql_error(l->errors, l->at, "Syntax Error: Expected %s, found \"%s\".", wanted,
		    l->mark == '.' ? "..." : mark);
	else if (l->token == TOKEN_NAME)
		gql_error(l->errors, l->at, "Syntax Error: Expected %s, found Name \"%.*s\".", wanted,
		    (int)(l->text.n < 60 ? l->text.n : 60), l->text.s);
	else if (l->token != TOKEN_BROKEN)
		gql_error(l->errors, l->at, "Syntax Error: Expected %s, found a value.", wanted);
	l->token = TOKEN_BROKEN;
	return false;
}

static bool
is_mark(const struct parser *p, char mark)
{
	return p->lex.token == TOKEN_MARK && p->lex.mark == mark;
}

static bool
is_word(const struct parser *p, const char *word)
{
	return p->lex.token == TOKEN_NAME && str_is(p->lex.text, word);
}

/* The mark, if it is next. */
static bool
have(struct parser *p, char mark)
{
	if (!is_mark(p, mark))
		return false;
	lex_next(&p->lex);
	return true;
}

static bool
need(struct parser *p, char mark)
{
	char wanted[] = { '"', mark, '"', '\0' };

	return have(p, mark) || fail(p, wanted);
}

static bool
need_name(struct parser *p, struct str *name)
{
	if (p->lex.token != TOKEN_NAME)
		return fail(p, "Name");
	*name = p->lex.text;
	lex_next(&p->lex);
	return true;
}

static bool
deeper(struct parser *p)
{
	if (p->nesting++ < GQL_NESTING_MAX)
		return true;
	gql_error(p->lex.errors, p->lex.at, "Syntax Error: Document is nested deeper than is allowed.");
	p->lex.token = TOKEN_BROKEN;
	return false;
}

/* --- values --- */

static bool read_value(struct parser *, bool constant, struct gql_value *);

static bool
read_list(struct parser *p, bool constant, struct gql_value *v)
{
	const struct gql_value **end = &v->items;

	lex_next(&p->lex);
	v->sort = GQL_LIST;
	while (!is_mark(p, ']')) {
		struct gql_value *item = arena_new(p->arena, struct gql_value);

		if (!read_value(p, constant, item))
			return false;
		*end = item;
		end = &item->next;
	}
	return need(p, ']');
}

/* "name: value" up to the closing mark. */
static bool
read_members(struct parser *p, bool constant, char close, const struct gql_value **first)
{
	const struct gql_value **end = first;

	while (!is_mark(p, close)) {
		struct gql_value *member = arena_new(p->arena, struct gql_value);
		struct gql_place at = p->lex.at;
		struct str name;

		if (!need_name(p, &name) || !need(p, ':') || !read_value(p, constant, member))
			return false;
		member->name = name;
		member->at = at;
		*end = member;
		end = &member->next;
	}
	return need(p, close);
}

static bool
read_object(struct parser *p, bool constant, struct gql_value *v)
{
	lex_next(&p->lex);
	v->sort = GQL_OBJECT;
	return read_members(p, constant, '}', &v->items);
}

static bool
read_variable(struct parser *p, bool constant, struct gql_value *v)
{
	if (constant)
		return fail(p, "a constant value");
	lex_next(&p->lex);
	v->sort = GQL_VARIABLE;
	return need_name(p, &v->text);
}

static void
read_name_value(struct parser *p, struct gql_value *v)
{
	v->text = p->lex.text;
	v->flag = str_is(v->text, "true");
	v->sort = v->flag || str_is(v->text, "false") ? GQL_FLAG
	    : str_is(v->text, "null")		      ? GQL_NULL
						      : GQL_WORD;
	lex_next(&p->lex);
}

static void
read_number(struct parser *p, struct gql_value *v)
{
	v->sort = p->lex.token == TOKEN_INT ? GQL_INT : GQL_FLOAT;
	v->text = p->lex.text;
	v->wide = v->sort == GQL_INT && !str_int(v->text, &v->number);
	v->real = strtod(arena_text(p->arena, v->text), NULL);
	lex_next(&p->lex);
}

static bool
read_value(struct parser *p, bool constant, struct gql_value *v)
{
	bool good = true;

	v->at = p->lex.at;
	if (!deeper(p))
		return false;
	if (is_mark(p, '['))
		good = read_list(p, constant, v);
	else if (is_mark(p, '{'))
		good = read_object(p, constant, v);
	else if (is_mark(p, '$'))
		good = read_variable(p, constant, v);
	else if (p->lex.token == TOKEN_NAME)
		read_name_value(p, v);
	else if (p->lex.token == TOKEN_INT || p->lex.token == TOKEN_FLOAT)
		read_number(p, v);
	else if (p->lex.token == TOKEN_TEXT) {
		v->sort = GQL_TEXT;
		v->text = p->lex.text;
		lex_next(&p->lex);
	} else
		good = fail(p, "a value");
	p->nesting--;
	return good;
}

/* "(name: value ...)", if it is there; not empty. */
static bool
read_arguments(struct parser *p, bool constant, const struct gql_value **first)
{
	if (!have(p, '('))
		return p->lex.token != TOKEN_BROKEN;
	if (is_mark(p, ')'))
		return fail(p, "Name");
	return read_members(p, constant, ')', first);
}

static bool
read_directives(struct parser *p, bool constant, const struct gql_directive **first)
{
	const struct gql_directive **end = first;

	while (is_mark(p, '@')) {
		struct gql_directive *d = arena_new(p->arena, struct gql_directive);

		d->at = p->lex.at;
		lex_next(&p->lex);
		if (!need_name(p, &d->name) || !read_arguments(p, constant, &d->arguments))
			return false;
		*end = d;
		end = &d->next;
	}
	return p->lex.token != TOKEN_BROKEN;
}

/* --- selections --- */

static bool read_set(struct parser *, struct gql_selection **first);

static bool
read_field(struct parser *p, struct gql_selection *s)
{
	s->sort = GQL_SELECTS_FIELD;
	if (!need_name(p, &s->name))
		return false;
	s->key = s->name;
	if (have(p, ':') && !need_name(p, &s->name))
		return false;
	if (!read_arguments(p, false, &s->arguments) || !read_directives(p, false, &s->directives))
		return false;
	return !is_mark(p, '{') || read_set(p, &s->set);
}

/* After the dots: the name of a fragment, or one of its own. */
static bool
read_spread(struct parser *p, struct gql_selection *s)
{
	s->sort = GQL_SELECTS_FRAGMENT;
	if (p->lex.token == TOKEN_NAME && !is_word(p, "on"))
		return need_name(p, &s->name) && read_directives(p, false, &s->directives);
	s->sort = GQL_SELECTS_INLINE;
	if (is_word(p, "on")) {
		lex_next(&p->lex);
		if (!need_name(p, &s->on))
			return false;
	}
	return read_directives(p, false, &s->directives) && read_set(p, &s->set);
}

static bool
read_selection(struct parser *p, struct gql_selection *s)
{
	s->at = p->lex.at;
	return have(p, '.') ? read_spread(p, s) : read_field(p, s);
}

static bool
read_set(struct parser *p, struct gql_selection **first)
{
	struct gql_selection **end = first;

	if (!need(p, '{') || !deeper(p))
		return false;
	do {
		struct gql_selection *s = arena_new(p->arena, struct gql_selection);

		if (!read_selection(p, s))
			return false;
		*end = s;
		end = &s->next;
	} while (!is_mark(p, '}'));
	p->nesting--;
	return need(p, '}');
}

/* --- definitions --- */

/* A type in its plain text: "[ID!]!". */
static bool
read_type(struct parser *p, struct out *text)
{
	struct str name = STR_NONE;

	if (!deeper(p))
		return false;
	if (have(p, '[')) {
		out_char(text, '[');
		if (!read_type(p, text) || !need(p, ']'))
			return false;
		out_char(text, ']');
	} else {
		if (!need_name(p, &name))
			return false;
		out_str(text, name);
	}
	if (have(p, '!'))
		out_char(text, '!');
	p->nesting--;
	return true;
}

static bool
read_variable_definition(struct parser *p, struct gql_variable *v)
{
	struct out type = out_limit(p->arena, GQL_SIZE_MAX);

	v->at = p->lex.at;
	if (!need(p, '$') || !need_name(p, &v->name) || !need(p, ':') || !read_type(p, &type))
		return false;
	v->type = out_text(&type);
	if (have(p, '=')) {
		struct gql_value *initial = arena_new(p->arena, struct gql_value);

		if (!read_value(p, true, initial))
			return false;
		v->initial = initial;
	}
	return read_directives(p, true, &v->directives);
}

static bool
read_variables(struct parser *p, struct gql_variable **first)
{
	struct gql_variable **end = first;

	if (!have(p, '('))
		return p->lex.token != TOKEN_BROKEN;
	do {
		struct gql_variable *v = arena_new(p->arena, struct gql_variable);

		if (!read_variable_definition(p, v))
			return false;
		*end = v;
		end = &v->next;
	} while (!is_mark(p, ')'));
	return need(p, ')');
}

static bool
read_operation(struct parser *p, struct gql_operation *o)
{
	o->at = p->lex.at;
	if (is_mark(p, '{'))
		return read_set(p, &o->set);
	o->does = is_word(p, "query") ? GQL_QUERY : is_word(p, "mutation") ? GQL_MUTATION : GQL_SUBSCRIPTION;
	lex_next(&p->lex);
	if (p->lex.token == TOKEN_NAME && !need_name(p, &o->name))
		return false;
	return read_variables(p, &o->variables) && read_directives(p, false, &o->directives) &&
	    read_set(p, &o->set);
}

static bool
read_fragment(struct parser *p, struct gql_fragment *f)
{
	f->at = p->lex.at;
	lex_next(&p->lex);
	if (is_word(p, "on"))
		return fail(p, "the name of a fragment");
	if (!need_name(p, &f->name))
		return false;
	if (!is_word(p, "on"))
		return fail(p, "\"on\"");
	lex_next(&p->lex);
	return need_name(p, &f->on) && read_directives(p, false, &f->directives) && read_set(p, &f->set);
}

static bool
read_definition(struct parser *p, struct gql_operation ***operations, struct gql_fragment ***fragments)
{
	if (++p->definitions > GQL_DEFINITION_MAX)
		return fail(p, "fewer definitions");
	if (is_word(p, "fragment")) {
		struct gql_fragment *f = arena_new(p->arena, struct gql_fragment);

		**fragments = f;
		*fragments = &f->next;
		return read_fragment(p, f);
	}
	if (is_mark(p, '{') || is_word(p, "query") || is_word(p, "mutation") || is_word(p, "subscription")) {
		struct gql_operation *o = arena_new(p->arena, struct gql_operation);

		**operations = o;
		*operations = &o->next;
		return read_operation(p, o);
	}
	return fail(p, "a query, a mutation or a fragment");
}

bool
gql_parse(struct arena *a, struct str text, struct gql_document *doc, struct gql_errors *errors)
{
	struct parser p = { .arena = a };
	struct gql_operation **operations = &doc->operations;
	struct gql_fragment **fragments = &doc->fragments;

	*doc = (struct gql_document){ .operations = NULL };
	lex_open(&p.lex, a, text, errors);
	do {
		if (!read_definition(&p, &operations, &fragments))
			return false;
	} while (p.lex.token != TOKEN_END);
	return true;
}

bool
gql_parse_value(struct arena *a, struct str text, struct gql_value *v, struct gql_errors *errors)
{
	struct parser p = { .arena = a };

	lex_open(&p.lex, a, text, errors);
	return read_value(&p, true, v) && (p.lex.token == TOKEN_END || fail(&p, "nothing more"));
}

const struct gql_value *
gql_member(const struct gql_value *first, const char *name)
{
	for (; first != NULL; first = first->next)
		if (str_is(first->name, name))
			return first;
	return NULL;
}
