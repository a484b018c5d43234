/*
 * test_address.c: network addresses, and the ranges they lie in.
 */
#include "base/address.h"

#include "base/is.h"

static void
addresses_and_their_one_text(void **state)
{
	static const struct {
		struct str text;
		const char *same; /* "": no address */
	} cases[] = {
		{ STR("192.0.2.1"), "192.0.2.1" },
		{ STR("0.0.0.0"), "0.0.0.0" },
		{ STR("255.255.255.255"), "255.255.255.255" },
		{ STR("::ffff:192.0.2.1"), "192.0.2.1" },
		{ STR("::FFFF:c000:0201"), "192.0.2.1" },
		{ STR("0:0:0:0:0:ffff:192.0.2.1"), "192.0.2.1" },
		{ STR("::"), "::" },
		{ STR("::1"), "::1" },
		{ STR("2001:DB8:0:0:0:0:0:1"), "2001:db8::1" },
		{ STR("2001:db8::0:1"), "2001:db8::1" },
		{ STR("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ STR("::192.0.2.1"), "::192.0.2.1" },
		{ STR(""), "" },
		{ STR_NONE, "" },
		{ STR("localhost"), "" },
		{ STR("192.0.2"), "" },
		{ STR("192.0.2.256"), "" },
		{ STR("192.0.2.1.1"), "" },
		{ STR("192.0.2.01"), "" },
		{ STR("0x7f.1"), "" },
		{ STR("2130706433"), "" },
		{ STR(" 192.0.2.1"), "" },
		{ STR("192.0.2.1 "), "" },
		{ STR("192.0.2.1\n"), "" },
		{ STR("192.0.2.1\0"), "" },
		{ STR("192.0.2.1:80"), "" },
		{ STR("192.0.2.1/32"), "" },
		{ STR("[::1]"), "" },
		{ STR("fe80::1%eth0"), "" },
		{ STR("1::2::3"), "" },
		{ STR(":::"), "" },
		{ STR("12345::"), "" },
		{ STR("1:2:3:4:5:6:7:8:9"), "" },
		{ STR("0000:0000:0000:0000:0000:ffff:255.255.255.2555"), "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address a = address_parse(cases[i].text);
		char text[ADDRESS_TEXT_SIZE];

		is_int(a.known, cases[i].same[0] != '\0', shown(cases[i].text));
		address_text(&a, text);
		is_text(text, cases[i].same, shown(cases[i].text));
	}
}

static void
ranges_that_are_none(void **state)
{
	static const struct str texts[] = { STR(""), STR_NONE, STR("/8"), STR("10.0.0.0/"),
		STR("10.0.0.0/33"), STR("10.0.0.0/-1"), STR("10.0.0.0/+8"), STR("10.0.0.0/ 8"),
		STR("10.0.0.0/8/8"), STR("10.0.0.0/8 "), STR("10.0.0.0/255.0.0.0"), STR("10.0.0/8"),
		STR("10/8"), STR("::/129"), STR("::1/x"), STR("nowhere/8"),
		STR("10.0.0.0/99999999999999999999"), STR("10.0.0.0/8\0"),
		/* bits beyond the length: a slip of the pen, not a range */
		STR("10.0.0.1/8"), STR("10.0.0.1/31"), STR("0.0.0.1/0"), STR("128.0.0.0/0"),
		STR("192.0.2.129/25"), STR("2001:db8::1/64"), STR("2001:db8::/28"), STR("::1/127"),
		STR("::1/0"), STR("::ffff:10.0.0.0/8"), STR("::ffff:10.0.0.1/104") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		is_true(!range_parse(texts[i], &(struct range){ .bits = 0 }), shown(texts[i]));
}

static void
what_a_range_holds(void **state)
{
	static const struct {
		const char *range, *address;
		bool holds;
	} cases[] = {
		{ "10.0.0.0/8", "10.0.0.0", true },
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "9.255.255.255", false },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/8", "::ffff:10.1.2.3", true },
		{ "10.0.0.0/8", "::10.1.2.3", false },
		{ "10.0.0.0/8", "::1", false },
		{ "192.0.2.4", "192.0.2.4", true },
		{ "192.0.2.4", "192.0.2.5", false },
		{ "192.0.2.4/32", "192.0.2.4", true },
		{ "192.0.2.4/32", "192.0.2.5", false },
		{ "192.0.2.4/31", "192.0.2.5", true },
		{ "192.0.2.4/31", "192.0.2.6", false },
		{ "192.0.2.4/31", "192.0.2.3", false },
		{ "192.0.2.128/25", "192.0.2.128", true },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "0.0.0.0/0", "::1", false },
		{ "128.0.0.0/1", "127.255.255.255", false },
		{ "128.0.0.0/1", "128.0.0.0", true },
		{ "::ffff:10.0.0.0/104", "10.1.2.3", true },
		{ "::ffff:10.0.0.0/104", "11.1.2.3", false },
		{ "::1", "::1", true },
		{ "::1/128", "::1", true },
		{ "::1/128", "::2", false },
		{ "::/0", "2001:db8::1", true },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/63", "2001:db8:0:1::5", true },
		{ "2001:db8::/63", "2001:db8:0:2::5", false },
		{ "10.0.0.0/8", "", false },
		{ "::/0", "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address a = address_parse(str_of(cases[i].address));
		struct range r;
		char what[100];

		snprintf(what, sizeof what, "%s in %s", cases[i].address, cases[i].range);
		is_true(range_parse(str_of(cases[i].range), &r), cases[i].range);
		is_int(range_holds(&r, &a), cases[i].holds, what);
	}
}

/* Every length of both families, at its two borders. */
static void
a_length_is_exact(void **state)
{
	(void)state;
	for (int bits = 1; bits <= 128; bits++) {
		struct range r = { .base = address_parse(STR("2001:db8:aaaa:5555:aaaa:5555:aaaa:5555")),
			.bits = bits };
		struct address a = r.base;
		char what[32];

		snprintf(what, sizeof what, "/%d", bits);
		a.byte[(bits - 1) / 8] ^= (uint8_t)(0x80 >> (bits - 1) % 8);
		is_true(!range_holds(&r, &a), what);
		a = r.base;
		for (int i = bits; i < 128; i++)
			a.byte[i / 8] ^= (uint8_t)(0x80 >> i % 8);
		is_true(range_holds(&r, &a), what);
	}
}

static void
one_of_several_ranges(void **state)
{
	static const struct {
		struct str ranges;
		const char *address;
		bool hold;
	} cases[] = {
		{ STR("10.0.0.0/8 ::1/128"), "10.1.1.1", true },
		{ STR("10.0.0.0/8 ::1/128"), "::1", true },
		{ STR("10.0.0.0/8 ::1/128"), "::2", false },
		{ STR("  10.0.0.0/8\t192.0.2.1  "), "192.0.2.1", true },
		{ STR(""), "10.1.1.1", false },
		{ STR_NONE, "10.1.1.1", false },
		{ STR("10.0.0.0/8"), "", false },
		/* what cannot be read holds nothing, and does not hide what follows */
		{ STR("nonsense 10.0.0.1/8"), "10.0.0.1", false },
		{ STR("nonsense 10.0.0.0/8"), "10.0.0.1", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address a = address_parse(str_of(cases[i].address));

		is_int(ranges_hold(cases[i].ranges, &a), cases[i].hold, shown(cases[i].ranges));
	}
}

static void
failures_are_counted_by_neighbourhood(void **state)
{
	static const struct {
		const char *one, *other;
		bool same;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "::1", "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address a = address_parse(str_of(cases[i].one)),
			       b = address_parse(str_of(cases[i].other));
		struct address x = address_neighbourhood(&a), y = address_neighbourhood(&b);

		is_int(memcmp(x.byte, y.byte, sizeof x.byte) == 0, cases[i].same, cases[i].other);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_their_one_text),
		cmocka_unit_test(ranges_that_are_none),
		cmocka_unit_test(what_a_range_holds),
		cmocka_unit_test(a_length_is_exact),
		cmocka_unit_test(one_of_several_ranges),
		cmocka_unit_test(failures_are_counted_by_neighbourhood),
	};

	return cmocka_run_group_tests_name("base/address", tests, NULL, NULL);
}
