/*
 * response.h: the answer, held until the end, so that a late fault can still
 * become a clean one.  It starts as 503: whoever forgets to answer denies.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/out.h"
#include "base/stream.h"
#include "core/rate.h"

struct response {
	int status;	    /* 503 until somebody says otherwise */
	struct out headers; /* "Name: value\r\n" lines */
	struct out body;
	/*
	 * A body that comes from elsewhere, instead of that: its length is in the
	 * headers, and what breaks off in it breaks off the answer.  It is closed
	 * by whoever sends it, or by response_reset.
	 */
	struct stream stream;
};

void response_start(struct response *, struct arena *);
void response_status(struct response *, int status);
/* A value with a line end in it is a bug: header texts are made here or checked before. */
void response_header(struct response *, const char *name, const char *value);
/*
 * What a key may do yet, if it has a limit: RateLimit and RateLimit-Policy
 * (draft-ietf-httpapi-ratelimit-headers-10).
 */
void response_rate(struct response *, struct arena *, const struct rate *);
/* Drop headers and body; the status is 503 again. */
void response_reset(struct response *);

#endif
