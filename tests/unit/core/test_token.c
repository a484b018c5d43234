/*
 * test_token.c: the text of a key: made and recognized, and every slip of the
 * pen refused.
 */
#include "core/token.h"

#include "base/bench.h"
#include "base/random.h"

/* A sound text of the kind, whatever its prefix is now. */
static char *
made(const struct kind *k)
{
	return arena_text(w.arena, token_make(&w, k));
}

static void
the_check_value_of_crc_32(void **state)
{
	static const struct {
		struct str text;
		uint64_t crc;
		const char *digits;
	} cases[] = {
		{ STR("123456789"), 0xcbf43926, "3jZRME" },
		{ STR(""), 0, "000000" },
		{ STR("a"), 0xe8b7be43, "4GEHKN" },
		{ STR("\0"), 0xd202ef8d, "3qRrJN" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char digits[7] = "";
		uint64_t value = 0;

		token_checksum(cases[i].text, digits);
		is_text(digits, cases[i].digits, shown(cases[i].text));
		for (int d = 0; d < 6; d++)
			value = value * 62 + (uint64_t)(strchr(base62_digits, digits[d]) - base62_digits);
		is_int(value, cases[i].crc, shown(cases[i].text));
	}
}

/* Computed elsewhere: the prefix, 43 times A, and zlib's crc32 of both. */
static void
texts_whose_checksum_others_computed(void **state)
{
	static const struct {
		const char *text;
		enum kind_id kind;
	} cases[] = {
		{ "drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5n", KIND_PERSONAL },
		{ "drvm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA121JjB", KIND_MACHINE },
		{ "dk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA39pxGB", KIND_ORGANIZATION },
		{ "dnt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA3S2Koj", KIND_SPACE },
		{ "drv_0123456789abcdef0123456789abcdef01234567", KIND_PROVIDER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_true(token_kind(settings, str_of(cases[i].text)) == kind_of(cases[i].kind), cases[i].text);
}

static void
a_thousand_of_each_kind_are_their_kind(void **state)
{
	static const struct {
		enum kind_id kind;
		const char *prefix;
		size_t length;
	} cases[] = {
		{ KIND_PERSONAL, "drvp_", 5 + 43 + 6 },
		{ KIND_MACHINE, "drvm_", 5 + 43 + 6 },
		{ KIND_ORGANIZATION, "dk_", 3 + 43 + 6 },
		{ KIND_PROVIDER, "drv_", 4 + 40 },
		{ KIND_SPACE, "dnt_", 4 + 43 + 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str before = STR("");

		for (int n = 0; n < 1000; n++) {
			struct str text = token_make(&w, kind_of(cases[i].kind));

			is_true(str_starts(text, str_of(cases[i].prefix)), shown(text));
			is_int(text.n, cases[i].length, shown(text));
			is_true(token_kind(settings, text) == kind_of(cases[i].kind), shown(text));
			is_true(!str_eq(text, before), "two alike");
			before = arena_str(w.arena, text);
			arena_reset(w.vault);
		}
		bench_clear();
	}
}

/* One character at each place becomes each other byte: never a key, unless it is one of 40 hex digits. */
static void
every_single_slip_is_seen(void **state)
{
	(void)state;
	for (size_t i = 0; kind_at(i) != NULL; i++) {
		char *text = made(kind_at(i));
		size_t n = strlen(text);

		for (size_t at = 0; at < n; at++)
			for (int c = 0; c < 256; c++) {
				char was = text[at];
				bool digit = kind_at(i)->body == BODY_HEX40 && at >= 4 && c != 0 &&
				    strchr("0123456789abcdef", c) != NULL;

				if (c == (unsigned char)was)
					continue;
				text[at] = (char)c;
				is_int(token_kind(settings, str_part(text, n)) != NULL, digit,
				    shown(str_part(text, n)));
				text[at] = was;
			}
	}
}

/* Two neighbours changed places, which is how people slip when they copy by hand. */
static void
neighbours_that_changed_places_are_seen(void **state)
{
	(void)state;
	for (size_t i = 0; kind_at(i) != NULL; i++) {
		char *text = made(kind_at(i));
		size_t n = strlen(text);

		if (kind_at(i)->body == BODY_HEX40)
			continue;
		for (size_t at = 0; at + 1 < n; at++) {
			char was = text[at];

			text[at] = text[at + 1];
			text[at + 1] = was;
			is_int(token_kind(settings, str_of(text)) != NULL, text[at] == was, text);
			text[at + 1] = text[at];
			text[at] = was;
		}
	}
}

static void
every_other_length_is_refused(void **state)
{
	char longer[400];

	(void)state;
	for (size_t i = 0; kind_at(i) != NULL; i++) {
		char *text = made(kind_at(i));
		size_t n = strlen(text);

		for (size_t less = 0; less < n; less++)
			is_true(token_kind(settings, str_part(text, less)) == NULL, "shorter");
		memset(longer, text[n - 1], sizeof longer);
		memcpy(longer, text, n);
		for (size_t more = n + 1; more <= sizeof longer; more++)
			is_true(token_kind(settings, str_part(longer, more)) == NULL, "longer");
		is_true(token_kind(settings, str_part(text, n)) != NULL, "as long as it is");
	}
}

static void
texts_that_are_no_key(void **state)
{
	static const struct str texts[] = { STR(""), STR_NONE, STR("_"), STR("drvp_"), STR("drv_"),
		STR("drvp"), STR("password"), STR("drv_\n"),
		/* alphabets */
		STR("drv_0123456789ABCDEF0123456789ABCDEF01234567"),
		STR("drv_0123456789abcdef0123456789abcdef0123456g"),
		STR("drv_0123456789abcdef0123456789abcdef0123456\0"),
		STR("drv_0123456789abcdef0123456789abcdef0123456 "),
		STR("drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_1hgl5n"),
		STR("drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-1hgl5n"),
		/* the wrong checksum, and that of another prefix */
		STR("drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5o"),
		STR("drvm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5n"),
		STR("drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA000000"),
		/* the body of one kind behind the prefix of another */
		STR("drvp_0123456789abcdef0123456789abcdef01234567"),
		STR("drv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5n"),
		STR("dnt_0123456789abcdef0123456789abcdef01234567"),
		/* prefixes that are nearly ours */
		STR("drvP_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5n"),
		STR("rvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5n"),
		STR("xdrv_0123456789abcdef0123456789abcdef01234567"),
		STR("drv__0123456789abcdef0123456789abcdef01234567"),
		STR("drv-0123456789abcdef0123456789abcdef01234567"),
		STR("_drv_0123456789abcdef0123456789abcdef01234567"),
		STR(" drv_0123456789abcdef0123456789abcdef01234567"),
		STR("drv_0123456789abcdef0123456789abcdef01234567 "),
		STR("drv_0123456789abcdef0123456789abcdef01234567\n"),
		STR("drv\0_123456789abcdef0123456789abcdef01234567"),
		STR("\0drv_0123456789abcdef0123456789abcdef0123456"),
		STR("\303\251_0123456789abcdef0123456789abcdef01234567"),
		STR("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.AAAA") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		is_true(token_kind(settings, texts[i]) == NULL, shown(texts[i]));
}

static void
prefixes_are_what_the_settings_say(void **state)
{
	struct settings other = *settings;
	struct str old = token_make(&w, kind_of(KIND_PERSONAL)), text;

	(void)state;
	other.keys_personal_prefix = "acme_";
	other.keys_provider_prefix = "abcdefghijklmno_";
	w.settings = &other;
	text = token_make(&w, kind_of(KIND_PERSONAL));
	is_true(str_starts(text, STR("acme_")), shown(text));
	is_true(token_kind(&other, text) == kind_of(KIND_PERSONAL), shown(text));
	is_true(token_kind(settings, text) == NULL, "not where the prefix is another");
	is_true(token_kind(&other, old) == NULL, "the old prefix");
	text = token_make(&w, kind_of(KIND_PROVIDER));
	is_int(text.n, 16 + 40, "the longest prefix");
	is_true(token_kind(&other, text) == kind_of(KIND_PROVIDER), shown(text));
	w.settings = settings;
}

static void
the_longest_of_all_has_room(void **state)
{
	struct settings other = *settings;

	(void)state;
	other.keys_space_prefix = "abcdefghijklmno_";
	w.settings = &other;
	is_int(token_make(&w, kind_of(KIND_SPACE)).n, 65, "its length");
	is_true(token_kind(&other, token_make(&w, kind_of(KIND_SPACE))) == kind_of(KIND_SPACE), "recognized");
	w.settings = settings;
}

/* What may be displayed never tells more than 36 bits of the secret. */
static void
what_is_shown_tells_little(void **state)
{
	(void)state;
	for (size_t i = 0; kind_at(i) != NULL; i++) {
		const struct kind *k = kind_at(i);
		size_t digits = k->shown - strlen(kind_prefix(k, settings));

		is_true(digits * (k->body == BODY_HEX40 ? 4 : 6) <= 36, k->name);
		is_true(digits >= 4, k->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_value_of_crc_32),
		cmocka_unit_test(texts_whose_checksum_others_computed),
		cmocka_unit_test(a_thousand_of_each_kind_are_their_kind),
		cmocka_unit_test(every_single_slip_is_seen),
		cmocka_unit_test(neighbours_that_changed_places_are_seen),
		cmocka_unit_test(every_other_length_is_refused),
		cmocka_unit_test(texts_that_are_no_key),
		cmocka_unit_test(prefixes_are_what_the_settings_say),
		cmocka_unit_test(the_longest_of_all_has_room),
		cmocka_unit_test(what_is_shown_tells_little),
	};

	return cmocka_run_group_tests_name("core/token", tests, bench_open, bench_close);
}
