/*
 * response.c: the answer, held until the end.
 */
#include "http/response.h"

#include <assert.h>
#include <string.h>

void
response_start(struct response *r, struct arena *a)
{
	r->status = 503;
	r->headers = out_limit(a, OUT_HEADER_MAX);
	r->body = out_limit(a, OUT_BODY_MAX);
	r->stream = (struct stream){ .next = NULL };
}

void
response_status(struct response *r, int status)
{
	assert(status >= 200 && status < 600);
	r->status = status;
}

void
response_header(struct response *r, const char *name, const char *value)
{
	assert(strpbrk(value, "\r\n") == NULL);
	out_put(&r->headers, name);
	out_put(&r->headers, ": ");
	out_put(&r->headers, value);
	out_put(&r->headers, "\r\n");
}

void
response_rate(struct response *r, struct arena *a, const struct rate *rate)
{
	const struct rate_limit *l = &rate->limit;

	if (l->requests == 0)
		return;
	response_header(r, "RateLimit-Policy",
	    arena_print(a, "\"key\";q=%lld;w=%lld", (long long)l->requests, (long long)l->seconds));
	response_header(r, "RateLimit",
	    arena_print(a, "\"key\";r=%lld;t=%lld", (long long)rate->left, (long long)rate->whole_in));
}

void
response_reset(struct response *r)
{
	r->status = 503;
	out_reset(&r->headers);
	out_reset(&r->body);
	stream_close(&r->stream);
	r->stream = (struct stream){ .next = NULL };
}
