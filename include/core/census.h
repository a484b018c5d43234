/*
 * census.h: figures of the whole installation for /metrics: keys by kind and state,
 * those that end soon, and how far behind the mail and the seal of the audit are.
 *
 * The keeper counts, a little at a time; who reads them asks no database.
 */
#ifndef CORE_CENSUS_H
#define CORE_CENSUS_H

#include "base/out.h"
#include "core/kind.h"
#include "store/census.h"

/* Before the first fork. */
void census_open(void);
/* Go on counting, for at most a tenth of a second or one statement; the keeper calls it every second. */
enum fault census_take(struct work *);
/*
 * The keys of the actor's organization, a row for each kind, counted now.  Of kinds
 * that are hidden when they are ended nobody counts what is revoked, for nobody
 * sees it in a list.
 */
enum fault census_of_org(struct work *, struct key_count kinds[static KIND__MAX]);
/* In the text format of Prometheus; what has not been counted yet is left out. */
void census_write(struct out *);

#endif
