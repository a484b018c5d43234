/*
 * denial.h: right texts that were refused: dead keys, which somebody still has,
 * and living ones that tried what they may not; and wrong passwords of accounts
 * that are there.  They end up in the audit.
 *
 * A refusal costs no row: it is counted in shared memory, by who, why and from
 * where, and the keeper writes a row at once for the first and then one a minute
 * with how many there were.  The memory has a fixed size, and a key at most
 * eight places for each reason: a flood makes the rows coarser, and then some
 * are lost, which is counted.
 */
#ifndef CORE_DENIAL_H
#define CORE_DENIAL_H

#include "core/decide.h"

/* Before the first fork.  Without it nothing is noted (command line). */
void denial_open(void);

/*
 * A right text that is dead, or may not what was asked.  Sessions of no
 * organization are not noted.  `again`: it was noted before, by nginx's question;
 * this is the answer, and its request id is the one the client reads.
 */
void denial_note(struct work *, const struct standing *, const char *reason, bool again);
/* The same for a fault, if it is one that says: you, but not this. */
void denial_fault(struct work *, const struct standing *, enum fault, bool again);
/* A wrong password of this user. */
void denial_login(struct work *, const char *user_id);

/* The keeper, outside of a transaction: write what is due, or all. */
enum fault denial_write(struct work *, bool all);

#endif
