/*
 * reminder.c: which ends of keys are to be told, and to whom.
 *
 * What has been taken care of stands in rows of its own, one for each end and
 * reminder.  A row noted by a clock that was more than a day ahead of now does
 * not count: else a clock that was wrong for a minute would silence the
 * reminders of a year.
 */
#include "core/reminder.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/kind.h"
#include "core/mail.h"
#include "db/db.h"

#define AT_ONCE	    200
#define ADMINS_MAX  500
#define CLOCK_TRUST CLOCK_DAY /* how far ahead a note may be and still count */
#define KEPT_OPEN   (2 * CLOCK_DAY)
#define STALE_AFTER (30 * CLOCK_DAY) /* an expired key is no news then */

/* The most urgent first; the last one is how far ahead is looked at all. */
static const int64_t reminders[] = { 0, 1, 7, 30 };

int64_t
reminder_due(int64_t set_at, int64_t expires_at, int64_t now)
{
	if (expires_at == 0)
		return REMINDER_NONE;
	for (size_t i = 0; i < COUNT(reminders); i++)
		if (expires_at - now <= reminders[i] * CLOCK_DAY)
			return expires_at - set_at > reminders[i] * CLOCK_DAY ? reminders[i] : REMINDER_NONE;
	return REMINDER_NONE;
}

static int64_t
set_at(const struct ending_key *k)
{
	return k->renewed_at != 0 ? k->renewed_at : k->created_at;
}

/* Somebody has it, and it can be used but for its end. */
static bool
lives(const struct ending_key *k)
{
	const struct kind *kind = kind_named(str_of(k->kind));

	return k->ended_at == 0 && k->org_deleted_at == 0 && k->left_at == 0 && k->machine_deleted_at == 0 &&
	    kind != NULL && kind_counts(kind, k->personal_enabled != 0);
}

bool
reminder_stands(const struct ending_key *k, int64_t expires_at, int64_t days, int64_t now)
{
	return lives(k) && k->expires_at == expires_at && reminder_due(set_at(k), k->expires_at, now) == days;
}

const char *
reminder_template(int64_t days)
{
	return days > 0 ? "key_ends" : "key_ended";
}

/* The keys of one reminder: those that end before the next milder one begins, and after this one. */
static void
open_window(struct reminder_look *l)
{
	int64_t days = reminders[l->window];

	l->id[0] = '\0';
	l->place = (struct reminder_place){
		.days = days,
		.after = l->window == 0 ? l->since : l->now + reminders[l->window - 1] * CLOCK_DAY,
		.to = l->now + days * CLOCK_DAY,
		.at = 0,
		.id = l->id,
		.believed = l->now + CLOCK_TRUST,
	};
}

enum fault
reminder_look(struct work *w, struct reminder_look *l)
{
	enum fault f;

	*l = (struct reminder_look){ .now = w->now };
	/* Whoever turns mail on is not told of all that ended in the years before. */
	if ((f = reminders_since(w, &l->since)) == FAULT_NO_ROW)
		l->since = w->now;
	else if (f != FAULT_NONE)
		return f;
	if (l->since > w->now)
		l->since = w->now;
	open_window(l);
	return FAULT_NONE;
}

static size_t
keep_living(const struct ending_key *rows, size_t n, int64_t days, struct reminder *into)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (lives(&rows[i]))
			into[kept++] = (struct reminder){ rows[i], days };
	return kept;
}

/* Some of the window at hand; *full: there may be more. */
static enum fault
read_some(struct work *w, struct reminder_look *l, struct reminder **found, size_t *n, bool *full)
{
	struct ending_key *rows;
	size_t got;
	enum fault f = reminders_due(w, &l->place, AT_ONCE, &rows, &got);

	if (f != FAULT_NONE)
		return f;
	*found = arena_array(w->arena, struct reminder, got + 1);
	*n = keep_living(rows, got, l->place.days, *found);
	*full = got == AT_ONCE;
	if (got > 0) {
		l->place.at = rows[got - 1].expires_at;
		(void)snprintf(l->id, sizeof l->id, "%s", rows[got - 1].id);
	}
	return FAULT_NONE;
}

enum fault
reminder_next(struct work *w, struct reminder_look *l, struct reminder **found, size_t *n)
{
	bool full;
	enum fault f = FAULT_NONE;

	l->place.id = l->id;
	*n = 0;
	while (*n == 0 && l->window < COUNT(reminders)) {
		if ((f = read_some(w, l, found, n, &full)) != FAULT_NONE)
			return f;
		if (!full && ++l->window < COUNT(reminders))
			open_window(l);
	}
	return f;
}

enum fault
reminder_recipients(struct work *w, const struct ending_key *k, struct recipient **rows, size_t *n)
{
	enum fault f;

	if (k->membership_id == NULL)
		return reminders_admins(w, k->org_id, ADMINS_MAX, rows, n);
	*rows = arena_new(w->arena, struct recipient);
	*n = 0;
	if ((f = reminders_member(w, k->org_id, k->user_id, *rows)) == FAULT_NONE)
		*n = 1;
	return f == FAULT_NOT_FOUND ? FAULT_NONE : f;
}

static enum fault
post_to(struct work *w, const struct reminder *r, const struct recipient *to)
{
	const struct ending_key *k = &r->key;
	int64_t from = k->expires_at > w->now ? k->expires_at : w->now;
	struct mail_wish wish = { .template = reminder_template(r->days),
		.user_id = to->user_id,
		.org_id = k->org_id,
		.key_id = k->id,
		.expires_at = k->expires_at,
		.days = r->days,
		.good_until = from + STALE_AFTER };

	return mail_post(w, &wish);
}

static enum fault
post(struct work *w, const struct reminder *r, int64_t believed, size_t *n)
{
	struct recipient *to;
	size_t to_n = 0;
	bool first;
	enum fault f = reminders_note(w, &r->key, r->days, believed, &first);

	if (f != FAULT_NONE || !first)
		return f;
	if ((f = reminder_recipients(w, &r->key, &to, &to_n)) != FAULT_NONE)
		return f;
	for (size_t i = 0; i < to_n && f == FAULT_NONE; i++)
		f = post_to(w, r, &to[i]);
	*n += to_n;
	return f;
}

/* Noted and posted together or not at all.  Whoever loses a race leaves it for the next look. */
static enum fault
post_one(struct work *w, const struct reminder *r, int64_t believed, size_t *n)
{
	size_t had = *n;
	enum fault f = db_begin(w, DB_CHANGES);

	if (f == FAULT_NONE)
		f = post(w, r, believed, n);
	if (f == FAULT_NONE)
		return db_commit(w);
	db_rollback(w);
	*n = had;
	return f == FAULT_TRY_AGAIN || f == FAULT_CONFLICT ? FAULT_NONE : f;
}

/* All that ended until a while ago has been looked at: it need not be again. */
static enum fault
settle(struct work *w, const struct reminder_look *l)
{
	int64_t until = l->now - KEPT_OPEN;

	return reminders_set_since(w, until > l->since ? until : l->since);
}

enum fault
reminder_post_all(struct work *w, size_t *n)
{
	struct reminder_look l;
	struct reminder *found;
	size_t some = 1;
	enum fault f = reminder_look(w, &l);

	*n = 0;
	while (f == FAULT_NONE && some > 0) {
		arena_reset(w->arena);
		f = reminder_next(w, &l, &found, &some);
		for (size_t i = 0; i < some && f == FAULT_NONE; i++)
			f = post_one(w, &found[i], l.place.believed, n);
	}
	return f == FAULT_NONE ? settle(w, &l) : f;
}
