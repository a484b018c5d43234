/*
 * upkeep.c: what the keeper does, a little at a time.
 */
#include "core/upkeep.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/json_out.h"
#include "base/out.h"
#include "core/census.h"
#include "core/chain.h"
#include "core/denial.h"
#include "core/mailing.h"
#include "core/memory.h"
#include "core/reset.h"
#include "core/use.h"
#include "db/db.h"
#include "store/forms.h"
#include "store/kept_answers.h"
#include "store/key_days.h"
#include "store/keys.h"
#include "store/orgs.h"
#include "store/records.h"
#include "store/resets.h"
#include "store/sessions.h"

#define DAY	      86400
#define SESSIONS_KEPT (30 * DAY) /* seconds after their end */
#define RESETS_KEPT   DAY	 /* seconds after they were asked for */
#define FORMS_KEPT    DAY	 /* seconds after they were sent */
#define FORGET_EVERY  600	 /* seconds */
#define DAYS_AT_ONCE  5000
#define USES_AT_ONCE  1000
#define USES_TEXT_MAX ((size_t)512 << 10)
#define LEARN_EVERY   10 /* seconds, and longer where there are many */
#define LEARN_PAGE    ((size_t)5000)
#define LEARN_PAGES   20 /* at once */

#define BELIEVED_AFTER (DAY * INT64_C(1000)) /* ms since the clock was set forward */

/* Once the organization's row could be locked, a change of it that nobody ends is over. */
static enum fault
wait_for_row(struct work *w, const char *org)
{
	enum fault f = db_begin(w, DB_CHANGES);
	int64_t epoch;

	if (f == FAULT_NONE && (f = orgs_lock(w, org, &epoch)) == FAULT_NOT_FOUND)
		f = FAULT_NONE; /* the change that deleted it is over as well */
	if (f == FAULT_NONE)
		f = db_commit(w);
	else
		db_rollback(w);
	return f;
}

/* Changes whose process died in the middle, or whose commit nobody heard the end of. */
static enum fault
mend(struct work *w)
{
	struct memory_orphan o = { .place = 0 };
	enum fault f = FAULT_NONE;

	memory_recount();
	for (; (f == FAULT_NONE || f == FAULT_TRY_AGAIN) && memory_orphan(&o); o.place++)
		if ((f = wait_for_row(w, o.org_id)) == FAULT_NONE)
			memory_mend(&o);
	/* One whose row is still held has its turn later; the rest of the upkeep need not wait for it. */
	return f == FAULT_TRY_AGAIN ? FAULT_NONE : f;
}

static void
write_days(struct json *j, const struct memory_use *u)
{
	json_list(j, "u");
	for (size_t i = 0; i < MEMORY_DAYS; i++) {
		if (u->days[i].uses == 0)
			continue;
		json_object(j, NULL);
		json_int(j, "d", u->days[i].day);
		json_int(j, "n", u->days[i].uses);
		json_end(j);
	}
	json_end(j);
}

static void
write_use(struct json *j, const struct memory_use *u)
{
	char address[ADDRESS_TEXT_SIZE];

	address_text(&u->from, address);
	json_object(j, NULL);
	json_text(j, "o", u->org_id);
	json_text(j, "k", u->key_id);
	if (u->past != 0)
		json_int(j, "p", u->past);
	json_int(j, "t", u->at);
	json_text(j, "a", address[0] == '\0' ? NULL : address);
	write_days(j, u);
	json_end(j);
}

/* When keys were last used, a thousand in one statement, and their replaced texts. */
static enum fault
write_last(struct work *w, struct str text, const struct memory_use *uses, size_t n)
{
	enum fault f = keys_used_many(w, text);
	bool past = false;

	for (size_t i = 0; i < n; i++)
		past |= uses[i].past != 0;
	return f == FAULT_NONE && past ? keys_past_used_many(w, text) : f;
}

