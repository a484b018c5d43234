/*
 * expiry.c: when a key ends.
 */
#include "core/expiry.h"

#include "base/clock.h"

#define YEAR_9999 INT64_C(253402300799)

/*
 * Periods as machines are given them.  The days are what a cap counts: half a
 * year is within 180 days and a year within 365, on whatever day they begin.
 */
static const struct {
	const char *word;
	int days, months;
} periods[] = { { "30d", 30, 0 }, { "90d", 90, 0 }, { "6mo", 180, 6 }, { "1y", 365, 12 }, { "never", 0, 0 } };
_Static_assert(COUNT(periods) <= EXPIRY_CHOICES_MAX, "there is room for all choices");

static const struct expiry_choice day_choices[] = { { "30", 30 }, { "90", 90 }, { "180", 180 },
	{ "365", 365 } };

static int64_t
cap_of(const struct kind *k, const struct org *o)
{
	switch (k->policy) {
	case POLICY_PERSONAL:
		return o->personal_max_days;
	case POLICY_MACHINE:
		return o->machine_max_days;
	case POLICY_NONE:
	case POLICY_SPACE:
		break;
	}
	return 0;
}

/* days is 0 for a key that never ends. */
static bool
is_under_cap(const struct kind *k, const struct org *o, int64_t days)
{
	int64_t cap = cap_of(k, o);

	return cap == 0 || (days != 0 && days <= cap);
}

static enum fault
under_cap(struct work *w, const char *field, const struct kind *k, const struct org *o, int64_t days)
{
	if (is_under_cap(k, o, days))
		return FAULT_NONE;
	return fault_at(w, FAULT_BAD_FIELD, field, "the organization allows at most %lld days",
	    (long long)cap_of(k, o));
}

static enum fault
by_days(struct work *w, const struct kind *k, const struct mint_wish *wish, const struct org *o,
    int64_t *ends)
{
	const struct given_int *g = &wish->expires_in_days;

	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "expires_in_days", "must be given");
	for (size_t i = 0; i < COUNT(day_choices) && g->is == GIVEN; i++) {
		if (g->v == day_choices[i].days) {
			*ends = w->now + g->v * CLOCK_DAY;
			return under_cap(w, "expires_in_days", k, o, g->v);
		}
	}
	return fault_at(w, FAULT_BAD_FIELD, "expires_in_days", "must be 30, 90, 180 or 365");
}

static int64_t
period_end(size_t i, int64_t now)
{
	if (periods[i].months > 0)
		return clock_add_months(now, periods[i].months);
	return periods[i].days > 0 ? now + periods[i].days * CLOCK_DAY : 0;
}

static enum fault
by_period(struct work *w, const struct kind *k, const struct mint_wish *wish, const struct org *o,
    int64_t *ends)
{
	const struct given_text *g = &wish->expires_in;

	if (g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "expires_in", "must be given");
	for (size_t i = 0; i < COUNT(periods) && g->is == GIVEN; i++) {
		if (!str_is(g->v, periods[i].word))
			continue;
		*ends = period_end(i, w->now);
		return under_cap(w, "expires_in", k, o, periods[i].days);
	}
	return fault_at(w, FAULT_BAD_FIELD, "expires_in", "must be 30d, 90d, 6mo, 1y or never");
}

static enum fault
by_date(struct work *w, const struct kind *k, const struct mint_wish *wish, const struct org *o,
    int64_t *ends)
{
	const struct given_text *g = &wish->expires_at;
	bool needed = k->expiry == EXPIRY_DATE_NEEDED;

	*ends = 0;
	if (needed && g->is == ABSENT)
		return fault_at(w, FAULT_MISSING_FIELD, "expires_at", "must be given");
	if (needed && g->is == IS_NULL && !o->space_never_allowed)
		return fault_at(w, FAULT_BAD_FIELD, "expires_at", "the organization asks for a date");
	if (g->is != GIVEN)
		return FAULT_NONE;
	if (!clock_parse(g->v, ends) || *ends > YEAR_9999)
		return fault_at(w, FAULT_BAD_FIELD, "expires_at",
		    "must be a date or an instant as in RFC 3339");
	if (*ends <= w->now)
		return fault_at(w, FAULT_BAD_FIELD, "expires_at", "must be in the future");
	return FAULT_NONE;
}

typedef enum fault reader(struct work *, const struct kind *, const struct mint_wish *, const struct org *,
    int64_t *);

static reader *const readers[] = { [EXPIRY_DAYS] = by_days,
	[EXPIRY_PERIOD] = by_period,
	[EXPIRY_DATE] = by_date,
	[EXPIRY_DATE_NEEDED] = by_date };

/* A member that another kind would have read must not pass unheard. */
static enum fault
foreign_member(struct work *w, const struct kind *k, const struct mint_wish *wish)
{
	const char *field = NULL;

	if (wish->expires_in_days.is != ABSENT && readers[k->expiry] != by_days)
		field = "expires_in_days";
	if (wish->expires_in.is != ABSENT && readers[k->expiry] != by_period)
		field = "expires_in";
	if (wish->expires_at.is != ABSENT && readers[k->expiry] != by_date)
		field = "expires_at";
	return field == NULL ? FAULT_NONE
			     : fault_at(w, FAULT_BAD_FIELD, field, "keys of this kind do not have it");
}

enum fault
expiry_of(struct work *w, const struct kind *k, const struct mint_wish *wish, const struct org *o,
    int64_t *ends)
{
	enum fault f = foreign_member(w, k, wish);

	return f != FAULT_NONE ? f : readers[k->expiry](w, k, wish, o, ends);
}

bool
expiry_choice(const struct kind *k, size_t i, struct expiry_choice *choice)
{
	bool days = k->expiry == EXPIRY_DAYS && i < COUNT(day_choices),
	     period = k->expiry == EXPIRY_PERIOD && i < COUNT(periods),
	     never = k->expiry == EXPIRY_DATE_NEEDED && i == 0;

	if (days)
		*choice = day_choices[i];
	else if (period)
		*choice = (struct expiry_choice){ periods[i].word, periods[i].days };
	else if (never)
		*choice = (struct expiry_choice){ "never", 0 };
	return days || period || never;
}

bool
expiry_allowed(const struct kind *k, const struct org *o, const struct expiry_choice *choice)
{
	if (!kind_counts(k, o->personal_enabled != 0))
		return false;
	return k->expiry == EXPIRY_DATE_NEEDED ? o->space_never_allowed != 0
					       : is_under_cap(k, o, choice->days);
}

int64_t
expiry_latest(const struct kind *k, const struct org *o, int64_t now)
{
	int64_t latest = now + cap_of(k, o) * CLOCK_DAY;

	if (cap_of(k, o) == 0)
		return 0;
	/* Half a year may have some days more than the cap counts it for. */
	for (size_t i = 0; i < COUNT(periods) && k->expiry == EXPIRY_PERIOD; i++)
		if (is_under_cap(k, o, periods[i].days) && period_end(i, now) > latest)
			latest = period_end(i, now);
	return latest;
}
