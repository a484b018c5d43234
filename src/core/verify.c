/*
 * verify.c: from a presented text to a standing.
 *
 * In this order: shape and checksum (nothing is touched), digest and what this
 * host remembers (no database), index (one look-up), Argon2id (once, for a row
 * that exists), the rows of its standing.  A wrong text never gets past the
 * look-up.
 */
#include "core/verify.h"

#include "base/clock.h"
#include "base/counters.h"
#include "core/admission.h"
#include "core/denial.h"
#include "core/login.h"
#include "core/memory.h"
#include "core/password.h"
#include "core/secrets.h"
#include "core/throttle.h"
#include "core/token.h"
#include "db/db.h"
#include "store/key_days.h"

/* A text under every pepper, the newest first. */
struct digests {
	size_t n;
	uint8_t digest[PEPPERS_MAX][SECRET_SIZE];
};

#define USE_GRAIN 60 /* seconds between two notes of a key's use */

/* The row of a text under one of its digests. */
static enum fault
look_up(struct work *w, const struct digests *d, size_t *which, struct key_found *row)
{
	enum fault f = FAULT_NO_ROW;

	for (*which = 0; *which < d->n; (*which)++)
		if ((f = keys_by_lookup(w, d->digest[*which], row)) != FAULT_NO_ROW)
			return f;
	return f;
}

/* A hash made with other parameters is made anew; if that fails, next time will do. */
static void
upgrade_hash(struct work *w, struct str text, const struct key_found *row)
{
	const char *encoded;

	/* The row's hash is that of the text there is. */
	if (row->past != 0)
		return;
	if (db_account(w->db) == DB_APP && password_hash(w, text, &encoded) == FAULT_NONE)
		(void)keys_rehash(w, row->org_id, row->id, row->version, encoded);
}

/*
 * When a key was last used that is not remembered, to the minute, and that it was
 * used, each time: that is little beside the Argon2id run it has cost.  Of the
 * others the keeper writes it.
 */
static void
note_use(struct work *w, const struct standing *s, int64_t last_used_at)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *from;

	if (!w->counted)
		(void)key_days_add(w, s->org_id, s->key_id, w->now / CLOCK_DAY, 1);
	w->counted = true;
	if (last_used_at + USE_GRAIN > w->now)
		return;
	address_text(&w->peer, address);
	from = address[0] == '\0' ? NULL : address;
	(void)keys_used(w, s->org_id, s->key_id, w->now, from);
	if (s->past != 0)
		(void)keys_past_used(w, s->org_id, s->key_id, s->past, w->now, from);
}

/* This host has verified this very text, and nothing has changed since. */
static bool
verify_warm(struct work *w, const struct digests *d, struct presented *p)
{
	for (size_t i = 0; i < d->n && p->standing == NULL; i++) {
		if ((p->standing = memory_find(w, d->digest[i] + LOOKUP_SIZE)) == NULL)
			continue;
		count(COUNT_TOKENS_REMEMBERED);
		p->reason = decide_alive(p->standing, w->now);
		if (p->reason == REASON_OK && !memory_used(w, d->digest[i] + LOOKUP_SIZE))
			note_use(w, p->standing, 0);
	}
	return p->standing != NULL;
}

/* The row of a text, and what came of looking at it. */
struct cold {
	struct key_found row;
	const uint8_t *tag;
	bool right, outdated;
};

/*
 * Argon2id, once for all who present this text now.  Whoever comes while it is
 * verified waits for that, and then finds it remembered.
 */
static enum fault
verify_hash(struct work *w, struct str text, const struct digests *d, struct cold *c, struct presented *p)
{
	int64_t until = 0;
	bool mine = false;
	enum fault f;

	/* Once more when it is ours: it may have been remembered just before. */
	while (!(c->right = memory_verified(w, c->tag, c->row.id, c->row.version)) && !mine) {
		if ((f = admission_claim(w, c->tag, &until, &mine)) != FAULT_NONE)
			return f;
		if (verify_warm(w, d, p))
			return FAULT_NONE;
	}
	if (c->right)
		return FAULT_NONE;
	return password_verify(w, c->row.secret_hash, text, &c->right, &c->outdated);
}