/* In a transaction, which says by its end whether it was written. */
static enum fault
write_counts(struct work *w, struct str text)
{
	enum fault f = db_begin(w, DB_CHANGES);

	if (f == FAULT_NONE)
		f = key_days_add_many(w, text);
	if (f == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	return f;
}

/* How often comes last: what is given back when something fails must not be written. */
static enum fault
write_uses(struct work *w, const struct memory_use *uses, size_t n)
{
	struct out o = out_limit(w->arena, USES_TEXT_MAX);
	struct json j = json_into(&o);
	enum fault f;

	json_list(&j, NULL);
	for (size_t i = 0; i < n; i++)
		write_use(&j, &uses[i]);
	json_end(&j);
	if ((f = write_last(w, out_text(&o), uses, n)) != FAULT_NONE)
		return f;
	return write_counts(w, out_text(&o));
}

/*
 * There may be millions: each portion has the arena for itself.  One that cannot
 * be written (a row is locked) is no reason to leave out the others, and is told
 * again the next time.
 */
static enum fault
flush_uses(struct work *w, bool all)
{
	enum fault f, worst = FAULT_NONE;
	struct memory_use *uses;
	size_t turn = 0, n;

	do {
		arena_reset(w->arena);
		uses = arena_array(w->arena, struct memory_use, USES_AT_ONCE);
		n = memory_uses(w, all, uses, USES_AT_ONCE, &turn);
		f = n == 0 ? FAULT_NONE : write_uses(w, uses, n);
		if (f == FAULT_NONE)
			memory_uses_written(uses, n);
		else if ((worst = f) != FAULT_WRITE_UNCERTAIN)
			memory_uses_back(uses, n);
	} while (n == USES_AT_ONCE && f != FAULT_UNAVAILABLE && f != FAULT_DATABASE_FULL);
	return worst;
}

/* Those nobody can look at any more. */
static enum fault
forget_days(struct work *w, bool *more)
{
	int64_t gone = 0;
	enum fault f = key_days_forget(w, w->now / CLOCK_DAY - USE_DAYS, DAYS_AT_ONCE, &gone);

	*more = gone == DAYS_AT_ONCE;
	return f;
}

/*
 * What is old: sessions, resets of passwords, forms, mails, days of use, and events
 * where they are not kept for ever.  By a clock that was set forward nothing is: it may be wrong, and an
 * ended session that nobody remembers would be a new one.
 */
static enum fault
forget(struct work *w)
{
	static int64_t forgot_at;
	int64_t days = w->settings->audit_keep_days;
	bool more = false, mails = false;
	enum fault f;

	if ((w->now < forgot_at + FORGET_EVERY && w->now >= forgot_at) || !clock_steady(BELIEVED_AFTER))
		return FAULT_NONE;
	if ((f = sessions_forget(w, w->now - SESSIONS_KEPT)) == FAULT_NONE)
		f = resets_forget(w, w->now - RESETS_KEPT);
	if (f == FAULT_NONE)
		f = forms_forget(w, w->now - FORMS_KEPT);
	if (f == FAULT_NONE)
		f = mailing_tidy(w, &mails);
	if (f == FAULT_NONE)
		f = forget_days(w, &more);
	if (f == FAULT_NONE && days > 0 && !more)
		f = chain_forget(w, w->now - days * DAY, &more);
	if (f == FAULT_NONE && !more && !mails)
		forgot_at = w->now;
	return f;
}

/* Records of tables that are gone, some at a time; soon again while there are more. */
static enum fault
forget_records(struct work *w)
{
	static int64_t forgot_at;
	bool left = false;
	enum fault f;

	if (w->now < forgot_at + FORGET_EVERY && w->now >= forgot_at)
		return FAULT_NONE;
	if ((f = records_forget(w, &left)) == FAULT_NONE && !left)
		forgot_at = w->now;
	return f;
}

/* Whoever reads all keys: where it is, how long it took, and when it is done again. */
static struct {
	uint8_t from[LOOKUP_SIZE];
	int64_t done_at, again_at;
	int64_t took_ms;
	bool under_way;
} learning;

static enum fault
learn_page(struct work *w, size_t *n)
{
	struct key_lookup *rows;
	enum fault f;

	arena_reset(w->arena);
	if ((f = keys_lookups(w, learning.from, LEARN_PAGE, &rows, n)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < *n; i++) {
		if (rows[i].lookup.n != LOOKUP_SIZE)
			return FAULT_INTERNAL;
		memory_key_comes((const uint8_t *)rows[i].lookup.s);
	}
	if (*n > 0)
		memcpy(learning.from, rows[*n - 1].lookup.s, LOOKUP_SIZE);
	return FAULT_NONE;
}

/* All are known.  The next time comes soon, but takes no more than a hundredth of it. */
static void
learned(struct work *w)
{
	memory_known_all(true);
	learning.under_way = false;
	learning.done_at = w->now;
	learning.again_at = w->now + LEARN_EVERY + learning.took_ms / 10;
	learning.took_ms = 0;
}

static bool
is_learned(const struct work *w)
{
	return !learning.under_way && w->now >= learning.done_at && w->now < learning.again_at;
}

/* Which keys there are, a hundred thousand at a time. */
static enum fault
learn(struct work *w)
{
	int64_t began = clock_ms();
	enum fault f = FAULT_NONE;
	size_t n = LEARN_PAGE;

	if (is_learned(w))
		return f;
	if (!learning.under_way)
		memset(learning.from, 0, LOOKUP_SIZE);
	learning.under_way = true;
	for (int i = 0; i < LEARN_PAGES && n == LEARN_PAGE && f == FAULT_NONE; i++)
		f = learn_page(w, &n);
	learning.took_ms += clock_ms() - began;
	if (f == FAULT_NONE && n < LEARN_PAGE)
		learned(w);
	return f;
}

static void
told(const char *doing, enum fault f)
{
	if (f != FAULT_NONE)
		log_event(LOG_WARN, "upkeep_failed", "doing", doing, "fault", fault_name(f), NULL);
}

void
upkeep_run(struct work *w, bool last)
{
	/* Each by itself: what one meets must not keep the others from being done. */
	told("mend", mend(w));
	told("resets", reset_upkeep(w));
	told("answers", kept_answers_forget(w));
	told("denials", denial_write(w, last));
	told("seal", chain_seal(w));
	told("uses", flush_uses(w, last));
	told("forget", forget(w));
	told("records", forget_records(w));
	if (last)
		return;
	told("learn", learn(w));
	told("census", census_take(w));
}
