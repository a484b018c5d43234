/*
 * test_jwt.c: the host application's tokens, and every trick that is played with
 * them; and the files of its keys.
 */
#include "core/jwt.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/bench.h"
#include "base/hex.h"
#include "base/secret.h"
#include "base/vectors.h"

#define SECRET "the host application's own secret, 40 by"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define NOW    "1800000000"

static char folder[] = "/tmp/claviger-jwt.XXXXXX";
static char key_file[64], jwks_file[64];

static void
write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static const char *
signed_with(const char *secret, const char *header, const char *claims)
{
	char *head = base64url_text(w.arena, str_of(header)), *body = base64url_text(w.arena, str_of(claims));
	const char *text = arena_print(w.arena, "%s.%s", head, body);
	uint8_t digest[SECRET_SIZE];

	secret_hmac(str_of(secret), str_of(text), digest);
	return arena_print(w.arena, "%s.%s", text,
	    base64url_text(w.arena, str_part((const char *)digest, sizeof digest)));
}

struct told {
	char text[2048];
	size_t n;
};

static void
remember(void *ctx, const char *where, const char *what)
{
	struct told *t = ctx;

	t->n += (size_t)snprintf(t->text + t->n, sizeof t->text - t->n, "%s: %s\n", where, what);
}

/* The keys of these two files (NULL: there is no such setting); what is told is kept. */
static struct jwt_keys *
read_keys(const char *key, const char *jwks, mode_t mode, struct told *t)
{
	*t = (struct told){ .n = 0 };
	settings->sessions_jwt_key_file = key == NULL ? "" : key_file;
	settings->sessions_jwt_jwks_file = jwks == NULL ? "" : jwks_file;
	if (key != NULL)
		write_file(key_file, key, mode);
	if (jwks != NULL)
		write_file(jwks_file, jwks, mode);
	return jwt_keys_read(settings, remember, t);
}

static void
use_keys(const char *key, const char *jwks)
{
	struct told t;
	struct jwt_keys *keys = read_keys(key, jwks, 0600, &t);

	is_text(t.text, "", "the keys");
	is_true(keys != NULL, "the keys");
	jwt_keys_use(keys);
}

static struct settings kept;

static int
start(void **state)
{
	if (bench_open(state) != 0 || mkdtemp(folder) == NULL)
		return -1;
	snprintf(key_file, sizeof key_file, "%s/key", folder);
	snprintf(jwks_file, sizeof jwks_file, "%s/jwks", folder);
	kept = *settings;
	return 0;
}

static int
stop(void **state)
{
	*settings = kept;
	jwt_keys_use(NULL);
	unlink(key_file);
	unlink(jwks_file);
	rmdir(folder);
	return bench_close(state);
}

static int
each(void **state)
{
	(void)state;
	bench_clear();
	*settings = kept;
	settings->sessions_jwt_issuer = "https://app.example";
	settings->sessions_jwt_audience = "claviger";
	return 0;
}

#define WHO   "\"iss\":\"https://app.example\",\"sub\":\"17\",\"email\":\"Ann@Acme.example\""
#define AUD   "\"aud\":\"claviger\""
#define EXP   "\"exp\":1800000600"
#define WHOLE "{" WHO "," AUD "," EXP "}"

static void
test_what_a_good_one_says(void **state)
{
	struct jwt j;
	const char *token = signed_with(SECRET, HEADER,
	    "{" WHO
	    ",\"aud\":[\"x\",\"claviger\"],\"exp\":1800000600.5,\"nbf\":1800000030,\"iat\":1800000000,"
	    "\"name\":\"Ann\",\"roles\":[\"admin\"]}");

	(void)state;
	use_keys(SECRET "\n", NULL);
	is_int(jwt_read(&w, str_of(token), &j), REASON_OK, "a good one");
	is_text(j.issuer, "https://app.example", "issuer");
	is_text(j.subject, "17", "subject");
	is_text(j.email, "ann@acme.example", "address");
	is_text(j.name, "Ann", "name");
	is_int(j.expires_at, 1800000630, "end, with the leeway");
	is_true(str_starts(str_of(token), j.signed_part) && token[j.signed_part.n] == '.', "signed part");
}

