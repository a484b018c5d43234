/*
 * rate.h: how often a key may be used on this host: so many requests in so many
 * seconds, counted over all processes.
 *
 * The limit is a bucket of so many requests that fills up again at an even pace,
 * the generic cell rate algorithm of ITU-T I.371: after a pause all of them may
 * come at once, and over any longer time no more than the pace lets in.
 */
#ifndef CORE_RATE_H
#define CORE_RATE_H

#include "base/given.h"
#include "core/standing.h"

#define RATE_REQUESTS_MAX 1000000
#define RATE_SECONDS_MAX  86400

struct json; /* base/json_out.h */

/* requests == 0: no limit. */
struct rate_limit {
	int64_t requests, seconds;
};

struct rate_wish {
	struct given_int requests, seconds;
};

/* What became of one request. */
struct rate {
	struct rate_limit limit;
	int64_t left;	     /* requests that may come now */
	int64_t whole_in;    /* seconds until all of them may */
	int64_t retry_after; /* seconds until one may; 0: this one might */
};

/* Before the first fork.  Without it nothing is limited (the command line). */
void rate_open(const struct settings *);

/* Of a wish that was given (a row of struct rate_wish) or null; absent: *limit stays. */
enum fault rate_wished(struct work *, const struct given_rows *wish, struct rate_limit *limit);

/* As the API has it: an object, or null. */
void rate_write(struct json *, const char *name, int64_t requests, int64_t seconds);

/*
 * One request of whoever presents this.  FAULT_RATE_LIMITED, with the seconds to
 * wait: it may not come, and was not counted.  A session has no limit.
 */
enum fault rate_charge(struct work *, const struct standing *, struct rate *);

/*
 * Of a request that was refused a moment ago, and asked about once more: can it
 * have been for this?  Nothing is counted.
 */
enum fault rate_refused(struct work *, const struct standing *, struct rate *);

#endif
