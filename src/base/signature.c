/*
 * signature.c: checking signatures, with OpenSSL's libcrypto.
 */
#include "base/signature.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "base/secret.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192 /* a larger one costs more than a request may */
#define P256_BYTES   32
#define ED_BYTES     32
#define KEY_MAX	     2048

struct signature_key {
	enum signature sort;
	EVP_PKEY *public; /* NULL for an HMAC */
	char *secret;
	size_t secret_n;
};

static const char *const names[] = { [SIGNATURE_HS256] = "HS256",
	[SIGNATURE_RS256] = "RS256",
	[SIGNATURE_ES256] = "ES256",
	[SIGNATURE_EDDSA] = "EdDSA" };

bool
signature_named(struct str name, enum signature *sort)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		if (str_is(name, names[i])) {
			*sort = (enum signature)i;
			return true;
		}
	}
	return false;
}

const char *
signature_name(enum signature sort)
{
	return names[sort];
}

static struct signature_key *
key_new(enum signature sort, EVP_PKEY *public)
{
	struct signature_key *k = calloc(1, sizeof *k);

	if (k == NULL)
		abort();
	k->sort = sort;
	k->public = public;
	return k;
}

void
signature_free(struct signature_key **kp)
{
	struct signature_key *k = *kp;

	if (k == NULL)
		return;
	EVP_PKEY_free(k->public);
	if (k->secret != NULL)
		secret_wipe(k->secret, k->secret_n);
	free(k->secret);
	free(k);
	*kp = NULL;
}

static bool
is_p256(EVP_PKEY *key)
{
	char group[64];
	size_t n;

	return EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
	    (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0);
}

/* Its kind says what it is for.  The key is taken, whatever comes of it. */
static struct signature_key *
key_of(EVP_PKEY *key, const char **why)
{
	int kind = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);

	*why = NULL;
	if (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= RSA_BITS_MIN &&
	    EVP_PKEY_get_bits(key) <= RSA_BITS_MAX)
		return key_new(SIGNATURE_RS256, key);
	if (kind == EVP_PKEY_EC && is_p256(key))
		return key_new(SIGNATURE_ES256, key);
	if (kind == EVP_PKEY_ED25519)
		return key_new(SIGNATURE_EDDSA, key);
	*why = kind == EVP_PKEY_RSA ? "is an RSA key of less than 2048 or more than 8192 bits"
	    : kind == EVP_PKEY_EC   ? "is a key of another curve than P-256"
	    : kind == EVP_PKEY_NONE ? "is no public key"
				    : "is a key of a kind that is not supported: RSA, P-256 or Ed25519";
	EVP_PKEY_free(key);
	return NULL;
}

struct signature_key *
signature_pem(struct str pem, const char **why)
{
	BIO *bio = BIO_new_mem_buf(pem.s, (int)pem.n);
	EVP_PKEY *key;

	assert(bio != NULL);
	key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return key_of(key, why);
}

struct signature_key *
signature_secret(struct str secret, const char **why)
{
	struct signature_key *k;

	*why = secret.n < SIGNATURE_SECRET_MIN ? "is a secret of less than 32 bytes"
	    : secret.n > KEY_MAX	       ? "is a secret of more than 2048 bytes"
					       : NULL;
	if (*why != NULL)
		return NULL;
	k = key_new(SIGNATURE_HS256, NULL);
	if ((k->secret = malloc(secret.n)) == NULL)
		abort();
	k->secret_n = secret.n;
	memcpy(k->secret, secret.s, secret.n);
	return k;
}

/* A public key from its numbers; NULL if they are none. */
static EVP_PKEY *
from_numbers(const char *kind, OSSL_PARAM_BLD *numbers)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(numbers);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL), *check = NULL;
	EVP_PKEY *key = NULL;

	assert(params != NULL && ctx != NULL);
	if (EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0 ||
	    (check = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL)) == NULL ||
	    EVP_PKEY_public_check(check) <= 0) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	EVP_PKEY_CTX_free(check);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return key;
}