static const struct {
	const char *what, *header, *claims;
	enum reason want;
} tricks[] = {
	{ "whole", HEADER, WHOLE, REASON_OK },
	{ "no typ", "{\"alg\":\"HS256\"}", WHOLE, REASON_OK },
	{ "an access token", "{\"alg\":\"HS256\",\"typ\":\"at+JWT\"}", WHOLE, REASON_OK },
	{ "a key id where the key has none", "{\"alg\":\"HS256\",\"kid\":\"a\"}", WHOLE, REASON_OK },
	{ "a key of its own is not looked at", "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"QQ\"}}",
	    WHOLE, REASON_OK },
	{ "an address of keys is not looked at", "{\"alg\":\"HS256\",\"jku\":\"http://evil.example/\"}",
	    WHOLE, REASON_OK },
	/* the header */
	{ "none", "{\"alg\":\"none\"}", WHOLE, REASON_MALFORMED },
	{ "None", "{\"alg\":\"None\"}", WHOLE, REASON_MALFORMED },
	{ "no alg", "{\"typ\":\"JWT\"}", WHOLE, REASON_MALFORMED },
	{ "alg is no text", "{\"alg\":1}", WHOLE, REASON_MALFORMED },
	{ "alg is null", "{\"alg\":null}", WHOLE, REASON_MALFORMED },
	{ "alg is a list", "{\"alg\":[\"HS256\"]}", WHOLE, REASON_MALFORMED },
	{ "another case", "{\"alg\":\"hs256\"}", WHOLE, REASON_MALFORMED },
	{ "of another strength", "{\"alg\":\"HS512\"}", WHOLE, REASON_MALFORMED },
	{ "of another key", "{\"alg\":\"RS256\"}", WHOLE, REASON_MALFORMED },
	{ "alg twice", "{\"alg\":\"none\",\"alg\":\"HS256\"}", WHOLE, REASON_MALFORMED },
	{ "alg twice, written otherwise", "{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}", WHOLE,
	    REASON_MALFORMED },
	{ "crit", "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", WHOLE, REASON_MALFORMED },
	{ "b64", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}", WHOLE, REASON_MALFORMED },
	{ "nested", "{\"alg\":\"HS256\",\"cty\":\"JWT\"}", WHOLE, REASON_MALFORMED },
	{ "a log-out token", "{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}", WHOLE, REASON_MALFORMED },
	{ "typ is no text", "{\"alg\":\"HS256\",\"typ\":7}", WHOLE, REASON_MALFORMED },
	{ "kid is no text", "{\"alg\":\"HS256\",\"kid\":7}", WHOLE, REASON_MALFORMED },
	{ "header is a list", "[]", WHOLE, REASON_MALFORMED },
	{ "header is no JSON", "alg", WHOLE, REASON_MALFORMED },
	/* whose, and for whom */
	{ "no iss", HEADER, "{\"sub\":\"17\"," AUD "," EXP "}", REASON_MALFORMED },
	{ "another iss", HEADER, "{\"iss\":\"https://app.example/\",\"sub\":\"17\"," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "iss is a list", HEADER, "{\"iss\":[\"https://app.example\"],\"sub\":\"17\"," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "iss twice", HEADER, "{\"iss\":\"x\"," WHO "," AUD "," EXP "}", REASON_MALFORMED },
	{ "no aud", HEADER, "{" WHO "," EXP "}", REASON_MALFORMED },
	{ "another aud", HEADER, "{" WHO ",\"aud\":\"claviger2\"," EXP "}", REASON_MALFORMED },
	{ "aud of another case", HEADER, "{" WHO ",\"aud\":\"Claviger\"," EXP "}", REASON_MALFORMED },
	{ "others' auds", HEADER, "{" WHO ",\"aud\":[\"x\",[\"claviger\"],7]," EXP "}", REASON_MALFORMED },
	{ "aud is an object", HEADER, "{" WHO ",\"aud\":{\"claviger\":1}," EXP "}", REASON_MALFORMED },
	{ "no sub", HEADER, "{\"iss\":\"https://app.example\",\"email\":\"a@b.c\"," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "an empty sub", HEADER, "{\"iss\":\"https://app.example\",\"sub\":\"\"," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "sub is a number", HEADER, "{\"iss\":\"https://app.example\",\"sub\":17," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "NUL in sub", HEADER, "{\"iss\":\"https://app.example\",\"sub\":\"17\\u0000\"," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "no address", HEADER, "{\"iss\":\"https://app.example\",\"sub\":\"17\"," AUD "," EXP "}",
	    REASON_OK },
	{ "no such address", HEADER,
	    "{\"iss\":\"https://app.example\",\"sub\":\"17\",\"email\":\"ann\"," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "address not verified", HEADER, "{" WHO ",\"email_verified\":false," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "address perhaps verified", HEADER, "{" WHO ",\"email_verified\":1," AUD "," EXP "}",
	    REASON_MALFORMED },
	{ "address verified", HEADER, "{" WHO ",\"email_verified\":true," AUD "," EXP "}", REASON_OK },
	/* when */
	{ "no exp", HEADER, "{" WHO "," AUD "}", REASON_MALFORMED },
	{ "exp is null", HEADER, "{" WHO "," AUD ",\"exp\":null}", REASON_MALFORMED },
	{ "exp is a text", HEADER, "{" WHO "," AUD ",\"exp\":\"1800000600\"}", REASON_MALFORMED },
	{ "exp is negative", HEADER, "{" WHO "," AUD ",\"exp\":-1}", REASON_MALFORMED },
	{ "exp is 0", HEADER, "{" WHO "," AUD ",\"exp\":0}", REASON_MALFORMED },
	{ "exp is beyond any number", HEADER, "{" WHO "," AUD ",\"exp\":9223372036854775808}",
	    REASON_MALFORMED },
	{ "exp is too far", HEADER, "{" WHO "," AUD ",\"exp\":1800086401}", REASON_MALFORMED },
	{ "exp is far enough", HEADER, "{" WHO "," AUD ",\"exp\":1800086400}", REASON_OK },
	{ "exp in milliseconds", HEADER, "{" WHO "," AUD ",\"exp\":1800000600000}", REASON_MALFORMED },
	{ "just expired", HEADER, "{" WHO "," AUD ",\"exp\":1799999970}", REASON_EXPIRED },
	{ "not yet, by the leeway", HEADER, "{" WHO "," AUD ",\"exp\":1799999971}", REASON_OK },
	{ "nbf ahead", HEADER, "{" WHO "," AUD "," EXP ",\"nbf\":1800000031}", REASON_MALFORMED },
	{ "nbf is a text", HEADER, "{" WHO "," AUD "," EXP ",\"nbf\":\"0\"}", REASON_MALFORMED },
	{ "iat ahead", HEADER, "{" WHO "," AUD "," EXP ",\"iat\":1800000031}", REASON_MALFORMED },
	{ "iat is a flag", HEADER, "{" WHO "," AUD "," EXP ",\"iat\":true}", REASON_MALFORMED },
	/* the claims as a whole */
	{ "claims are a list", HEADER, "[" WHOLE "]", REASON_MALFORMED },
	{ "claims are a text", HEADER, "\"eyJ\"", REASON_MALFORMED },
	{ "claims are no JSON", HEADER, "x", REASON_MALFORMED },
	{ "more after the claims", HEADER, WHOLE "{}", REASON_MALFORMED },
	{ "a member twice, deep", HEADER, "{" WHO "," AUD "," EXP ",\"x\":{\"a\":1,\"a\":2}}",
	    REASON_MALFORMED },
};

