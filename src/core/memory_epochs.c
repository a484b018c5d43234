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
 * it ended, either way.  Whoever reads the epoch from the database writes it
 * only if the word has not changed since before the reading: the count of
 * changes is part of it, so an old epoch cannot come in after a change.
 */
#include "config.h"

#include "core/memory_map.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/db.h"
#include "store/orgs.h"

#define EPOCH_MASK   UINT64_C(0xffffffff)
#define TURN_SHIFT   32
#define TURN_MASK    UINT64_C(0xffffff)
#define CHANGE_SHIFT 56
#define ORPHANED     (UINT64_C(1) << 63)
#define CLAIMING     (UINT64_C(1) << 62) /* the rest of the place is not written yet */

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

/* One more or one less change under way: another turn, and the epoch is not known any more. */
static uint64_t
turned(uint64_t word, int by)
{
	uint64_t changes = changes_of(word), turn = (word >> TURN_SHIFT) + 1;

	/* Never below none, whatever was mended twice. */
	if (by > 0 || changes > 0)
		changes += (uint64_t)(int64_t)by;

	return changes << CHANGE_SHIFT | (turn & TURN_MASK) << TURN_SHIFT;
}

static void
turn(size_t org, int by)
{
	_Atomic uint64_t *word = &memory.orgs[org].word;
	uint64_t seen = atomic_load_explicit(word, memory_order_relaxed);

	while (!atomic_compare_exchange_weak_explicit(word, &seen, turned(seen, by), memory_order_acq_rel,
	    memory_order_relaxed))
		;
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
	for (size_t i = 0; i < ORGS; i++)
		atomic_store_explicit(&memory.orgs[i].word, 0, memory_order_relaxed);
	/* Changes of processes that are gone, or of a command that runs just now. */
	for (size_t i = 0; i < CHANGERS; i++)
		if (atomic_load_explicit(&memory.changers[i].pid, memory_order_relaxed) != 0)
			turn((size_t)atomic_load_explicit(&memory.changers[i].org, memory_order_relaxed), 1);
}

/* Nobody has read the epoch since the last change: do so. */
static uint64_t
read_epoch(struct work *w, _Atomic uint64_t *word, uint64_t seen, const char *org_id)
{
	struct org_brief o;
	uint64_t known;

	if (orgs_brief(w, org_id, &o) != FAULT_NONE)
		return 0;
	known = (seen & ~EPOCH_MASK) | ((uint64_t)o.epoch & EPOCH_MASK);
	(void)atomic_compare_exchange_strong_explicit(word, &seen, known, memory_order_acq_rel,
	    memory_order_relaxed);
	/* Lost to a change: this check began before it ended, so what was read just now will do. */
	return (uint64_t)o.epoch & EPOCH_MASK;
}

bool
memory_epoch_holds(struct work *w, size_t org, const char *org_id, uint64_t epoch)
{
	_Atomic uint64_t *word = &memory.orgs[org].word;
	uint64_t seen = atomic_load_explicit(word, memory_order_acquire);

	if (changes_of(seen) != 0 || atomic_load_explicit(&memory.head->database, memory_order_acquire) == 0)
		return false;
	if (epoch_of(seen) != 0)
		return epoch_of(seen) == (epoch & EPOCH_MASK);
	return read_epoch(w, word, seen, org_id) == (epoch & EPOCH_MASK);
}

/* A free place to say who is changing what; NULL: there is none, which ends the change. */
static struct changer *
claim_changer(const char *org_id, size_t org)
{
	for (size_t i = 0; i < CHANGERS; i++) {
		struct changer *c = &memory.changers[i];
		uint64_t nobody = 0;

		/* With the number: nobody takes it for a change without a process. */
		if (!atomic_compare_exchange_strong_explicit(&c->pid, &nobody, CLAIMING | (uint64_t)getpid(),
			memory_order_acq_rel, memory_order_relaxed))
			continue;
		atomic_store_explicit(&c->org, org, memory_order_relaxed);
		(void)snprintf(c->id, sizeof c->id, "%s", org_id);
		atomic_store_explicit(&c->pid, (uint64_t)getpid(), memory_order_release);
		return c;
	}
	return NULL;
}

/* The transaction is over, either way; what became of it is asked at the next check. */
static void
end_flux(struct work *w, bool certain)
{
	struct changer *c = w->after_ctx;
	uint64_t pid;

	w->after_tx = NULL;
	w->after_ctx = NULL;
	if (!certain) {
		/* It may yet be committed: stay in flux until somebody has held its row. */
		pid = atomic_load_explicit(&c->pid, memory_order_relaxed);
		atomic_store_explicit(&c->pid, pid | ORPHANED, memory_order_release);
		return;
	}
	turn((size_t)atomic_load_explicit(&c->org, memory_order_relaxed), -1);
	atomic_store_explicit(&c->pid, 0, memory_order_release);
}

enum fault
memory_flux(struct work *w, const char *org_id)
{
	struct changer *c;
	size_t org;

	if (memory.head == NULL || w->after_tx != NULL)
		return FAULT_NONE; /* nobody remembers anything; or it is in flux already */
	if ((org = memory_org(org_id)) == ORGS)
		return FAULT_NONE; /* nothing of it can be remembered */
	/* Counted before it is written down: who dies in between leaves it in flux, slow and never wrong. */
	turn(org, 1);
	if ((c = claim_changer(org_id, org)) == NULL) {
		turn(org, -1);
		return FAULT_BUSY;
	}
	w->after_tx = end_flux;
	w->after_ctx = c;
	return FAULT_NONE;
}

static bool
is_orphan(const struct changer *c)
{
	uint64_t pid = atomic_load_explicit(&c->pid, memory_order_acquire);

	if (pid == 0)
		return false;
	return (pid & ORPHANED) != 0 || (kill((pid_t)(pid & ~CLAIMING), 0) < 0 && errno == ESRCH);
}

const char *
memory_orphan(size_t *i)
{
	for (; memory.head != NULL && *i < CHANGERS; (*i)++)
		if (is_orphan(&memory.changers[*i]))
			return memory.changers[*i].id;
	return NULL;
}

void
memory_mend(size_t i)
{
	struct changer *c = &memory.changers[i];

	turn((size_t)atomic_load_explicit(&c->org, memory_order_relaxed), -1);
	atomic_store_explicit(&c->pid, 0, memory_order_release);
}
