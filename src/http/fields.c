/*
 * fields.c: JSON into structs, with jansson.
 *
 * The library's memory is wiped as it is freed: a password passes through it.
 */
#include "http/fields.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/secret.h"
#include "base/text.h"

#define ROWS_MAX 200

static void
free_wiped(void *p)
{
	if (p != NULL)
		secret_wipe(p, malloc_usable_size(p));
	free(p);
}

static enum fault
ill_typed(struct work *w, const struct field *f, const char *want)
{
	return fault_at(w, FAULT_BAD_FIELD, f->name, "must be %s", want);
}

/* NUL is let in by the parser so that the member can be named here. */
static enum fault
read_text(struct work *w, const struct field *f, const json_t *v, struct str *text)
{
	struct str raw = { json_string_value(v), json_string_length(v) };

	if (!json_is_string(v))
		return ill_typed(w, f, "a text");
	if (memchr(raw.s, '\0', raw.n) != NULL)
		return fault_at(w, FAULT_BAD_FIELD, f->name, "must not contain NUL");
	*text = arena_str(w->vault, raw);
	return FAULT_NONE;
}

static enum fault
read_texts(struct work *w, const struct field *f, const json_t *v, struct given_texts *into)
{
	size_t n = json_array_size(v);
	enum fault fault = FAULT_NONE;

	if (!json_is_array(v) || n > ROWS_MAX)
		return ill_typed(w, f, "a list of texts");
	into->v = arena_array(w->vault, struct str, n + 1);
	into->n = n;
	for (size_t i = 0; i < n && fault == FAULT_NONE; i++)
		fault = read_text(w, f, json_array_get(v, i), &into->v[i]);
	return fault;
}

static enum fault read_object(struct work *, const struct shape *, const json_t *, const char *within,
    void *into);

static enum fault
read_rows(struct work *w, const struct field *f, const json_t *v, struct given_rows *into)
{
	bool list = f->type == FIELD_IS_ROWS;
	size_t n = list ? json_array_size(v) : 1;
	enum fault fault = FAULT_NONE;

	if (list ? !json_is_array(v) || n > ROWS_MAX : !json_is_object(v))
		return ill_typed(w, f, list ? "a list of objects" : "an object");
	into->v = arena_take(w->vault, f->rows->size * (n + 1));
	into->n = n;
	for (size_t i = 0; i < n && fault == FAULT_NONE; i++)
		fault = read_object(w, f->rows, list ? json_array_get(v, i) : v, f->name,
		    (char *)into->v + f->rows->size * i);
	return fault;
}

static enum fault
read_tree(struct work *w, const char *name, const json_t *v, const struct json_value **into)
{
	struct json_value *tree = arena_new(w->arena, struct json_value);

	*into = tree;
	return json_in_tree(w->arena, v, tree)
	    ? FAULT_NONE
	    : fault_at(w, FAULT_BAD_FIELD, name,
		  "must not be nested deeper than eight times, nor have NUL in a text or a number beyond 2^53");
}

/* All given_ structs begin with their enum given. */
static enum fault
read_member(struct work *w, const struct field *f, const json_t *v, void *into)
{
	enum given *is = (enum given *)(void *)((char *)into + f->offset);

	*is = json_is_null(v) ? IS_NULL : GIVEN;
	if (*is == IS_NULL)
		return FAULT_NONE;
	switch (f->type) {
	case FIELD_IS_TEXT:
		return read_text(w, f, v, &((struct given_text *)(void *)is)->v);
	case FIELD_IS_INT:
		if (!json_is_integer(v))
			return ill_typed(w, f, "a whole number");
		((struct given_int *)(void *)is)->v = json_integer_value(v);
		return FAULT_NONE;
	case FIELD_IS_FLAG:
		if (!json_is_boolean(v))
			return ill_typed(w, f, "true or false");
		((struct given_flag *)(void *)is)->v = json_is_true(v);
		return FAULT_NONE;
	case FIELD_IS_TEXTS:
		return read_texts(w, f, v, (struct given_texts *)(void *)is);
	case FIELD_IS_JSON:
		return read_tree(w, f->name, v, &((struct given_json *)(void *)is)->v);
	case FIELD_IS_ROWS:
	case FIELD_IS_OBJECT:
		return read_rows(w, f, v, (struct given_rows *)(void *)is);
	}
	return FAULT_INTERNAL;
}

const struct field *
field_named(const struct shape *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->fields[i].name, name) == 0)
			return &s->fields[i];
	return NULL;
}

/* A name from outside in an answer: bounded, and without control characters. */
static const char *
plain_name(const char *name)
{
	return strlen(name) <= 60 && !text_has_control(str_of(name)) ? name : "(unprintable)";
}

enum fault
fields_unknown(struct work *w, const char *name)
{
	return fault_at(w, FAULT_UNKNOWN_FIELD, plain_name(name), "is not a member of this request");
}

static enum fault
read_object(struct work *w, const struct shape *s, const json_t *object, const char *within, void *into)
{
	const struct field *f;
	enum fault fault;
	const char *name;
	json_t *v;

	if (!json_is_object(object))
		return fault_at(w, FAULT_BAD_FIELD, within, "must be an object");
	json_object_foreach((json_t *)(uintptr_t)object, name, v)
	{
		if ((f = field_named(s, name)) == NULL)
			return fields_unknown(w, name);
		if ((fault = read_member(w, f, v, into)) != FAULT_NONE)
			return fault;
	}
	return FAULT_NONE;
}

static enum fault
read_free(struct work *w, const json_t *object, void **made)
{
	const struct json_value *tree;
	enum fault f = read_tree(w, NULL, object, &tree);

	if (f == FAULT_NONE)
		memcpy(*made, tree, sizeof *tree);
	return f;
}

/* The library does not always name the member, but it has read just past it. */
static enum fault
duplicate_member(struct work *w, struct str body, int position)
{
	size_t end = (size_t)position - 1, from = end;

	while (from > 1 && (body.s[from - 1] != '"' || body.s[from - 2] == '\\'))
		from--;
	return fault_at(w, FAULT_DUPLICATE_FIELD,
	    plain_name(arena_text(w->arena, (struct str){ body.s + from, end - from })), "is given twice");
}

static enum fault
broken(struct work *w, struct str body, const json_error_t *e)
{
	if (json_error_code(e) == json_error_duplicate_key && e->position > 1 &&
	    (size_t)e->position <= body.n)
		return duplicate_member(w, body, e->position);
	return fault_at(w, FAULT_BAD_JSON, NULL, "line %d, column %d", e->line, e->column);
}

enum fault
fields_read(struct work *w, const struct shape *s, struct str body, void **made)
{
	json_error_t error;
	json_t *whole;
	enum fault f;

	json_set_alloc_funcs(malloc, free_wiped);
	whole = json_loadb(body.s == NULL ? "" : body.s, body.n,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
	if (whole == NULL)
		return broken(w, body, &error);
	*made = arena_take(w->vault, s->size);
	if (!json_is_object(whole))
		f = fault_at(w, FAULT_BAD_JSON, NULL, "must be an object");
	else if (s->fields == NULL)
		f = read_free(w, whole, made);
	else
		f = read_object(w, s, whole, NULL, *made);
	json_decref(whole);
	return f;
}
