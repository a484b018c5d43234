/*
 * keeper.h: the process that does what no request waits for.
 */
#ifndef FRONT_KEEPER_H
#define FRONT_KEEPER_H

#include "front/pools.h"

/* The process is the keeper from here on; it ends when the master says so. */
void keeper_run(const struct post *) __attribute__((noreturn));

#endif
