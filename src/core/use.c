/*
 * use.c: how often keys were used on each of the last days.
 */
#include "core/use.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "core/retire.h"
#include "core/standing.h"
#include "store/key_days.h"

#define IDS_TEXT_MAX ((size_t)16 << 10)

static struct str
ids_text(struct work *w, const char *const *ids, size_t n)
{
	struct out o = out_limit(w->arena, IDS_TEXT_MAX);
	struct json j = json_into(&o);

	json_list(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_text(&j, NULL, ids[i]);
	json_end(&j);
	return out_text(&o);
}

static void
put(const struct key_day *row, const char *const *ids, size_t n, struct use_days *all)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(ids[i], row->key_id) == 0)
			all[i].uses[row->day - all[i].first] = row->uses;
}

enum fault
use_of_keys(struct work *w, const char *const *ids, size_t n, struct use_days **all)
{
	int64_t today = w->now / CLOCK_DAY, first = today - (USE_DAYS - 1);
	struct key_day *rows;
	size_t rows_n;
	enum fault f;

	assert(n <= USE_KEYS_MAX);
	*all = arena_array(w->arena, struct use_days, n + 1);
	for (size_t i = 0; i < n; i++)
		(*all)[i] = (struct use_days){ .first = first };
	if ((f = key_days_of(w, w->actor->org_id, ids_text(w, ids, n), first, today, n * USE_DAYS, &rows,
		 &rows_n)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < rows_n; i++)
		put(&rows[i], ids, n, *all);
	return FAULT_NONE;
}

enum fault
use_of_key(struct work *w, const char *id, struct use_days *u)
{
	struct use_days *all;
	struct key k;
	enum fault f;

	if ((f = key_see(w, id, &k)) == FAULT_NONE && (f = use_of_keys(w, &id, 1, &all)) == FAULT_NONE)
		*u = all[0];
	return f;
}
