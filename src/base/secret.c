/*
 * secret.c: comparing, deriving, sealing and forgetting secrets, with OpenSSL's
 * libcrypto.  A failure of the library here is a broken machine, not a fault of
 * the caller: the process ends rather than go on with a digest of nothing.
 */
#include "base/secret.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/random.h"

#define NONCE 12
#define TAG   16

bool
secret_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.s, b.s, a.n) == 0);
}

void
secret_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

void
secret_hmac(struct str key, struct str message, uint8_t digest[static SECRET_SIZE])
{
	unsigned n = SECRET_SIZE;
	const unsigned char *done;

	done = HMAC(EVP_sha256(), key.s, (int)key.n, (const unsigned char *)message.s, message.n, digest, &n);
	assert(done != NULL && n == SECRET_SIZE);
	(void)done;
}

struct secret_mac {
	EVP_MAC_CTX *ctx;
};

struct secret_mac *
secret_mac_open(struct str key)
{
	struct secret_mac *m = calloc(1, sizeof *m);
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	char sha256[] = "SHA256";
	const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256, 0),
		OSSL_PARAM_construct_end() };
	int ok;

	assert(m != NULL && hmac != NULL);
	m->ctx = EVP_MAC_CTX_new(hmac);
	EVP_MAC_free(hmac); /* the context holds it */
	assert(m->ctx != NULL);
	ok = EVP_MAC_init(m->ctx, (const unsigned char *)key.s, key.n, params);
	assert(ok);
	(void)ok;
	return m;
}

void
secret_mac_digest(struct secret_mac *m, struct str message, uint8_t digest[static SECRET_SIZE])
{
	size_t n = 0;
	/* Without a key it begins anew with the one it has. */
	int ok = EVP_MAC_init(m->ctx, NULL, 0, NULL) &&
	    EVP_MAC_update(m->ctx, (const unsigned char *)message.s, message.n) &&
	    EVP_MAC_final(m->ctx, digest, &n, SECRET_SIZE);

	assert(ok && n == SECRET_SIZE);
	(void)ok;
}

void
secret_mac_close(struct secret_mac **mp)
{
	if (*mp == NULL)
		return;
	EVP_MAC_CTX_free((*mp)->ctx);
	free(*mp);
	*mp = NULL;
}

void
secret_sha256(struct str first, struct str second, uint8_t digest[static SECRET_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	assert(ctx != NULL);
	ok = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) && EVP_DigestUpdate(ctx, first.s, first.n) &&
	    EVP_DigestUpdate(ctx, second.s, second.n) && EVP_DigestFinal_ex(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
	assert(ok);
	(void)ok;
}

void
secret_derive(struct str key, const char *purpose, uint8_t derived[static SECRET_SIZE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t n = SECRET_SIZE;
	int ok;

	assert(ctx != NULL);
	ok = EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) > 0 &&
	    EVP_PKEY_CTX_set1_hkdf_key(ctx, (const unsigned char *)key.s, (int)key.n) > 0 &&
	    EVP_PKEY_CTX_add1_hkdf_info(ctx, (const unsigned char *)purpose, (int)strlen(purpose)) > 0 &&
	    EVP_PKEY_derive(ctx, derived, &n) > 0;
	EVP_PKEY_CTX_free(ctx);
	assert(ok && n == SECRET_SIZE);
	(void)ok;
}

struct str
secret_seal(struct arena *a, const uint8_t key[static SECRET_SIZE], struct str about, struct str text)
{
	uint8_t *sealed = arena_take(a, NONCE + text.n + TAG);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n, ok;

	assert(ctx != NULL);
	random_bytes(sealed, NONCE);
	ok = EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, sealed) &&
	    EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)about.s, (int)about.n) &&
	    EVP_EncryptUpdate(ctx, sealed + NONCE, &n, (const unsigned char *)text.s, (int)text.n) &&
	    EVP_EncryptFinal_ex(ctx, sealed + NONCE + text.n, &n) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, sealed + NONCE + text.n);
	EVP_CIPHER_CTX_free(ctx);
	assert(ok);
	(void)ok;
	return (struct str){ (const char *)sealed, NONCE + text.n + TAG };
}

struct str
secret_open(struct arena *a, const uint8_t key[static SECRET_SIZE], struct str about, struct str sealed)
{
	const uint8_t *s = (const uint8_t *)sealed.s;
	EVP_CIPHER_CTX *ctx;
	uint8_t *text;
	size_t length;
	int n, ok;

	if (sealed.n < NONCE + TAG)
		return STR_NONE;
	length = sealed.n - NONCE - TAG;
	text = arena_take(a, length + 1);
	ctx = EVP_CIPHER_CTX_new();
	assert(ctx != NULL);
	ok = EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, s) &&
	    EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)about.s, (int)about.n) &&
	    EVP_DecryptUpdate(ctx, text, &n, s + NONCE, (int)length) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, (void *)(uintptr_t)(s + NONCE + length)) &&
	    EVP_DecryptFinal_ex(ctx, text + length, &n) > 0;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? (struct str){ (const char *)text, length } : STR_NONE;
}
