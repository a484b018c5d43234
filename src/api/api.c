/*
 * api.c: the door itself: how it shows a fault.
 */
#include "api/api.h"

#include "http/problem.h"

static void
show_fault(struct call *c, enum fault f)
{
	problem_write(c->work, c->resp, f);
}

const struct door door_api = { .name = "api", .fault = show_fault };