static enum fault
verify_row(struct work *w, struct str text, const struct digests *d, struct cold *c, struct presented *p)
{
	enum fault f = verify_hash(w, text, d, c, p);

	if (f != FAULT_NONE || !c->right)
		return f;
	if ((f = standing_of_key(w, &c->row, &p->standing)) != FAULT_NONE)
		return f;
	p->reason = decide_alive(p->standing, w->now);
	/* A dead one is remembered too, or each presentation of it would cost an Argon2id run. */
	if (!memory_keep(w, c->tag, p->standing, p->reason == REASON_OK) && p->reason == REASON_OK)
		note_use(w, p->standing, c->row.last_used_at);
	return FAULT_NONE;
}

/* There is no key with any of these digests. */
static bool
is_nobodys(struct work *w, const struct digests *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (!memory_no_key(w, d->digest[i]))
			return false;
	return true;
}

/* Then it may be that only rows have to be read again. */
static bool
was_verified(const struct digests *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (memory_has(d->digest[i] + LOOKUP_SIZE))
			return true;
	return false;
}

static enum fault
verify_cold(struct work *w, struct str text, const struct digests *d, struct presented *p)
{
	struct cold c = { .outdated = false };
	size_t which;
	enum fault f;

	p->reason = REASON_UNKNOWN;
	if (is_nobodys(w, d))
		return FAULT_NONE;
	if (!was_verified(d) && (f = admission_look(w, d->digest[0] + LOOKUP_SIZE)) != FAULT_NONE)
		return f;
	if ((f = look_up(w, d, &which, &c.row)) != FAULT_NONE)
		return f == FAULT_NO_ROW ? FAULT_NONE : f;
	c.tag = d->digest[which] + LOOKUP_SIZE;
	f = verify_row(w, text, d, &c, p);
	admission_done();
	if (f == FAULT_NONE && c.outdated)
		upgrade_hash(w, text, &c.row);
	return f;
}

static enum fault
verify_key(struct work *w, struct str text, struct presented *p)
{
	struct digests d = { .n = secrets_peppers() };
	enum fault f = FAULT_NONE;

	for (size_t i = 0; i < d.n; i++)
		secrets_digest(i, text, d.digest[i]);
	if (!verify_warm(w, &d, p))
		f = verify_cold(w, text, &d, p);
	secret_wipe(&d, sizeof d);
	return f;
}

static enum fault
verify_any(struct work *w, struct str text, struct presented *p)
{
	*p = (struct presented){ .reason = REASON_MALFORMED };
	if (login_shape(text))
		return login_find(w, text, p);
	return token_kind(w->settings, text) == NULL ? FAULT_NONE : verify_key(w, text, p);
}

static void
count_refused(struct work *w, const struct presented *p, bool trusted)
{
	count(p->standing != NULL		? COUNT_TOKENS_DEAD
		: p->reason == REASON_MALFORMED ? COUNT_TOKENS_MALFORMED
						: COUNT_TOKENS_UNKNOWN);
	if (trusted)
		return;
	throttle_count(w, THROTTLE_PRESENTED, STR_NONE);
	if (p->standing != NULL)
		denial_note(w, p->standing, reason_code(p->reason), false);
}

enum fault
verify_text(struct work *w, struct str text, bool trusted, struct presented *p)
{
	enum fault f;

	if (!trusted && (f = throttle_check(w, THROTTLE_PRESENTED, STR_NONE)) != FAULT_NONE)
		return f;
	if ((f = verify_any(w, text, p)) != FAULT_NONE)
		return f;
	if (p->reason != REASON_OK)
		count_refused(w, p, trusted);
	return FAULT_NONE;
}

enum fault
presented_fault(enum reason r)
{
	struct work none = { .arena = NULL };
	struct verdict v = { .reason = r };

	return reason_fault(&none, &v);
}
