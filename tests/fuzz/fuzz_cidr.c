/*
 * fuzz_cidr.c: network addresses and ranges.
 *
 * An input is a list of ranges, a NUL, and an address.  An address is the same
 * after it was written and read, and a range holds its own base.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_address(const struct address *a)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address again, near = address_neighbourhood(a);

	address_text(a, text);
	again = address_parse(str_of(text));
	assert(again.known && memcmp(again.byte, a->byte, sizeof a->byte) == 0);
	assert(memcmp(near.byte, a->byte, 8) == 0);
}

static bool
same_start(const uint8_t *x, const uint8_t *y, int bits)
{
	for (int i = 0; i < bits; i++)
		if (((x[i / 8] ^ y[i / 8]) >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, ranges = STR(""), word;
	struct address a;
	struct range r;
	bool held = false;

	(void)str_cut(&rest, '\0', &ranges);
	a = address_parse(rest.s == NULL ? STR("") : rest);
	if (a.known)
		check_address(&a);
	for (struct str left = ranges; str_word(&left, &word);) {
		if (!range_parse(word, &r))
			continue;
		assert(r.bits >= 0 && r.bits <= 128 && r.base.known);
		check_address(&r.base);
		assert(range_holds(&r, &r.base));
		assert(range_holds(&r, &a) == (a.known && same_start(r.base.byte, a.byte, r.bits)));
		held = held || range_holds(&r, &a);
	}
	assert(ranges_hold(ranges, &a) == held);
	return 0;
}
