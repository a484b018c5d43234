/*
 * problem.h: a fault as application/problem+json (RFC 9457), with the headers
 * that go with its status.
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "http/response.h"
#include "base/work.h"

/* Status, WWW-Authenticate, Retry-After and body; what was written before is dropped. */
void problem_write(struct work *, struct response *, enum fault);

/*
 * What is said beside the title: what is wrong here, or else what to do; NULL if
 * the title says it all.  Of what is hidden no more is told than of what is absent.
 */
const char *problem_detail(struct work *, enum fault);

/* The headers alone: for doors with bodies of their own. */
void problem_headers(struct work *, struct response *, enum fault);

#endif
