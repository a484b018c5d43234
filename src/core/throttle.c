/*
 * throttle.c: counting failures, a minute at a time, in shared memory.
 *
 * A slot holds a tag (what is counted), the last bits of the minute, and a
 * count, in one 64-bit word, so that every change of it is one compare-and-swap:
 * no lock, and nothing to repair when a process dies.  A slot of another minute
 * is free; a neighbourhood full of this minute's forgets the smallest count.
 *
 * Almost all who ask have not failed this minute.  They are told by one word,
 * the minute of the last failure of anybody with the same few bits.
 */
#include "core/throttle.h"

#include <stdatomic.h>
#include <string.h>

#include "base/counters.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/settings.h"
#include "base/shared.h"

#define SLOTS	   16384 /* a power of two */
#define PROBES	   8
#define QUIET_BITS 12
#define MINUTE	   60
#define COUNT_BITS 20
#define COUNT_MAX  ((UINT64_C(1) << COUNT_BITS) - 1)
#define NOW_BITS   10 /* of the minute: one comes again after 17 hours */
#define NOW_MASK   (((UINT64_C(1) << NOW_BITS) - 1) << COUNT_BITS)

static struct {
	uint8_t key[SECRET_SIZE]; /* nobody outside can choose who shares a slot */
	uint64_t quiet_key[2];
	_Atomic int64_t failed_in[1 << QUIET_BITS]; /* minutes */
	_Atomic uint64_t slot[SLOTS];
} * table;

void
throttle_open(void)
{
	table = shared_take(sizeof *table);
	random_bytes(table->key, sizeof table->key);
	random_bytes(table->quiet_key, sizeof table->quiet_key);
}

/* Where the last failure of this address, and of some others, is noted. */
static _Atomic int64_t *
failed_in(const struct work *w, enum throttle what)
{
	struct address near = address_neighbourhood(&w->peer);
	uint64_t half[2];

	memcpy(half, near.byte, sizeof half);
	half[0] = (half[0] ^ table->quiet_key[0] ^ (uint64_t)what << 32) * UINT64_C(0x9e3779b97f4a7c15);
	half[1] = (half[1] ^ half[0] >> 29 ^ table->quiet_key[1]) * UINT64_C(0xbf58476d1ce4e5b9);
	return &table->failed_in[half[1] >> (64 - QUIET_BITS)];
}

static uint64_t
minute_bits(const struct work *w)
{
	return (uint64_t)(w->now / MINUTE) << COUNT_BITS & NOW_MASK;
}

/* What stands for what is counted, and the minute beside it; never 0. */
static uint64_t
tag_of(struct work *w, enum throttle what, struct str account)
{
	struct address near = address_neighbourhood(&w->peer);
	char who[sizeof near.byte + 1 + 8];
	uint8_t key[SECRET_SIZE], digest[SECRET_SIZE];
	int64_t minute = w->now / MINUTE;
	uint64_t tag;

	__builtin_memcpy(who, near.byte, sizeof near.byte);
	who[sizeof near.byte] = (char)what;
	__builtin_memcpy(who + sizeof near.byte + 1, &minute, sizeof minute);
	secret_hmac((struct str){ (const char *)table->key, SECRET_SIZE }, (struct str){ who, sizeof who },
	    key);
	secret_hmac((struct str){ (const char *)key, SECRET_SIZE }, account, digest);
	__builtin_memcpy(&tag, digest, sizeof tag);
	return ((tag | UINT64_C(1) << 63) & ~(COUNT_MAX | NOW_MASK)) | minute_bits(w);
}

/* The slot of the tag, or else the one to give up for it. */
static _Atomic uint64_t *
find(uint64_t tag, bool *found)
{
	size_t start = (size_t)(tag >> (COUNT_BITS + NOW_BITS)) & (SLOTS - 1);
	_Atomic uint64_t *least = &table->slot[start];
	uint64_t least_count = UINT64_MAX;

	*found = false;
	for (size_t i = 0; i < PROBES; i++) {
		_Atomic uint64_t *slot = &table->slot[(start + i) & (SLOTS - 1)];
		uint64_t v = atomic_load_explicit(slot, memory_order_relaxed);

		if ((v & ~COUNT_MAX) == tag) {
			*found = true;
			return slot;
		}
		uint64_t weight = (v & NOW_MASK) == (tag & NOW_MASK) ? v & COUNT_MAX : 0;

		if (weight < least_count) {
			least = slot;
			least_count = weight;
		}
	}
	return least;
}

static int64_t
limit_of(const struct work *w, enum throttle what)
{
	return what == THROTTLE_PRESENTED ? w->settings->limits_failed_per_minute
					  : w->settings->limits_logins_per_minute;
}

static bool
exempt(const struct work *w)
{
	return ranges_hold(str_of(w->settings->limits_throttle_exempt), &w->peer);
}

static bool
is_quiet(const struct work *w, enum throttle what)
{
	return atomic_load_explicit(failed_in(w, what), memory_order_relaxed) != w->now / MINUTE;
}

enum fault
throttle_check(struct work *w, enum throttle what, struct str account)
{
	_Atomic uint64_t *slot;
	bool found;

	if (table == NULL || is_quiet(w, what) || exempt(w))
		return FAULT_NONE;
	slot = find(tag_of(w, what, account), &found);
	if (!found ||
	    (int64_t)(atomic_load_explicit(slot, memory_order_relaxed) & COUNT_MAX) < limit_of(w, what))
		return FAULT_NONE;
	count(COUNT_THROTTLED);
	w->trouble = (struct trouble){ .retry_after = MINUTE - w->now % MINUTE };
	return FAULT_THROTTLED;
}

/* Up by one, or down again if there is something to take back. */
static void
change_count(struct work *w, enum throttle what, struct str account, bool up)
{
	uint64_t tag, old, new;
	_Atomic uint64_t *slot;
	bool found;

	if (table == NULL || exempt(w))
		return;
	tag = tag_of(w, what, account);
	do {
		slot = find(tag, &found);
		old = atomic_load_explicit(slot, memory_order_relaxed);
		if (up ? found && (old & COUNT_MAX) == COUNT_MAX : !found || (old & COUNT_MAX) == 0)
			return;
		new = found ? old + (up ? 1 : UINT64_MAX) : tag + 1;
	} while (!atomic_compare_exchange_weak_explicit(slot, &old, new, memory_order_relaxed,
	    memory_order_relaxed));
	atomic_store_explicit(failed_in(w, what), w->now / MINUTE, memory_order_relaxed);
}

void
throttle_count(struct work *w, enum throttle what, struct str account)
{
	change_count(w, what, account, true);
}

void
throttle_take_back(struct work *w, enum throttle what, struct str account)
{
	change_count(w, what, account, false);
}
