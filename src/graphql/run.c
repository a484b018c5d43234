/*
 * run.c: doing an operation (October 2021, section 6), and writing what comes of it.
 *
 * The answer is written as it is found.  Where null has to take the place of a
 * thing that is half written already, what was written of it is taken back.
 */
#include "graphql/run.h"

#include <assert.h>

#include "graphql/coerce.h"
#include "graphql/collect.h"

/* Where the writer was, to go back there. */
struct mark {
	struct json json;
	size_t n;
};

static struct mark
mark(const struct gql_run *r)
{
	return (struct mark){ *r->json, r->json->out->n };
}

static void
go_back(struct gql_run *r, const struct mark *m)
{
	*r->json = m->json;
	r->json->out->n = m->n;
}

/* --- errors --- */

static const struct gql_step *
kept_path(struct arena *a, const struct gql_step *at)
{
	struct gql_step *copy;

	if (at == NULL)
		return NULL;
	copy = arena_new(a, struct gql_step);
	*copy = *at;
	copy->up = kept_path(a, at->up);
	return copy;
}

static void
field_error(struct gql_run *r, const struct gql_group *g, const struct gql_step *at, enum fault f,
    const char *message)
{
	size_t before = r->errors.n;

	gql_error(&r->errors, g->picks->selection->at, "%s", message);
	if (r->errors.n == before)
		return;
	r->errors.last->fault = f;
	r->errors.last->path = kept_path(r->work->arena, at);
}

/* What went wrong is gone with its field: the next one starts without it. */
static const char *
message_of(struct gql_run *r, enum fault f)
{
	const char *said = r->schema->say(r, f);

	r->work->trouble = (struct trouble){ .field = NULL };
	return said;
}

/* --- values --- */

static bool write_fields(struct gql_run *, const struct gql_type *, struct gql_group *set, const void *source,
    const struct gql_step *at);
static bool complete(struct gql_run *, const char *name, struct str type, const struct gql_got *,
    struct gql_group *, const struct gql_step *at);

static struct gql_got
item_of(const struct gql_got *list, size_t i)
{
	const void *item = (const char *)list->object + list->size * i;

	if (list->sort == GOT_TEXTS)
		return (struct gql_got){ .sort = GOT_TEXT, .text = *(const struct str *)item };
	return (struct gql_got){ .sort = GOT_OBJECT, .object = item };
}

/* More than a request may cost: all of it ends. */
static bool
count(struct gql_run *r, size_t n)
{
	r->resolved += (unsigned)n;
	if (r->resolved <= GQL_RESOLVED_MAX && !out_failed(r->json->out) &&
	    arena_left(r->work->arena) >= GQL_ROOM)
		return true;
	if (r->stop == FAULT_NONE)
		r->stop = out_failed(r->json->out)
		    ? FAULT_RESPONSE_TOO_LARGE
		    : fault_at(r->work, FAULT_BAD_REQUEST, NULL, "this asks for too many things");
	return false;
}

static bool
write_list(struct gql_run *r, const char *name, struct str type, const struct gql_got *got,
    struct gql_group *g, const struct gql_step *at)
{
	if (!count(r, got->n))
		return false;
	json_list(r->json, name);
	for (size_t i = 0; i < got->n; i++) {
		struct gql_step step = { at, NULL, i };
		struct gql_got item = item_of(got, i);

		if (!complete(r, NULL, gql_item(type), &item, g, &step) || r->stop != FAULT_NONE)
			return false;
	}
	json_end(r->json);
	return true;
}

/* What is below a group is collected once, however many things it is asked of. */
static struct gql_group *
set_below(struct gql_run *r, struct gql_group *g)
{
	struct gql_collector c = { .arena = r->work->arena,
		.variables = r->variables,
		.steps_max = SIZE_MAX };

	if (!g->set_known) {
		collect_open(&c, ++r->walks);
		(void)collect_below(&c, g);
		g->set = c.first;
		g->set_known = true;
	}
	return g->set;
}

static void
write_leaf(struct gql_run *r, const char *name, const struct gql_got *got)
{
	switch (got->sort) {
	case GOT_TEXT:
		json_str(r->json, name, got->text);
		return;
	case GOT_INT:
		json_int(r->json, name, got->number);
		return;
	case GOT_REAL:
		json_raw(r->json, name, str_of(arena_print(r->work->arena, "%.15g", got->real)));
		return;
	case GOT_FLAG:
		json_flag(r->json, name, got->flag);
		return;
	case GOT_TIME:
		json_time(r->json, name, got->number);
		return;
	case GOT_JSON:
		json_raw(r->json, name, got->text);
		return;
	case GOT_NULL:
	case GOT_OBJECT:
	case GOT_OBJECTS:
	case GOT_TEXTS:
		break;
	}
	assert(!"a leaf is no object");
}

/* Something that is not null, of a type without "!". */
static bool
write_value(struct gql_run *r, const char *name, struct str type, const struct gql_got *got,
    struct gql_group *g, const struct gql_step *at)
{
	if (gql_is_list(type))
		return write_list(r, name, type, got, g, at);
	if (got->sort != GOT_OBJECT) {
		write_leaf(r, name, got);
		return true;
	}
	json_object(r->json, name);
	if (!write_fields(r, gql_type_named(r->schema, type), set_below(r, g), got->object, at))
		return false;
	json_end(r->json);
	return true;
}

static bool
is_null(const struct gql_got *got)
{
	return got->sort == GOT_NULL || (got->sort == GOT_TEXT && got->text.s == NULL) ||
	    (got->sort == GOT_JSON && got->text.s == NULL) || (got->sort == GOT_TIME && got->number == 0);
}

