/*
 * s3_sign.c: AWS Signature Version 4, as S3 wants it: the path escaped once, all
 * of the query, and the contents not signed, because they pass by only once.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/secret.h"
#include "files/s3.h"

#define TEXT_MAX ((size_t)16 << 10)

void
s3_escape(struct out *o, struct str s, bool slash)
{
	static const char digits[] = "0123456789ABCDEF";
	static struct charset plain =
	    CHARSET("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

	for (size_t i = 0; i < s.n; i++)
		if (str_all((struct str){ s.s + i, 1 }, &plain) || (slash && s.s[i] == '/'))
			out_char(o, s.s[i]);
		else {
			/* out_print would take memory of its own for each of them. */
			out_char(o, '%');
			out_char(o, digits[(unsigned char)s.s[i] >> 4]);
			out_char(o, digits[(unsigned char)s.s[i] & 15]);
		}
}

const char *
s3_query(struct work *w, const struct s3_ask *ask)
{
	struct out o = out_limit(w->arena, TEXT_MAX);

	for (size_t i = 0; i < S3_PARAMS_MAX && ask->param[i].name != NULL; i++) {
		if (i > 0)
			out_char(&o, '&');
		out_put(&o, ask->param[i].name);
		out_char(&o, '=');
		s3_escape(&o, str_of(ask->param[i].value), false);
	}
	return o.n == 0 ? "" : out_text(&o).s;
}

static const char *
hashed(struct work *w, struct str text)
{
	uint8_t digest[SECRET_SIZE];
	char *hex = arena_take(w->arena, 2 * SECRET_SIZE + 1);

	secret_sha256(text, STR(""), digest);
	hex_text(digest, sizeof digest, hex);
	return hex;
}

/* Each step's digest is the next one's key. */
static void
derive(const struct s3 *s3, const char *day, uint8_t key[static SECRET_SIZE])
{
	struct str steps[] = { str_of(day), str_of(s3->region), STR("s3"), STR("aws4_request") };
	char first[256];
	struct str with = { first, 4 + s3->secret_key.n };

	memcpy(first, "AWS4", 4);
	memcpy(first + 4, s3->secret_key.s, s3->secret_key.n);
	for (size_t i = 0; i < COUNT(steps); i++) {
		uint8_t next[SECRET_SIZE];

		secret_hmac(with, steps[i], next);
		memcpy(key, next, SECRET_SIZE);
		with = (struct str){ (const char *)key, SECRET_SIZE };
		secret_wipe(next, sizeof next);
	}
	secret_wipe(first, sizeof first);
}

void
s3_authorization(struct work *w, const struct s3 *s3, const struct s3_ask *ask, const char *path,
    const char *query, const char *stamp, const char *payload, char header[static S3_SIGNATURE_SIZE])
{
	const char *day = arena_text(w->arena, (struct str){ stamp, 8 });
	const char *scope = arena_print(w->arena, "%s/%s/s3/aws4_request", day, s3->region);
	const char *names = "host;x-amz-content-sha256;x-amz-date", *request, *to_sign;
	uint8_t key[SECRET_SIZE], digest[SECRET_SIZE];
	char hex[2 * SECRET_SIZE + 1];

	request = arena_print(w->arena, "%s\n%s\n%s\nhost:%s\nx-amz-content-sha256:%s\n", ask->method, path,
	    query, s3->host, payload);
	if (ask->copy_of != NULL) {
		names = "host;x-amz-content-sha256;x-amz-copy-source;x-amz-date";
		request = arena_print(w->arena, "%sx-amz-copy-source:%s\n", request, ask->copy_of);
	}
	request = arena_print(w->arena, "%sx-amz-date:%s\n\n%s\n%s", request, stamp, names, payload);
	to_sign =
	    arena_print(w->arena, "AWS4-HMAC-SHA256\n%s\n%s\n%s", stamp, scope, hashed(w, str_of(request)));
	derive(s3, day, key);
	secret_hmac((struct str){ (const char *)key, sizeof key }, str_of(to_sign), digest);
	secret_wipe(key, sizeof key);
	hex_text(digest, sizeof digest, hex);
	/* What is cut off is refused by the storage. */
	(void)snprintf(header, S3_SIGNATURE_SIZE,
	    "Authorization: AWS4-HMAC-SHA256 Credential=%.*s/%s, SignedHeaders=%s, Signature=%s",
	    (int)s3->access_key.n, s3->access_key.s, scope, names, hex);
	secret_wipe(hex, sizeof hex);
	secret_wipe(digest, sizeof digest);
}
