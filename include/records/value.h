/*
 * value.h: values as bytes that compare as the values do, for the indexes.
 */
#ifndef RECORDS_VALUE_H
#define RECORDS_VALUE_H

#include "base/json_in.h"

/* The key of a text: by its folded form, then by itself.  Long ones are cut, so that equal keys may be of different texts. */
struct str value_key_text(struct arena *, struct str);
struct str value_key_number(struct arena *, double);
struct str value_key_flag(struct arena *, bool);
/* Of any value; STR_NONE: it has none (null, a list, an object). */
struct str value_key(struct arena *, const struct json_value *);

/* Before and behind the keys of all numbers. */
struct str value_key_least(void);
struct str value_key_most(void);

double value_number(const struct json_value *);

#endif
