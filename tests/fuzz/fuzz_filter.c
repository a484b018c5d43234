/*
 * fuzz_filter.c: filters of records.
 *
 * An input is a filter, a NUL, and the fields of a record.  A filter is read or
 * refused; and whatever record it takes in has a value in each of the ranges that
 * the indexes are asked for.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "records/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const fields[][2] = { { "t", "singleLineText" }, { "n", "number" }, { "c", "checkbox" },
	{ "d", "date" }, { "s", "select" }, { "j", "json" } };

static void
make_columns(struct arena *a, struct columns *c)
{
	c->n = COUNT(fields);
	c->v = arena_array(a, struct column, c->n);
	for (size_t i = 0; i < c->n; i++) {
		c->v[i].row =
		    (struct record_field){ .id = fields[i][0], .name = fields[i][0], .type = fields[i][1] };
		c->v[i].type = cell_type_named(str_of(fields[i][1]));
		assert(c->v[i].type != NULL);
	}
}

static int
compared(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.s, b.s, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* No index loses what the filter takes in. */
static void
check_ranges(struct arena *a, const struct columns *c, const struct filter *f,
    const struct json_value *record)
{
	struct record_range ranges[FILTER_RANGES_MAX];
	size_t n = filter_ranges(a, f, ranges);

	for (size_t i = 0; i < n; i++) {
		const struct column *col = column_find(c, ranges[i].field);
		struct str key = column_key(a, col, json_member(record, col->row.id));

		assert(key.s != NULL && key.n <= RECORD_VALUE_BYTES);
		assert(compared(ranges[i].from, key) <= 0 && compared(key, ranges[i].to) <= 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, text = STR("");
	struct arena *a = arena_open((size_t)64 << 20, ARENA_PLAIN);
	struct work w = { .arena = a, .now = INT64_C(1800000000) };
	struct json_value given, record = { .sort = JSON_IS_OBJECT };
	struct columns c;
	struct filter *f;
	enum fault fault;

	make_columns(a, &c);
	(void)str_cut(&rest, '\0', &text);
	fault = filter_read(&w, &c, text, &f);
	assert(fault == FAULT_NONE || fault == FAULT_BAD_FIELD);
	if (!json_in(a, rest.s == NULL ? STR("{}") : rest, &given) || given.sort != JSON_IS_OBJECT ||
	    columns_take(&w, &c, &given, true, &record) != FAULT_NONE)
		record = (struct json_value){ .sort = JSON_IS_OBJECT };
	if (fault == FAULT_NONE && f != NULL && filter_holds(f, a, &record))
		check_ranges(a, &c, f, &record);
	arena_free(&a);
	return 0;
}
