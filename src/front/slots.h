/*
 * slots.h: what the master and its processes tell each other, in shared memory:
 * a slot for each process.  Nothing here waits, so a process killed at any
 * moment holds up nobody.
 *
 * Signals only wake a process that sleeps; what is wanted of it stands here.  A
 * worker whose socket is never empty does not sleep, and Linux delivers no
 * signal in a ppoll(2) that finds something ready.
 */
#ifndef FRONT_SLOTS_H
#define FRONT_SLOTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Two generations of the largest pools, and those that are still leaving. */
#define SLOTS_MAX 2048

enum slot_state { SLOT_STARTING, SLOT_READY, SLOT_BUSY };

struct slot {
	_Atomic uint64_t turn; /* of the process: how often its state changed, and the state */
	_Atomic bool leave;    /* finish what you do and end */
};

struct slots {
	_Atomic int64_t drain_until; /* clock_ms: before leaving, serve what is queued; not longer */
	_Atomic int log_opening;     /* another number: open the log anew */
	struct slot slot[SLOTS_MAX];
};

/* Before the first fork. */
struct slots *slots_open(void);

/* For a new process. */
void slot_start(struct slot *);
/* By its process alone.  No time is told: who watches sees whether it moves. */
void slot_set(struct slot *, enum slot_state);
enum slot_state slot_state(const struct slot *);
/* Another number each time the state is set, also to the same again. */
uint64_t slot_turn(const struct slot *);

#endif
