/*
 * memory_epochs.c: whether what was read is still so.
 *
 * The word of an organization goes through these states:
 *
 *	known E		changes: 0, epoch E	believed if it was read at E
 *	unknown		changes: 0, epoch 0	the next check reads the epoch
 *	in flux		changes: > 0		every check reads the database
 *
 * A change goes known -> in flux before it commits, and in flux -> unknown after
 * it ended, either way (memory_changers.c).  Whoever reads the epoch from the
 * database writes it only if the word has not changed since before the reading:
 * the turn it is at is part of it, so an old epoch cannot come in after a change.
 *
 * The word is only ever changed by compare-and-swap, so that whoever reads what
 * one of these wrote has everything that was written before it (a release
 * sequence); and of a word that somebody has turned since, a compare-and-swap
 * knows, however late its reader is.  Epochs are compared by their lower 32
 * bits: only after so many changes of one organization could one be taken for
 * another.
 */
#include "config.h"

#include "core/memory_map.h"

#include <assert.h>

#include "store/orgs.h"

#define EPOCH_MASK   UINT64_C(0xffffffff)
#define TURN_SHIFT   32
#define TURN_MASK    UINT64_C(0xffffff)
#define CHANGE_SHIFT 56

static uint64_t
epoch_of(uint64_t word)
{
	return word & EPOCH_MASK;
}

static uint64_t
changes_of(uint64_t word)
{
	return word >> CHANGE_SHIFT;
}

/* Another turn with so many changes under way, and the epoch is not known any more. */
static uint64_t
turned(uint64_t word, uint64_t changes)
{
	uint64_t turn = (word >> TURN_SHIFT) + 1;

	return changes << CHANGE_SHIFT | (turn & TURN_MASK) << TURN_SHIFT;
}

uint64_t
memory_word(size_t org)
{
	return atomic_load_explicit(&memory.orgs[org].word, memory_order_acquire);
}

bool
memory_set_changes(size_t org, uint64_t before, unsigned changes)
{
	return atomic_compare_exchange_strong_explicit(&memory.orgs[org].word, &before,
	    turned(before, changes), memory_order_acq_rel, memory_order_relaxed);
}

void
memory_turn(size_t org, int by)
{
	uint64_t seen;

	do {
		seen = memory_word(org);
		assert(by >= 0 ? changes_of(seen) < CHANGERS : changes_of(seen) > 0);
	} while (!memory_set_changes(org, seen, (unsigned)((int)changes_of(seen) + by)));
}

size_t
memory_org(const char *org_id)
{
	uint64_t tag = memory_hash(str_of(org_id), STR("org"));
	size_t start = (size_t)tag % ORGS;

	for (size_t i = 0; i < ORGS; i++) {
		struct org_slot *o = &memory.orgs[(start + i) % ORGS];
		uint64_t have = atomic_load_explicit(&o->tag, memory_order_relaxed);

		if (have == 0 &&
		    atomic_compare_exchange_strong_explicit(&o->tag, &have, tag, memory_order_relaxed,
			memory_order_relaxed))
			return (start + i) % ORGS;
		if (have == tag)
			return (start + i) % ORGS;
	}
	return ORGS;
}

void
memory_forget_epochs(void)
{
	/* What is in flux stays so: its places are here as well, and a command may be at it just now. */
	for (size_t i = 0; i < ORGS; i++)
		memory_turn(i, 0);
}

/* Nobody has read the epoch since the last change: do so. */
static bool
read_epoch(struct work *w, size_t org, uint64_t seen, const char *org_id, uint64_t *epoch)
{
	struct org_brief o;

	if (orgs_brief(w, org_id, &o) != FAULT_NONE)
		return false;
	*epoch = (uint64_t)o.epoch & EPOCH_MASK;
	/* Lost to a change: this check began before it ended, so what was read just now will do. */
	(void)atomic_compare_exchange_strong_explicit(&memory.orgs[org].word, &seen, seen | *epoch,
	    memory_order_acq_rel, memory_order_relaxed);
	return true;
}

bool
memory_epoch_holds(struct work *w, size_t org, const char *org_id, uint64_t epoch)
{
	uint64_t seen = memory_word(org), now = epoch_of(seen);

	if (changes_of(seen) != 0 || atomic_load_explicit(&memory.head->database, memory_order_acquire) == 0)
		return false;
	if (now == 0 && !read_epoch(w, org, seen, org_id, &now))
		return false;
	return now == (epoch & EPOCH_MASK);
}
