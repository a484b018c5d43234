/*
 * test_clock.c: instants and their texts, both ways, and calendar months.
 */
#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

#include "base/is.h"

static const struct {
	int64_t at;
	const char *text;
} instants[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ 1, "1970-01-01T00:00:01Z" },
	{ -1, "1969-12-31T23:59:59Z" },
	{ 951782400, "2000-02-29T00:00:00Z" },
	{ 1709164800, "2024-02-29T00:00:00Z" },
	{ 1800000000, "2027-01-15T08:00:00Z" },
	{ 2147483648, "2038-01-19T03:14:08Z" },
	{ 4107542399, "2100-02-28T23:59:59Z" },
	{ 4107542400, "2100-03-01T00:00:00Z" },
	{ 253402300799, "9999-12-31T23:59:59Z" },
	{ -30641760000, "0999-01-01T00:00:00Z" },
	{ -62167219200, "0000-01-01T00:00:00Z" },
};

static void
an_instant_and_its_text_are_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(instants); i++) {
		char text[CLOCK_TEXT_SIZE];
		int64_t at = 77;

		clock_text(instants[i].at, text);
		is_text(text, instants[i].text, instants[i].text);
		is_true(clock_parse(str_of(instants[i].text), &at), instants[i].text);
		is_int(at, instants[i].at, instants[i].text);
	}
}

static void
a_year_beyond_the_format_is_the_last_one(void **state)
{
	static const int64_t far[] = { 253402300800, INT64_MAX, INT64_MIN, -62167219201 };

	(void)state;
	for (size_t i = 0; i < COUNT(far); i++) {
		char text[CLOCK_TEXT_SIZE];

		clock_text(far[i], text);
		is_text(text, "9999-12-31T00:00:00Z", "far away");
	}
}

static void
no_zone_of_the_machine_counts(void **state)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t at;

	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	clock_text(1800000000, text);
	is_text(text, "2027-01-15T08:00:00Z", "written");
	is_true(clock_parse(STR("2027-07-15T08:00:00Z"), &at), "read");
	is_int(at, 1815638400, "read in summer");
	is_int(clock_add_months(1800000000, 6), 1815638400, "half a year later");
	unsetenv("TZ");
	tzset();
}

