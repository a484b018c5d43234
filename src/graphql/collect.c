/*
 * collect.c: the fields of a selection, by the name that the answer gives them.
 */
#include "graphql/collect.h"

void
collect_open(struct gql_collector *c, unsigned walk)
{
	c->walk = walk;
	c->first = NULL;
	c->end = &c->first;
}

/* The argument "if" of a directive that is there; otherwise as given. */
static bool
condition(const struct gql_collector *c, const struct gql_directive *d, const char *name, bool otherwise)
{
	const struct gql_value *v;

	while (d != NULL && !str_is(d->name, name))
		d = d->next;
	if (d == NULL || (v = gql_member(d->arguments, "if")) == NULL)
		return otherwise;
	if (v->sort == GQL_VARIABLE)
		v = gql_member(c->variables, arena_text(c->arena, v->text));
	return v == NULL ? otherwise : v->flag;
}

static bool
is_left_out(const struct gql_collector *c, const struct gql_directive *d)
{
	return !c->all && (condition(c, d, "skip", false) || !condition(c, d, "include", true));
}

static struct gql_group *
group_of(struct gql_collector *c, struct str key)
{
	struct gql_group *g = c->first;

	while (g != NULL && !str_is(key, g->key))
		g = g->next;
	if (g != NULL)
		return g;
	g = arena_new(c->arena, struct gql_group);
	g->key = arena_text(c->arena, key);
	g->end = &g->picks;
	*c->end = g;
	c->end = &g->next;
	return g;
}

static void
pick(struct gql_collector *c, const struct gql_selection *s)
{
	struct gql_group *g = group_of(c, s->key);
	struct gql_pick *p = arena_new(c->arena, struct gql_pick);

	p->selection = s;
	*g->end = p;
	g->end = &p->next;
}

static bool
collect_one(struct gql_collector *c, const struct gql_selection *s)
{
	if (++c->steps > c->steps_max)
		return false;
	if (is_left_out(c, s->directives))
		return true;
	if (s->sort == GQL_SELECTS_FIELD) {
		pick(c, s);
		return true;
	}
	if (s->sort == GQL_SELECTS_INLINE)
		return collect_set(c, s->set);
	/* A fragment counts once in a set, however often it is spread there. */
	if (s->fragment->seen == c->walk)
		return true;
	s->fragment->seen = c->walk;
	return collect_set(c, s->fragment->set);
}

bool
collect_set(struct gql_collector *c, const struct gql_selection *set)
{
	for (; set != NULL; set = set->next)
		if (!collect_one(c, set))
			return false;
	return true;
}

bool
collect_below(struct gql_collector *c, const struct gql_group *g)
{
	for (const struct gql_pick *p = g->picks; p != NULL; p = p->next)
		if (!collect_set(c, p->selection->set))
			return false;
	return true;
}