static void
test_tricks(void **state)
{
	struct jwt j;

	(void)state;
	use_keys(SECRET, NULL);
	for (size_t i = 0; i < COUNT(tricks); i++)
		is_int(jwt_read(&w, str_of(signed_with(SECRET, tricks[i].header, tricks[i].claims)), &j),
		    tricks[i].want, tricks[i].what);
}

static void
test_forms(void **state)
{
	const char *good = signed_with(SECRET, HEADER, WHOLE), *parts[3];
	struct str rest = str_of(good), part;
	struct jwt j;

	(void)state;
	use_keys(SECRET, NULL);
	for (size_t i = 0; i < COUNT(parts) && str_cut(&rest, '.', &part); i++)
		parts[i] = arena_text(w.arena, part);
	const char *const wrong[] = { "", ".", "..", arena_print(w.arena, "%s.%s", parts[0], parts[1]),
		arena_print(w.arena, "%s.%s.", parts[0], parts[1]), arena_print(w.arena, "%s.", good),
		arena_print(w.arena, "%s.%s", good, parts[2]), arena_print(w.arena, ".%s", good),
		arena_print(w.arena, "%s=", good), arena_print(w.arena, " %s", good),
		arena_print(w.arena, "%s..%s", parts[0], parts[2]),
		arena_print(w.arena, "%s.%s.%s", parts[1], parts[0], parts[2]),
		arena_print(w.arena, "%s.%s.%.*s", parts[0], parts[1], 42, parts[2]),
		signed_with("", HEADER, WHOLE), signed_with(rsa_pem, HEADER, WHOLE),
		signed_with("secret", HEADER, WHOLE), arena_print(w.arena, "%s.%04096d", good, 0) };

	is_int(jwt_read(&w, str_of(good), &j), REASON_OK, "a good one");
	for (size_t i = 0; i < COUNT(wrong); i++)
		is_int(jwt_read(&w, str_of(wrong[i]), &j), REASON_MALFORMED, wrong[i]);
	/* The very secret, but not for an HMAC: with a public key alone there is none. */
	use_keys(rsa_pem, NULL);
	is_int(jwt_read(&w, str_of(signed_with(rsa_pem, HEADER, WHOLE)), &j), REASON_MALFORMED, "confusion");
	settings->sessions_jwt_audience = "";
	use_keys(SECRET, NULL);
	is_int(jwt_read(&w, str_of(good), &j), REASON_MALFORMED, "an audience, and we are none");
	is_int(jwt_read(&w, str_of(signed_with(SECRET, HEADER, "{" WHO "," EXP "}")), &j), REASON_OK,
	    "no audience at all");
	jwt_keys_use(NULL);
	is_int(jwt_read(&w, str_of(good), &j), REASON_MALFORMED, "no keys");
}

