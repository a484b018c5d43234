/*
 * denial.c: refusals in shared memory, on their way into the audit.
 *
 * A slot is found by its tag, which stands for who, why and from where.  Its
 * count has a generation beside it in one word: whoever counts has read the
 * generation before the tag, so that a slot that has become another one in
 * between is not counted up.  A slot is given to another only while its count is
 * 0, and for a minute after it was written not even then, so that there is a row
 * a minute and not one a refusal.  Who makes a slot anew holds its sequence lock;
 * one that is killed in the middle leaves a slot that nobody uses any more.
 *
 * The keeper takes off what it wrote once that is committed: if it is killed
 * just then, a row is written twice, and none is lost.
 */
#include "core/denial.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/counters.h"
#include "base/hash.h"
#include "base/json_out.h"
#include "base/random.h"
#include "base/seqlock.h"
#include "base/shared.h"
#include "core/change.h"
#include "db/db.h"
#include "store/audit.h"

#define SLOTS	     4096 /* a power of two */
#define WAYS	     8
#define INTERVAL     60 /* seconds between two rows of a slot */
#define TRIES	     16
#define ROWS_AT_ONCE 200
#define COUNT_MASK   UINT64_C(0xffffffff)
#define GENERATION   (UINT64_C(1) << 32)
#define ID_SPACE     40

struct entry {
	char org_id[ID_SPACE], actor_id[ID_SPACE], key_id[ID_SPACE];
	char actor_type[16], reason[24], request_id[24];
	uint8_t address[16];
	uint64_t address_known, act;
};

#define ENTRY_WORDS (sizeof(struct entry) / sizeof(uint64_t))

struct slot {
	_Atomic uint64_t seq;
	_Atomic uint64_t tag;	/* 0: none */
	_Atomic uint64_t count; /* not written yet, and the generation above it */
	_Atomic uint64_t first, last, written;
	_Atomic uint64_t others; /* from more addresses than there was room for */
	_Atomic uint64_t word[ENTRY_WORDS];
};

static struct {
	uint64_t key[2]; /* nobody outside can choose who shares a slot */
	struct slot slot[SLOTS];
} * table;

void
denial_open(void)
{
	_Static_assert(sizeof(struct entry) % sizeof(uint64_t) == 0, "an entry is whole words");
	table = shared_take(sizeof *table);
	random_bytes(table->key, sizeof table->key);
}

