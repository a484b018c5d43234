/*
 * memory_changers.c: who is changing which organization, so that a count that
 * was turned up comes down again, whoever dies in between.
 *
 * A change has a place.  The place goes through these states, each a
 * compare-and-swap of one word by the process that makes the change:
 *
 *	FREE -> CLAIMED -> COUNTED -> ENDING -> FREE
 *	            (+1)        |  (-1)
 *	                        +-> LOST	nobody heard how its commit ended
 *
 * The count of the organization is turned up while the place says CLAIMED, and
 * down while it says ENDING.  So if a process dies,
 *
 *	COUNTED, LOST	are counted: the keeper waits until the change is over,
 *			which is when it could lock the organization's row (a
 *			transaction that has moved the epoch holds it to its end),
 *			takes the place over as ENDING, and ends it;
 *	CLAIMED, ENDING	may be counted or not.  Neither has a transaction that
 *			could still be committed: the first has not sent its
 *			commit, the second has heard the end of it.  The keeper
 *			counts the organization anew (recount below).
 *
 * The keeper may die in the middle of this as well, and two of them may be at it
 * while settings are reloaded.  tests/model/epochs.pml is this file as a model.
 *
 * A process is known by its number alone.  A number that was given to a stranger
 * since keeps the organization in flux until that one ends: slow, never wrong.
 */
#include "config.h"

#include "core/memory_map.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum state { FREE, CLAIMED, COUNTED, LOST, ENDING };

/* A place's word: the state, how often it was taken (a reused place is told from the old one), whose it is. */
#define STATE_SHIFT 60
#define TAKEN_ONE   (UINT64_C(1) << 48)
#define ORG_SHIFT   32
#define ORG_MASK    UINT64_C(0xffff)
#define PID_MASK    UINT64_C(0xffffffff)

static_assert(ORGS <= ORG_MASK, "an organization's place fits into the word");

/* A change under way, in the arena of the work that makes it. */
struct flux {
	struct changer *place;
	uint64_t word; /* what the place says, if nobody has taken it over */
	const char *org_id;
};

static enum state
state_of(uint64_t word)
{
	return (enum state)(word >> STATE_SHIFT);
}

static size_t
org_of(uint64_t word)
{
	return (size_t)(word >> ORG_SHIFT & ORG_MASK);
}

static uint64_t
with_state(uint64_t word, enum state s)
{
	return (word & ~(UINT64_MAX << STATE_SHIFT)) | (uint64_t)s << STATE_SHIFT;
}

static uint64_t
with_owner(uint64_t word, size_t org)
{
	return (word & ~(ORG_MASK << ORG_SHIFT | PID_MASK)) | (uint64_t)org << ORG_SHIFT | (uint64_t)getpid();
}

/* From exactly this word to another; false: it is not what it was. */
static bool
move(struct changer *c, uint64_t *word, uint64_t to)
{
	uint64_t seen = *word;

	if (!atomic_compare_exchange_strong_explicit(&c->word, &seen, to, memory_order_acq_rel,
		memory_order_relaxed))
		return false;
	*word = to;
	return true;
}

static bool
claim(struct changer *c, size_t org, uint64_t *word)
{
	*word = atomic_load_explicit(&c->word, memory_order_relaxed);
	if (state_of(*word) != FREE)
		return false;
	/* What the number of takings carries over is the state, which is set anyway. */
	return move(c, word, with_state(with_owner(*word + TAKEN_ONE, org), CLAIMED));
}

static void
write_id(struct changer *c, const char *id)
{
	uint64_t words[ID_WORDS] = { 0 };
	size_t n = strlen(id);

	/* One that is cut short is of no organization. */
	memcpy(words, id, n < ID_SPACE ? n : ID_SPACE - 1);
	for (size_t i = 0; i < ID_WORDS; i++)
		atomic_store_explicit(&c->id[i], words[i], memory_order_relaxed);
}

static void
read_id(const struct changer *c, char id[static ID_SPACE])
{
	uint64_t words[ID_WORDS];

	for (size_t i = 0; i < ID_WORDS; i++)
		words[i] = atomic_load_explicit(&c->id[i], memory_order_relaxed);
	memcpy(id, words, ID_SPACE);
	id[ID_SPACE - 1] = '\0';
}

/* Take a place and be counted. */
static bool
enter(struct flux *f, size_t org)
{
	for (size_t i = 0; i < CHANGERS; i++) {
		if (!claim(&memory.changers[i], org, &f->word))
			continue;
		f->place = &memory.changers[i];
		write_id(f->place, f->org_id);
		memory_turn(org, 1);
		return move(f->place, &f->word, with_state(f->word, COUNTED));
	}
	return false;
}

/* One that is ending is not counted any more, and its place is free. */
static void
leave(struct changer *c, uint64_t word)
{
	memory_turn(org_of(word), -1);
	(void)move(c, &word, with_state(word, FREE));
}

/* Over, if it is certain; if not it may yet be committed: in flux until somebody has held its row. */
static void
end(struct flux *f, bool certain)
{
	if (!certain)
		(void)move(f->place, &f->word, with_state(f->word, LOST));
	else if (move(f->place, &f->word, with_state(f->word, ENDING)))
		leave(f->place, f->word);
}

