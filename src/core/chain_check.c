/*
 * chain_check.c: comparing events with their chain.
 *
 * Each event that does not fit is named once: what follows an event is compared
 * both with the hash it has and with the one it should have, so that the next
 * one, which nobody touched, is not blamed for it.
 */
#include "core/chain.h"

#include <string.h>

#include "core/change.h"

#define ROWS_AT_ONCE 20 /* an event may have 128 KiB */
#define TRIES	     5

struct walk {
	struct work *w;
	const char *org;
	const struct chain_known *known;
	struct chain_report *report;
	int64_t end, gone, place;
	/* of the event before: as it is stored, and as it should be */
	uint8_t stored[SECRET_SIZE], right[SECRET_SIZE];
	bool met; /* the place that was noted */
};

static void
problem(struct chain_report *r, int64_t event, int64_t place, const char *what)
{
	if (r->problems < CHAIN_PROBLEMS)
		r->problem[r->problems] = (struct chain_problem){ event, place, what };
	r->problems++;
}

static struct str
bytes(const uint8_t hash[static SECRET_SIZE])
{
	return (struct str){ (const char *)hash, SECRET_SIZE };
}

static void
take(uint8_t to[static SECRET_SIZE], struct str hash)
{
	memset(to, 0, SECRET_SIZE);
	if (hash.n == SECRET_SIZE)
		memcpy(to, hash.s, SECRET_SIZE);
}

static void
compare_known(struct walk *k, int64_t event, int64_t place)
{
	if (k->known == NULL || k->known->place != place || k->met)
		return;
	k->met = true;
	if (!secret_equal(bytes(k->known->hash), bytes(k->stored)))
		problem(k->report, event, place, "has another hash than the one that was noted");
}

static void
check_event(struct walk *k, const struct event *e)
{
	bool follows = secret_equal(e->prev, bytes(k->stored)) || secret_equal(e->prev, bytes(k->right));
	uint8_t hash[SECRET_SIZE];

	if (e->place != k->place + 1) {
		problem(k->report, 0, k->place + 1,
		    e->place == k->place + 2 ? "is missing" : "and those up to the next are missing");
		follows = true; /* that its predecessor is not there has been said */
	}
	chain_hash(k->w, e->prev, e, hash);
	if (!secret_equal(bytes(hash), e->hash))
		problem(k->report, e->id, e->place, "has been changed");
	else if (!follows)
		problem(k->report, e->id, e->place, "does not follow the event before it");
	take(k->stored, e->hash);
	memcpy(k->right, hash, SECRET_SIZE);
	k->place = e->place;
	compare_known(k, e->id, e->place);
}

static enum fault
walk_events(struct walk *k)
{
	struct event *rows;
	size_t n;
	enum fault f;

	do {
		arena_reset(k->w->arena);
		if ((f = audit_sealed(k->w, k->org, k->place, k->end, ROWS_AT_ONCE, &rows, &n)) != FAULT_NONE)
			return f;
		for (size_t i = 0; i < n; i++)
			check_event(k, &rows[i]);
	} while (n == ROWS_AT_ONCE);
	return FAULT_NONE;
}

/* What is recorded of the chain: where it begins, ends, and whether that was us. */
static enum fault
begin(struct walk *k, uint8_t last[static SECRET_SIZE])
{
	struct audit_chain c;
	enum fault f;

	arena_reset(k->w->arena);
	memset(last, 0, SECRET_SIZE);
	f = audit_chain(k->w, k->org, &c);
	if (f == FAULT_NOT_FOUND) {
		/* No event is sealed yet; or somebody has taken the record away. */
		k->end = -1;
		return FAULT_NONE;
	}
	if (f != FAULT_NONE)
		return f;
	k->end = c.place;
	k->gone = k->place = c.gone_place;
	take(last, c.hash);
	take(k->stored, c.gone_hash);
	memcpy(k->right, k->stored, SECRET_SIZE);
	if (!chain_is_signed(k->w, k->org, &c))
		problem(k->report, 0, c.place,
		    "is recorded as the end without the signature of this installation");
	if (k->known != NULL && k->known->place == k->gone)
		compare_known(k, 0, k->gone);
	return FAULT_NONE;
}

static void
check_end(struct walk *k, const uint8_t last[static SECRET_SIZE])
{
	if (k->place < k->end)
		problem(k->report, 0, k->place + 1, "and those after it are missing");
	else if (!secret_equal(bytes(last), bytes(k->stored)) && !secret_equal(bytes(last), bytes(k->right)))
		problem(k->report, 0, k->place, "is not the end that is recorded");
	if (k->known != NULL && !k->met)
		problem(k->report, 0, k->known->place,
		    k->known->place < k->gone ? "was noted, and is gone by its age"
					      : "was noted, and is not there");
}

/* Events with a place that the chain does not have. */
static enum fault
check_strays(struct walk *k)
{
	struct event_place e;
	enum fault f;

	arena_reset(k->w->arena);
	if (k->end < 0)
		f = audit_at_most(k->w, k->org, INT64_MAX, &e);
	else
		f = audit_stray(k->w, k->org, &e);
	if (f == FAULT_NONE)
		problem(k->report, e.id, e.place,
		    k->end < 0 ? "is sealed, and no chain is recorded" : "lies outside of the chain");
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

static enum fault
look(struct walk *k)
{
	uint8_t last[SECRET_SIZE];
	enum fault f;

	if ((f = begin(k, last)) != FAULT_NONE || (f = walk_events(k)) != FAULT_NONE)
		return f;
	check_end(k, last);
	k->report->first = k->gone + 1;
	k->report->last = k->place;
	memcpy(k->report->hash, k->stored, SECRET_SIZE);
	if ((f = check_strays(k)) != FAULT_NONE)
		return f;
	return audit_count_unsealed(k->w, k->org, &k->report->unsealed);
}

/* Has the keeper been at it meanwhile, at the old end or for the first time? */
static enum fault
has_moved(struct walk *k, bool *moved)
{
	struct audit_chain c = { .place = -1 };
	enum fault f = audit_chain(k->w, k->org, &c);

	*moved = k->end < 0 ? f == FAULT_NONE : c.gone_place != k->gone;
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

enum fault
chain_check(struct work *w, const char *org_id, const struct chain_known *known, struct chain_report *report)
{
	bool moved = true;
	enum fault f = FAULT_NONE;

	for (int i = 0; i < TRIES && f == FAULT_NONE && moved; i++) {
		struct walk k = { .w = w, .org = org_id, .known = known, .report = report };

		*report = (struct chain_report){ .problems = 0 };
		if ((f = look(&k)) == FAULT_NONE && (moved = report->problems > 0))
			f = has_moved(&k, &moved);
	}
	return f;
}

enum fault
chain_sign(struct work *w, const char *org_id)
{
	struct audit_chain c;
	struct event_place last;
	enum fault f = audit_chain_lock(w, org_id, &c);

	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	if (f == FAULT_NOT_FOUND)
		c = (struct audit_chain){ .hash = chain_zero(), .gone_hash = chain_zero() };
	if ((f = audit_at_most(w, org_id, INT64_MAX, &last)) == FAULT_NONE && last.place > c.place) {
		c.place = last.place;
		c.hash = last.hash;
	}
	if (f != FAULT_NONE && f != FAULT_NOT_FOUND)
		return f;
	if ((f = chain_put(w, org_id, &c)) != FAULT_NONE)
		return f;
	return change(w, ACT_AUDIT_SIGN, org_id, org_id, STR_NONE, STR_NONE);
}
