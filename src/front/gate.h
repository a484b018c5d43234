/*
 * gate.h: one FastCGI request on one connection, by way of libfcgi.
 *
 * The worker accepts and hands the connection over; the gate reads the request,
 * writes the answer and closes.  A connection carries one request, also where
 * the web server offers to keep it: an idle connection would hold a worker.
 */
#ifndef FRONT_GATE_H
#define FRONT_GATE_H

#include "base/settings.h"
#include "front/slots.h"
#include "http/request.h"
#include "http/response.h"

struct gate;

/*
 * One a process.  Signal handlers must be set before, or the library sets its
 * own.  The slot shows that a long request or answer goes on.  Where only the AUTHORIZER role is served, all else is answered with 503.
 */
struct gate *gate_open(const struct settings *, struct slot *, bool authorizer_only);
void gate_close(struct gate **);

/*
 * Read a request from a connection, which the gate closes.  True: there is a
 * request, which may be broken; gate_answer and gate_end must follow.  False:
 * there was none to answer, and the connection is closed.
 */
bool gate_begin(struct gate *, int connection, struct work *, struct request *);
/* The one place that writes; once a request. */
void gate_answer(struct gate *, struct work *, const struct request *, struct response *);
/* Finish the request and close the connection. */
void gate_end(struct gate *);

#endif