static void
texts_that_are_instants(void **state)
{
	static const struct {
		const char *text, *same;
	} cases[] = {
		{ "2027-01-15t08:00:00z", "2027-01-15T08:00:00Z" },
		{ "2027-01-15 08:00:00Z", "2027-01-15T08:00:00Z" },
		{ "2027-01-15T08:00:00+00:00", "2027-01-15T08:00:00Z" },
		{ "2027-01-15T08:00:00-00:00", "2027-01-15T08:00:00Z" },
		{ "2027-01-15T10:00:00+02:00", "2027-01-15T08:00:00Z" },
		{ "2027-01-15T13:30:00+05:30", "2027-01-15T08:00:00Z" },
		{ "2027-01-14T23:30:00-08:30", "2027-01-15T08:00:00Z" },
		{ "2026-12-31T23:00:00-01:00", "2027-01-01T00:00:00Z" },
		{ "2027-01-15T08:00:00.999999Z", "2027-01-15T08:00:00Z" },
		{ "2027-01-15T08:00:00.1+02:00", "2027-01-15T06:00:00Z" },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
		/* a bare date means through its last second */
		{ "2027-01-15", "2027-01-15T23:59:59Z" },
		{ "2024-02-29", "2024-02-29T23:59:59Z" },
		{ "2000-02-29", "2000-02-29T23:59:59Z" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[CLOCK_TEXT_SIZE];
		int64_t at = 77;

		is_true(clock_parse(str_of(cases[i].text), &at), cases[i].text);
		clock_text(at, text);
		is_text(text, cases[i].same, cases[i].text);
	}
}

static void
a_date_is_where_its_day_begins(void **state)
{
	int64_t at = 77;

	(void)state;
	is_true(clock_parse_start(STR("2027-01-15"), &at), "a date");
	is_int(at, 1799971200, "its first second");
	is_true(clock_parse_start(STR("2027-01-15T08:00:00Z"), &at), "an instant");
	is_int(at, 1800000000, "as it is");
	is_true(!clock_parse_start(STR("2027-01-32"), &at), "none");
}

static void
texts_that_are_none(void **state)
{
	static const char *const texts[] = { "", "now", "2027", "2027-01", "2027-1-15", "2027-01-5",
		"27-01-15", "2027-00-15", "2027-13-15", "2027-01-00", "2027-01-32", "2027-04-31",
		"2027-02-29", "2100-02-29", "1900-02-29", "2027-01-15T", "2027-01-15Z", "2027-01-15T08:00:00",
		"2027-01-15T08:00Z", "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z", "2027-01-15T08:00:61Z",
		"2027-01-15T08:00:00.Z", "2027-01-15T08:00:00.1", "2027-01-15T08:00:00+02",
		"2027-01-15T08:00:00+0200", "2027-01-15T08:00:00+24:00", "2027-01-15T08:00:00+02:60",
		"2027-01-15T08:00:00ZZ", "2027-01-15T08:00:00Z ", " 2027-01-15", "2027-01-15 ", "2027/01/15",
		"20270115", "-027-01-15", "+2027-01-15", "2027-01-15T-8:00:00Z", "2027-01-15T08:00:00+-2:00",
		"12027-01-15", "2027-01-15T08:00:00 Z", "2027\000-01-15", "9999-12-31T23:59:59-00:01",
		"9999-12-31T23:59:60Z", "0000-01-01T00:00:00+00:01" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		int64_t at = 77;

		is_true(!clock_parse(str_of(texts[i]), &at), texts[i]);
		is_int(at, 77, texts[i]);
	}
	is_true(!clock_parse(STR_NONE, &(int64_t){ 0 }), "no text");
	is_true(!clock_parse(STR("2027-01-15\0"), &(int64_t){ 0 }), "a NUL at the end");
}

static void
months_end_where_the_calendar_says(void **state)
{
	static const struct {
		const char *from;
		int months;
		const char *to;
	} cases[] = {
		{ "2027-08-31T12:34:56Z", 6, "2028-02-29T12:34:56Z" },
		{ "2026-08-31T12:34:56Z", 6, "2027-02-28T12:34:56Z" },
		{ "2099-08-31T12:34:56Z", 6, "2100-02-28T12:34:56Z" },
		{ "2026-11-22T03:32:45Z", 6, "2027-05-22T03:32:45Z" },
		{ "2026-12-31T23:59:59Z", 6, "2027-06-30T23:59:59Z" },
		{ "2026-01-31T00:00:00Z", 1, "2026-02-28T00:00:00Z" },
		{ "2026-12-15T00:00:00Z", 1, "2027-01-15T00:00:00Z" },
		{ "2028-02-29T12:34:56Z", 12, "2029-02-28T12:34:56Z" },
		{ "2028-02-29T12:34:56Z", 48, "2032-02-29T12:34:56Z" },
		{ "2026-11-22T03:32:45Z", 12, "2027-11-22T03:32:45Z" },
		{ "2026-11-22T03:32:45Z", 0, "2026-11-22T03:32:45Z" },
		{ "2026-03-31T12:00:00Z", -1, "2026-02-28T12:00:00Z" },
		{ "2026-01-31T12:00:00Z", -1, "2025-12-31T12:00:00Z" },
		{ "2026-11-22T03:32:45Z", -12, "2025-11-22T03:32:45Z" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[CLOCK_TEXT_SIZE];
		int64_t at;

		is_true(clock_parse(str_of(cases[i].from), &at), cases[i].from);
		clock_text(clock_add_months(at, cases[i].months), text);
		is_text(text, cases[i].to, cases[i].from);
	}
}

static void
every_day_is_read_and_written_alike(void **state)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t at;

	(void)state;
	for (int64_t day = 0; day < 146097; day++) {
		clock_text(day * CLOCK_DAY, text);
		is_true(clock_parse(str_of(text), &at), text);
		is_int(at, day * CLOCK_DAY, text);
	}
}

static void
the_clocks_go(void **state)
{
	int64_t ms = clock_ms();

	(void)state;
	assert_in_range(clock_now(), time(NULL) - 1, time(NULL) + 1);
	for (int i = 0; i < 1000; i++)
		is_true(clock_ms() >= ms, "never backwards");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_instant_and_its_text_are_one),
		cmocka_unit_test(a_year_beyond_the_format_is_the_last_one),
		cmocka_unit_test(no_zone_of_the_machine_counts),
		cmocka_unit_test(texts_that_are_instants),
		cmocka_unit_test(a_date_is_where_its_day_begins),
		cmocka_unit_test(texts_that_are_none),
		cmocka_unit_test(months_end_where_the_calendar_says),
		cmocka_unit_test(every_day_is_read_and_written_alike),
		cmocka_unit_test(the_clocks_go),
	};

	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
