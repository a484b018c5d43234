/*
 * scan.c: looking at many records without keeping them.
 */
#include "records/scan.h"

#include <stdlib.h>

#include "base/json_out.h"
#include "core/standing.h"

#define PIECE_MEMORY   ((size_t)64 << 20) /* of address space: pages are used as they are touched */
#define SCRATCH_MEMORY ((size_t)16 << 20)

#define NUMBERS_MAX 4096

static struct arena *piece, *scratch;

struct work *
scan_fresh(struct work *w)
{
	static struct work sub;

	if (piece == NULL)
		piece = arena_open(PIECE_MEMORY, ARENA_PLAIN);
	arena_reset(piece);
	w->waited = true;
	sub = *w;
	sub.arena = piece;
	return &sub;
}

struct arena *
scan_scratch(void)
{
	if (scratch == NULL)
		scratch = arena_open(SCRATCH_MEMORY, ARENA_PLAIN);
	arena_reset(scratch);
	return scratch;
}

struct arena *
scan_memory(void)
{
	return scratch != NULL ? scratch : scan_scratch();
}

enum fault
scan_fields(const struct record *r, struct json_value *fields)
{
	return json_in(scan_scratch(), str_of(r->fields), fields) ? FAULT_NONE : FAULT_INTERNAL;
}

enum fault
scan_records(struct work *w, const char *table, const int64_t *numbers, size_t n, struct record **rows,
    size_t *got)
{
	struct out o = out_limit(w->arena, NUMBERS_MAX);
	struct json j = json_into(&o);

	json_list(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_int(&j, NULL, numbers[i]);
	json_end(&j);
	if (out_failed(&o))
		return FAULT_INTERNAL;
	return records_of(w, w->actor->org_id, table, out_text(&o), SCAN_PIECE, rows, got);
}

static int
by_number(const void *key, const void *row)
{
	const int64_t *a = key;
	const struct record *b = row;

	return (*a > b->n) - (*a < b->n);
}

const struct record *
scan_one(const struct record *rows, size_t n, int64_t number)
{
	return n == 0 ? NULL : bsearch(&number, rows, n, sizeof *rows, by_number);
}

struct record
scan_copy(struct arena *a, const struct record *r)
{
	struct record copy = *r;

	copy.id = arena_text(a, str_of(r->id));
	copy.fields = arena_text(a, str_of(r->fields));
	copy.created_by = arena_text(a, str_of(r->created_by));
	copy.updated_by = arena_text(a, str_of(r->updated_by));
	return copy;
}

enum fault
scan_keep(struct work *w, const char *table, const int64_t *numbers, size_t n, struct record **rows,
    size_t *got)
{
	struct record *made = arena_array(w->arena, struct record, n + 1);
	size_t bytes = 0;

	*rows = made;
	*got = 0;
	for (size_t from = 0; from < n; from += SCAN_PIECE) {
		size_t some = n - from < SCAN_PIECE ? n - from : SCAN_PIECE, found;
		struct record *read;
		enum fault f = scan_records(scan_fresh(w), table, numbers + from, some, &read, &found);

		for (size_t i = 0; i < some && f == FAULT_NONE; i++) {
			const struct record *one = scan_one(read, found, numbers[from + i]);

			if (one == NULL)
				continue;
			if ((bytes += strlen(one->fields)) > SCAN_KEEP_MAX)
				return FAULT_RESPONSE_TOO_LARGE;
			made[(*got)++] = scan_copy(w->arena, one);
		}
		if (f != FAULT_NONE)
			return f;
	}
	return FAULT_NONE;
}