/* False: there is no value and null may not stand here, so that it takes the place of what this is in. */
static bool
complete(struct gql_run *r, const char *name, struct str type, const struct gql_got *got, struct gql_group *g,
    const struct gql_step *at)
{
	struct mark m = mark(r);

	if (!is_null(got)) {
		if (write_value(r, name, gql_bare(type), got, g, at))
			return true;
	} else if (gql_is_needed(type)) {
		field_error(r, g, at, FAULT_INTERNAL, "Cannot return null for a non-nullable field.");
	}
	if (gql_is_needed(type))
		return false;
	go_back(r, &m);
	json_null(r->json, name);
	return true;
}

/* --- fields --- */

static struct gql_got
member_of(const struct gql_field *f, const void *source)
{
	/* Of what is always the same there may be no source. */
	const void *at = source == NULL ? NULL : (const char *)source + f->offset;

	switch (f->member) {
	case MEMBER_TEXT:
		return (struct gql_got){ .sort = GOT_TEXT, .text = str_of(*(const char *const *)at) };
	case MEMBER_INT:
		return (struct gql_got){ .sort = GOT_INT, .number = *(const int64_t *)at };
	case MEMBER_TIME:
		return (struct gql_got){ .sort = GOT_TIME, .number = *(const int64_t *)at };
	case MEMBER_FLAG:
		return (struct gql_got){ .sort = GOT_FLAG, .flag = *(const bool *)at };
	case MEMBER_NO:
	case MEMBER_YES:
		return (struct gql_got){ .sort = GOT_FLAG, .flag = f->member == MEMBER_YES };
	case MEMBER_ITSELF:
		return (struct gql_got){ .sort = GOT_OBJECT, .object = source };
	case MEMBER_NULL:
	case MEMBER_NONE:
		break;
	}
	return (struct gql_got){ .sort = GOT_NULL };
}

static bool
arguments_of(struct gql_run *r, struct gql_group *g, const struct gql_step *at)
{
	const struct gql_selection *s = g->picks->selection;
	struct coercion c = { .schema = r->schema, .errors = &r->errors, .variables = r->variables };
	size_t before = r->errors.n;

	if (g->arguments_known)
		return true;
	if (!coerce_rows(&c, s->row->arguments, s->arguments, s->at, &g->arguments)) {
		if (r->errors.n > before)
			r->errors.last->path = kept_path(r->work->arena, at);
		return false;
	}
	g->arguments_known = true;
	return true;
}

/* What the field has to say, or a fault. */
static enum fault
resolve(struct gql_run *r, struct gql_group *g, const void *source, struct gql_got *got)
{
	const struct gql_field *f = g->picks->selection->row;
	enum fault fault;

	if (f->for_whom != GQL_FOR_PARENT && (fault = r->schema->let(r, f->for_whom)) != FAULT_NONE)
		return fault;
	if (f->resolve == NULL) {
		*got = member_of(f, source);
		return FAULT_NONE;
	}
	return f->resolve(r, source, g->arguments, got);
}

static bool
is_typename(const struct gql_group *g)
{
	return g->picks->selection->row->for_whom == GQL_FOR_ALL &&
	    strcmp(g->picks->selection->row->name, "__typename") == 0;
}

/* As complete(): false takes null a level up. */
static bool
write_field(struct gql_run *r, const struct gql_type *t, struct gql_group *g, const void *source,
    const struct gql_step *at)
{
	const struct gql_field *row = g->picks->selection->row;
	struct gql_got got = { .sort = GOT_NULL };
	bool needed = gql_is_needed(str_of(row->type));
	enum fault f;

	if (is_typename(g)) {
		json_text(r->json, g->key, t->name);
		return true;
	}
	if (!count(r, 1))
		return false;
	if (arguments_of(r, g, at)) {
		if ((f = resolve(r, g, source, &got)) == FAULT_NONE)
			return complete(r, g->key, str_of(row->type), &got, g, at);
		field_error(r, g, at, f, message_of(r, f));
		/* A service that cannot answer now says so for the whole of a query. */
		if (fault_status(f) == 503 && r->operation->does == GQL_QUERY)
			r->stop = f;
	}
	if (!needed)
		json_null(r->json, g->key);
	return !needed;
}

static bool
write_fields(struct gql_run *r, const struct gql_type *t, struct gql_group *set, const void *source,
    const struct gql_step *at)
{
	for (struct gql_group *g = set; g != NULL; g = g->next) {
		struct gql_step step = { at, g->key, 0 };

		if (!write_field(r, t, g, source, &step) || r->stop != FAULT_NONE)
			return false;
	}
	return true;
}

/* --- the root --- */

enum fault
gql_execute(struct gql_run *r, struct json *j)
{
	const struct gql_type *t = gql_root(r->schema, r->operation->does);
	struct gql_collector c = { .arena = r->work->arena,
		.variables = r->variables,
		.steps_max = SIZE_MAX };
	struct mark m;
	bool good;

	r->json = j;
	r->walks = r->doc->walks;
	m = mark(r);
	collect_open(&c, ++r->walks);
	(void)collect_set(&c, r->operation->set);
	json_object(j, "data");
	/* Fields of a mutation are done one after the other, in their order: so are all. */
	good = write_fields(r, t, c.first, NULL, NULL);
	if (good) {
		json_end(j);
	} else {
		go_back(r, &m);
		json_null(j, "data");
	}
	return r->stop;
}