static const char *
jwk_of(const char *kid, const char *secret)
{
	return arena_print(w.arena, "{\"kty\":\"oct\",\"kid\":\"%s\",\"k\":\"%s\"}", kid,
	    base64url_text(w.arena, str_of(secret)));
}

static void
test_key_ids(void **state)
{
	static const char second[] = "another secret of the host application";
	struct jwt j;

	(void)state;
	use_keys(NULL,
	    arena_print(w.arena, "{\"keys\":[%s,%s,{\"kty\":\"new\"}],\"x\":1}", jwk_of("1", SECRET),
		jwk_of("2", second)));
	is_int(jwt_read(&w, str_of(signed_with(SECRET, "{\"alg\":\"HS256\",\"kid\":\"1\"}", WHOLE)), &j),
	    REASON_OK, "its own");
	is_int(jwt_read(&w, str_of(signed_with(second, "{\"alg\":\"HS256\",\"kid\":\"2\"}", WHOLE)), &j),
	    REASON_OK, "the other's own");
	is_int(jwt_read(&w, str_of(signed_with(second, HEADER, WHOLE)), &j), REASON_OK, "none named");
	is_int(jwt_read(&w, str_of(signed_with(SECRET, "{\"alg\":\"HS256\",\"kid\":\"2\"}", WHOLE)), &j),
	    REASON_MALFORMED, "the other's");
	is_int(jwt_read(&w, str_of(signed_with(SECRET, "{\"alg\":\"HS256\",\"kid\":\"../1\"}", WHOLE)), &j),
	    REASON_MALFORMED, "nobody's");
	is_int(jwt_read(&w, str_of(signed_with(SECRET, "{\"alg\":\"HS256\",\"kid\":\"\"}", WHOLE)), &j),
	    REASON_MALFORMED, "an empty one");
}

