/*
 * rest_download.c: contents that go out (RFC 9110 sections 13 and 14).
 *
 * Always as an attachment: what somebody put there is never shown as a page of
 * ours.  A file of this host may be left to the web server to send.
 */
#include "config.h"

#include <string.h>

#include "base/settings.h"
#include "files/files.h"
#include "rest.h"

#define UNRESERVED "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

/* One range; several, or what is none, is as if nothing had been asked for. */
static struct files_range
read_range(struct str given)
{
	struct files_range r = { .given = false, .first = -1, .last = -1 };
	struct str first, unit;

	if (!str_cut(&given, '=', &unit) || !str_is_nocase(str_trim(unit), "bytes") || given.s == NULL ||
	    str_find(given, ',') >= 0)
		return r;
	given = str_trim(given);
	if (!str_cut(&given, '-', &first) || given.s == NULL || (first.n == 0 && given.n == 0))
		return r;
	if ((first.n > 0 && (!str_int(first, &r.first) || r.first < 0)) ||
	    (given.n > 0 && (!str_int(given, &r.last) || r.last < 0)))
		return (struct files_range){ .given = false };
	r.given = first.n == 0 || given.n == 0 || r.first <= r.last;
	return r;
}

static void
put_escaped(struct out *o, struct str s, bool slash)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(UNRESERVED, s.s[i]) != NULL || (slash && s.s[i] == '/'))
			out_char(o, s.s[i]);
		else
			out_print(o, "%%%02X", (unsigned char)s.s[i]);
}

static const char *
disposition(struct call *c, const char *name)
{
	struct out o = out_limit(c->work->arena, OUT_HEADER_MAX);

	out_put(&o, "attachment; filename*=UTF-8''");
	put_escaped(&o, str_of(name), false);
	return out_text(&o).s;
}

static void
describe(struct call *c, const struct file *file)
{
	struct response *r = c->resp;

	response_header(r, "Content-Type", file->mime != NULL ? file->mime : "application/octet-stream");
	response_header(r, "Content-Disposition", disposition(c, file->name));
	response_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
	response_header(r, "Cache-Control", "private, no-store");
	response_header(r, "Accept-Ranges", "bytes");
	if (file->tag != NULL)
		response_header(r, "ETag", arena_print(c->work->arena, "\"%s\"", file->tag));
}

/* True: somebody else sends it. */
static bool
hand_over(struct call *c, const struct files_content *content)
{
	const struct settings *s = c->work->settings;
	const struct str *h = c->req->header;
	struct out o = out_limit(c->work->arena, OUT_HEADER_MAX);
	bool accel = strcmp(s->files_sendfile, "accel") == 0;

	if (content->local_path == NULL || strcmp(s->files_sendfile, "off") == 0)
		return false;
	/* Our tags are not the web server's: what is asked about them is answered here. */
	if (h[HEADER_IF_RANGE].s != NULL || h[HEADER_IF_MATCH].s != NULL || h[HEADER_IF_NONE_MATCH].s != NULL)
		return false;
	if (accel)
		out_put(&o, s->files_accel_below);
	put_escaped(&o, str_of(content->local_path), true);
	if (out_failed(&o))
		return false;
	/* lighttpd unescapes what it is told, Apache's module does not: only what is the same to both. */
	if (!accel && !str_is(out_text(&o), content->local_path))
		return false;
	response_header(c->resp, accel ? "X-Accel-Redirect" : "X-Sendfile", out_text(&o).s);
	return true;
}

static enum fault
send(struct call *c, struct files_content *content)
{
	struct arena *a = c->work->arena;
	long long first = content->first, last = content->last, size = content->file.size;

	describe(c, &content->file);
	if (hand_over(c, content)) {
		stream_close(&content->stream);
		return FAULT_NONE;
	}
	if (content->part) {
		response_status(c->resp, 206);
		response_header(c->resp, "Content-Range",
		    arena_print(a, "bytes %lld-%lld/%lld", first, last, size));
	}
	response_header(c->resp, "Content-Length", arena_print(a, "%lld", last + 1 - first));
	c->resp->stream = content->stream;
	return FAULT_NONE;
}

static enum fault
out_of_range(struct call *c, const struct file *file)
{
	response_status(c->resp, 416);
	response_header(c->resp, "Content-Range",
	    arena_print(c->work->arena, "bytes */%lld", (long long)file->size));
	response_header(c->resp, "Cache-Control", "private, no-store");
	return FAULT_NONE;
}

static enum fault
answer(struct call *c, struct files_content *content)
{
	struct str if_match = c->req->header[HEADER_IF_MATCH], none = c->req->header[HEADER_IF_NONE_MATCH];
	const char *tag = content->file.tag;

	if (if_match.s != NULL && !rest_tag_in(if_match, tag, true)) {
		stream_close(&content->stream);
		return FAULT_PRECONDITION_FAILED;
	}
	if (none.s == NULL || !rest_tag_in(none, tag, false))
		return send(c, content);
	stream_close(&content->stream);
	response_status(c->resp, 304);
	describe(c, &content->file);
	return FAULT_NONE;
}

enum fault
rest_download(struct call *c)
{
	struct str if_range = c->req->header[HEADER_IF_RANGE];
	struct files_range range = read_range(c->req->header[HEADER_RANGE]), all = { .given = false };
	struct files_content content;
	const char *id;
	enum fault f;

	if ((f = rest_param(c, "fileId", &id)) != FAULT_NONE || (f = rest_enter(c)) != FAULT_NONE)
		return f;
	f = files_read(c->work, id, &range, &content);
	if (f == FAULT_RANGE && if_range.s == NULL)
		return out_of_range(c, &content.file);
	/* Of another content than is meant: then the whole of what is there now. */
	if (if_range.s != NULL &&
	    ((f == FAULT_NONE && !rest_tag_in(if_range, content.file.tag, true)) || f == FAULT_RANGE)) {
		stream_close(&content.stream);
		f = files_read(c->work, id, &all, &content);
	}
	return f == FAULT_NONE ? answer(c, &content) : f;
}
