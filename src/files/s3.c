/*
 * s3.c: files in a bucket of an S3-compatible storage.
 *
 * An object's key is the provider's prefix and the path.  A folder is what keys
 * lie below, or an empty object whose key ends in a slash.  Nothing of what the
 * storage says about an error is told but its code: the rest may hold the keys.
 */
#include "config.h"

#include "files/s3.h"

#include <string.h>
#include <time.h>

#include "base/json_in.h"
#include "base/seal.h"
#include "base/settings.h"
#include "core/secrets.h"
#include "files/trial.h"

#define UNSIGNED     "UNSIGNED-PAYLOAD"
#define KEY_MAX	     1024
#define ASK_ROOM     ((size_t)1 << 20) /* of the arena: a page of a listing, or all of a request */
#define SECRET_BYTES 200

/* --- where it is --- */

static bool
host_is_plain(struct str host)
{
	return host.n > 0 && host.n < 200 &&
	    str_only(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]");
}

/* A step up would lead out of what the administrator allows, where a server in between follows it. */
static bool
climbs(const char *path)
{
	struct str rest = str_of(path), step;

	while (str_cut(&rest, '/', &step))
		if (str_is(step, "..") || str_is(step, "."))
			return true;
	return false;
}

/*
 * In the host where the endpoint says {bucket}, or is Amazon's and the name can
 * be part of one; else in the path.
 */
