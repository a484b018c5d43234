/*
 * memory_keys.c: the keys this host has verified.
 *
 * A key may lie in any slot of two sets, of WAYS neighbours each, and a new one
 * goes where more of them are free (Azar et al., "Balanced allocations", 1994): so
 * nearly all slots are taken before one has to give up its place, which then is
 * the one that was not used for longest.  What lies where stands in an index,
 * where a set is one cache line; it is a hint, and the slot decides.
 */
#include "config.h"

#include "core/memory_map.h"

#include <string.h>

#include "base/seqlock.h"

/* The first words of a slot; the standing follows. */
enum { TAG0, TAG1, ORG, EPOCH, SIZE, STANDING };

#define STANDING_MAX ((KEY_WORDS - STANDING) * sizeof(uint64_t))

static size_t
words_for(uint64_t standing)
{
	return STANDING + (size_t)(standing + 7) / 8;
}

struct tag
memory_tag(const uint8_t bytes[static MEMORY_TAG])
{
	struct tag t, boot;

	memcpy(&t, bytes, sizeof t);
	memcpy(&boot, memory.head->boot_key, sizeof boot);
	t.w[0] ^= boot.w[0];
	t.w[1] ^= boot.w[1];
	return t;
}

/* The first slot of either set; they may be the same one. */
static size_t
set_of(struct tag t, int which)
{
	return (size_t)(t.w[which] % (memory.keys_n / WAYS)) * WAYS;
}

static uint64_t
hint_of(struct tag t)
{
	return (t.w[0] ^ t.w[1]) | 1;
}

bool
memory_has_tag(const struct key_slot *s, struct tag t)
{
	return memory_load(&s->word[TAG0]) == t.w[0] && memory_load(&s->word[TAG1]) == t.w[1];
}

struct key_slot *
memory_slot(struct tag t)
{
	uint64_t hint = hint_of(t);

	for (int which = 0; which < 2; which++) {
		size_t set = set_of(t, which);

		for (size_t i = set; i < set + WAYS; i++)
			if (memory_load(&memory.index[i]) == hint && memory_has_tag(&memory.keys[i], t))
				return &memory.keys[i];
	}
	return NULL;
}

/* No more words than are in use: how many is read again among them, for it may be another slot by then. */
struct standing *
memory_copy(struct arena *a, const struct key_slot *s, struct tag t, uint64_t **words)
{
	uint64_t size = memory_load(&s->word[SIZE]), *copy;

	if (size > STANDING_MAX)
		return NULL;
	copy = *words = arena_array(a, uint64_t, words_for(size));
	if (!seqlock_read(&s->seq, s->word, copy, words_for(size)) || copy[TAG0] != t.w[0] ||
	    copy[TAG1] != t.w[1] || copy[SIZE] != size)
		return NULL;
	return memory_unpack(a, (char *)&copy[STANDING], (size_t)copy[SIZE]);
}

struct standing *
memory_find(struct work *w, const uint8_t bytes[static MEMORY_TAG])
{
	const struct key_slot *slot;
	struct standing *s;
	uint64_t *copy;
	struct tag t;

	if (memory.head == NULL)
		return NULL;
	t = memory_tag(bytes);
	if ((slot = memory_slot(t)) == NULL || (s = memory_copy(w->arena, slot, t, &copy)) == NULL ||
	    copy[ORG] >= ORGS)
		return NULL;
	/* The epoch comes last: what was copied before it was so at that epoch. */
	if (!memory_epoch_holds(w, (size_t)copy[ORG], s->org_id, copy[EPOCH]))
		return NULL;
	return s;
}

bool
memory_has(const uint8_t bytes[static MEMORY_TAG])
{
	return memory.head != NULL && memory_slot(memory_tag(bytes)) != NULL;
}

