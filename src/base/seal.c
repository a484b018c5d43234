/*
 * seal.c: sealing and opening, with OpenSSL's libcrypto.  Its failure to begin
 * ends the process, as in secret.c; a text that does not open is the caller's.
 */
#include "base/seal.h"

#include <assert.h>

#include <openssl/evp.h>

#include "base/random.h"

#define NONCE 12
#define TAG   16

struct str
seal_shut(struct arena *a, const uint8_t key[static SECRET_SIZE], struct str about, struct str text)
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
seal_open(struct arena *a, const uint8_t key[static SECRET_SIZE], struct str about, struct str sealed)
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