static uint64_t
load(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static void
store(_Atomic uint64_t *word, uint64_t v)
{
	atomic_store_explicit(word, v, memory_order_relaxed);
}

static uint64_t
mix(uint64_t h, const void *bytes, size_t n)
{
	return hash_mix(h, table->key[1], bytes, n);
}

/* Who and why above, from where below: one who comes from everywhere stays in one neighbourhood. */
struct mark {
	uint64_t tag;
	size_t start;
};

static struct mark
mark_of(const struct work *w, const struct entry *e)
{
	struct address near = address_neighbourhood(&w->peer);
	uint64_t who = mix(table->key[0], e->org_id, strlen(e->org_id)), from;

	who = mix(who, e->actor_id, strlen(e->actor_id));
	who = mix(who, e->key_id, strlen(e->key_id));
	who = mix(who, e->reason, strlen(e->reason));
	from = mix(table->key[0], near.byte, sizeof near.byte);
	return (struct mark){ (who & ~COUNT_MASK) | (from & COUNT_MASK) | 1, (size_t)who & (SLOTS - 1) };
}

static struct slot *
slot_at(const struct mark *m, size_t i)
{
	return &table->slot[(m->start + i) & (SLOTS - 1)];
}

/* One more, if it is still the one that was read. */
static bool
count_up(struct slot *s, uint64_t seen, uint64_t now)
{
	if ((seen & COUNT_MASK) == COUNT_MASK)
		return true;
	if (!atomic_compare_exchange_strong_explicit(&s->count, &seen, seen + 1, memory_order_acq_rel,
		memory_order_relaxed))
		return false;
	store(&s->last, now);
	return true;
}

/* The slot with nothing to write becomes this one, with its first refusal. */
static bool
make(struct slot *s, uint64_t tag, const struct entry *e, uint64_t now)
{
	uint64_t seen, claimed, words[ENTRY_WORDS], old;

	if (!seqlock_claim(&s->seq, &claimed))
		return false;
	memcpy(words, e, sizeof words);
	old = load(&s->tag);
	seen = load(&s->count);
	store(&s->tag, 0);
	/* Whoever sees the new generation sees that the tag is gone, or the new one. */
	if ((seen & COUNT_MASK) != 0 ||
	    !atomic_compare_exchange_strong_explicit(&s->count, &seen, seen + GENERATION + 1,
		memory_order_acq_rel, memory_order_relaxed)) {
		store(&s->tag, old);
		seqlock_write(&s->seq, claimed, s->word, NULL, 0);
		return false;
	}
	if (old != tag)
		store(&s->written, 0);
	store(&s->first, now);
	store(&s->last, now);
	store(&s->others, 0);
	seqlock_write(&s->seq, claimed, s->word, words, ENTRY_WORDS);
	atomic_store_explicit(&s->tag, tag, memory_order_release);
	return true;
}

static bool
is_due(const struct slot *s, uint64_t now)
{
	uint64_t written = load(&s->written);

	return written == 0 || now >= written + INTERVAL || now < written;
}

/* Once through the neighbourhood.  False: somebody was in the way. */
static bool
try_note(const struct mark *m, const struct entry *e, uint64_t now, bool *lost)
{
	struct slot *free = NULL, *like = NULL;
	uint64_t like_seen = 0;

	for (size_t i = 0; i < WAYS; i++) {
		struct slot *s = slot_at(m, i);
		uint64_t seen = atomic_load_explicit(&s->count, memory_order_acquire), tag = load(&s->tag);
		bool idle = (seen & COUNT_MASK) == 0;

		if (tag == m->tag)
			return idle ? make(s, tag, e, now) : count_up(s, seen, now);
		if (idle && free == NULL && (tag == 0 || is_due(s, now)))
			free = s;
		if (!idle && like == NULL && (tag ^ m->tag) >> 32 == 0) {
			like = s;
			like_seen = seen;
		}
	}
	if (free != NULL)
		return make(free, m->tag, e, now);
	*lost = like == NULL;
	if (*lost || !count_up(like, like_seen, now))
		return *lost;
	store(&like->others, 1);
	return true;
}

static void
note(const struct work *w, const struct entry *e)
{
	struct mark m = mark_of(w, e);
	bool lost = false;

	for (int i = 0; i < TRIES; i++) {
		if (!try_note(&m, e, (uint64_t)w->now, &lost))
			continue;
		if (lost)
			count(COUNT_DENIALS_LOST);
		return;
	}
	count(COUNT_DENIALS_LOST);
}

/* The first of them, which no row has yet, is known by another request id. */
static void
rename_request(const struct work *w, const struct entry *e)
{
	struct mark m = mark_of(w, e);
	uint64_t claimed, words[ENTRY_WORDS];

	memcpy(words, e, sizeof words);
	for (size_t i = 0; i < WAYS; i++) {
		struct slot *s = slot_at(&m, i);

		if (load(&s->tag) != m.tag || (load(&s->count) & COUNT_MASK) != 1 ||
		    !seqlock_claim(&s->seq, &claimed))
			continue;
		/* It cannot have become another one since: that takes the claim. */
		if (load(&s->tag) == m.tag)
			seqlock_write(&s->seq, claimed, s->word, words, ENTRY_WORDS);
		else
			seqlock_write(&s->seq, claimed, s->word, NULL, 0);
		return;
	}
}

static void
put(char *to, size_t n, const char *text)
{
	(void)snprintf(to, n, "%s", text == NULL ? "" : text);
}

static struct entry
entry_of(const struct work *w, enum act act, const char *actor_type, const char *actor_id, const char *reason)
{
	struct entry e;

	memset(&e, 0, sizeof e);
	e.act = act;
	e.address_known = w->peer.known;
	memcpy(e.address, w->peer.byte, sizeof e.address);
	put(e.actor_type, sizeof e.actor_type, actor_type);
	put(e.actor_id, sizeof e.actor_id, actor_id);
	put(e.reason, sizeof e.reason, reason);
	put(e.request_id, sizeof e.request_id, w->request_id);
	return e;
}

void
denial_note(struct work *w, const struct standing *s, const char *reason, bool again)
{
	struct entry e;

	if (table == NULL || s == NULL || s->org_id == NULL)
		return;
	e = entry_of(w, s->key_id == NULL ? ACT_SESSION_DENIED : ACT_KEY_DENIED, standing_type(s),
	    s->owner_id, reason);
	put(e.org_id, sizeof e.org_id, s->org_id);
	put(e.key_id, sizeof e.key_id, s->key_id);
	if (again)
		rename_request(w, &e);
	else
		note(w, &e);
}

void
denial_fault(struct work *w, const struct standing *s, enum fault f, bool again)
{
	switch (f) {
	case FAULT_SCOPE:
	case FAULT_ROLE:
	case FAULT_RESOURCE:
	case FAULT_PATH:
	case FAULT_ADDRESS:
	case FAULT_SESSION_REQUIRED:
		denial_note(w, s, fault_code(f), again);
		break;
	default:
		break;
	}
}

void
denial_login(struct work *w, const char *user_id)
{
	struct entry e;

	if (table == NULL)
		return;
	e = entry_of(w, ACT_LOGIN_DENIED, "user", user_id, "password");
	note(w, &e);
}

/* --- the keeper's side --- */

/* What was written of a slot, to be taken off. */
struct taken {
	struct slot *slot;
	uint32_t count;
};

static const char *
text_or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static struct str
how_often(struct work *w, const struct slot *s, const struct entry *e, uint32_t n)
{
	struct out o = out_limit(w->arena, OUT_HEADER_MAX);
	struct json j = json_into(&o);

	json_object(&j, NULL);
	json_text(&j, "reason", e->reason);
	json_int(&j, "count", n);
	json_time(&j, "first", (int64_t)load(&s->first));
	json_time(&j, "last", (int64_t)load(&s->last));
	if (load(&s->others) != 0)
		json_flag(&j, "other_addresses", true);
	json_end(&j);
	return out_text(&o);
}

static enum fault
insert(struct work *w, const struct slot *s, const struct entry *e, uint32_t n)
{
	struct address from = { .known = e->address_known != 0 };
	char address[ADDRESS_TEXT_SIZE];
	struct event event = { .at = (int64_t)load(&s->last),
		.org_id = e->org_id,
		.action = act_name((enum act)e->act),
		.actor_type = e->actor_type,
		.actor_id = text_or_null(e->actor_id),
		.key_id = text_or_null(e->key_id),
		.request_id = text_or_null(e->request_id) };
	enum fault f;

	memcpy(from.byte, e->address, sizeof from.byte);
	address_text(&from, address);
	event.address = text_or_null(address);
	event.after_change = arena_text(w->arena, how_often(w, s, e, n));
	f = e->org_id[0] == '\0' ? audit_insert_of_user(w, e->actor_id, &event) : audit_insert(w, &event);
	return f == FAULT_CONFLICT ? FAULT_NONE : f; /* of what is there no more: not again and again */
}

static enum fault
write_slot(struct work *w, struct slot *s, struct taken *t, size_t *n)
{
	uint64_t words[ENTRY_WORDS], seen = atomic_load_explicit(&s->count, memory_order_acquire);
	struct entry e;

	if ((seen & COUNT_MASK) == 0 || !seqlock_read(&s->seq, s->word, words, ENTRY_WORDS))
		return FAULT_NONE;
	memcpy(&e, words, sizeof e);
	t[(*n)++] = (struct taken){ s, (uint32_t)(seen & COUNT_MASK) };
	return insert(w, s, &e, (uint32_t)(seen & COUNT_MASK));
}

/* The count is not 0 until it is taken off, so it is still the same slot. */
static void
take_off(const struct work *w, const struct taken *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		store(&t[i].slot->written, (uint64_t)w->now);
		store(&t[i].slot->first, (uint64_t)w->now);
		atomic_fetch_sub_explicit(&t[i].slot->count, t[i].count, memory_order_acq_rel);
	}
}

