/*
 * pools.h: the processes behind each socket, the keeper and the mailer: what they
 * are, as one table.
 */
#ifndef FRONT_POOLS_H
#define FRONT_POOLS_H

#include "db/db.h"
#include "front/setup.h"
#include "front/slots.h"
#include "http/request.h"
#include "http/response.h"

enum pool_id {
	POOL_APP,
	POOL_GATE,
	POOL_GATE_TCP, /* for Apache, whose authorizer speaks TCP only */
	POOL_KEEPER,
	POOL_MAILER,
	POOL__MAX
};

typedef void answerer(struct work *, const struct request *, struct response *);

struct post;

struct pool {
	const char *name; /* in the log, in LISTEN_FDNAMES and in the process list */
	void (*run)(const struct post *) __attribute__((noreturn));
	enum db_account account;
	answerer *answer;     /* NULL: takes no requests */
	bool authorizer_only; /* whatever else is asked is refused */
	bool patient;	      /* works for as long as it takes; request_timeout does not hold */
};

extern const struct pool pools[POOL__MAX];

/* How many processes. */
int pool_size(enum pool_id, const struct settings *);

/* What a process is given to work with. */
struct post {
	const struct pool *pool;
	const struct setup *setup;
	struct slots *slots;
	struct slot *slot;
	int listener; /* non-blocking; -1 for those that take no requests */
};

/* What a process ends with that a fresh one would meet as well: wait before the next. */
#define EXIT_MISFIT 78

#endif
