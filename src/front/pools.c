/*
 * pools.c: the table of pools.  A new kind of process is a new row.
 */
#include "config.h"

#include "front/pools.h"

#include "authorizer/authorizer.h"
#include "front/keeper.h"
#include "front/mailer.h"
#include "front/worker.h"
#include "http/call.h"

#define GATE_TCP_WORKERS 2

const struct pool pools[POOL__MAX] = {
	[POOL_APP] = { "app", worker_run, DB_APP, call_answer, false, false },
	[POOL_GATE] = { "gate", worker_run, DB_GATE, authorizer_answer, false, false },
	[POOL_GATE_TCP] = { "gate_tcp", worker_run, DB_GATE, authorizer_answer, true, false },
	[POOL_KEEPER] = { "keeper", keeper_run, DB_APP, NULL, false, true },
	[POOL_MAILER] = { "mailer", mailer_run, DB_APP, NULL, false, true },
};

int
pool_size(enum pool_id id, const struct settings *s)
{
	switch (id) {
	case POOL_APP:
		return (int)s->service_app_workers;
	case POOL_GATE:
		return (int)s->service_gate_workers;
	case POOL_GATE_TCP:
		return GATE_TCP_WORKERS;
	case POOL_MAILER:
		return s->mail_server[0] == '\0' ? 0 : 1;
	default:
		return 1;
	}
}
