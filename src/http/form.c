/*
 * form.c: forms into structs, as fields.c does with JSON.
 */
#include "http/fields.h"

#include "base/text.h"
#include "http/request.h"

#define TEXTS_MAX 200 /* of one name */

struct form {
	struct work *work;
	const struct shape *shape;
	void *into;
	enum fault fault;
};

/* All given_ structs begin with their enum given. */
static enum given *
place_of(const struct form *form, const struct field *f)
{
	return (enum given *)(void *)((char *)form->into + f->offset);
}

static enum fault
read_int(struct form *form, const struct field *f, struct str value)
{
	struct given_int *g = (struct given_int *)(void *)place_of(form, f);

	g->is = value.n == 0 ? IS_NULL : GIVEN;
	if (g->is == GIVEN && !str_int(value, &g->v))
		return fault_at(form->work, FAULT_BAD_FIELD, f->name, "must be a whole number");
	return FAULT_NONE;
}

static enum fault
read_flag(struct form *form, const struct field *f, struct str value)
{
	struct given_flag *g = (struct given_flag *)(void *)place_of(form, f);

	g->is = GIVEN;
	g->v = str_is(value, "true") || str_is(value, "on");
	if (!g->v && !str_is(value, "false"))
		return fault_at(form->work, FAULT_BAD_FIELD, f->name, "must be true or false");
	return FAULT_NONE;
}

static enum fault
add_text(struct form *form, const struct field *f, struct str value)
{
	struct given_texts *g = (struct given_texts *)(void *)place_of(form, f);

	if (g->v == NULL)
		g->v = arena_array(form->work->vault, struct str, TEXTS_MAX);
	if (g->n == TEXTS_MAX)
		return fault_at(form->work, FAULT_BAD_FIELD, f->name, "must be given at most %d times",
		    TEXTS_MAX);
	g->is = GIVEN;
	g->v[g->n++] = value;
	return FAULT_NONE;
}

static enum fault
read_value(struct form *form, const struct field *f, struct str value)
{
	if (memchr(value.s, '\0', value.n) != NULL || !text_valid(value))
		return fault_at(form->work, FAULT_BAD_FIELD, f->name, "must be a plain text");
	if (f->type == FIELD_IS_TEXTS)
		return add_text(form, f, value);
	if (*place_of(form, f) != ABSENT)
		return fault_at(form->work, FAULT_DUPLICATE_FIELD, f->name, "is given twice");
	switch (f->type) {
	case FIELD_IS_INT:
		return read_int(form, f, value);
	case FIELD_IS_FLAG:
		return read_flag(form, f, value);
	case FIELD_IS_TEXT:
		*(struct given_text *)(void *)place_of(form, f) = (struct given_text){ GIVEN, value };
		return FAULT_NONE;
	default:
		return fields_unknown(form->work, f->name);
	}
}

static bool
read_pair(void *ctx, struct str name, struct str value)
{
	struct form *form = ctx;
	const struct field *f = field_named(form->shape, name.s);

	/* What any page's form may have is no field of its shape. */
	if (str_is(name, "csrf") || str_is(name, "once") || str_is(name, "proof") || str_is(name, "find") ||
	    str_is(name, "look"))
		return true;
	if (f == NULL || strlen(name.s) != name.n)
		form->fault = fields_unknown(form->work, strlen(name.s) != name.n ? "" : name.s);
	else
		form->fault = read_value(form, f, value);
	return form->fault == FAULT_NONE;
}

enum fault
fields_read_form(struct work *w, const struct shape *s, struct str body, void **made)
{
	struct form form = { w, s, arena_take(w->vault, s->size), FAULT_NONE };

	/* The pairs are decoded in the vault, and stay there: one of them is a key's text. */
	query_each(w->vault, body, read_pair, &form);
	*made = form.into;
	return form.fault;
}
