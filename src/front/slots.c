/*
 * slots.c: a state, and how often it changed, for each process.
 */
#include "config.h"

#include "front/slots.h"

#include "base/shared.h"

#define STATE_BITS 2
#define STATE_MASK ((UINT64_C(1) << STATE_BITS) - 1)

struct slots *
slots_open(void)
{
	return shared_take(sizeof(struct slots));
}

void
slot_start(struct slot *s)
{
	atomic_store(&s->leave, false);
	slot_set(s, SLOT_STARTING);
}

/* One process writes: no more than a load and a store is needed. */
void
slot_set(struct slot *s, enum slot_state state)
{
	uint64_t turns = (slot_turn(s) >> STATE_BITS) + 1;

	atomic_store_explicit(&s->turn, turns << STATE_BITS | (uint64_t)state, memory_order_release);
}

enum slot_state
slot_state(const struct slot *s)
{
	return (enum slot_state)(slot_turn(s) & STATE_MASK);
}

uint64_t
slot_turn(const struct slot *s)
{
	return atomic_load_explicit(&s->turn, memory_order_acquire);
}
