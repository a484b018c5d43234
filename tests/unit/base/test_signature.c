/*
 * test_signature.c: signatures of four kinds, each good for its own key and text
 * only, and keys that are none.
 */
#include "base/signature.h"

#include "base/bench.h"
#include "base/out.h"
#include "base/hex.h"
#include "base/secret.h"
#include "base/vectors.h"

#define SECRET "0123456789abcdef0123456789abcdef"

static struct str
bytes(const char *text)
{
	return base64url_bytes(w.arena, str_of(text));
}

static struct str
hmac(const char *key)
{
	uint8_t *digest = arena_take(w.arena, SECRET_SIZE);

	secret_hmac(str_of(key), STR(SIGNED_TEXT), digest);
	return (struct str){ (const char *)digest, SECRET_SIZE };
}

/* One key of each kind, by PEM or by its numbers, and the signature that is good for it. */
static struct {
	const char *what;
	struct signature_key *key;
	enum signature sort;
	struct str good;
} cases[7];

static void
put(size_t i, const char *what, struct signature_key *key, enum signature sort, struct str good)
{
	cases[i].what = what;
	cases[i].key = key;
	cases[i].sort = sort;
	cases[i].good = good;
}

static int
start(void **state)
{
	const char *why;

	if (bench_open(state) != 0)
		return -1;
	put(0, "RSA, PEM", signature_pem(str_of(rsa_pem), &why), SIGNATURE_RS256, bytes(rsa_signature));
	put(1, "RSA, numbers", signature_rsa(bytes(rsa_n), bytes(rsa_e), &why), SIGNATURE_RS256,
	    bytes(rsa_signature));
	put(2, "P-256, PEM", signature_pem(str_of(p256_pem), &why), SIGNATURE_ES256, bytes(p256_signature));
	put(3, "P-256, numbers", signature_p256(bytes(p256_x), bytes(p256_y), &why), SIGNATURE_ES256,
	    bytes(p256_signature));
	put(4, "Ed25519, PEM", signature_pem(str_of(ed_pem), &why), SIGNATURE_EDDSA, bytes(ed_signature));
	put(5, "Ed25519, numbers", signature_ed25519(bytes(ed_x), &why), SIGNATURE_EDDSA,
	    bytes(ed_signature));
	put(6, "HMAC", signature_secret(STR(SECRET), &why), SIGNATURE_HS256, hmac(SECRET));
	return 0;
}

static int
stop(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++)
		signature_free(&cases[i].key);
	return bench_close(state);
}

static void
test_each_is_good_for_its_own_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_true(cases[i].key != NULL, cases[i].what);
		is_int(signature_of(cases[i].key), cases[i].sort, cases[i].what);
		for (size_t j = 0; j < COUNT(cases); j++)
			is_int(signature_good(cases[i].key, STR(SIGNED_TEXT), cases[j].good),
			    cases[i].sort == cases[j].sort,
			    arena_print(w.arena, "%s, %s", cases[i].what, cases[j].what));
	}
}

static void
test_one_changed_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str good = arena_str(w.arena, cases[i].good);
		char *at = (char *)(uintptr_t)good.s;

		is_true(!signature_good(cases[i].key, STR("eyJ.eyK"), good), cases[i].what);
		is_true(!signature_good(cases[i].key, STR(""), good), cases[i].what);
		for (size_t n = 0; n < good.n; n++) {
			at[n] ^= 1;
			is_true(!signature_good(cases[i].key, STR(SIGNED_TEXT), good), cases[i].what);
			at[n] ^= 1;
			is_true(!signature_good(cases[i].key, STR(SIGNED_TEXT), (struct str){ good.s, n }),
			    cases[i].what);
		}
	}
}

/* A number in DER: short, and never with its sign bit set. */
static void
put_number(struct out *o, const char *digits, size_t n)
{
	while (n > 1 && *digits == 0) {
		digits++;
		n--;
	}
	out_char(o, 2);
	out_char(o, (char)(n + ((*digits & 0x80) != 0)));
	if ((*digits & 0x80) != 0)
		out_char(o, 0);
	out_str(o, (struct str){ digits, n });
}

/* What a JWS has as two numbers of 32 bytes. */
static struct str
in_der(struct str both)
{
	struct out o = out_limit(w.arena, 100), all = out_limit(w.arena, 100);

	put_number(&o, both.s, 32);
	put_number(&o, both.s + 32, 32);
	out_char(&all, 0x30);
	out_char(&all, (char)out_text(&o).n);
	out_str(&all, out_text(&o));
	return out_text(&all);
}

