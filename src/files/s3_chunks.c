/*
 * s3_chunks.c: an upload in chunks is a multipart upload: a chunk a part.
 */
#include "config.h"

#include <string.h>

#include "files/s3.h"

#define LIST_MAX ((size_t)2 << 20)

enum fault
s3_chunks_begin(struct place *p, struct upload_row *r)
{
	struct s3_ask ask = { .method = "POST",
		.key = s3_key(p, r->path, false),
		.param = { { "uploads", "" } } };
	struct s3_page page = { .row = NULL };
	struct wire x;
	enum fault f = s3_open(p, &ask, &x);

	if (f != FAULT_NONE)
		return f;
	f = s3_read_xml(p, &x, &page);
	wire_close(&x);
	if (f == FAULT_NONE && (page.upload_id == NULL || strlen(page.upload_id) > 1000))
		f = place_fault(p, "it does not begin an upload in parts");
	r->token = page.upload_id;
	return f;
}

enum fault
s3_chunk(struct place *p, const struct upload_row *r, int64_t number, int64_t size, struct stream *in,
    const char **tag)
{
	struct s3_ask ask = { .method = "PUT", .key = s3_key(p, r->path, false), .body = in };
	struct wire x;
	enum fault f;

	ask.param[0].name = "partNumber";
	ask.param[0].value = arena_print(p->w->arena, "%lld", (long long)number + 1);
	ask.param[1].name = "uploadId";
	ask.param[1].value = r->token;
	if (in->length != size)
		return fault_at(p->w, FAULT_BAD_REQUEST, NULL, "the length must be told before");
	if ((f = s3_do(p, &ask, &x)) != FAULT_NONE)
		return f;
	*tag = x.tag;
	return x.tag != NULL && strlen(x.tag) <= 200 && strpbrk(x.tag, "<&") == NULL
	    ? FAULT_NONE
	    : place_fault(p, "it does not say what it got");
}

static struct str
list_of(struct work *w, const struct upload_chunk *chunk, size_t n)
{
	struct out o = out_limit(w->arena, LIST_MAX);

	out_put(&o, "<CompleteMultipartUpload>");
	for (size_t i = 0; i < n; i++)
		out_print(&o, "<Part><PartNumber>%lld</PartNumber><ETag>%s</ETag></Part>",
		    (long long)chunk[i].number + 1, chunk[i].tag);
	out_put(&o, "</CompleteMultipartUpload>");
	return out_text(&o);
}

enum fault
s3_chunks_end(struct place *p, const struct upload_row *r, const struct upload_chunk *chunk, size_t n,
    struct found *found)
{
	struct stream list = s3_text(p->w, list_of(p->w, chunk, n));
	struct s3_ask ask = { .method = "POST", .key = s3_key(p, r->path, false), .body = &list };
	struct wire x;
	enum fault f;

	ask.param[0].name = "uploadId";
	ask.param[0].value = r->token;
	f = s3_do(p, &ask, &x);
	/* It may have been ended by one who could not say so any more. */
	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	if ((f = s3_look(p, r->path, found)) == FAULT_NONE && (found->folder || found->size != r->size))
		f = place_fault(p, "it is not whole");
	return f;
}

enum fault
s3_chunks_drop(struct place *p, const struct upload_row *r)
{
	struct s3_ask ask = { .method = "DELETE", .key = s3_key(p, r->path, false) };
	struct wire x;
	enum fault f;

	ask.param[0].name = "uploadId";
	ask.param[0].value = r->token;
	f = s3_do(p, &ask, &x);
	/* Some storages know no giving up, and with a bucket all is gone: then there is nothing to be done. */
	return x.status == 404 || x.status == 405 || x.status == 501 ? FAULT_NONE : f;
}
