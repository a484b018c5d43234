/*
 * test_seal.c: sealed texts against published vectors, and that nothing that was
 * changed opens.
 */
#include "base/seal.h"

#include "base/bytes.h"

/* The vectors of the GCM specification (McGrew and Viega), cases 13, 14 and 16, nonce first. */
static void
aes_256_gcm_as_published(void **state)
{
	static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
	static const struct {
		const char *key, *about, *sealed, *text;
	} cases[] = {
		{ zero, "", "000000000000000000000000530f8afbc74536b9a963b4f1c4cb738b", "" },
		{ zero, "",
		    "000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
		    "00000000000000000000000000000000" },
		{ "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
		    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
		    "cafebabefacedbaddecaf888522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e"
		    "48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
		    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
		    "25b16aedf5aa0de657ba637b39" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str opened = seal_open(w.arena, (const uint8_t *)bytes_of(cases[i].key, 1).s,
		    bytes_of(cases[i].about, 1), bytes_of(cases[i].sealed, 1));

		is_str(opened, bytes_of(cases[i].text, 1), cases[i].sealed);
	}
}

static const uint8_t seal_key[SECRET_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static void
what_was_sealed_opens(void **state)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 255, 4000 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct str text = bytes_of("c3", lengths[i]);
		struct str about = i % 2 == 0 ? STR("res_1") : STR("");
		struct str one = seal_shut(w.arena, seal_key, about, text);
		struct str two = seal_shut(w.arena, seal_key, about, text);

		is_int(one.n, 12 + text.n + 16, "nonce, text and tag");
		is_true(!str_eq(str_part(one.s, 12), str_part(two.s, 12)), "a nonce is used once");
		is_str(seal_open(w.arena, seal_key, about, one), text, "opened");
		is_str(seal_open(w.arena, seal_key, about, two), text, "opened");
	}
}

/* Flip each bit in turn; what it is called with must not open any more. */
static void
flip_all(char *bytes, size_t n, const uint8_t *key, struct str about, struct str sealed, const char *what)
{
	for (size_t i = 0; i < n * 8; i++) {
		bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
		is_str(seal_open(w.arena, key, about, sealed), STR_NONE, what);
		bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
	}
	is_str(seal_open(w.arena, key, about, sealed), STR("access_key=AKIA"), "put back");
}

static void
every_single_bit_counts(void **state)
{
	char key[SECRET_SIZE], about[] = "res_0123456789", sealed[12 + 15 + 16];
	struct str on = str_of(about), box = str_part(sealed, sizeof sealed);

	(void)state;
	memcpy(key, seal_key, sizeof key);
	memcpy(sealed, seal_shut(w.arena, seal_key, on, STR("access_key=AKIA")).s, sizeof sealed);
	flip_all(sealed, sizeof sealed, (const uint8_t *)key, on, box, "a bit of what was sealed");
	flip_all(about, strlen(about), (const uint8_t *)key, on, box, "a bit of what it is about");
	flip_all(key, sizeof key, (const uint8_t *)key, on, box, "a bit of the key");
	for (size_t n = 0; n < sizeof sealed; n++)
		is_str(seal_open(w.arena, seal_key, on, str_part(sealed, n)), STR_NONE, "cut short");
	is_str(seal_open(w.arena, seal_key, STR("res_012345678"), box), STR_NONE, "about something shorter");
	is_str(seal_open(w.arena, seal_key, STR_NONE, box), STR_NONE, "about nothing");
	is_str(seal_open(w.arena, seal_key, on, STR_NONE), STR_NONE, "nothing sealed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aes_256_gcm_as_published),
		cmocka_unit_test(what_was_sealed_opens),
		cmocka_unit_test(every_single_bit_counts),
	};

	return cmocka_run_group_tests_name("base/seal", tests, bench_open, bench_close);
}
