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

/*
 * For doors whose addresses name no organization: who asks, in that of the header
 * X-Workspace-Id; without one, in the key's own or the first of the session's user,
 * NULL if there is none.  FAULT_NOT_FOUND: the one that is named is not the
 * caller's; there is no falling back to another.
 */
enum fault admit_workspace(struct call *, const struct standing **here);
/* The first organization of the session's user; NULL: there is none. */
enum fault admit_first(struct call *, const char **org);

#endif
