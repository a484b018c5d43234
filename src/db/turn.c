/*
 * turn.c: no change of what is remembered without the epoch that says so.
 *
 * A transaction changes one organization.  Its id is among the texts of each
 * statement that TURNS, so those that all of them were given are kept, and the
 * id that a statement that BUMPS was given must be one of them.  A change of one
 * organization with the epoch of another does not pass.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "db/connection.h"

bool
turn_may_run(const struct db *db, const struct stmt *s)
{
	/* Alone it would be committed before anybody could move the epoch. */
	return db->in_tx || s->effect == READS || s->effect == KEEPS;
}

static bool
is_text(const struct arg *a)
{
	return a->type == COL_TEXT && !a->null && a->s.n > 0 && a->s.n < ORG_SPACE;
}

static void
take_all(struct turned *t, struct args args)
{
	for (size_t i = 0; i < args.n; i++)
		if (is_text(&args.v[i]))
			(void)snprintf(t->may_be[t->n++], ORG_SPACE, "%.*s", (int)args.v[i].s.n,
			    args.v[i].s.s);
}

static bool
names(struct args args, const char *text)
{
	for (size_t i = 0; i < args.n; i++)
		if (is_text(&args.v[i]) && str_is(args.v[i].s, text))
			return true;
	return false;
}

static void
take_common(struct turned *t, struct args args)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++)
		if (names(args, t->may_be[i]))
			memmove(t->may_be[kept++], t->may_be[i], ORG_SPACE);
	t->n = kept;
}

void
turn_note(struct db *db, const struct stmt *s, struct args args)
{
	struct turned *t = &db->turned;

	if (s->effect == TURNS) {
		if (t->by == NULL)
			take_all(t, args);
		else
			take_common(t, args);
		t->by = s;
	}
	if (s->effect == BUMPS && args.n > 0 && is_text(&args.v[0]))
		(void)snprintf(t->moved, sizeof t->moved, "%.*s", (int)args.v[0].s.n, args.v[0].s.s);
}

bool
turn_is_settled(const struct db *db)
{
	const struct turned *t = &db->turned;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->may_be[i], t->moved) == 0)
			return true;
	return t->by == NULL;
}