/* Some of the slots from *turn on, in one transaction. */
static enum fault
write_some(struct work *w, bool all, size_t *turn, size_t *n)
{
	struct taken *t = arena_array(w->arena, struct taken, ROWS_AT_ONCE);
	enum fault f = db_begin(w, DB_CHANGES);

	for (*n = 0; f == FAULT_NONE && *turn < SLOTS && *n < ROWS_AT_ONCE; (*turn)++)
		if (all || is_due(&table->slot[*turn], (uint64_t)w->now))
			f = write_slot(w, &table->slot[*turn], t, n);
	if (f == FAULT_NONE)
		f = db_commit(w);
	else
		db_rollback(w);
	if (f == FAULT_NONE)
		take_off(w, t, *n);
	return f;
}

static bool
anything_due(bool all, uint64_t now)
{
	for (size_t i = 0; i < SLOTS; i++)
		if ((load(&table->slot[i].count) & COUNT_MASK) != 0 && (all || is_due(&table->slot[i], now)))
			return true;
	return false;
}

enum fault
denial_write(struct work *w, bool all)
{
	size_t turn = 0, n = 0;
	enum fault f;

	if (table == NULL || !anything_due(all, (uint64_t)w->now))
		return FAULT_NONE;
	do {
		arena_reset(w->arena);
		f = write_some(w, all, &turn, &n);
	} while (f == FAULT_NONE && turn < SLOTS);
	return f;
}
