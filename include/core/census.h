/*
 * census.h: figures of the whole installation for /metrics: keys by kind and state,
 * those that end soon, and how far behind the mail and the seal of the audit are.
 *
 * The keeper counts, a little at a time; who reads them asks no database.
 */
#ifndef CORE_CENSUS_H
#define CORE_CENSUS_H

#include "base/out.h"
#include "base/work.h"

/* Before the first fork. */
void census_open(void);
/* Go on counting, for at most a tenth of a second or one statement; the keeper calls it every second. */
enum fault census_take(struct work *);
/* In the text format of Prometheus; what has not been counted yet is left out. */
void census_write(struct out *);

#endif
