/*
 * authorizer.h: the door that decides about requests to other applications.
 *
 * A web server asks about each request before it lets it through: lighttpd and
 * Apache in FastCGI's AUTHORIZER role, nginx as an ordinary request that carries
 * CLAVIGER_MODE.  What is asked for comes from the routes file, who asks from
 * the credential, and core decides.
 *
 * An answer starts as 503, and one function makes it 200.  Nothing that goes
 * wrong opens an application.
 */
#ifndef AUTHORIZER_AUTHORIZER_H
#define AUTHORIZER_AUTHORIZER_H

#include "authorizer/routes_file.h"
#include "base/work.h"
#include "http/request.h"
#include "http/response.h"

/* What this process decides by from now on, borrowed.  NULL: everything is refused. */
void authorizer_open(const struct routes *);

void authorizer_answer(struct work *, const struct request *, struct response *);

#endif
