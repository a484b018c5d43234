/*
 * period.c: the days that a filter names by a word.
 */
#include "records/period.h"

#include "base/clock.h"

#define DAYS_MAX    36500
#define YEAR_MONTHS 12
#define WEEK_DAYS   7
#define MONDAY	    4 /* the days from the beginning of the clock to its first one */

enum unit { DAY, WEEK, MONTH, YEAR };

/* From today moved by `from` units to today moved by `to`, each time as often as the number says. */
static const struct word {
	const char *mode;
	enum unit unit;
	int from, to;
	bool whole;   /* all of the unit that the day is in */
	bool counted; /* by numberOfDays */
	bool within;
} words[] = {
#define PERIOD(mode, unit, from, to)	      { #mode, unit, from, to, false, false, false },
#define PERIOD_WHOLE(mode, unit, by)	      { #mode, unit, by, by, true, false, false },
#define PERIOD_COUNTED(mode, by)	      { #mode, DAY, by, by, false, true, false },
#define PERIOD_WITHIN(mode, unit, from, to)   { #mode, unit, from, to, false, false, true },
#define PERIOD_WITHIN_COUNTED(mode, from, to) { #mode, DAY, from, to, false, true, true },
#include "records/periods.def"
#undef PERIOD
#undef PERIOD_WHOLE
#undef PERIOD_COUNTED
#undef PERIOD_WITHIN
#undef PERIOD_WITHIN_COUNTED
};

static const struct word *
word_named(struct str mode, bool within)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(mode, words[i].mode) && words[i].within == within)
			return &words[i];
	return NULL;
}

static int64_t
moved(int64_t day, enum unit unit, int64_t by)
{
	if (unit == MONTH || unit == YEAR)
		return clock_add_months(day, (int)by * (unit == YEAR ? YEAR_MONTHS : 1));
	return day + by * CLOCK_DAY * (unit == WEEK ? WEEK_DAYS : 1);
}

/* Two digits of a date as it is written. */
static int64_t
part(int64_t day, size_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(day, text);
	return (text[at] - '0') * 10 + text[at + 1] - '0';
}

static int64_t
beginning(int64_t day, enum unit unit)
{
	if (unit == WEEK)
		return day - (day / CLOCK_DAY + WEEK_DAYS - MONDAY) % WEEK_DAYS * CLOCK_DAY;
	if (unit == MONTH || unit == YEAR)
		day -= (part(day, sizeof "2026-11-" - 1) - 1) * CLOCK_DAY;
	return unit == YEAR ? clock_add_months(day, 1 - (int)part(day, sizeof "2026-" - 1)) : day;
}

bool
period_of(const struct json_value *v, int64_t now, bool within, int64_t *from, int64_t *to)
{
	const struct json_value *number = json_member(v, "numberOfDays");
	const struct word *word = word_named(json_member_text(v, "mode"), within);
	int64_t today = now - now % CLOCK_DAY, n = 1;

	if (word == NULL)
		return false;
	if (word->counted) {
		if (number == NULL || !json_is_integral(number) || number->number < 0 ||
		    number->number > DAYS_MAX)
			return false;
		n = number->number;
	}
	*from = moved(today, word->unit, word->from * n);
	*to = moved(today, word->unit, word->to * n);
	if (word->whole) {
		*from = beginning(*from, word->unit);
		*to = moved(*from, word->unit, 1) - CLOCK_DAY;
	}
	*to += CLOCK_DAY - 1;
	return true;
}
