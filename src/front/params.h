/*
 * params.h: from the parameters of a FastCGI request to a struct request.
 *
 * Nothing here knows libfcgi, so that hostile parameters can be tried without a
 * socket.  What is wrong is kept in request.broken: the door answers it, in its
 * own manner.
 */
#ifndef FRONT_PARAMS_H
#define FRONT_PARAMS_H

#include "base/out.h"
#include "http/request.h"

#define PARAMS_MAX	 256
#define PARAMS_BYTES_MAX ((size_t)64 << 10)

/* What is read of a request, headers first, in their order. */
enum param {
#define HEADER(name, param, twice) PARAM_##name,
#include "http/headers.def"
#undef HEADER
	PARAM_METHOD,
	PARAM_TARGET,
	PARAM_PEER,
	PARAM_MODE,
	PARAM_HTTPS,
	PARAM_SCHEME,
	PARAM_LENGTH,
	PARAM_REMOTE_USER,
	PARAM__MAX
};

struct params {
	struct arena *arena;
	struct str value[PARAM__MAX]; /* STR_NONE: not given, or empty */
	bool seen[PARAM__MAX];
	struct out joined[PARAM__MAX];
	size_t n, bytes;
	bool two_lengths;
	enum fault broken;
};

struct params params_start(struct arena *);
/* One parameter, borrowed; all that were received must be taken, in their order. */
void params_take(struct params *, struct str name, struct str value);
/*
 * Fill in all of the request but how its body is read.  *length is what
 * CONTENT_LENGTH says, -1 if it says nothing; it is looked at only where there
 * is a body.
 */
void params_request(struct params *, enum role, struct request *, int64_t *length);

#endif
