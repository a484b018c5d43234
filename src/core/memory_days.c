/*
 * memory_days.c: how often remembered keys were used on each day, until the
 * database has it.
 *
 * A slot has a cell for days of even and one for days of odd numbers: the day,
 * a piece of the key's tag, and a count, in one word, which one compare-and-swap
 * counts up, under no lock.  So a day that ends loses nothing, and whoever found
 * the slot just before it became another key's counts nothing of that one, unless
 * the pieces of both tags are the same, as one in 256 is.
 *
 * The keeper takes counts out before it writes them, and puts them back if they
 * are surely not written.  Nothing is counted twice, whoever dies when.  It is a
 * picture for people, and what may be missing in it is little:
 *
 * - what the keeper had taken out when it was killed, or when a commit had an end
 *   that nobody heard: uses of at most some ten seconds;
 * - a use at the very moment that its key's slot is given to another key;
 * - what could not be written for two days.
 */
#include "config.h"

#include "core/memory_map.h"

#define COUNT_BITS 40
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)
#define HINT_BITS  8
#define DAY_SHIFT  (COUNT_BITS + HINT_BITS)
#define DAY_MASK   UINT64_C(0xffff) /* until the year 2149 */

/* The word of a cell without its count. */
static uint64_t
label_of(struct tag t, int64_t day)
{
	return ((uint64_t)day & DAY_MASK) << DAY_SHIFT | t.w[1] >> (64 - HINT_BITS) << COUNT_BITS;
}

static bool
is_of_key(uint64_t word, struct tag t)
{
	return (word >> COUNT_BITS & ((1 << HINT_BITS) - 1)) == t.w[1] >> (64 - HINT_BITS);
}

static _Atomic uint64_t *
cell_of(struct key_slot *slot, int64_t day)
{
	return &slot->day[day & 1];
}

bool
memory_day_add(struct key_slot *slot, struct tag t, int64_t day, uint64_t uses)
{
	_Atomic uint64_t *cell = cell_of(slot, day);
	uint64_t label = label_of(t, day), seen = memory_load(cell), next;

	do {
		if (!is_of_key(seen, t))
			return false;
		/* Of an earlier day: two days ago nobody could write it, or there is nothing in it. */
		next = ((seen & ~COUNT_MASK) == label ? seen : label) + uses;
	} while (!atomic_compare_exchange_weak_explicit(cell, &seen, next, memory_order_relaxed,
	    memory_order_relaxed));
	return next == label + uses;
}

void
memory_days_begin(struct key_slot *slot, struct tag t, int64_t day, uint64_t uses)
{
	memory_store(cell_of(slot, day), label_of(t, day) + uses);
	memory_store(cell_of(slot, day + 1), label_of(t, day + 1));
}

bool
memory_days_wait(const struct key_slot *slot, struct tag t)
{
	for (size_t i = 0; i < MEMORY_DAYS; i++) {
		uint64_t word = memory_load(&slot->day[i]);

		if ((word & COUNT_MASK) != 0 && is_of_key(word, t))
			return true;
	}
	return false;
}

/* The latest day with this end of its number that is not behind tomorrow. */
static int64_t
whole_day(uint64_t word, int64_t today)
{
	int64_t end = (int64_t)(word >> DAY_SHIFT & DAY_MASK);

	return today + 1 - ((today + 1 - end) & (int64_t)DAY_MASK);
}

void
memory_days_take(struct key_slot *slot, struct tag t, int64_t today,
    struct memory_day days[static MEMORY_DAYS])
{
	for (size_t i = 0; i < MEMORY_DAYS; i++) {
		uint64_t word = memory_load(&slot->day[i]);

		days[i].uses = 0;
		while ((word & COUNT_MASK) != 0 && is_of_key(word, t)) {
			if (!atomic_compare_exchange_weak_explicit(&slot->day[i], &word, word & ~COUNT_MASK,
				memory_order_relaxed, memory_order_relaxed))
				continue;
			days[i].day = whole_day(word, today);
			days[i].uses = (int64_t)(word & COUNT_MASK);
			break;
		}
	}
}
