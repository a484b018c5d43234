/*
 * pick.c: choosing among many things in a form.
 */
#include "ui/pick.h"

#include "core/search.h"
#include "http/call.h"
#include "ui/trouble.h"

static struct str
sent(struct call *c, const char *name)
{
	return query_value(c->work->arena, c->form.s != NULL ? c->form : c->req->query, name);
}

struct pick *
pick_begin(struct call *c, enum words what)
{
	struct pick *p = arena_new(c->work->arena, struct pick);
	enum fault f;

	*p = (struct pick){ .what = what,
		.said = sent(c, "find"),
		.page = { .limit = PICK_MAX + 1, .after_id = "" } };
	if (p->said.n == 0 || (f = search_read(c->work, p->said, &p->page.search)) == FAULT_NONE)
		return p;
	p->wrong = trouble_text(c->work, f);
	c->work->trouble = (struct trouble){ .field = NULL };
	return p;
}

size_t
pick_some(struct pick *p, size_t n)
{
	if (n > PICK_MAX) {
		p->more = true;
		n = PICK_MAX;
	}
	p->found += n;
	return n;
}

bool
pick_any(const struct pick *p)
{
	return p->found > 0 || p->more || p->said.n > 0;
}

bool
pick_asked(struct call *c)
{
	return sent(c, "look").n > 0;
}

enum fault
pick_again(struct call *c)
{
	c->again = true;
	return c->route->again(c);
}
