/*
 * fuzz_time.c: texts that may be instants (RFC 3339).
 *
 * What is read is written and read again as the same instant, and months later
 * is the same day or the last of its month.
 */
#include <assert.h>
#include <stdint.h>

#include "base/clock.h"

#define YEAR_0	  INT64_C(-62167219200)
#define YEAR_9999 INT64_C(253402300799)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t at, again, later;

	if (!clock_parse((struct str){ (const char *)data, size }, &at))
		return 0;
	/* An offset may lead a day out of the years that are written. */
	assert(at >= YEAR_0 - CLOCK_DAY && at <= YEAR_9999 + CLOCK_DAY);
	clock_text(at, text);
	assert(str_of(text).n == CLOCK_TEXT_SIZE - 1);
	if (at < YEAR_0 || at > YEAR_9999)
		return 0;
	assert(clock_parse(str_of(text), &again) && again == at);
	assert(clock_add_months(at, 0) == at);
	later = clock_add_months(at, 6);
	assert(later - at >= 181 * CLOCK_DAY - 3 * CLOCK_DAY && later - at <= 184 * CLOCK_DAY);
	later = clock_add_months(at, 12);
	assert(later - at >= 365 * CLOCK_DAY && later - at <= 366 * CLOCK_DAY);
	return 0;
}