static bool
place_bucket(struct place *p, struct str host, struct str path)
{
	struct s3 *s3 = p->s3;
	struct arena *a = p->w->arena;
	struct str mark = STR("{bucket}.");

	while (path.n > 0 && path.s[path.n - 1] == '/')
		path.n--;
	s3->before = arena_print(a, "%.*s", (int)path.n, path.s == NULL ? "" : path.s);
	if (str_starts(host, mark)) {
		host = str_from(host, mark.n);
		s3->host = arena_print(a, "%s.%.*s", s3->bucket, (int)host.n, host.s);
	} else if (host.n > 14 && str_is_nocase(str_from(host, host.n - 14), ".amazonaws.com") &&
	    strchr(s3->bucket, '.') == NULL) {
		s3->host = arena_print(a, "%s.%.*s", s3->bucket, (int)host.n, host.s);
	} else {
		s3->host = arena_text(a, host);
		s3->before = arena_print(a, "%s/%s", s3->before, s3->bucket);
	}
	return host_is_plain(str_of(s3->host)) && !climbs(s3->before) && !climbs(s3->prefix) &&
	    str_only(str_of(s3->before),
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/");
}

static enum fault
read_endpoint(struct place *p, struct str endpoint)
{
	struct str rest = endpoint, host;

	p->s3->not_allowed =
	    !s3_endpoint_allowed(p->w->settings->files_s3_endpoints, endpoint, &p->s3->public_only);
	if (p->s3->not_allowed)
		return place_fault(p, "the administrator does not allow this endpoint");
	p->s3->scheme = str_starts_nocase(endpoint, STR("https://")) ? "https" : "http";
	rest = str_from(rest, strlen(p->s3->scheme) + 3);
	(void)str_cut(&rest, '/', &host);
	if (rest.n > 0)
		rest = (struct str){ rest.s - 1, rest.n + 1 };
	return place_bucket(p, host, rest) ? FAULT_NONE
					   : place_fault(p, "its endpoint, bucket or prefix is no name");
}

static enum fault
read_secrets(struct place *p)
{
	struct str about = str_of(p->resource.id), text;
	struct json_value v;

	text = seal_open(p->w->vault, secrets_seal_key(), about, p->resource.config_sealed);
	if (text.s == NULL || !json_in(p->w->vault, text, &v))
		return place_fault(p, "its credentials cannot be opened with this installation's key");
	p->s3->access_key = json_member_text(&v, "access_key");
	p->s3->secret_key = json_member_text(&v, "secret_key");
	if (p->s3->secret_key.n > SECRET_BYTES || p->s3->access_key.n > SECRET_BYTES ||
	    str_find(p->s3->access_key, '\n') >= 0)
		return place_fault(p, "its credentials are too long");
	return FAULT_NONE;
}

static enum fault
s3_connect(struct place *p)
{
	struct arena *a = p->w->arena;
	struct json_value v;
	struct str region, prefix;
	enum fault f;

	p->s3 = arena_new(a, struct s3);
	if (!json_in(a, str_of(p->resource.config), &v))
		return FAULT_INTERNAL;
	p->s3->bucket = arena_text(a, json_member_text(&v, "bucket"));
	region = json_member_text(&v, "region");
	prefix = json_member_text(&v, "prefix");
	while (prefix.n > 0 && prefix.s[0] == '/')
		prefix = str_from(prefix, 1);
	while (prefix.n > 0 && prefix.s[prefix.n - 1] == '/')
		prefix.n--;
	p->s3->region = region.n == 0 ? "us-east-1" : arena_text(a, region);
	p->s3->prefix = prefix.n == 0 ? "" : arena_print(a, "%.*s/", (int)prefix.n, prefix.s);
	if (p->s3->bucket == NULL)
		return place_fault(p, "it has no bucket");
	return (f = read_endpoint(p, json_member_text(&v, "endpoint"))) != FAULT_NONE ? f : read_secrets(p);
}

static void
s3_close(struct place *p)
{
	p->s3 = NULL;
}

const char *
s3_key(struct place *p, const char *path, bool folder)
{
	bool top = strcmp(path, "/") == 0;

	return arena_print(p->w->arena, "%s%s%s", p->s3->prefix, path + 1, folder && !top ? "/" : "");
}

/* --- asking --- */

static const char *
stamp_of(struct work *w)
{
	time_t at = (time_t)w->now;
	char text[17];
	struct tm tm;

	/* The time that the work began is the time the whole of it happens at; a long one may be late. */
	if (w->waited)
		at = time(NULL);
	(void)strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", gmtime_r(&at, &tm));
	return arena_text(w->arena, str_of(text));
}

/* signature: where the header that signs it is written, until it was sent.  curl never gets the secret key. */
static struct wire_wish *
wish_of(struct place *p, struct s3_ask *ask, char signature[static S3_SIGNATURE_SIZE])
{
	struct wire_wish *wish = arena_new(p->w->arena, struct wire_wish);
	struct out path = out_limit(p->w->arena, (size_t)16 << 10);
	struct arena *a = p->w->arena;
	const char *query = s3_query(p->w, ask), *stamp = stamp_of(p->w), *at;
	size_t n = 0;

	out_put(&path, p->s3->before);
	out_char(&path, '/');
	s3_escape(&path, str_of(ask->key), true);
	at = out_text(&path).s;
	wish->method = ask->method;
	wish->url = arena_print(a, "%s://%s%s%s%s", p->s3->scheme, p->s3->host, at,
	    query[0] == '\0' ? "" : "?", query);
	wish->body = ask->body;
	wish->public_only = p->s3->public_only;
	wish->header[n++] = arena_print(a, "Host: %s", p->s3->host);
	wish->header[n++] = arena_print(a, "x-amz-date: %s", stamp);
	wish->header[n++] = "x-amz-content-sha256: " UNSIGNED;
	s3_authorization(p->w, p->s3, ask, at, query, stamp, UNSIGNED, signature);
	wish->header[n++] = signature;
	if (ask->copy_of != NULL)
		wish->header[n++] = arena_print(a, "x-amz-copy-source: %s", ask->copy_of);
	if (ask->range != NULL)
		wish->header[n++] = arena_print(a, "Range: %s", ask->range);
	if (ask->only_if != NULL)
		wish->header[n++] = arena_print(a, "If-Match: \"%s\"", ask->only_if);
	if (ask->body == NULL && strcmp(ask->method, "GET") != 0 && strcmp(ask->method, "HEAD") != 0)
		wish->header[n++] = "Content-Length: 0";
	if (ask->body != NULL)
		wish->header[n++] = "Content-Type: application/octet-stream";
	return wish;
}

static bool
is_word(const char *s)
{
	return s != NULL && s[0] != '\0' &&
	    str_only(str_of(s), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") && strlen(s) < 60;
}

static enum fault
refused(struct place *p, const struct s3_ask *ask, struct wire *x)
{
	struct s3_page page = { .row = NULL };
	enum fault f = s3_read_xml(p, x, &page);
	const char *code = f == FAULT_NONE && is_word(page.error) ? page.error : NULL;

	p->w->trouble = (struct trouble){ .field = NULL };
	p->s3->code = code;
	if (x->status == 412)
		return FAULT_TRY_AGAIN;
	/* What is in a bucket that is away, or not to be found, is not gone. */
	if (x->status == 404 && ask->key[0] != '\0' && (code == NULL || strcmp(code, "NoSuchBucket") != 0))
		return FAULT_NOT_FOUND;
	if (x->status == 507 || (code != NULL && strcmp(code, "QuotaExceeded") == 0))
		return FAULT_STORAGE_FULL;
	return place_fault(p, "it answered with status %d%s%s", x->status, code == NULL ? "" : ", ",
	    code == NULL ? "" : code);
}

enum fault
s3_open(struct place *p, const struct s3_ask *given, struct wire *x)
{
	struct s3_ask *ask = arena_new(p->w->arena, struct s3_ask);
	char signature[S3_SIGNATURE_SIZE];
	enum fault f;

	*ask = *given;
	*x = (struct wire){ .state = NULL };
	if ((f = work_room(p->w, ASK_ROOM)) != FAULT_NONE)
		return f;
	if (strlen(ask->key) > KEY_MAX)
		return fault_at(p->w, FAULT_BAD_FIELD, "name", "makes a key of more than %d bytes", KEY_MAX);
	p->s3->code = NULL;
	f = wire_open(p->w, wish_of(p, ask, signature), x);
	secret_wipe(signature, sizeof signature);
	p->s3->failure = x->failure;
	p->s3->status = x->status;
	if (f == FAULT_NONE && (x->status < 200 || x->status > 299))
		f = refused(p, ask, x);
	if (f != FAULT_NONE)
		wire_close(x);
	return f;
}

/* Some errors come with a status of success: only what is in the body tells. */
enum fault
s3_do(struct place *p, const struct s3_ask *ask, struct wire *x)
{
	struct s3_page page = { .row = NULL };
	enum fault f = s3_open(p, ask, x);

	if (f != FAULT_NONE)
		return f;
	if (strcmp(ask->method, "HEAD") != 0)
		f = s3_read_xml(p, x, &page);
	wire_close(x);
	if (f == FAULT_NONE && page.error != NULL)
		f = place_fault(p, "it answered with %s", is_word(page.error) ? page.error : "an error");
	return f;
}

struct text_left {
	struct str left;
};

static enum fault
text_next(struct stream *s, struct work *w, struct str *piece)
{
	struct text_left *t = s->ctx;

	(void)w;
	*piece = t->left;
	if (piece->n > STREAM_PIECE)
		piece->n = STREAM_PIECE;
	t->left = str_from(t->left, piece->n);
	return FAULT_NONE;
}

struct stream
s3_text(struct work *w, struct str text)
{
	struct text_left *t = arena_new(w->arena, struct text_left);

	t->left = text;
	return (struct stream){ .next = text_next, .ctx = t, .length = (int64_t)text.n };
}

/* --- contents --- */

static enum fault
content_next(struct stream *s, struct work *w, struct str *piece)
{
	return wire_next(w, s->ctx, piece);
}

static void
content_close(struct stream *s)
{
	wire_close(s->ctx);
}

static enum fault
s3_read(struct place *p, const char *path, const struct found *x, int64_t first, int64_t last,
    struct stream *s)
{
	struct wire *wire = arena_new(p->w->arena, struct wire);
	struct s3_ask ask = { .method = "GET", .key = s3_key(p, path, false), .only_if = x->tag };
	enum fault f;

	/* Of nothing there is no range. */
	if (last >= first)
		ask.range = arena_print(p->w->arena, "bytes=%lld-%lld", (long long)first, (long long)last);
	if ((f = s3_open(p, &ask, wire)) != FAULT_NONE)
		return f;
	if (wire->length != last + 1 - first) {
		wire_close(wire);
		return place_fault(p, "it gives %lld bytes where %lld were asked for",
		    (long long)wire->length, (long long)(last + 1 - first));
	}
	*s = (struct stream){ .next = content_next,
		.close = content_close,
		.ctx = wire,
		.length = wire->length };
	return FAULT_NONE;
}

/* There is no asking and writing in one with all of them: our own rows keep two of us apart. */
static enum fault
terms_hold(struct place *p, const char *path, const struct terms *t)
{
	struct found now;
	enum fault f = s3_look(p, path, &now);

	if (f == FAULT_NOT_FOUND)
		return t->only_if.s == NULL ? FAULT_NONE : FAULT_PRECONDITION_FAILED;
	if (f != FAULT_NONE)
		return f;
	if (!t->replace || now.folder)
		return FAULT_TAKEN;
	return t->only_if.s == NULL || (now.tag != NULL && str_is(t->only_if, now.tag))
	    ? FAULT_NONE
	    : FAULT_PRECONDITION_FAILED;
}

static enum fault
s3_write(struct place *p, const char *path, struct stream *in, const struct terms *t, struct found *found)
{
	struct s3_ask ask = { .method = "PUT", .key = s3_key(p, path, false), .body = in };
	struct wire x;
	enum fault f;

	if (in->length < 0)
		return fault_at(p->w, FAULT_BAD_REQUEST, NULL, "the length must be told before");
	if ((f = terms_hold(p, path, t)) != FAULT_NONE || (f = s3_do(p, &ask, &x)) != FAULT_NONE)
		return f;
	if ((f = s3_look(p, path, found)) == FAULT_NONE && (found->folder || found->size != in->length))
		f = place_fault(p, "what was written is not whole");
	return f;
}

static enum fault
s3_make_folder(struct place *p, const char *path)
{
	struct stream none = s3_text(p->w, STR(""));
	struct s3_ask ask = { .method = "PUT", .key = s3_key(p, path, true), .body = &none };
	struct found x;
	struct wire wire;
	enum fault f = s3_look(p, path, &x);

	if (f != FAULT_NOT_FOUND)
		return f == FAULT_NONE ? FAULT_TAKEN : f;
	return s3_do(p, &ask, &wire);
}

const struct driver driver_s3 = { "s3", S3_PART_LEAST, S3_PARTS_MOST, s3_connect, s3_close, s3_look, s3_list,
	s3_read, s3_write, s3_make_folder, s3_move, s3_remove, s3_chunks_begin, NULL, s3_chunk, s3_chunks_end,
	s3_chunks_drop, NULL, s3_trial };
