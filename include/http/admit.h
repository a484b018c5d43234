/*
 * admit.h: who asks, and may they?
 */
#ifndef HTTP_ADMIT_H
#define HTTP_ADMIT_H

#include "http/call.h"

/*
 * The credential of the request, the organization it is about, what such a
 * credential may do at all, and what the row permits, in this order; afterwards
 * work->actor is who asks, there.  Asked again after what took its time, as for a
 * new request: the actor is another after it.
 */
enum fault admit(struct call *);

#endif
