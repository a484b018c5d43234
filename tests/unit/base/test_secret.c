/*
 * test_secret.c: digests and derived keys against published vectors, and what
 * counts as equal.
 */
#include "base/secret.h"

#include "base/bytes.h"
#include "base/hex.h"

static const char *
hex_of(const void *bytes, size_t n)
{
	char *text = arena_take(w.arena, 2 * n + 1);

	hex_text(bytes, n, text);
	return text;
}

/* A key that is kept gives the same, also after another message, and none at all. */
static void
again_and_again(struct str key, struct str message, const uint8_t expected[static SECRET_SIZE])
{
	struct secret_mac *m = secret_mac_open(key);
	uint8_t digest[SECRET_SIZE];

	for (int i = 0; i < 3; i++) {
		secret_mac_digest(m, message, digest);
		assert_memory_equal(digest, expected, SECRET_SIZE);
		secret_mac_digest(m, i == 0 ? STR("another") : STR(""), digest);
		assert_memory_not_equal(digest, expected, SECRET_SIZE);
	}
	secret_mac_close(&m);
	assert_null(m);
	secret_mac_close(&m);
}

/* RFC 4231 sections 4.2 to 4.8; case 5 shows the first 16 bytes only. */
static void
hmac_sha_256_as_in_rfc_4231(void **state)
{
	static const struct {
		const char *key;
		size_t key_times;
		const char *message;
		size_t message_times;
		const char *digest;
	} cases[] = {
		{ "0b", 20, "4869205468657265", 1,
		    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "4a656665", 1, "7768617420646f2079612077616e7420666f72206e6f7468696e673f", 1,
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "aa", 20, "dd", 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ "0102030405060708090a0b0c0d0e0f10111213141516171819", 1, "cd", 50,
		    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
		{ "0c", 20, "546573742057697468205472756e636174696f6e", 1,
		    "a3b6167473100ee06e0c796c2955552b" },
		{ "aa", 131,
		    "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b65"
		    "79204669727374",
		    1, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ "aa", 131,
		    "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b"
		    "657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e"
		    "6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d4143"
		    "20616c676f726974686d2e",
		    1, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t digest[SECRET_SIZE];
		char what[16];

		snprintf(what, sizeof what, "case %zu", i + 1);
		secret_hmac(bytes_of(cases[i].key, cases[i].key_times),
		    bytes_of(cases[i].message, cases[i].message_times), digest);
		is_text(hex_of(digest, strlen(cases[i].digest) / 2), cases[i].digest, what);
		again_and_again(bytes_of(cases[i].key, cases[i].key_times),
		    bytes_of(cases[i].message, cases[i].message_times), digest);
	}
}

/* FIPS 180-4, as published with it; the text may come in two parts. */
static void
sha_256_as_in_fips_180(void **state)
{
	static const struct {
		const char *first, *second, *digest;
	} cases[] = {
		{ "", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "a", "bc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijk", "ijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t digest[SECRET_SIZE];

		secret_sha256(str_of(cases[i].first), str_of(cases[i].second), digest);
		is_text(hex_of(digest, sizeof digest), cases[i].digest, cases[i].first);
	}
}

/*
 * RFC 5869 test case 3, its first 32 bytes; the others are what `openssl kdf
 * -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:... -kdfopt info:... HKDF`
 * says.
 */
static void
hkdf_sha_256_with_an_empty_salt(void **state)
{
	static const char key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
	static const struct {
		const char *key;
		size_t times;
		const char *purpose, *derived;
	} cases[] = {
		{ "0b", 22, "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d" },
		{ key, 1, "claviger session",
		    "75ae359261013abf2467886e6246a19bff006c78962df160d859dee32a8f728b" },
		{ key, 1, "claviger seal",
		    "775a318babe43bb03ed78c59225946ac2c15498edc65c848ebfc99ce1436571f" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t derived[SECRET_SIZE];

		secret_derive(bytes_of(cases[i].key, cases[i].times), cases[i].purpose, derived);
		is_text(hex_of(derived, sizeof derived), cases[i].derived, cases[i].purpose);
	}
}

static void
equal_means_all_of_it(void **state)
{
	static const struct {
		struct str a, b;
		bool equal;
	} cases[] = {
		{ STR("abc"), STR("abc"), true },
		{ STR("abc"), STR("abd"), false },
		{ STR("abc"), STR("xbc"), false },
		{ STR("abc"), STR("ab"), false },
		{ STR("ab"), STR("abc"), false },
		{ STR("a\0b"), STR("a\0c"), false },
		{ STR(""), STR(""), true },
		{ STR_NONE, STR(""), true },
		{ STR(""), STR("a"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_int(secret_equal(cases[i].a, cases[i].b), cases[i].equal, shown(cases[i].a));
}

static void
wiped_is_gone(void **state)
{
	char text[] = "drvp_secret";

	(void)state;
	secret_wipe(text, sizeof text);
	for (size_t i = 0; i < sizeof text; i++)
		is_int(text[i], 0, "a byte");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_sha_256_as_in_rfc_4231),
		cmocka_unit_test(sha_256_as_in_fips_180),
		cmocka_unit_test(hkdf_sha_256_with_an_empty_salt),
		cmocka_unit_test(equal_means_all_of_it),
		cmocka_unit_test(wiped_is_gone),
	};

	return cmocka_run_group_tests_name("base/secret", tests, bench_open, bench_close);
}
