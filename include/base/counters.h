/*
 * counters.h: counting over all processes.
 */
#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include "base/out.h"

enum counter {
#define COUNTER(name, metric, help) COUNT_##name,
#include "base/counters.def"
#undef COUNTER
	COUNT__MAX
};

/* Before the first fork.  Until then counting goes nowhere. */
void counters_open(void);
void count(enum counter);
/* The value, if it is larger than all before it. */
void count_peak(enum counter, uint64_t value);
/* Of a gauge. */
void counter_set(enum counter, uint64_t value);
uint64_t counter_value(enum counter);
/* The text exposition format of Prometheus. */
void counters_write(struct out *);

#endif