bool
memory_verified(struct work *w, const uint8_t bytes[static MEMORY_TAG], const char *key_id, int64_t version)
{
	const struct key_slot *slot;
	const struct standing *s;
	uint64_t *copy;
	struct tag t;

	if (memory.head == NULL)
		return false;
	t = memory_tag(bytes);
	if ((slot = memory_slot(t)) == NULL || (s = memory_copy(w->arena, slot, t, &copy)) == NULL)
		return false;
	return s->version == version && strcmp(s->key_id, key_id) == 0;
}

/* How many of a set are free, and the first of them. */
static size_t
free_in(size_t set, size_t *first)
{
	size_t n = 0;

	for (size_t i = set + WAYS; i-- > set;) {
		if (memory_load(&memory.index[i]) != 0)
			continue;
		*first = i;
		n++;
	}
	return n;
}

static struct key_slot *
oldest_of(size_t set, struct key_slot *oldest)
{
	for (size_t i = set; i < set + WAYS; i++)
		if (oldest == NULL || memory_used_at(&memory.keys[i]) < memory_used_at(oldest))
			oldest = &memory.keys[i];
	return oldest;
}

/* The slot of this key, or else a free one, or else the one that was not used for longest. */
static struct key_slot *
slot_for(struct tag t)
{
	size_t first[2], n[2];
	struct key_slot *s = memory_slot(t);

	if (s != NULL)
		return s;
	for (int which = 0; which < 2; which++)
		n[which] = free_in(set_of(t, which), &first[which]);
	if (n[0] + n[1] > 0)
		return &memory.keys[first[n[1] > n[0]]];
	return oldest_of(set_of(t, 1), oldest_of(set_of(t, 0), NULL));
}

/*
 * Of a standing that does not fit (its owner has many roles) whose it is: enough to
 * know that the text was verified, and to tell of its uses.
 */
static size_t
pack_bare(const struct standing *s, char *to)
{
	const struct standing bare = { .kind = s->kind,
		.org_id = s->org_id,
		.key_id = s->key_id,
		.past = s->past,
		.version = s->version };

	return memory_pack(&bare, to, STANDING_MAX);
}

/* The words of a slot, and how many; 0: it does not fit at all. */
static size_t
fill(uint64_t words[static KEY_WORDS], struct tag t, const struct standing *s)
{
	size_t n = memory_pack(s, (char *)&words[STANDING], STANDING_MAX), org = memory_org(s->org_id);

	if (org == ORGS)
		return 0;
	/* Without its organization's place it is no standing that anybody believes. */
	if (n == 0) {
		n = pack_bare(s, (char *)&words[STANDING]);
		org = ORGS;
	}
	words[TAG0] = t.w[0];
	words[TAG1] = t.w[1];
	words[ORG] = org;
	words[EPOCH] = (uint64_t)s->epoch;
	words[SIZE] = n;
	return n == 0 ? 0 : words_for(n);
}

bool
memory_keep(struct work *w, const uint8_t bytes[static MEMORY_TAG], const struct standing *s, bool used)
{
	uint64_t words[KEY_WORDS], claimed, use_claimed;
	struct key_slot *slot;
	struct tag t;
	size_t n;

	/* The epoch of a change that is not committed yet may come again, with other rows. */
	if (memory.head == NULL || w->after_tx != NULL)
		return false;
	t = memory_tag(bytes);
	if ((n = fill(words, t, s)) == 0)
		return false;
	slot = slot_for(t);
	/* A key gives up its place: its last use must not go with it. */
	if (!memory_has_tag(slot, t) && !memory_use_let_go(w, slot))
		return false;
	if (!memory_use_claim(slot, t, &use_claimed))
		return false;
	if (!seqlock_claim(&slot->seq, &claimed)) {
		memory_use_release(slot, use_claimed);
		return false;
	}
	if (used)
		memory_use_begin(w, slot, t, use_claimed);
	else
		memory_use_release(slot, use_claimed);
	seqlock_write(&slot->seq, claimed, slot->word, words, n);
	memory_store(&memory.index[slot - memory.keys], hint_of(t));
	return true;
}
