/*
 * test_reminder.c: which reminder of a key's end is due at which second.
 */
#include "base/is.h"

#include "base/clock.h"
#include "core/reminder.h"

static int64_t
at(const char *text)
{
	int64_t seconds = 0;

	is_true(clock_parse(str_of(text), &seconds), text);
	return seconds;
}

static void
each_in_its_time(void **state)
{
	static const struct {
		const char *set, *ends, *now;
		int64_t want;
	} rows[] = {
		/* a year */
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z", REMINDER_NONE },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-01T23:59:59Z", REMINDER_NONE },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-02T00:00:00Z", 30 },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-24T23:59:59Z", 30 },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-25T00:00:00Z", 7 },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-30T23:59:59Z", 7 },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-31T00:00:00Z", 1 },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12-31T23:59:59Z", 1 },
		/* a key is dead in the second of its end */
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 0 },
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2036-01-01T00:00:00Z", 0 },
		/* only what is shorter than the life */
		{ "2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", "2026-01-01T00:00:00Z", REMINDER_NONE },
		{ "2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", "2026-01-23T23:59:59Z", REMINDER_NONE },
		{ "2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", "2026-01-24T00:00:00Z", 7 },
		{ "2026-01-01T00:00:00Z", "2026-01-31T00:00:01Z", "2026-01-01T00:00:01Z", 30 },
		{ "2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z", "2026-01-01T00:00:00Z", REMINDER_NONE },
		{ "2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z", "2026-01-07T00:00:00Z", 1 },
		{ "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T12:00:00Z", REMINDER_NONE },
		{ "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:01Z", 0 },
		/* half a year from the end of August: the end of February, in a leap year and not */
		{ "2027-08-31T10:00:00Z", "2028-02-29T10:00:00Z", "2028-01-30T09:59:59Z", REMINDER_NONE },
		{ "2027-08-31T10:00:00Z", "2028-02-29T10:00:00Z", "2028-01-30T10:00:00Z", 30 },
		{ "2027-08-31T10:00:00Z", "2028-02-29T10:00:00Z", "2028-02-28T10:00:00Z", 1 },
		{ "2026-08-31T10:00:00Z", "2027-02-28T10:00:00Z", "2027-01-29T10:00:00Z", 30 },
		{ "2026-08-31T10:00:00Z", "2027-02-28T10:00:00Z", "2027-02-21T10:00:00Z", 7 },
		/* over a leap day a day before is a day before */
		{ "2027-12-01T00:00:00Z", "2028-03-01T00:00:00Z", "2028-02-28T23:59:59Z", 7 },
		{ "2027-12-01T00:00:00Z", "2028-03-01T00:00:00Z", "2028-02-29T00:00:00Z", 1 },
		/* a bare date ends with its day */
		{ "2026-01-01T00:00:00Z", "2026-12-31", "2026-12-30T23:59:59Z", 1 },
		{ "2026-01-01T00:00:00Z", "2026-12-31", "2026-12-31T23:59:59Z", 0 },
		/* a clock that went back behind the key's beginning */
		{ "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2025-11-27T00:00:00Z", REMINDER_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		is_int(reminder_due(at(rows[i].set), at(rows[i].ends), at(rows[i].now)), rows[i].want,
		    rows[i].now);
}

static void
what_never_ends_needs_none(void **state)
{
	(void)state;
	is_int(reminder_due(0, 0, INT64_C(1800000000)), REMINDER_NONE, "no end");
}

/* Walked through second by second no reminder comes back, and all come that are shorter than the life. */
static void
they_come_in_order_and_once(void **state)
{
	(void)state;
	for (int64_t days = 1; days <= 40; days++) {
		int64_t last = REMINDER_NONE, seen = 0;

		for (int64_t now = 0; now <= (days + 2) * CLOCK_DAY; now += 1800) {
			int64_t due = reminder_due(0, days * CLOCK_DAY, now);

			if (due == last)
				continue;
			is_true(due != REMINDER_NONE && (last == REMINDER_NONE || due < last), "more urgent");
			last = due;
			seen++;
		}
		is_int(last, 0, "at the end it is over");
		is_int(seen, 1 + (days > 1) + (days > 7) + (days > 30), "as many as there is time for");
	}
}

static void
what_it_stands_for(void **state)
{
	const int64_t now = INT64_C(1800000000), ends = now + 5 * CLOCK_DAY;
	const struct ending_key good = { .kind = "personal",
		.created_at = now - 100 * CLOCK_DAY,
		.expires_at = ends,
		.personal_enabled = 1 };
	struct ending_key k;

	(void)state;
	is_true(reminder_stands(&good, ends, 7, now), "it is so");
	is_true(!reminder_stands(&good, ends, 30, now), "a milder one");
	is_true(!reminder_stands(&good, ends, 1, now), "one whose time has not come");
	is_true(!reminder_stands(&good, ends - 1, 7, now), "another end");
#define WITHOUT(change, what) (k = good, change, is_true(!reminder_stands(&k, ends, 7, now), what))
	WITHOUT(k.ended_at = now, "ended");
	WITHOUT(k.left_at = now, "the owner left");
	WITHOUT(k.machine_deleted_at = now, "the machine is gone");
	WITHOUT(k.org_deleted_at = now, "the organization is gone");
	WITHOUT(k.personal_enabled = 0, "personal keys do not count");
	WITHOUT(k.kind = "other", "no kind of ours");
	WITHOUT(k.renewed_at = now - CLOCK_DAY, "it was given a short life yesterday");
	k = good;
	k.kind = "provider";
	k.personal_enabled = 0;
	is_true(reminder_stands(&k, ends, 7, now), "that switch is for personal keys only");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_in_its_time),
		cmocka_unit_test(what_never_ends_needs_none),
		cmocka_unit_test(they_come_in_order_and_once),
		cmocka_unit_test(what_it_stands_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
