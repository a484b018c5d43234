/*
 * answer.h: telling a web server what was decided, in the manner it understands.
 */
#ifndef AUTHORIZER_ANSWER_H
#define AUTHORIZER_ANSWER_H

#include "core/standing.h"
#include "http/request.h"
#include "http/response.h"

enum manner {
	MANNER_NONE,	 /* nobody we know asks like this: 503, and no more is said */
	MANNER_ROLE,	 /* the AUTHORIZER role of lighttpd and Apache */
	MANNER_QUESTION, /* nginx's auth_request: 200, 401 or 403 and no body */
	MANNER_REFUSAL	 /* nginx's error_page: the refusal as the client gets it, never 2xx */
};

enum manner manner_of(const struct request *);

/*
 * Let the request through: the only place that makes an answer 200.  standing is
 * who asks; NULL: a public route, nobody was asked.
 */
void answer_allow(struct work *, struct response *, enum manner, const struct standing *);
/* Keep it out, whatever the fault is. */
void answer_deny(struct work *, const struct request *, struct response *, enum manner, enum fault);

#endif
