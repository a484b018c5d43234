/*
 * value.c: values as bytes that compare as the values do.
 *
 * A key begins with a letter for its sort.  A number is the bits of its double,
 * turned so that they compare as numbers do; a text its folded form, NUL, and then
 * itself, so that texts that differ only in case stand together.
 */
#include "records/value.h"

#include <string.h>

#include "base/text.h"
#include "store/record_values.h"

#define FOLDED_MAX 120 /* bytes of the folded form in a key */
#define NUMBER_KEY 9

struct str
value_key_text(struct arena *a, struct str text)
{
	struct str folded = text_fold(a, text);
	char *key = arena_take(a, RECORD_VALUE_BYTES);
	size_t n = folded.n > FOLDED_MAX ? FOLDED_MAX : folded.n, rest;

	key[0] = 't';
	if (n > 0)
		memcpy(key + 1, folded.s, n);
	n++;
	key[n++] = '\0';
	rest = RECORD_VALUE_BYTES - n;
	if (text.n < rest)
		rest = text.n;
	if (rest > 0)
		memcpy(key + n, text.s, rest);
	return (struct str){ key, n + rest };
}

struct str
value_key_number(struct arena *a, double number)
{
	char *key = arena_take(a, NUMBER_KEY);
	uint64_t bits;

	number += 0.0; /* there is one zero */
	memcpy(&bits, &number, sizeof bits);
	bits = bits >> 63 != 0 ? ~bits : bits | UINT64_C(1) << 63;
	key[0] = 'n';
	for (int i = 0; i < 8; i++)
		key[1 + i] = (char)(bits >> (56 - 8 * i) & 0xff);
	return (struct str){ key, NUMBER_KEY };
}

struct str
value_key_flag(struct arena *a, bool flag)
{
	return arena_str(a, flag ? STR("b1") : STR("b0"));
}

struct str
value_key(struct arena *a, const struct json_value *v)
{
	switch (v->sort) {
	case JSON_IS_TEXT:
		return value_key_text(a, v->text);
	case JSON_IS_NUMBER:
		return value_key_number(a, value_number(v));
	case JSON_IS_FLAG:
		return value_key_flag(a, v->flag);
	case JSON_IS_NULL:
	case JSON_IS_LIST:
	case JSON_IS_OBJECT:
		break;
	}
	return STR_NONE;
}

struct str
value_key_least(void)
{
	return STR("n");
}

struct str
value_key_most(void)
{
	return STR("o");
}

double
value_number(const struct json_value *v)
{
	return v->whole ? (double)v->number : v->real;
}
