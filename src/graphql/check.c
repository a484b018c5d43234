/*
 * check.c: is a document valid against the schema (October 2021, section 5)?
 *
 * First each definition by itself, then, when all of them are right and no
 * fragment is in itself, each operation with all it spreads.  What it takes is
 * counted there, before anything is done.
 */
#include "graphql/check.h"

unsigned
check_walk(struct checking *c)
{
	return ++c->doc->walks;
}

/* --- names --- */

static void
operation_names(struct checking *c)
{
	for (struct gql_operation *o = c->doc->operations; o != NULL; o = o->next) {
		if (o->name.s == NULL && (c->doc->operations->next != NULL))
			gql_error(c->errors, o->at,
			    "This anonymous operation must be the only defined operation.");
		for (struct gql_operation *before = c->doc->operations; before != o && o->name.s != NULL;
		     before = before->next)
			if (str_eq(before->name, o->name))
				gql_error(c->errors, o->at, "There can be only one operation named \"%.*s\".",
				    SHOW(o->name));
	}
}

static void
fragment_names(struct checking *c)
{
	for (struct gql_fragment *f = c->doc->fragments; f != NULL; f = f->next)
		for (struct gql_fragment *before = c->doc->fragments; before != f; before = before->next)
			if (str_eq(before->name, f->name))
				gql_error(c->errors, f->at, "There can be only one fragment named \"%.*s\".",
				    SHOW(f->name));
}

/* --- fragments that are in themselves --- */

static bool reaches(struct checking *, const struct gql_selection *set, struct gql_fragment *, unsigned walk);

static bool
one_reaches(struct checking *c, const struct gql_selection *s, struct gql_fragment *f, unsigned walk)
{
	if (s->sort != GQL_SELECTS_FRAGMENT)
		return reaches(c, s->set, f, walk);
	if (s->fragment == f)
		return true;
	if (s->fragment->seen == walk)
		return false;
	s->fragment->seen = walk;
	return reaches(c, s->fragment->set, f, walk);
}

static bool
reaches(struct checking *c, const struct gql_selection *set, struct gql_fragment *f, unsigned walk)
{
	for (; set != NULL; set = set->next)
		if (one_reaches(c, set, f, walk))
			return true;
	return false;
}

static void
fragment_cycles(struct checking *c)
{
	for (struct gql_fragment *f = c->doc->fragments; f != NULL; f = f->next)
		if (reaches(c, f->set, f, check_walk(c)))
			gql_error(c->errors, f->at, "Cannot spread fragment \"%.*s\" within itself.",
			    SHOW(f->name));
}

static void
fragments_used(struct checking *c)
{
	for (struct gql_fragment *f = c->doc->fragments; f != NULL; f = f->next)
		if (!f->used)
			gql_error(c->errors, f->at, "Fragment \"%.*s\" is never used.", SHOW(f->name));
}

bool
gql_check(const struct gql_schema *schema, struct gql_document *doc, struct gql_errors *errors)
{
	struct checking c = { .schema = schema, .doc = doc, .errors = errors };

	operation_names(&c);
	fragment_names(&c);
	check_definitions(&c);
	if (errors->n == 0)
		fragment_cycles(&c);
	for (struct gql_operation *o = doc->operations; o != NULL && errors->n == 0; o = o->next)
		check_spread(&c, o);
	if (errors->n > 0)
		return false;
	for (struct gql_operation *o = doc->operations; o != NULL; o = o->next)
		check_variables(&c, o);
	fragments_used(&c);
	return errors->n == 0;
}

bool
gql_choose(struct gql_run *r, struct str name)
{
	struct gql_place nowhere = { 0, 0 };
	const struct gql_operation *o = r->doc->operations;

	if (name.s == NULL) {
		r->operation = o;
		if (o != NULL && o->next == NULL)
			return true;
		gql_error(&r->errors, nowhere,
		    "Must provide operation name if query contains multiple operations.");
		return false;
	}
	while (o != NULL && !str_eq(o->name, name))
		o = o->next;
	r->operation = o;
	if (o == NULL)
		gql_error(&r->errors, nowhere, "Unknown operation named \"%.*s\".", SHOW(name));
	return o != NULL;
}