static void
test_ecdsa_in_der(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool ecdsa = cases[i].sort == SIGNATURE_ES256;
		struct str der = ecdsa ? in_der(cases[i].good) : cases[i].good;

		is_int(signature_good_der(cases[i].key, STR(SIGNED_TEXT), der), ecdsa, cases[i].what);
		is_true(!signature_good_der(cases[i].key, STR("eyJ.eyK"), der), cases[i].what);
		is_true(!signature_good_der(cases[i].key, STR(SIGNED_TEXT), cases[i].good), cases[i].what);
		is_true(!signature_good_der(cases[i].key, STR(SIGNED_TEXT),
			    STR("\x30\x06\x02\x01\x00\x02\x01\x00")),
		    cases[i].what);
		is_true(!signature_good_der(cases[i].key, STR(SIGNED_TEXT), STR("")), cases[i].what);
	}
}

/* Numbers of zero are the "psychic" signature; others have other forms. */
static void
test_signatures_of_another_form(void **state)
{
	static const char zeros[64], long_one[4096];
	const struct str wrong[] = { { zeros, 64 }, { long_one, sizeof long_one }, STR(""), STR_NONE,
		bytes(pss_signature), bytes(p256_der) };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t j = 0; j < COUNT(wrong); j++)
			is_true(!signature_good(cases[i].key, STR(SIGNED_TEXT), wrong[j]), cases[i].what);
}

static void
test_an_hmac_with_a_public_key_is_no_signature(void **state)
{
	const char *const texts[] = { rsa_pem, p256_pem, ed_pem };

	(void)state;
	for (size_t i = 0; i < COUNT(cases) - 1; i++)
		for (size_t j = 0; j < COUNT(texts); j++)
			is_true(!signature_good(cases[i].key, STR(SIGNED_TEXT), hmac(texts[j])),
			    cases[i].what);
}

static void
no_key(struct signature_key *key, const char *const *why, const char *part)
{
	is_true(key == NULL, part);
	has_text(*why, part, part);
}

static void
test_what_is_no_key(void **state)
{
	const char *why;

	(void)state;
	no_key(signature_pem(str_of(small_pem), &why), &why, "less than 2048");
	no_key(signature_pem(str_of(p384_pem), &why), &why, "another curve");
	no_key(signature_pem(str_of(k256_pem), &why), &why, "another curve");
	no_key(signature_pem(str_of(private_pem), &why), &why, "no public key");
	no_key(signature_pem(STR(""), &why), &why, "no public key");
	no_key(signature_pem(STR("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), &why), &why,
	    "no public key");
	no_key(signature_secret(STR("short"), &why), &why, "less than 32");
	no_key(signature_secret((struct str){ SECRET, 31 }, &why), &why, "less than 32");
	no_key(signature_rsa(STR(""), STR(""), &why), &why, "no public key");
	no_key(signature_rsa(bytes(rsa_n), STR(""), &why), &why, "no public key");
	no_key(signature_rsa(STR("\x05"), bytes(rsa_e), &why), &why, "");
	no_key(signature_p256(bytes(p256_x), bytes(p256_x), &why), &why, "no public key");
	no_key(signature_p256(STR("x"), bytes(p256_y), &why), &why, "no public key");
	no_key(signature_ed25519(STR("x"), &why), &why, "no public key");
}

static void
test_names(void **state)
{
	static const char *const none[] = { "none", "None", "NONE", "nOnE", "", "hs256", "HS384", "HS512",
		"RS384", "PS256", "ES384", "ES256K", "Ed25519", "HS256 ", "RSA-OAEP" };
	enum signature s;

	(void)state;
	for (int i = 0; i < SIGNATURE__MAX; i++) {
		is_true(signature_named(str_of(signature_name((enum signature)i)), &s), "a name");
		is_int(s, i, signature_name((enum signature)i));
	}
	for (size_t i = 0; i < COUNT(none); i++)
		is_true(!signature_named(str_of(none[i]), &s), none[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_good_for_its_own_key),
		cmocka_unit_test(test_one_changed_bit),
		cmocka_unit_test(test_ecdsa_in_der),
		cmocka_unit_test(test_signatures_of_another_form),
		cmocka_unit_test(test_an_hmac_with_a_public_key_is_no_signature),
		cmocka_unit_test(test_what_is_no_key),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
