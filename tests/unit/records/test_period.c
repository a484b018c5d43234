/*
 * test_period.c: the days that a filter names by a word.
 */
#include "base/bench.h"
#include "base/clock.h"
#include "records/period.h"

/* The first and the last day, a blank between; "-": none. */
static const char *
days_of(const char *mode, const char *number, const char *today, bool within)
{
	struct str json = str_of(arena_print(w.arena, "{\"mode\":\"%s\"%s%s}", mode,
	    number == NULL ? "" : ",\"numberOfDays\":", number == NULL ? "" : number));
	char from_text[CLOCK_TEXT_SIZE], to_text[CLOCK_TEXT_SIZE];
	int64_t now = 0, from, to;
	struct json_value v;

	is_true(json_in(w.arena, json, &v) && clock_parse(str_of(today), &now), today);
	if (!period_of(&v, now - 5, within, &from, &to))
		return "-";
	is_int(from % CLOCK_DAY, 0, mode);
	is_int(to % CLOCK_DAY, CLOCK_DAY - 1, mode);
	clock_text(from, from_text);
	clock_text(to, to_text);
	return arena_print(w.arena, "%.10s %.10s", from_text, to_text);
}

static void
words_are_days(void **state)
{
	static const struct {
		const char *mode, *number, *today, *want;
		bool within;
	} cases[] = {
		{ "today", NULL, "2026-11-22", "2026-11-22 2026-11-22", false },
		{ "yesterday", NULL, "2026-03-01", "2026-02-28 2026-02-28", false },
		{ "tomorrow", NULL, "2026-12-31", "2027-01-01 2027-01-01", false },
		{ "oneWeekAgo", NULL, "2026-11-22", "2026-11-15 2026-11-15", false },
		{ "oneWeekFromNow", NULL, "2026-11-22", "2026-11-29 2026-11-29", false },
		{ "oneMonthAgo", NULL, "2026-03-31", "2026-02-28 2026-02-28", false },
		{ "oneMonthFromNow", NULL, "2028-01-31", "2028-02-29 2028-02-29", false },
		{ "daysAgo", "0", "2026-11-22", "2026-11-22 2026-11-22", false },
		{ "daysAgo", "22", "2026-11-22", "2026-10-31 2026-10-31", false },
		{ "daysFromNow", "9", "2026-11-22", "2026-12-01 2026-12-01", false },
		/* 2026-11-22 is a Sunday, the last day of its week. */
		{ "currentWeek", NULL, "2026-11-22", "2026-11-16 2026-11-22", false },
		{ "currentWeek", NULL, "2026-11-23", "2026-11-23 2026-11-29", false },
		{ "lastWeek", NULL, "2026-11-22", "2026-11-09 2026-11-15", false },
		{ "nextWeekPeriod", NULL, "2026-11-22", "2026-11-23 2026-11-29", false },
		{ "currentMonth", NULL, "2028-02-10", "2028-02-01 2028-02-29", false },
		{ "lastMonth", NULL, "2026-03-31", "2026-02-01 2026-02-28", false },
		{ "nextMonthPeriod", NULL, "2026-12-31", "2027-01-01 2027-01-31", false },
		{ "currentYear", NULL, "2026-11-22", "2026-01-01 2026-12-31", false },
		{ "lastYear", NULL, "2028-02-29", "2027-01-01 2027-12-31", false },
		{ "nextYearPeriod", NULL, "2026-11-22", "2027-01-01 2027-12-31", false },
		{ "pastWeek", NULL, "2026-11-22", "2026-11-15 2026-11-22", true },
		{ "pastMonth", NULL, "2026-03-31", "2026-02-28 2026-03-31", true },
		{ "pastYear", NULL, "2026-11-22", "2025-11-22 2026-11-22", true },
		{ "nextWeek", NULL, "2026-11-22", "2026-11-22 2026-11-29", true },
		{ "nextMonth", NULL, "2026-11-22", "2026-11-22 2026-12-22", true },
		{ "nextYear", NULL, "2026-11-22", "2026-11-22 2027-11-22", true },
		{ "pastNumberOfDays", "3", "2026-11-22", "2026-11-19 2026-11-22", true },
		{ "nextNumberOfDays", "36500", "2026-11-22", "2026-11-22 2126-10-29", true },
		/* what is none, or one of the others */
		{ "whenever", NULL, "2026-11-22", "-", false },
		{ "today", NULL, "2026-11-22", "-", true },
		{ "pastWeek", NULL, "2026-11-22", "-", false },
		{ "daysAgo", NULL, "2026-11-22", "-", false },
		{ "daysAgo", "-1", "2026-11-22", "-", false },
		{ "daysAgo", "1.5", "2026-11-22", "-", false },
		{ "daysAgo", "\"1\"", "2026-11-22", "-", false },
		{ "daysAgo", "36501", "2026-11-22", "-", false },
		{ "pastNumberOfDays", NULL, "2026-11-22", "-", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_text(days_of(cases[i].mode, cases[i].number, cases[i].today, cases[i].within),
		    cases[i].want, arena_print(w.arena, "%s of %s", cases[i].mode, cases[i].today));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(words_are_days) };

	return cmocka_run_group_tests_name("records/period", tests, bench_open, bench_close);
}
