/*
 * slots.c: a state and the time of its last change, for each process.
 */
#include "config.h"

#include "front/slots.h"

#include "base/clock.h"
#include "base/shared.h"

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

/*
 * The time first: seen in between, the old state has a young age, and a worker
 * that has just become busy is not taken for one that hangs.
 */
void
slot_set(struct slot *s, enum slot_state state)
{
	atomic_store(&s->since, clock_ms());
	atomic_store(&s->state, (int)state);
}

enum slot_state
slot_state(const struct slot *s)
{
	return (enum slot_state)atomic_load(&s->state);
}

int64_t
slot_age(const struct slot *s, int64_t now_ms)
{
	return now_ms - atomic_load(&s->since);
}
