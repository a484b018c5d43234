/*
 * secret.c: comparing, deriving and forgetting secrets, with OpenSSL's
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
