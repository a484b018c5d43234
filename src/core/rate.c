/*
 * rate.c: counting the requests of keys that have a limit, in shared memory.
 *
 * All that is kept of a key is when its bucket will be full again (the
 * "theoretical arrival time").  Once that is past there is nothing to know about
 * it, so its place is free for another key.
 *
 * A set of places is two cache lines.  A key in it is counted with one
 * compare-and-swap of its word, which has a generation above the time: whoever
 * counts has read the word before the tag, so that a place that has become
 * another key's in between is not counted up.  Places are given away under the
 * sequence lock of their set, one at a time: a key must not get two, or it would
 * have two buckets.  A process killed meanwhile leaves a place that is nobody's.
 *
 * The tag has the limit in it.  One that is changed is a new bucket, and a full
 * one: nothing of the old limit can keep the key out.
 *
 * The limit keeps load away, it is no rule about who may do what.  Where it
 * cannot be counted (a set full of other keys' counts forgets one; its lock is
 * with a process that has been stopped) the request goes through.
 */
#include "core/rate.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/hash.h"
#include "base/json_out.h"
#include "base/random.h"
#include "base/seqlock.h"
#include "base/shared.h"

#define WAYS	   7
#define SETS_MIN   256
#define TIME_BITS  50 /* of microseconds: 35 years */
#define TIME_MASK  ((UINT64_C(1) << TIME_BITS) - 1)
#define GENERATION (UINT64_C(1) << TIME_BITS)
#define SECOND	   INT64_C(1000000)
#define TRIES	   1000
#define MOMENT	   SECOND /* at most, between a question of nginx and its refusal */

struct set {
	_Atomic uint64_t seq;
	_Atomic uint64_t tag[WAYS]; /* 0: nobody's */
	uint64_t spare;
	_Atomic uint64_t word[WAYS];
};

static struct {
	uint64_t key[2]; /* nobody outside can choose who shares a set */
	int64_t began_ms;
	size_t sets; /* a power of two */
	struct set *set;
} * table;

/* A bucket, in microseconds. */
struct bucket {
	uint64_t tag;
	int64_t now;
	int64_t step; /* what one request takes */
	int64_t size; /* what all of them take */
};

void
rate_open(const struct settings *s)
{
	size_t sets = SETS_MIN;

	while (sets * WAYS < (size_t)s->keys_remembered)
		sets *= 2;
	table = shared_take(sizeof *table);
	table->set = shared_take(sizeof *table->set * sets);
	table->sets = sets;
	table->began_ms = clock_ms();
	random_bytes(table->key, sizeof table->key);
}

/* --- what is wished --- */

static enum fault
part_wished(struct work *w, const struct given_int *g, const char *name, int64_t max, int64_t *v)
{
	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, name, "must be given");
	if (g->is == IS_NULL || g->v < 1 || g->v > max)
		return fault_at(w, FAULT_BAD_FIELD, name, "must be 1 to %lld", (long long)max);
	*v = g->v;
	return FAULT_NONE;
}

enum fault
rate_wished(struct work *w, const struct given_rows *wish, struct rate_limit *limit)
{
	const struct rate_wish *r = wish->v;
	enum fault f;

	if (wish->is == ABSENT)
		return FAULT_NONE;
	*limit = (struct rate_limit){ .requests = 0 };
	if (wish->is == IS_NULL)
		return FAULT_NONE;
	if ((f = part_wished(w, &r->requests, "requests", RATE_REQUESTS_MAX, &limit->requests)) != FAULT_NONE)
		return f;
	return part_wished(w, &r->seconds, "seconds", RATE_SECONDS_MAX, &limit->seconds);
}

void
rate_write(struct json *j, const char *name, int64_t requests, int64_t seconds)
{
	if (requests == 0) {
		json_null(j, name);
		return;
	}
	json_object(j, name);
	json_int(j, "requests", requests);
	json_int(j, "seconds", seconds);
	json_end(j);
}

/* --- whose bucket --- */

static struct rate_limit
limit_of(const struct work *w, const struct standing *s)
{
	if (s->kind == NULL)
		return (struct rate_limit){ .requests = 0 };
	if (s->rate_requests != 0)
		return (struct rate_limit){ s->rate_requests, s->rate_seconds };
	return (struct rate_limit){ w->settings->limits_key_requests, w->settings->limits_key_seconds };
}

static struct bucket
bucket_of(const struct standing *s, const struct rate_limit *l)
{
	struct bucket b = { .now = (clock_ms() - table->began_ms + 1) * (SECOND / 1000) };

	b.tag = hash_mix(table->key[0], table->key[1], s->key_id, strlen(s->key_id));
	b.tag = hash_mix(b.tag, table->key[1], l, sizeof *l) | 1;
	/* Upwards: never more than the limit, by the fraction of a microsecond. */
	b.step = (l->seconds * SECOND + l->requests - 1) / l->requests;
	b.size = b.step * l->requests;
	return b;
}

static struct set *
set_of(const struct bucket *b)
{
	return &table->set[b->tag >> 8 & (table->sets - 1)];
}

static int64_t
time_in(uint64_t word)
{
	return (int64_t)(word & TIME_MASK);
}

/* --- counting --- */

enum step { STEP_DONE, STEP_REFUSED, STEP_AGAIN, STEP_ABSENT };

/* With one request more than at this time: when it will be full again. */
static int64_t
full_again(const struct bucket *b, uint64_t word)
{
	return (time_in(word) > b->now ? time_in(word) : b->now) + b->step;
}