struct signature_key *
signature_rsa(struct str n, struct str e, const char **why)
{
	OSSL_PARAM_BLD *numbers = OSSL_PARAM_BLD_new();
	BIGNUM *modulus, *exponent;
	EVP_PKEY *key = NULL;

	assert(numbers != NULL);
	modulus = BN_bin2bn((const unsigned char *)n.s, n.n > KEY_MAX ? 0 : (int)n.n, NULL);
	exponent = BN_bin2bn((const unsigned char *)e.s, e.n > 8 ? 0 : (int)e.n, NULL);
	assert(modulus != NULL && exponent != NULL);
	if (!BN_is_zero(modulus) && !BN_is_zero(exponent) &&
	    OSSL_PARAM_BLD_push_BN(numbers, OSSL_PKEY_PARAM_RSA_N, modulus) &&
	    OSSL_PARAM_BLD_push_BN(numbers, OSSL_PKEY_PARAM_RSA_E, exponent))
		key = from_numbers("RSA", numbers);
	BN_free(modulus);
	BN_free(exponent);
	OSSL_PARAM_BLD_free(numbers);
	return key_of(key, why);
}

struct signature_key *
signature_p256(struct str x, struct str y, const char **why)
{
	OSSL_PARAM_BLD *numbers = OSSL_PARAM_BLD_new();
	char point[1 + 2 * P256_BYTES] = { 4 }; /* uncompressed */
	EVP_PKEY *key = NULL;

	assert(numbers != NULL);
	if (x.n == P256_BYTES && y.n == P256_BYTES) {
		memcpy(point + 1, x.s, P256_BYTES);
		memcpy(point + 1 + P256_BYTES, y.s, P256_BYTES);
		if (OSSL_PARAM_BLD_push_utf8_string(numbers, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) &&
		    OSSL_PARAM_BLD_push_octet_string(numbers, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point))
			key = from_numbers("EC", numbers);
	}
	OSSL_PARAM_BLD_free(numbers);
	return key_of(key, why);
}

struct signature_key *
signature_ed25519(struct str x, const char **why)
{
	EVP_PKEY *key = x.n == ED_BYTES
	    ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.s, x.n)
	    : NULL;

	return key_of(key, why);
}

enum signature
signature_of(const struct signature_key *k)
{
	return k->sort;
}

static bool
hmac_good(const struct signature_key *k, struct str text, struct str signature)
{
	uint8_t digest[SECRET_SIZE];

	secret_hmac((struct str){ k->secret, k->secret_n }, text, digest);
	return secret_equal((struct str){ (const char *)digest, sizeof digest }, signature);
}

/* A JWS has the two numbers one after the other, the library wants them in DER. */
static int
der_of(struct str signature, unsigned char **der)
{
	const unsigned char *s = (const unsigned char *)signature.s;
	ECDSA_SIG *both;
	BIGNUM *first, *second;
	int n;

	*der = NULL;
	if (signature.n != 2 * P256_BYTES)
		return -1;
	both = ECDSA_SIG_new();
	first = BN_bin2bn(s, P256_BYTES, NULL);
	second = BN_bin2bn(s + P256_BYTES, P256_BYTES, NULL);
	assert(both != NULL && first != NULL && second != NULL);
	(void)ECDSA_SIG_set0(both, first, second);
	n = i2d_ECDSA_SIG(both, der);
	ECDSA_SIG_free(both);
	return n;
}

static bool
public_good(const struct signature_key *k, struct str text, const unsigned char *signature, size_t n)
{
	const EVP_MD *digest = k->sort == SIGNATURE_EDDSA ? NULL : EVP_sha256();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	assert(ctx != NULL);
	good = EVP_DigestVerifyInit(ctx, NULL, digest, NULL, k->public) == 1 &&
	    EVP_DigestVerify(ctx, signature, n, (const unsigned char *)text.s, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

bool
signature_good(const struct signature_key *k, struct str text, struct str signature)
{
	unsigned char *der;
	bool good;
	int n;

	if (k->sort == SIGNATURE_HS256)
		return hmac_good(k, text, signature);
	if (k->sort != SIGNATURE_ES256)
		return public_good(k, text, (const unsigned char *)signature.s, signature.n);
	n = der_of(signature, &der);
	good = n > 0 && public_good(k, text, der, (size_t)n);
	OPENSSL_free(der);
	return good;
}

bool
signature_good_der(const struct signature_key *k, struct str text, struct str signature)
{
	return k->sort == SIGNATURE_ES256 &&
	    public_good(k, text, (const unsigned char *)signature.s, signature.n);
}