/*
 * A command's change: a service that was started meanwhile has not heard of it,
 * or one that was started anew has begun another memory.  It may have read the
 * epoch before the change; now it reads it again.
 */
static void
tell_service(struct work *w, const char *org_id, bool certain)
{
	struct flux f = { .org_id = org_id };
	const char *why;
	size_t org;

	if (!memory_attach(w->settings, &why))
		log_event(LOG_WARN, "service_not_told", "file", w->settings->keys_memory_file, "problem", why,
		    NULL);
	if (memory.head == NULL || (org = memory_org(org_id)) == ORGS)
		return;
	if (enter(&f, org))
		end(&f, certain);
	else
		memory_turn(org, 0);
}

/* The transaction is over, either way; what became of it is asked at the next check. */
static void
end_flux(struct work *w, bool certain)
{
	struct flux *f = w->after_ctx;

	w->after_tx = NULL;
	w->after_ctx = NULL;
	if (f->place != NULL)
		end(f, certain);
	if (memory.attached)
		tell_service(w, f->org_id, certain);
}

static enum fault
begin_flux(struct work *w, const char *org_id)
{
	struct flux *f = arena_new(w->arena, struct flux);
	size_t org = memory.head == NULL ? ORGS : memory_org(org_id);

	*f = (struct flux){ .org_id = arena_text(w->arena, str_of(org_id)) };
	if (org == ORGS && !memory.attached)
		return FAULT_NONE; /* nothing of it can be remembered */
	if (org != ORGS && !enter(f, org))
		return FAULT_BUSY;
	w->after_tx = end_flux;
	w->after_ctx = f;
	return FAULT_NONE;
}

enum fault
memory_flux(struct work *w, const char *org_id)
{
	if (memory.head == NULL && !memory.attached)
		return FAULT_NONE; /* nobody remembers anything */
	if (w->after_tx == NULL)
		return begin_flux(w, org_id);
	/* In flux already: but only the organization whose row the transaction has. */
	assert(strcmp(((struct flux *)w->after_ctx)->org_id, org_id) == 0);
	return FAULT_NONE;
}

/* --- what the keeper does --- */

static bool
lives(uint64_t word)
{
	return kill((pid_t)(word & PID_MASK), 0) == 0 || errno != ESRCH;
}

static bool
is_uncertain(uint64_t word)
{
	return state_of(word) == CLAIMED || state_of(word) == ENDING;
}

bool
memory_orphan(struct memory_orphan *o)
{
	for (; memory.head != NULL && o->place < CHANGERS; o->place++) {
		const struct changer *c = &memory.changers[o->place];

		o->word = atomic_load_explicit(&c->word, memory_order_acquire);
		if (state_of(o->word) == LOST || (state_of(o->word) == COUNTED && !lives(o->word))) {
			read_id(c, o->org_id);
			return true;
		}
	}
	return false;
}

void
memory_mend(const struct memory_orphan *o)
{
	struct changer *c = &memory.changers[o->place];
	uint64_t word = o->word;

	if (move(c, &word, with_state(with_owner(word, org_of(word)), ENDING)))
		leave(c, word);
}

/* What was seen of an organization's places: how many count, and who died where nobody knows. */
struct tally {
	unsigned counted;
	size_t dead_n;
	struct {
		struct changer *place;
		uint64_t word;
	} dead[CHANGERS];
};

/* False: somebody is between claiming and being counted, or ending, and was not dead then; nobody can say. */
static bool
take_tally(size_t org, struct tally *t)
{
	t->counted = 0;
	t->dead_n = 0;
	for (size_t i = 0; i < CHANGERS; i++) {
		struct changer *c = &memory.changers[i];
		uint64_t word = atomic_load_explicit(&c->word, memory_order_acquire);

		if (state_of(word) == FREE || org_of(word) != org)
			continue;
		if (!is_uncertain(word)) {
			t->counted++;
			continue;
		}
		/* Looked at once more: it may have gone on before it died. */
		if (lives(word) || atomic_load_explicit(&c->word, memory_order_acquire) != word)
			return false;
		t->dead[t->dead_n].place = c;
		t->dead[t->dead_n++].word = word;
	}
	return true;
}

/*
 * The count is what the places say, if nobody has turned it since before they
 * were looked at: whoever is counted and was not seen, or was seen and is not
 * counted any more, has turned it.  Then those seen dead are done with; others
 * who died since are not.
 */
static void
recount(size_t org)
{
	uint64_t before = memory_word(org);
	struct tally t;

	if (!take_tally(org, &t) || !memory_set_changes(org, before, t.counted))
		return; /* next time */
	for (size_t i = 0; i < t.dead_n; i++)
		(void)move(t.dead[i].place, &t.dead[i].word, with_state(t.dead[i].word, FREE));
}

void
memory_recount(void)
{
	for (size_t i = 0; memory.head != NULL && i < CHANGERS; i++) {
		uint64_t word = atomic_load_explicit(&memory.changers[i].word, memory_order_acquire);

		if (is_uncertain(word) && !lives(word))
			recount(org_of(word));
	}
}
