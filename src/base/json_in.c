/*
 * json_in.c: JSON into a tree in an arena, with jansson.
 *
 * The library's memory is wiped as it is freed: a set of keys may hold secrets.
 */
#include "base/json_in.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/secret.h"

#define DEPTH_MAX  8
#define NUMBER_MAX 9007199254740992.0 /* 2^53: a double has all whole numbers up to it */

static void
free_wiped(void *p)
{
	if (p != NULL)
		secret_wipe(p, malloc_usable_size(p));
	free(p);
}

static bool take(struct arena *, const json_t *, int depth, struct json_value *);

static bool
take_list(struct arena *a, const json_t *list, int depth, struct json_value *v)
{
	size_t n = json_array_size(list);
	struct json_value *items = arena_array(a, struct json_value, n + 1);

	v->items = items;
	v->n = n;
	for (size_t i = 0; i < n; i++)
		if (!take(a, json_array_get(list, i), depth, &items[i]))
			return false;
	return true;
}

static bool
take_object(struct arena *a, const json_t *object, int depth, struct json_value *v)
{
	struct json_value *items = arena_array(a, struct json_value, json_object_size(object) + 1);
	const char *name;
	json_t *member;

	v->items = items;
	json_object_foreach((json_t *)(uintptr_t)object, name, member)
	{
		items[v->n].name = arena_text(a, str_of(name));
		if (!take(a, member, depth, &items[v->n]))
			return false;
		v->n++;
	}
	return true;
}

static bool
take_number(const json_t *number, struct json_value *v)
{
	double real = json_number_value(number);

	v->number = json_integer_value(number);
	v->real = real;
	v->whole = json_is_integer(number);
	if (json_is_real(number)) {
		if (!(real >= -NUMBER_MAX && real <= NUMBER_MAX))
			return false;
		v->number = (int64_t)real;
	}
	return true;
}

static bool
take(struct arena *a, const json_t *from, int depth, struct json_value *v)
{
	static const enum json_sort sorts[] = { [JSON_OBJECT] = JSON_IS_OBJECT,
		[JSON_ARRAY] = JSON_IS_LIST,
		[JSON_STRING] = JSON_IS_TEXT,
		[JSON_INTEGER] = JSON_IS_NUMBER,
		[JSON_REAL] = JSON_IS_NUMBER,
		[JSON_TRUE] = JSON_IS_FLAG,
		[JSON_FALSE] = JSON_IS_FLAG,
		[JSON_NULL] = JSON_IS_NULL };

	v->sort = sorts[json_typeof(from)];
	v->flag = json_is_true(from);
	switch (v->sort) {
	case JSON_IS_LIST:
		return depth < DEPTH_MAX && take_list(a, from, depth + 1, v);
	case JSON_IS_OBJECT:
		return depth < DEPTH_MAX && take_object(a, from, depth + 1, v);
	case JSON_IS_NUMBER:
		return take_number(from, v);
	case JSON_IS_TEXT:
		v->text = arena_str(a, (struct str){ json_string_value(from), json_string_length(from) });
		return memchr(v->text.s, '\0', v->text.n) == NULL;
	case JSON_IS_NULL:
	case JSON_IS_FLAG:
		return true;
	}
	return false;
}

bool
json_in(struct arena *a, struct str text, struct json_value *v)
{
	json_t *whole;
	bool good;

	*v = (struct json_value){ .name = NULL };
	json_set_alloc_funcs(malloc, free_wiped);
	whole =
	    json_loadb(text.s == NULL ? "" : text.s, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	good = whole != NULL && take(a, whole, 0, v);
	json_decref(whole);
	return good;
}

bool
json_in_tree(struct arena *a, const struct json_t *from, struct json_value *v)
{
	*v = (struct json_value){ .name = NULL };
	return take(a, from, 0, v);
}

bool
json_is_integral(const struct json_value *v)
{
	return v->sort == JSON_IS_NUMBER && (v->whole || v->real == (double)v->number);
}

const struct json_value *
json_member(const struct json_value *v, const char *name)
{
	if (v->sort != JSON_IS_OBJECT)
		return NULL;
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->items[i].name, name) == 0)
			return &v->items[i];
	return NULL;
}

struct str
json_member_text(const struct json_value *v, const char *name)
{
	const struct json_value *m = json_member(v, name);

	return m == NULL || m->sort != JSON_IS_TEXT ? STR_NONE : m->text;
}
