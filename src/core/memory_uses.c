/*
 * memory_uses.c: when remembered keys were last used, and from where.
 *
 * How often they were used on a day is counted in memory_days.c, and told with it.
 *
 * The slot of a key has a record of its last use, under a sequence lock of its
 * own, and a mark in a dense table for as long as the database does not have it.
 * Records change only under that lock, marks are taken away only under it, and the
 * key of a slot changes only under it: a use is never told of another key.  A mark
 * is set by whoever counted the first use of a day as well, who holds no lock; so
 * who takes one away looks at the counts afterwards.
 *
 * What the keeper has read keeps its mark until the database has taken it: a
 * keeper that dies and a statement that fails lose nothing.  A process killed in
 * the middle of a record leaves one without a time, which is that use lost.
 */
#include "config.h"

#include "core/memory_map.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/seqlock.h"
#include "db/db.h"
#include "store/key_days.h"
#include "store/keys.h"

#define TRIES	3
#define SPACING 10 /* seconds: a busy key is not a row a second for the database */

/* The record's words.  The time is last: it is whole once it is there. */
enum { USE_TAG0, USE_TAG1, USE_FROM0, USE_FROM1, USE_AT };

static_assert(USE_AT + 1 == USE_WORDS, "the time ends the record");

static bool
use_claim(struct key_slot *slot, uint64_t *claimed)
{
	if (!seqlock_claim(&slot->use_seq, claimed))
		return false;
	/* What the one before wrote is read here, not only overwritten. */
	atomic_thread_fence(memory_order_acquire);
	return true;
}

void
memory_use_release(struct key_slot *slot, uint64_t claimed)
{
	seqlock_write(&slot->use_seq, claimed, slot->use, NULL, 0);
}

static void
use_mark(const struct key_slot *slot, bool pending)
{
	size_t i = (size_t)(slot - memory.keys);
	_Atomic uint64_t *marks = &memory.marks[i / 64];
	uint64_t bit = UINT64_C(1) << i % 64;

	/* Who takes a mark away sees what was counted before it was set. */
	if (pending)
		atomic_fetch_or_explicit(marks, bit, memory_order_acq_rel);
	else
		atomic_fetch_and_explicit(marks, ~bit, memory_order_acq_rel);
}

static bool
is_use_of(const struct key_slot *slot, struct tag t)
{
	return memory_load(&slot->use[USE_TAG0]) == t.w[0] && memory_load(&slot->use[USE_TAG1]) == t.w[1];
}

/* The mark first: a mark without a use costs a look, a use without a mark would be lost. */
static void
use_put(struct work *w, struct key_slot *slot, uint64_t claimed, struct tag t)
{
	uint64_t words[USE_WORDS] = { [USE_TAG0] = t.w[0], [USE_TAG1] = t.w[1] };

	memcpy(&words[USE_FROM0], w->peer.byte, sizeof w->peer.byte);
	words[USE_AT] = (uint64_t)w->now;
	use_mark(slot, true);
	memory_store(&slot->use[USE_AT], 0);
	seqlock_write(&slot->use_seq, claimed, slot->use, words, USE_WORDS);
}

uint64_t
memory_used_at(const struct key_slot *slot)
{
	return memory_load(&slot->use[USE_AT]);
}

static int64_t
day_of(const struct work *w)
{
	return w->now / CLOCK_DAY;
}

/* Once for each credential that is presented, however often it is looked at. */
static bool
is_first_look(struct work *w)
{
	bool first = !w->counted;

	w->counted = true;
	return first;
}

bool
memory_used(struct work *w, const uint8_t bytes[static MEMORY_TAG])
{
	struct key_slot *slot;
	uint64_t claimed;
	struct tag t;

	if (memory.head == NULL)
		return false;
	t = memory_tag(bytes);
	if ((slot = memory_slot(t)) == NULL)
		return false;
	if (is_first_look(w) && memory_day_add(slot, t, day_of(w), 1))
		use_mark(slot, true);
	for (int i = 0; i < TRIES; i++) {
		/* Never backwards, whatever the clock does; and once a second is enough. */
		if (memory_used_at(slot) >= (uint64_t)w->now && is_use_of(slot, t))
			return true;
		if (!use_claim(slot, &claimed))
			continue;
		if (memory_has_tag(slot, t)) {
			use_put(w, slot, claimed, t);
			return true;
		}
		memory_use_release(slot, claimed);
		return false;
	}
	return false;
}

static struct address
address_in(const uint64_t use[static USE_WORDS])
{
	struct address a = { .known = (use[USE_FROM0] | use[USE_FROM1]) != 0 };

	memcpy(a.byte, &use[USE_FROM0], sizeof a.byte);
	return a;
}

/* A copy of an id that is not too long to be one. */
static bool
put_id(char to[static ID_SPACE], const char *id)
{
	size_t n = strlen(id);

	if (n >= ID_SPACE)
		return false;
	memcpy(to, id, n + 1);
	return true;
}

static struct tag
tag_told(const struct memory_use *u)
{
	return (struct tag){ { u->tag[0], u->tag[1] } };
}

/* What the database does not have of a key, with its ids. */
static bool
read_use(struct work *w, struct key_slot *slot, struct memory_use *u)
{
	uint64_t use[USE_WORDS];
	const struct standing *s;
	uint64_t *words;

	if (!seqlock_read(&slot->use_seq, slot->use, use, USE_WORDS))
		return false;
	memcpy(u->tag, use, sizeof u->tag);
	if (use[USE_AT] <= memory_load(&slot->written_at) && !memory_days_wait(slot, tag_told(u)))
		return false;
	u->slot = (size_t)(slot - memory.keys);
	u->at = (int64_t)use[USE_AT];
	u->from = address_in(use);
	s = memory_copy(w->arena, slot, tag_told(u), &words);
	u->past = s == NULL ? 0 : s->past;
	if (s == NULL || !put_id(u->org_id, s->org_id) || !put_id(u->key_id, s->key_id))
		return false;
	memory_days_take(slot, tag_told(u), day_of(w), u->days);
	return true;
}

