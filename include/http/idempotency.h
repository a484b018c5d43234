/*
 * idempotency.h: the Idempotency-Key header
 * (draft-ietf-httpapi-idempotency-key-header-07).
 */
#ifndef HTTP_IDEMPOTENCY_H
#define HTTP_IDEMPOTENCY_H

#include "http/call.h"

/* Requests to make something, which must not be made twice, with an answer to be given again. */
bool idempotency_applies(const struct route *);

/*
 * The name in the header: a string of structured fields (RFC 9651) or, as many
 * send it, the bare word.  STR_NONE if there is no header; FAULT_IDEMPOTENCY_KEY.
 */
enum fault idempotency_key(struct arena *, struct str header, struct str *key);

/*
 * The deed within the transaction at hand, or the answer that it had before.
 * Without the header, or where it does not apply, it is just done.
 */
enum fault idempotency_do(struct call *, handler *deed);

#endif
