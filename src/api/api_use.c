/*
 * api_use.c: figures: how often a key was used on each day, and how many keys
 * there are.
 */
#include "api/api.h"

#include "base/clock.h"
#include "core/census.h"
#include "core/use.h"

static void
write_day(struct json *j, int64_t day, int64_t uses)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(day * CLOCK_DAY, text);
	json_object(j, NULL);
	json_str(j, "day", (struct str){ text, CLOCK_DATE_LENGTH });
	json_int(j, "count", uses);
	json_end(j);
}

enum fault
api_key_use(struct call *c)
{
	struct use_days u;
	struct json *j;
	enum fault f = use_of_key(c->work, call_param(c, "key"), &u);

	if (f != FAULT_NONE)
		return f;
	j = call_json(c);
	json_object(j, NULL);
	json_list(j, "days");
	for (int64_t i = 0; i < USE_DAYS; i++)
		write_day(j, u.first + i, u.uses[i]);
	json_end(j);
	json_end(j);
	return FAULT_NONE;
}

static void
write_kind(struct json *j, const struct key_count *k)
{
	json_object(j, NULL);
	json_text(j, "kind", k->kind);
	json_int(j, "active", k->active);
	json_int(j, "expired", k->expired);
	json_int(j, "revoked", k->revoked);
	json_object(j, "expiring");
	json_int(j, "1d", k->in_1);
	json_int(j, "7d", k->in_7);
	json_int(j, "30d", k->in_30);
	json_end(j);
	json_end(j);
}

enum fault
api_census(struct call *c)
{
	struct key_count kinds[KIND__MAX];
	struct json *j;
	enum fault f = census_of_org(c->work, kinds);

	if (f != FAULT_NONE)
		return f;
	j = call_json(c);
	json_object(j, NULL);
	json_list(j, "keys");
	for (size_t i = 0; i < KIND__MAX; i++)
		write_kind(j, &kinds[i]);
	json_end(j);
	json_end(j);
	return FAULT_NONE;
}