/* The place of the key, and its word, which was the key's when it was read. */
static _Atomic uint64_t *
find(struct set *set, const struct bucket *b, uint64_t *word)
{
	for (size_t i = 0; i < WAYS; i++) {
		if (atomic_load_explicit(&set->tag[i], memory_order_relaxed) != b->tag)
			continue;
		*word = atomic_load_explicit(&set->word[i], memory_order_acquire);
		if (atomic_load_explicit(&set->tag[i], memory_order_relaxed) == b->tag)
			return &set->word[i];
	}
	return NULL;
}

static enum step
count_up(struct set *set, const struct bucket *b, int64_t *full)
{
	uint64_t seen;
	_Atomic uint64_t *word = find(set, b, &seen);

	if (word == NULL)
		return STEP_ABSENT;
	*full = full_again(b, seen);
	if (*full - b->now > b->size) {
		*full -= b->step;
		return STEP_REFUSED;
	}
	return atomic_compare_exchange_strong_explicit(word, &seen, (seen & ~TIME_MASK) | (uint64_t)*full,
		   memory_order_acq_rel, memory_order_relaxed)
	    ? STEP_DONE
	    : STEP_AGAIN;
}

/* The place whose bucket is full for longest, or will be so first. */
static size_t
least_of(const struct set *set)
{
	size_t least = 0;

	for (size_t i = 1; i < WAYS; i++)
		if (time_in(atomic_load_explicit(&set->word[i], memory_order_relaxed)) <
		    time_in(atomic_load_explicit(&set->word[least], memory_order_relaxed)))
			least = i;
	return least;
}

/* Under the set's lock: a place becomes this key's, with its first request. */
static enum step
begin(struct set *set, const struct bucket *b, int64_t *full)
{
	size_t i = least_of(set);
	uint64_t seen = atomic_load_explicit(&set->word[i], memory_order_relaxed),
		 was = atomic_load_explicit(&set->tag[i], memory_order_relaxed);

	*full = b->now + b->step;
	/* Whoever sees the new generation sees that the tag is gone, or the new one. */
	atomic_store_explicit(&set->tag[i], 0, memory_order_relaxed);
	if (!atomic_compare_exchange_strong_explicit(&set->word[i], &seen,
		((seen & ~TIME_MASK) + GENERATION) | (uint64_t)*full, memory_order_acq_rel,
		memory_order_relaxed)) {
		atomic_store_explicit(&set->tag[i], was, memory_order_relaxed);
		return STEP_AGAIN;
	}
	atomic_store_explicit(&set->tag[i], b->tag, memory_order_release);
	return STEP_DONE;
}

static enum step
settle(struct set *set, const struct bucket *b, int64_t *full)
{
	uint64_t claimed;
	enum step s;

	if (!seqlock_claim(&set->seq, &claimed))
		return STEP_AGAIN;
	/* What the one before gave away is seen here. */
	atomic_thread_fence(memory_order_acquire);
	if ((s = count_up(set, b, full)) == STEP_ABSENT)
		s = begin(set, b, full);
	seqlock_write(&set->seq, claimed, NULL, NULL, 0);
	return s;
}

/* True: it may come. */
static bool
charge(const struct bucket *b, int64_t *full)
{
	struct set *set = set_of(b);

	for (int i = 0; i < TRIES; i++) {
		enum step s = count_up(set, b, full);

		if (s == STEP_ABSENT)
			s = settle(set, b, full);
		if (s != STEP_AGAIN)
			return s == STEP_DONE;
		if (i > 10)
			(void)sched_yield(); /* whoever is at it may not be running */
	}
	*full = b->now + b->step;
	return true;
}

static int64_t
seconds_up(int64_t us)
{
	return us <= 0 ? 0 : (us + SECOND - 1) / SECOND;
}

/* full: when the bucket will be full again. */
static void
tell(const struct bucket *b, int64_t full, struct rate *r)
{
	int64_t taken = full > b->now ? full - b->now : 0;

	r->left = (b->size - taken) / b->step;
	if (r->left < 0)
		r->left = 0; /* it could not be counted */
	r->whole_in = seconds_up(taken);
}

static enum fault
refuse(struct work *w, const struct bucket *b, int64_t full, struct rate *r)
{
	int64_t wait = seconds_up(full + b->step - b->size - b->now);

	r->retry_after = wait > 0 ? wait : 1;
	w->trouble = (struct trouble){ .retry_after = r->retry_after };
	return FAULT_RATE_LIMITED;
}

enum fault
rate_charge(struct work *w, const struct standing *s, struct rate *r)
{
	struct bucket b;
	int64_t full;
	bool may;

	*r = (struct rate){ .left = 0 };
	if (table == NULL || (r->limit = limit_of(w, s)).requests == 0)
		return FAULT_NONE;
	b = bucket_of(s, &r->limit);
	may = charge(&b, &full);
	tell(&b, full, r);
	if (may)
		return FAULT_NONE;
	count(COUNT_RATE_LIMITED);
	return refuse(w, &b, full, r);
}

enum fault
rate_refused(struct work *w, const struct standing *s, struct rate *r)
{
	struct bucket b;
	uint64_t word;
	int64_t full;

	*r = (struct rate){ .left = 0 };
	if (table == NULL || (r->limit = limit_of(w, s)).requests == 0)
		return FAULT_NONE;
	b = bucket_of(s, &r->limit);
	full = find(set_of(&b), &b, &word) == NULL ? 0 : time_in(word);
	tell(&b, full, r);
	/* It has only become later since: what was too late then is so by that moment's clock. */
	return full + b.step - (b.now - MOMENT) > b.size && full != 0 ? refuse(w, &b, full, r) : FAULT_NONE;
}
