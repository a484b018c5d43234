/*
 * memory_targets.c: the chains of resources this host has read.
 */
#include "config.h"

#include "core/memory_map.h"

#include <string.h>

#include "base/seqlock.h"

enum { TAG, ORG, EPOCH, TYPE, COUNT_OF_IDS, IDS };

#define IDS_MAX ((TARGET_WORDS - IDS) * sizeof(uint64_t))

/* One place each: what falls on the same one takes it over. */
static struct target_slot *
slot_of(uint64_t tag)
{
	return &memory.targets[tag % memory.targets_n];
}

/* The ids, each with a NUL behind it, back into a chain; false if they are not all there. */
static bool
read_ids(struct target *t, char *at, size_t n)
{
	char *end = at + IDS_MAX;

	for (t->n = 0; t->n < n; t->n++) {
		char *nul = memchr(at, '\0', (size_t)(end - at));

		if (nul == NULL || t->n == TARGET_DEPTH)
			return false;
		t->id[t->n] = at;
		at = nul + 1;
	}
	return n > 0;
}

struct target *
memory_find_target(struct work *w, const char *org_id, const char *resource_id)
{
	uint64_t tag, *copy;
	struct target *t;
	struct target_slot *slot;

	if (memory.head == NULL)
		return NULL;
	tag = memory_hash(str_of(org_id), str_of(resource_id));
	slot = slot_of(tag);
	if (atomic_load_explicit(&slot->word[TAG], memory_order_relaxed) != tag)
		return NULL;
	copy = arena_array(w->arena, uint64_t, TARGET_WORDS);
	if (!seqlock_read(&slot->seq, slot->word, copy, TARGET_WORDS) || copy[TAG] != tag ||
	    copy[ORG] >= ORGS || copy[TYPE] >= TYPE__MAX)
		return NULL;
	t = arena_new(w->arena, struct target);
	t->type = type_of((enum type_id)copy[TYPE]);
	if (!read_ids(t, (char *)&copy[IDS], (size_t)copy[COUNT_OF_IDS]) ||
	    strcmp(t->id[0], resource_id) != 0)
		return NULL;
	if (copy[ORG] != memory_org(org_id) || !memory_epoch_held(w, (size_t)copy[ORG], org_id, copy[EPOCH]))
		return NULL;
	return t;
}

static bool
write_ids(const struct target *t, char *at)
{
	size_t used = 0, n;

	for (size_t i = 0; i < t->n; i++) {
		n = strlen(t->id[i]) + 1;
		if (n > IDS_MAX - used)
			return false;
		memcpy(at + used, t->id[i], n);
		used += n;
	}
	return true;
}

void
memory_keep_target(struct work *w, const char *org_id, int64_t epoch, const struct target *t)
{
	uint64_t words[TARGET_WORDS] = { 0 }, claimed, tag;
	struct target_slot *slot;
	size_t org;

	/* The epoch of a change that is not committed yet may come again, with other rows. */
	if (memory.head == NULL || w->after_tx != NULL || (org = memory_org(org_id)) == ORGS ||
	    !write_ids(t, (char *)&words[IDS]))
		return;
	tag = memory_hash(str_of(org_id), str_of(t->id[0]));
	slot = slot_of(tag);
	if (!seqlock_claim(&slot->seq, &claimed))
		return;
	words[TAG] = tag;
	words[ORG] = org;
	words[EPOCH] = (uint64_t)epoch;
	words[TYPE] = (uint64_t)t->type->id;
	words[COUNT_OF_IDS] = t->n;
	seqlock_write(&slot->seq, claimed, slot->word, words, TARGET_WORDS);
}