/* Often enough that nobody notices, and at once after a pause or when the clock went back. */
static bool
is_due(const struct key_slot *slot, int64_t now)
{
	int64_t written_at = (int64_t)memory_load(&slot->written_at);

	return now >= written_at + SPACING || now < written_at;
}

size_t
memory_uses(struct work *w, bool all, struct memory_use *uses, size_t max, size_t *turn)
{
	size_t n = 0;

	while (memory.head != NULL && *turn < memory.keys_n && n < max) {
		uint64_t marks = memory_load(&memory.marks[*turn / 64]) >> *turn % 64;
		struct key_slot *slot;

		if (marks == 0) {
			*turn = (*turn / 64 + 1) * 64;
			continue;
		}
		*turn += (size_t)__builtin_ctzll(marks);
		slot = &memory.keys[(*turn)++];
		if ((all || is_due(slot, w->now)) && read_use(w, slot, &uses[n]))
			n++;
	}
	return n;
}

static void
use_written(const struct memory_use *u)
{
	struct key_slot *slot = &memory.keys[u->slot];
	uint64_t claimed;

	/* Somebody notes another use just now: it will be told with that one. */
	if (!use_claim(slot, &claimed))
		return;
	if (is_use_of(slot, tag_told(u))) {
		memory_store(&slot->written_at, (uint64_t)u->at);
		if (memory_used_at(slot) <= (uint64_t)u->at)
			use_mark(slot, false);
		if (memory_days_wait(slot, tag_told(u)))
			use_mark(slot, true);
	}
	memory_use_release(slot, claimed);
}

void
memory_uses_written(const struct memory_use *uses, size_t n)
{
	for (size_t i = 0; i < n; i++)
		use_written(&uses[i]);
}

static void
use_back(const struct memory_use *u)
{
	struct key_slot *slot = &memory.keys[u->slot];

	for (size_t i = 0; i < MEMORY_DAYS; i++)
		if (u->days[i].uses > 0 &&
		    memory_day_add(slot, tag_told(u), u->days[i].day, (uint64_t)u->days[i].uses))
			use_mark(slot, true);
}

void
memory_uses_back(const struct memory_use *uses, size_t n)
{
	for (size_t i = 0; i < n; i++)
		use_back(&uses[i]);
}

/* --- the slot of a key is to become another's --- */

/* Of a slot whose writer was killed the ids are gone, and the use with them. */
static bool
is_pending(const struct key_slot *slot)
{
	struct tag of = { { memory_load(&slot->use[USE_TAG0]), memory_load(&slot->use[USE_TAG1]) } };

	return (memory_used_at(slot) > memory_load(&slot->written_at) || memory_days_wait(slot, of)) &&
	    (memory_load(&slot->seq) & 1) == 0 && memory_has_tag(slot, of);
}

static enum fault
write_last(struct work *w, const struct memory_use *u)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *from;
	enum fault f;

	address_text(&u->from, address);
	from = address[0] == '\0' ? NULL : address;
	f = keys_used(w, u->org_id, u->key_id, u->at, from);
	if (f == FAULT_NONE && u->past != 0)
		f = keys_past_used(w, u->org_id, u->key_id, u->past, u->at, from);
	return f;
}

/* What one statement has written is not given back when the next one fails. */
static enum fault
write_days(struct work *w, struct memory_use *u)
{
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < MEMORY_DAYS && f == FAULT_NONE; i++) {
		if (u->days[i].uses == 0)
			continue;
		f = key_days_add(w, u->org_id, u->key_id, u->days[i].day, u->days[i].uses);
		/* Whoever lost the connection does not know. */
		if (f == FAULT_NONE || f == FAULT_UNAVAILABLE)
			u->days[i].uses = 0;
	}
	return f;
}

bool
memory_use_let_go(struct work *w, struct key_slot *slot)
{
	struct memory_use u;

	/* A statement that fails may end a transaction, which is not ours to risk. */
	if (db_in_transaction(w->db))
		return !is_pending(slot);
	if (!read_use(w, slot, &u))
		return true;
	if (write_last(w, &u) != FAULT_NONE || write_days(w, &u) != FAULT_NONE) {
		use_back(&u);
		return false;
	}
	use_written(&u);
	return true;
}

bool
memory_use_claim(struct key_slot *slot, struct tag t, uint64_t *claimed)
{
	if (!use_claim(slot, claimed))
		return false;
	if (memory_has_tag(slot, t) || !is_pending(slot))
		return true;
	memory_use_release(slot, *claimed);
	return false;
}

void
memory_use_begin(struct work *w, struct key_slot *slot, struct tag t, uint64_t claimed)
{
	bool same = is_use_of(slot, t), first = is_first_look(w);

	if (!same) {
		memory_store(&slot->written_at, 0);
		memory_days_begin(slot, t, day_of(w), first);
	} else if (first) {
		(void)memory_day_add(slot, t, day_of(w), 1);
	}
	use_mark(slot, true);
	if (same && memory_used_at(slot) >= (uint64_t)w->now)
		memory_use_release(slot, claimed);
	else
		use_put(w, slot, claimed, t);
}
