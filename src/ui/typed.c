/*
 * typed.c: what was typed into a form whose session has ended.
 */
#include "ui/typed.h"

#include "http/credential.h"
#include "ui/frame.h"

#define TYPED_MAX 1000 /* fields of a form */

/* Of this session and no other; or secret, and not to stand in a page. */
static const char *const left_out[] = { "csrf", "once", "proof", "password", "new_password", "access_key",
	"secret_key" };

struct carrying {
	struct arena *arena;
	struct typed_list list;
};

static bool
carry(void *ctx, struct str name, struct str value)
{
	struct carrying *to = ctx;

	for (size_t i = 0; i < COUNT(left_out); i++)
		if (str_is(name, left_out[i]))
			return true;
	to->list.v[to->list.n++] =
	    (struct typed){ arena_text(to->arena, name), arena_text(to->arena, value) };
	return to->list.n < TYPED_MAX;
}

/* Who was not let in has not been listened to. */
static bool
listen(struct call *c)
{
	return c->text.s != NULL ||
	    c->req->read_body(c->req->body_ctx, c->work, ROUTE_BODY_JSON, &c->text) == FAULT_NONE;
}

struct typed_list
typed_before(struct call *c)
{
	struct carrying to = { .arena = c->work->vault };

	if (c->route == NULL || c->route->again == NULL || c->route->auth != AUTH_SESSION ||
	    !frame_own_path(c->req->target) || !credential_same_origin(c->work, c->req) || !listen(c))
		return to.list;
	to.list.v = arena_array(to.arena, struct typed, TYPED_MAX);
	query_each(to.arena, c->text, carry, &to);
	return to.list;
}
