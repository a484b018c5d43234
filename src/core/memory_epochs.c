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
 *
 * Where several hosts share the database (cluster) the word tells of this host's
 * changes only, and its epoch is not used.  The epoch is read from the database
 * for each check, or was by some worker of this host at most max_stale ago: it
 * notes what it read, when it began to, and at which turn of the word, so that
 * this host's own changes end it at once.  What is noted is true whoever notes it
 * last; an older note is only of less use.  On Galera a read waits for what was
 * committed on other nodes before it (db.c); a replica that may lag behind is no
 * database for a cluster, for the rows of a cold verification no less than for
 * the epoch, and nothing here could make up for it.
 */
#include "config.h"

#include "core/memory_map.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "base/seqlock.h"
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
		if (memory_load(&memory.orgs[i].tag) != 0)
			memory_turn(i, 0);
}

/* Nobody has read the epoch since the last change: do so. */
static bool
read_epoch(struct work *w, size_t org, uint64_t seen, const char *org_id, uint64_t *now)
{
	int64_t epoch;

	if (orgs_epoch(w, org_id, &epoch) != FAULT_NONE)
		return false;
	*now = (uint64_t)epoch & EPOCH_MASK;
	/* Lost to a change: this check began before it ended, so what was read just now will do. */
	(void)atomic_compare_exchange_strong_explicit(&memory.orgs[org].word, &seen, seen | *now,
	    memory_order_acq_rel, memory_order_relaxed);
	return true;
}

/* --- several hosts --- */

enum { NOTE_WORD, NOTE_AT, NOTE_EPOCH };

/* Goes on while the machine is suspended, and is the same for all processes. */
static uint64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Read so lately, and this host has changed nothing since. */
static bool
read_lately(const struct org_slot *o, uint64_t seen, uint64_t now, int64_t max_stale, uint64_t *epoch)
{
	uint64_t note[NOTE_WORDS];

	if (!seqlock_read(&o->seq, o->note, note, NOTE_WORDS) || note[NOTE_WORD] != seen ||
	    now - note[NOTE_AT] >= (uint64_t)max_stale)
		return false;
	*epoch = note[NOTE_EPOCH];
	return true;
}

static void
note_read(struct org_slot *o, uint64_t seen, uint64_t began, uint64_t epoch)
{
	const uint64_t note[NOTE_WORDS] = { [NOTE_WORD] = seen, [NOTE_AT] = began, [NOTE_EPOCH] = epoch };
	uint64_t claimed;

	if (seqlock_claim(&o->seq, &claimed))
		seqlock_write(&o->seq, claimed, o->note, note, NOTE_WORDS);
}

static bool
ask_epoch(struct work *w, size_t org, uint64_t seen, const char *org_id, uint64_t *epoch)
{
	struct org_slot *o = &memory.orgs[org];
	int64_t max_stale = w->settings->keys_max_stale, read;
	uint64_t began = 0;

	if (max_stale > 0 && read_lately(o, seen, began = now_ms(), max_stale, epoch))
		return true;
	if (orgs_epoch(w, org_id, &read) != FAULT_NONE)
		return false;
	*epoch = (uint64_t)read;
	if (max_stale > 0)
		note_read(o, seen, began, *epoch);
	return true;
}

/* What this process has read last, and for which piece of work. */
static struct {
	char request_id[REQUEST_ID_SIZE];
	size_t org;
	uint64_t word, epoch;
} last;

static bool
is_epoch(struct work *w, size_t org, uint64_t seen, const char *org_id, uint64_t epoch)
{
	uint64_t now;

	if (!ask_epoch(w, org, seen, org_id, &now))
		return false;
	memcpy(last.request_id, w->request_id, sizeof last.request_id);
	last.org = org;
	last.word = seen;
	last.epoch = now;
	return now == epoch;
}

/* --- */

/* Nothing is believed in the middle of a change, nor while there is no database. */
static bool
may_believe(uint64_t seen)
{
	return changes_of(seen) == 0 &&
	    atomic_load_explicit(&memory.head->database, memory_order_acquire) != 0;
}

bool
memory_epoch_holds(struct work *w, size_t org, const char *org_id, uint64_t epoch)
{
	uint64_t seen = memory_word(org), now = epoch_of(seen);

	if (!may_believe(seen))
		return false;
	if (w->settings->keys_cluster)
		return is_epoch(w, org, seen, org_id, epoch);
	if (now == 0 && !read_epoch(w, org, seen, org_id, &now))
		return false;
	return now == (epoch & EPOCH_MASK);
}

bool
memory_epoch_held(struct work *w, size_t org, const char *org_id, uint64_t epoch)
{
	if (w->settings->keys_cluster && w->request_id[0] != '\0' && last.org == org &&
	    strcmp(last.request_id, w->request_id) == 0 && last.word == memory_word(org) &&
	    may_believe(last.word))
		return last.epoch == epoch;
	return memory_epoch_holds(w, org, org_id, epoch);
}
