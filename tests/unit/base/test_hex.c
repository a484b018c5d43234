/*
 * test_hex.c: bytes as hexadecimal digits and as base64url, and back.
 */
#include "base/hex.h"

#include "base/bench.h"

static void
every_byte_has_its_two_digits(void **state)
{
	uint8_t bytes[256], back[256];
	char text[2 * 256 + 1], want[3];

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	hex_text(bytes, sizeof bytes, text);
	is_int(strlen(text), 512, "length");
	for (int i = 0; i < 256; i++) {
		snprintf(want, sizeof want, "%02x", i);
		is_str(str_part(text + 2 * i, 2), str_of(want), want);
	}
	is_true(hex_bytes(str_of(text), back, sizeof back), "back");
	assert_memory_equal(bytes, back, sizeof bytes);
	hex_text(bytes, 0, text);
	is_text(text, "", "no bytes");
}

static void
what_is_no_hexadecimal_is_refused(void **state)
{
	static const struct {
		struct str text;
		size_t n;
	} cases[] = {
		{ STR(""), 1 },
		{ STR("0"), 1 },
		{ STR("000"), 1 },
		{ STR("0000"), 1 },
		{ STR("0G"), 1 },
		{ STR("AB"), 1 },
		{ STR("0x"), 1 },
		{ STR(" 0"), 1 },
		{ STR("0\0"), 1 },
		{ STR("\0\0"), 1 },
		{ STR("00 0"), 2 },
		{ STR_NONE, 1 },
	};
	uint8_t byte[2];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_true(!hex_bytes(cases[i].text, byte, cases[i].n), shown(cases[i].text));
}

/* RFC 4648 section 10, without padding, and the two digits that differ. */
static void
base64url_both_ways(void **state)
{
	static const struct {
		struct str bytes;
		const char *text;
	} cases[] = {
		{ STR(""), "" },
		{ STR("f"), "Zg" },
		{ STR("fo"), "Zm8" },
		{ STR("foo"), "Zm9v" },
		{ STR("foob"), "Zm9vYg" },
		{ STR("fooba"), "Zm9vYmE" },
		{ STR("foobar"), "Zm9vYmFy" },
		{ STR("\373\377\277"), "-_-_" },
		{ STR("\0"), "AA" },
		{ STR("\0\0\0"), "AAAA" },
		{ STR("\377"), "_w" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_text(base64url_text(w.arena, cases[i].bytes), cases[i].text, cases[i].text);
		is_str(base64url_bytes(w.arena, str_of(cases[i].text)), cases[i].bytes, cases[i].text);
	}
}

static void
what_is_no_base64url_is_refused(void **state)
{
	static const struct str texts[] = { STR("Z"), STR("Zm9vY"), STR("Zg=="), STR("Zm8="), STR("+/+/"),
		STR("Zm 9v"), STR("Zm9\n"), STR("Zm9\0"), STR("Zm9\303"),
		/* bits left over that are not zero: a second spelling of "f" and of "fo" */
		STR("Zh"), STR("Zm9") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		is_str(base64url_bytes(w.arena, texts[i]), STR_NONE, shown(texts[i]));
}

/* The same but for two of the digits. */
static void
base64_both_ways(void **state)
{
	static const struct {
		struct str bytes;
		const char *text;
	} cases[] = {
		{ STR(""), "" },
		{ STR("fooba"), "Zm9vYmE" },
		{ STR("\373\377\277"), "+/+/" },
		{ STR("\377"), "/w" },
	};
	static const struct str wrong[] = { STR("-_-_"), STR("Zg=="), STR("Zh"), STR("Z"), STR("Zm 9v") };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_text(base64_text(w.arena, cases[i].bytes), cases[i].text, cases[i].text);
		is_str(base64_bytes(w.arena, str_of(cases[i].text)), cases[i].bytes, cases[i].text);
	}
	for (size_t i = 0; i < COUNT(wrong); i++)
		is_str(base64_bytes(w.arena, wrong[i]), STR_NONE, shown(wrong[i]));
}

static void
one_text_has_one_spelling(void **state)
{
	(void)state;
	for (unsigned bytes = 0; bytes < 65536; bytes += 7) {
		char two[] = { (char)(bytes >> 8), (char)bytes };
		struct str text = str_of(base64url_text(w.arena, str_part(two, 2)));
		struct str back = base64url_bytes(w.arena, text);

		is_int(text.n, 3, "two bytes are three digits");
		is_str(back, str_part(two, 2), text.s);
		bench_clear();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_has_its_two_digits),
		cmocka_unit_test(what_is_no_hexadecimal_is_refused),
		cmocka_unit_test(base64url_both_ways),
		cmocka_unit_test(what_is_no_base64url_is_refused),
		cmocka_unit_test(base64_both_ways),
		cmocka_unit_test(one_text_has_one_spelling),
	};

	return cmocka_run_group_tests_name("base/hex", tests, bench_open, bench_close);
}
