/*
 * worker.h: a process that answers requests, one at a time.
 */
#ifndef FRONT_WORKER_H
#define FRONT_WORKER_H

#include "front/pools.h"

/* The process is the worker from here on; it ends when the master says so. */
void worker_run(const struct post *) __attribute__((noreturn));

#endif