static void
test_sets_of_keys(void **state)
{
	static const struct {
		const char *what, *set, *told;
	} sets[] = {
		{ "no JSON", "keys", "must be a JWK set" },
		{ "a list", "[]", "must be a JWK set" },
		{ "no list", "{\"keys\":{}}", "must be a JWK set" },
		{ "a member twice", "{\"keys\":[],\"keys\":[]}", "must be a JWK set" },
		{ "none", "{\"keys\":[]}", "no algorithm" },
		{ "no object", "{\"keys\":[7]}", "no object" },
		{ "short", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"QQ\"}]}", "less than 32" },
		{ "RSA without numbers", "{\"keys\":[{\"kty\":\"RSA\"}]}", "no public key" },
		{ "RSA with text for numbers", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"+\",\"e\":\"/\"}]}",
		    "no public key" },
		{ "P-256 off the curve",
		    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"QQ\",\"y\":\"QQ\"}]}",
		    "no public key" },
		{ "private", "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"QQ\",\"d\":\"QQ\"}]}",
		    "private key" },
		{ "only others", "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\"}]}", "no algorithm" },
	};
	struct told t;

	(void)state;
	for (size_t i = 0; i < COUNT(sets); i++) {
		is_true(read_keys(NULL, sets[i].set, 0600, &t) == NULL, sets[i].what);
		has_text(t.text, sets[i].told, sets[i].what);
	}
}

static void
test_public_keys_in_a_set(void **state)
{
	const char *set = arena_print(w.arena,
	    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"},"
	    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\",\"alg\":\"ES256\",\"use\":\"sig\"},"
	    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\",\"use\":\"enc\"}]}",
	    rsa_n, rsa_e, p256_x, p256_y, ed_x);
	struct told t;
	size_t turn;

	(void)state;
	use_keys(NULL, set);
	turn = 0;
	is_true(jwt_key_next(&turn, STR("RS256"), STR_NONE) != NULL, "RSA");
	turn = 0;
	is_true(jwt_key_next(&turn, STR("ES256"), STR("any")) != NULL, "P-256");
	turn = 0;
	is_true(jwt_key_next(&turn, STR("EdDSA"), STR_NONE) == NULL, "for encryption");
	settings->sessions_jwt_algorithms = "ES256";
	use_keys(NULL, set);
	turn = 0;
	is_true(jwt_key_next(&turn, STR("RS256"), STR_NONE) == NULL, "not allowed");
	settings->sessions_jwt_algorithms = "EdDSA";
	is_true(read_keys(NULL, set, 0644, &t) == NULL, "nothing is left");
	has_text(t.text, "no algorithm", "nothing is left");
}

static void
test_files(void **state)
{
	struct told t;
	struct jwt_keys *keys;

	(void)state;
	is_true(read_keys(SECRET, NULL, 0644, &t) == NULL, "a secret that all can read");
	has_text(t.text, "others may read it", "a secret that all can read");
	is_true(read_keys(NULL, arena_print(w.arena, "{\"keys\":[%s]}", jwk_of("1", SECRET)), 0644, &t) ==
		NULL,
	    "a set with a secret that all can read");
	has_text(t.text, "others may read it", "a set with a secret that all can read");
	is_true(read_keys("short", NULL, 0600, &t) == NULL, "a short secret");
	is_true(read_keys("", NULL, 0600, &t) == NULL, "an empty file");
	has_text(t.text, "is empty", "an empty file");
	is_true(read_keys(private_pem, NULL, 0600, &t) == NULL, "a private key");
	has_text(t.text, "private key", "a private key");
	keys = read_keys(ed_pem, NULL, 0644, &t);
	is_true(keys != NULL, "a public key that all can read");
	jwt_keys_free(&keys);
	settings->sessions_jwt_issuer = "";
	is_true(read_keys(ed_pem, NULL, 0644, &t) == NULL, "no issuer");
	has_text(t.text, "jwt_issuer", "no issuer");
	unlink(key_file);
	settings->sessions_jwt_issuer = "x";
	settings->sessions_jwt_key_file = key_file;
	is_true(jwt_keys_read(settings, remember, &t) == NULL, "no file");
	has_text(t.text, "cannot be read", "no file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_a_good_one_says, each),
		cmocka_unit_test_setup(test_tricks, each),
		cmocka_unit_test_setup(test_forms, each),
		cmocka_unit_test_setup(test_key_ids, each),
		cmocka_unit_test_setup(test_sets_of_keys, each),
		cmocka_unit_test_setup(test_public_keys_in_a_set, each),
		cmocka_unit_test_setup(test_files, each),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
