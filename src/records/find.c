/*
 * find.c: records of a table in an order, those that a filter takes in.
 *
 * First the numbers of the records are found, as far as possible from the indexes
 * alone; then those of the page are read.  What an index cannot say, a look at the
 * record does.  Work is bounded by the records looked at, and by time as well: a
 * record may be long, and a search reads all of it.
 */
#include "records/find.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/settings.h"
#include "core/standing.h"
#include "records/scan.h"

#define LOOK_MOST   20000  /* records read in one request */
#define INDEX_MOST  200000 /* places in an index */
#define SMALL	    5000   /* a range this short is sorted in memory */
#define INDEX_PIECE ((int64_t)1000)
#define KEYS_MAX    ((size_t)2 << 20) /* bytes of what is sorted by */

/* A record that was found, and what it is sorted by. */
struct found {
	int64_t n;
	struct str key[FIND_ORDER_MAX];
};

struct finding {
	struct work *w;
	const struct find *q;
	bool whole; /* all that is found is sorted at the end */
	int64_t looked, passed, skipped;
	int64_t deadline;    /* of clock_ms() */
	size_t bytes;	     /* of keys */
	struct found *group; /* equal so far: in the order of the first key only */
	size_t group_n;
	int64_t *numbers; /* of the page */
	size_t n;
	struct record *kept; /* the records of the page, as far as they were looked at in its order */
	size_t kept_n, kept_bytes;
};

static const struct find *sorting; /* for qsort, which takes no context */

