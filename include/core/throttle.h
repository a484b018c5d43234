/*
 * throttle.h: counting failures by address, and log-ins by account and address,
 * over all processes, a minute at a time.
 *
 * The table has a fixed size: a flood of addresses makes it forget, never grow.
 */
#ifndef CORE_THROTTLE_H
#define CORE_THROTTLE_H

#include "base/work.h"

enum throttle { THROTTLE_PRESENTED, THROTTLE_LOGIN, THROTTLE_RESET };

/* Before the first fork.  Without it nothing is throttled (command line). */
void throttle_open(void);

/* FAULT_THROTTLED, with the seconds to wait, if the limit is reached. */
enum fault throttle_check(struct work *, enum throttle, struct str account);
/* Count one failure (or one log-in). */
void throttle_count(struct work *, enum throttle, struct str account);
/* It was none after all: nothing was tried. */
void throttle_take_back(struct work *, enum throttle, struct str account);

#endif
