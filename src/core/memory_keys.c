/*
 * memory_keys.c: the keys this host has verified, and when they were last used.
 *
 * A key may lie in one of WAYS neighbouring slots; a new one takes the place of
 * the one that was not used for longest.
 */
#include "config.h"

#include "core/memory_map.h"

#include <string.h>

#include "base/seqlock.h"
#include "store/keys.h"

/* The first words of a slot; the standing follows. */
enum { TAG0, TAG1, ORG, EPOCH, SIZE, STANDING };

#define STANDING_MAX ((KEY_WORDS - STANDING) * sizeof(uint64_t))

struct tag {
	uint64_t w[2];
};

static struct tag
tag_of(const uint8_t bytes[static MEMORY_TAG])
{
	struct tag t, boot;

	memcpy(&t, bytes, sizeof t);
	memcpy(&boot, memory.head->boot_key, sizeof boot);
	t.w[0] ^= boot.w[0];
	t.w[1] ^= boot.w[1];
	return t;
}

static struct key_slot *
first_slot(struct tag t)
{
	return &memory.keys[t.w[0] % (memory.keys_n / WAYS) * WAYS];
}

static uint64_t
load(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static bool
has_tag(const struct key_slot *s, struct tag t)
{
	return load(&s->word[TAG0]) == t.w[0] && load(&s->word[TAG1]) == t.w[1];
}

static struct key_slot *
slot_of(struct tag t)
{
	struct key_slot *s = first_slot(t);

	for (size_t i = 0; i < WAYS; i++)
		if (has_tag(&s[i], t))
			return &s[i];
	return NULL;
}

/* A copy that is whole, of the key that was looked for. */
static uint64_t *
copy_slot(struct work *w, const struct key_slot *s, struct tag t)
{
	uint64_t *copy = arena_array(w->arena, uint64_t, KEY_WORDS);

	if (!seqlock_read(&s->seq, s->word, copy, KEY_WORDS))
		return NULL;
	return copy[TAG0] == t.w[0] && copy[TAG1] == t.w[1] && copy[SIZE] <= STANDING_MAX ? copy : NULL;
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
	t = tag_of(bytes);
	if ((slot = slot_of(t)) == NULL || (copy = copy_slot(w, slot, t)) == NULL || copy[ORG] >= ORGS)
		return NULL;
	s = memory_unpack(w->arena, (char *)&copy[STANDING], (size_t)copy[SIZE]);
	/* The epoch comes last: what was copied before it was so at that epoch. */
	if (s == NULL || !memory_epoch_holds(w, (size_t)copy[ORG], s->org_id, copy[EPOCH]))
		return NULL;
	return s;
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
	t = tag_of(bytes);
	if ((slot = slot_of(t)) == NULL || (copy = copy_slot(w, slot, t)) == NULL)
		return false;
	s = memory_unpack(w->arena, (char *)&copy[STANDING], (size_t)copy[SIZE]);
	return s != NULL && s->version == version && strcmp(s->key_id, key_id) == 0;
}

/* The slot of this key, or else the one that was not used for longest. */
static struct key_slot *
slot_for(struct tag t)
{
	struct key_slot *s = first_slot(t), *oldest = s;

	for (size_t i = 0; i < WAYS; i++) {
		if (has_tag(&s[i], t))
			return &s[i];
		if (load(&s[i].used_at) < load(&oldest->used_at))
			oldest = &s[i];
	}
	return oldest;
}

static void
store(_Atomic uint64_t *word, uint64_t v)
{
	atomic_store_explicit(word, v, memory_order_relaxed);
}

/* The ids of the key in a slot that is claimed or copied. */
static struct standing *
standing_in_words(struct arena *a, uint64_t *words)
{
	if (words[SIZE] == 0 || words[SIZE] > STANDING_MAX)
		return NULL;
	return memory_unpack(a, (char *)&words[STANDING], (size_t)words[SIZE]);
}

static bool
is_unwritten(const struct key_slot *slot)
{
	return load(&slot->used_at) > load(&slot->written_at);
}

static struct address
used_from(const struct key_slot *slot)
{
	uint64_t half[2] = { load(&slot->used_from[0]), load(&slot->used_from[1]) };
	struct address a = { .known = (half[0] | half[1]) != 0 };

	memcpy(a.byte, half, sizeof a.byte);
	return a;
}

/* A key gives up its place: its last use must not go with it. */
static void
write_use(struct work *w, const struct key_slot *slot)
{
	uint64_t *words = arena_array(w->arena, uint64_t, KEY_WORDS);
	char address[ADDRESS_TEXT_SIZE];
	struct address from = used_from(slot);
	const struct standing *s;

	if (!is_unwritten(slot))
		return;
	for (size_t i = 0; i < KEY_WORDS; i++)
		words[i] = load(&slot->word[i]);
	if ((s = standing_in_words(w->arena, words)) == NULL)
		return;
	address_text(&from, address);
	(void)keys_used(w, s->org_id, s->key_id, (int64_t)load(&slot->used_at),
	    address[0] == '\0' ? NULL : address);
}

static void
put_from(struct key_slot *slot, const struct address *from)
{
	uint64_t half[2];

	memcpy(half, from->byte, sizeof half);
	store(&slot->used_from[0], half[0]);
	store(&slot->used_from[1], half[1]);
}

void
memory_keep(struct work *w, const uint8_t bytes[static MEMORY_TAG], const struct standing *s)
{
	uint64_t words[KEY_WORDS], claimed;
	struct key_slot *slot;
	struct tag t;
	size_t org, n;

	/* The epoch of a change that is not committed yet may come again, with other rows. */
	if (memory.head == NULL || w->after_tx != NULL || (org = memory_org(s->org_id)) == ORGS)
		return;
	n = memory_pack(s, (char *)&words[STANDING], STANDING_MAX);
	t = tag_of(bytes);
	slot = slot_for(t);
	if (n == 0 || !seqlock_claim(&slot->seq, &claimed))
		return;
	if (!has_tag(slot, t))
		write_use(w, slot);
	words[TAG0] = t.w[0];
	words[TAG1] = t.w[1];
	words[ORG] = org;
	words[EPOCH] = (uint64_t)s->epoch;
	words[SIZE] = n;
	store(&slot->used_at, (uint64_t)w->now);
	store(&slot->written_at, (uint64_t)w->now);
	put_from(slot, &w->peer); /* the address of another key's use must not be taken for this one's */
	seqlock_write(&slot->seq, claimed, slot->word, words, STANDING + (n + 7) / 8);
}

bool
memory_used(struct work *w, const uint8_t bytes[static MEMORY_TAG])
{
	uint64_t before, now = (uint64_t)w->now;
	struct key_slot *slot;

	if (memory.head == NULL || (slot = slot_of(tag_of(bytes))) == NULL)
		return false;
	before = load(&slot->used_at);
	/* Never backwards, whatever the clock does; and once a second is enough. */
	if (before >= now)
		return true;
	if (!atomic_compare_exchange_strong_explicit(&slot->used_at, &before, now, memory_order_relaxed,
		memory_order_relaxed))
		return true;
	put_from(slot, &w->peer);
	return true;
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

static bool
read_use(struct work *w, struct key_slot *slot, struct memory_use *u)
{
	uint64_t words[KEY_WORDS], at = load(&slot->used_at);
	const struct standing *s;

	if (!is_unwritten(slot) || !seqlock_read(&slot->seq, slot->word, words, KEY_WORDS) ||
	    (s = standing_in_words(w->arena, words)) == NULL)
		return false;
	u->at = (int64_t)at;
	u->from = used_from(slot);
	store(&slot->written_at, at);
	return put_id(u->org_id, s->org_id) && put_id(u->key_id, s->key_id);
}

size_t
memory_uses(struct work *w, struct memory_use *uses, size_t max, size_t *turn)
{
	size_t n = 0;

	for (; memory.head != NULL && *turn < memory.keys_n && n < max; (*turn)++)
		if (read_use(w, &memory.keys[*turn], &uses[n]))
			n++;
	return n;
}