static int
compare_keys(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.s, b.s, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int
compare_found(const void *x, const void *y)
{
	const struct found *a = x, *b = y;

	for (size_t i = 0; i < sorting->order_n; i++) {
		int order = compare_keys(a->key[i], b->key[i]);

		if (order != 0)
			return sorting->order[i].down ? -order : order;
	}
	return (a->n > b->n) - (a->n < b->n);
}

static bool
is_done(const struct finding *f)
{
	return !f->whole && f->n == (size_t)f->q->take;
}

/* The next of the order: one that is skipped, or of the page. */
static void
pass(struct finding *f, int64_t n)
{
	if (f->skipped < f->q->skip)
		f->skipped++;
	else if (f->n < (size_t)f->q->take)
		f->numbers[f->n++] = n;
}

static void
end_group(struct finding *f)
{
	sorting = f->q;
	if (f->group_n > 1)
		qsort(f->group, f->group_n, sizeof *f->group, compare_found);
	for (size_t i = 0; i < f->group_n; i++)
		pass(f, f->group[i].n);
	f->group_n = 0;
}

static enum fault
too_much(struct finding *f)
{
	return fault_at(f->w, FAULT_BAD_FIELD, "filter",
	    "too many records would have to be looked at; narrow it by a field that is compared or equal");
}

static enum fault
too_long(struct finding *f)
{
	return fault_at(f->w, FAULT_BAD_FIELD, "filter",
	    "it takes longer than %lld ms; narrow it by a field that is compared or equal",
	    (long long)f->w->settings->access_search_ms);
}

/* One of the page that was looked at need not be read again. */
static void
keep(struct finding *f, const struct record *r)
{
	size_t before = f->n;

	pass(f, r->n);
	if (f->n == before || f->kept_n != before)
		return;
	f->kept_bytes += strlen(r->fields);
	if (f->kept_bytes <= SCAN_KEEP_MAX)
		f->kept[f->kept_n++] = scan_copy(f->w->arena, r);
}

/* One that is taken in; its keys are copied, for what it was read into is used again. */
static enum fault
take(struct finding *f, struct arena *scratch, const struct record *r, const struct json_value *fields)
{
	struct found one = { .n = r->n };

	if (!f->whole && f->q->order_n < 2) {
		keep(f, r);
		return FAULT_NONE;
	}
	for (size_t i = 0; i < f->q->order_n; i++) {
		const struct column *c = f->q->order[i].column;

		one.key[i] = arena_str(f->w->arena, column_key(scratch, c, json_member(fields, c->row.id)));
		f->bytes += one.key[i].n;
	}
	if (!f->whole && f->group_n > 0 && compare_keys(f->group[0].key[0], one.key[0]) != 0)
		end_group(f);
	if (f->group_n == SMALL || f->bytes > KEYS_MAX)
		return too_much(f);
	f->group[f->group_n++] = one;
	return FAULT_NONE;
}

/* Must the records themselves be looked at? */
static bool
looks(const struct finding *f)
{
	return f->q->filter != NULL || f->whole || f->q->order_n > 1;
}

static enum fault
look_at(struct finding *f, const int64_t *numbers, size_t n)
{
	struct record *rows;
	size_t got;
	enum fault fault = scan_records(scan_fresh(f->w), f->q->table, numbers, n, &rows, &got);

	if ((f->looked += (int64_t)n) > LOOK_MOST)
		return too_much(f);
	for (size_t i = 0; i < n && fault == FAULT_NONE && !is_done(f); i++) {
		const struct record *r = scan_one(rows, got, numbers[i]);
		struct json_value fields;
		struct arena *scratch = scan_scratch();

		if (clock_ms() >= f->deadline)
			return too_long(f);
		if (r == NULL)
			continue;
		if (!json_in(scratch, str_of(r->fields), &fields))
			return FAULT_INTERNAL;
		if (f->q->filter == NULL || filter_holds(f->q->filter, scratch, &fields))
			fault = take(f, scratch, r, &fields);
	}
	return fault;
}

/* Numbers in the order in which they come. */
static enum fault
feed(struct finding *f, const struct record_at *at, size_t n)
{
	int64_t numbers[SCAN_PIECE];

	if ((f->passed += (int64_t)n) > INDEX_MOST)
		return too_much(f);
	if (!looks(f)) {
		for (size_t i = 0; i < n; i++)
			pass(f, at[i].n);
		return FAULT_NONE;
	}
	assert(n <= SCAN_PIECE);
	for (size_t i = 0; i < n; i++)
		numbers[i] = at[i].n;
	return look_at(f, numbers, n);
}

/* A stretch of an order: a statement that goes on behind a place. */
typedef enum fault stretch(struct finding *, struct work *, const struct record_range *,
    const struct record_at *, int64_t limit, struct record_at **, size_t *);

static enum fault
by_number(struct finding *f, struct work *w, const struct record_range *r, const struct record_at *after,
    int64_t limit, struct record_at **rows, size_t *n)
{
	(void)r;
	return records_by_number(w, w->actor->org_id, f->q->table, after->n, 0, limit, rows, n);
}

static enum fault
upward(struct finding *f, struct work *w, const struct record_range *r, const struct record_at *after,
    int64_t limit, struct record_at **rows, size_t *n)
{
	return record_values_up(w, w->actor->org_id, f->q->table, r, after, limit, rows, n);
}

static enum fault
downward(struct finding *f, struct work *w, const struct record_range *r, const struct record_at *after,
    int64_t limit, struct record_at **rows, size_t *n)
{
	return record_values_down(w, w->actor->org_id, f->q->table, r, after, limit, rows, n);
}

static enum fault
without(struct finding *f, struct work *w, const struct record_range *r, const struct record_at *after,
    int64_t limit, struct record_at **rows, size_t *n)
{
	return record_values_none(w, w->actor->org_id, f->q->table, r->field, after->n, limit, rows, n);
}

static enum fault
go(struct finding *f, stretch *next, const struct record_range *r)
{
	int64_t limit = looks(f) ? SCAN_PIECE : INDEX_PIECE;
	char value[RECORD_VALUE_BYTES];
	struct record_at after = { .n = -1 };
	enum fault fault = FAULT_NONE;
	size_t n = (size_t)limit;

	while (n == (size_t)limit && fault == FAULT_NONE && !is_done(f)) {
		struct record_at *rows;

		if ((fault = next(f, scan_fresh(f->w), r, &after, limit, &rows, &n)) != FAULT_NONE || n == 0)
			break;
		after = rows[n - 1];
		/* The piece it lies in is read into again. */
		if (after.value.n > 0)
			memcpy(value, after.value.s, after.value.n);
		after.value = after.value.s == NULL ? STR_NONE : (struct str){ value, after.value.n };
		fault = feed(f, rows, n);
	}
	return fault;
}

static int
by_place(const void *x, const void *y)
{
	const struct record_at *a = x, *b = y;

	return (a->n > b->n) - (a->n < b->n);
}

/* All records of a range, if it is short: *n is more than SMALL if it is not. */
static enum fault
short_range(struct finding *f, const struct record_range *r, struct record_at **at, size_t *n)
{
	struct record_at start = { .n = -1 }, *rows;
	struct work *sub = scan_fresh(f->w);
	enum fault fault =
	    record_values_up(sub, f->w->actor->org_id, f->q->table, r, &start, SMALL + 1, &rows, n);

	if (fault != FAULT_NONE || *n > SMALL)
		return fault;
	*at = arena_array(f->w->arena, struct record_at, *n + 1);
	for (size_t i = 0; i < *n; i++)
		(*at)[i] = (struct record_at){ .n = rows[i].n };
	if (*n > 1)
		qsort(*at, *n, sizeof **at, by_place);
	return FAULT_NONE;
}

static enum fault
find_in(struct finding *f, const struct record_at *at, size_t n)
{
	enum fault fault = FAULT_NONE;

	f->whole = f->q->order_n > 0;
	for (size_t from = 0; from < n && fault == FAULT_NONE && !is_done(f); from += SCAN_PIECE)
		fault = feed(f, at + from, n - from < SCAN_PIECE ? n - from : SCAN_PIECE);
	return fault;
}

static bool
is_equality(const struct record_range *r)
{
	return str_eq(r->from, r->to);
}

/* In the order of a field: all that have a value, and those that have none. */
static enum fault
find_ordered(struct finding *f)
{
	const struct find_order *o = &f->q->order[0];
	struct record_range all = { str_of(o->column->row.id), STR(""), STR("\377") };
	enum fault fault = go(f, o->down ? downward : without, &all);

	/* Empty ones are a group of their own. */
	if (fault == FAULT_NONE && !f->whole)
		end_group(f);
	if (fault == FAULT_NONE && !is_done(f))
		fault = go(f, o->down ? without : upward, &all);
	return fault;
}

static enum fault
find_numbers(struct finding *f)
{
	struct record_range ranges[FILTER_RANGES_MAX], *equal = NULL, none = { STR_NONE, STR_NONE, STR_NONE };
	size_t some = filter_ranges(f->w->arena, f->q->filter, ranges);

	if (f->q->only != NULL)
		return find_in(f, f->q->only, f->q->only_n);
	for (size_t i = 0; i < some; i++) {
		struct record_at *at;
		size_t n;
		enum fault fault = short_range(f, &ranges[i], &at, &n);

		if (fault != FAULT_NONE)
			return fault;
		if (n <= SMALL)
			return find_in(f, at, n);
		if (equal == NULL && is_equality(&ranges[i]))
			equal = &ranges[i];
	}
	if (f->q->order_n > 0)
		return find_ordered(f);
	return equal != NULL ? go(f, upward, equal) : go(f, by_number, &none);
}

/* Without a filter and an order the database can skip by itself. */
static enum fault
find_plain(struct finding *f)
{
	int64_t after = -1, skip = f->q->skip;
	size_t got = SCAN_PIECE;
	enum fault fault = FAULT_NONE;

	while (got == SCAN_PIECE && fault == FAULT_NONE && !is_done(f)) {
		struct record *rows;

		fault = records_page(scan_fresh(f->w), f->w->actor->org_id, f->q->table, after, skip,
		    SCAN_PIECE, &rows, &got);
		for (size_t i = 0; i < got && fault == FAULT_NONE; i++)
			keep(f, &rows[i]);
		after = fault == FAULT_NONE && got > 0 ? rows[got - 1].n : after;
		skip = 0;
	}
	return fault;
}

/* The records of the page: kept already, or read now. */
static enum fault
collect(struct finding *f, struct record **rows, size_t *n)
{
	if (f->kept_bytes > SCAN_KEEP_MAX)
		return FAULT_RESPONSE_TOO_LARGE;
	*rows = f->kept;
	*n = f->kept_n;
	return f->kept_n == f->n ? FAULT_NONE : scan_keep(f->w, f->q->table, f->numbers, f->n, rows, n);
}

enum fault
find_records(struct work *w, const struct find *q, struct record **rows, size_t *n)
{
	bool plain = q->only == NULL && q->filter == NULL && q->order_n == 0;
	struct finding f = { .w = w,
		.q = q,
		.skipped = plain ? q->skip : 0,
		.deadline = clock_ms() + w->settings->access_search_ms };
	enum fault fault;

	f.numbers = arena_array(w->arena, int64_t, (size_t)q->take + 1);
	f.kept = arena_array(w->arena, struct record, (size_t)q->take + 1);
	f.group = arena_array(w->arena, struct found, q->order_n > 0 ? SMALL + 1 : 1);
	if ((fault = plain ? find_plain(&f) : find_numbers(&f)) != FAULT_NONE)
		return fault;
	end_group(&f);
	fault = collect(&f, rows, n);
	return fault != FAULT_RESPONSE_TOO_LARGE
	    ? fault
	    : fault_at(w, FAULT_BAD_FIELD, "take", "these records are too large for one answer; take fewer");
}
