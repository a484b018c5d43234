/*
 * test_expiry.c: when a key ends: each kind by its own member, under the
 * organization's policy.
 */
#include "core/expiry.h"

#include "base/bench.h"
#include "base/clock.h"

enum member { NOTHING, DAYS, PERIOD, DATE };

/* One wish: which member, what it says, and what becomes of it at this time. */
struct row {
	enum kind_id kind;
	enum member member;
	const char *word; /* NULL: null */
	int64_t days;
	const char *now, *ends; /* ends NULL: refused; "": never */
	enum fault fault;
	struct org org;
};

#define NOW "2026-11-22T03:32:45Z"

static int64_t
at(const char *text)
{
	int64_t t;

	assert_true(clock_parse(str_of(text), &t));
	return t;
}

static void
check(const struct row *row)
{
	struct mint_wish wish = { .name = { ABSENT, STR_NONE } };
	struct given_text text = { row->word == NULL ? IS_NULL : GIVEN, str_of(row->word) };
	int64_t ends = -1;
	char what[160];

	snprintf(what, sizeof what, "%s %d %s %lld", kind_of(row->kind)->name, row->member,
	    row->word == NULL ? "null" : row->word, (long long)row->days);
	if (row->member == DAYS)
		wish.expires_in_days = (struct given_int){ GIVEN, row->days };
	else if (row->member == PERIOD)
		wish.expires_in = text;
	else if (row->member == DATE)
		wish.expires_at = text;
	w.now = at(row->now);
	is_fault(expiry_of(&w, kind_of(row->kind), &wish, &row->org, &ends), row->fault, what);
	if (row->fault != FAULT_NONE)
		is_true(w.trouble.field != NULL && w.trouble.detail != NULL, what);
	else
		is_int(ends, row->ends[0] == '\0' ? 0 : at(row->ends), what);
}

static void
seed_0_7_days_are_one_of_four(void **state)
{
	static const struct row rows[] = {
		{ KIND_PERSONAL, DAYS, NULL, 30, NOW, "2026-12-22T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, 90, NOW, "2027-02-20T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, 180, NOW, "2027-05-21T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, 365, NOW, "2027-11-22T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, 365, "2027-11-22T03:32:45Z", "2028-11-21T03:32:45Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, 31, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, -30, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_PERSONAL, DAYS, NULL, INT64_MAX, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

static void
seed_0_17_a_personal_token_always_ends(void **state)
{
	struct mint_wish wish = { .expires_in_days = { IS_NULL, 0 } };
	struct org org = { .id = NULL };
	int64_t ends;

	(void)state;
	is_fault(expiry_of(&w, kind_of(KIND_PERSONAL), &wish, &org, &ends), FAULT_BAD_FIELD, "null");
	wish.expires_in_days.is = ABSENT;
	is_fault(expiry_of(&w, kind_of(KIND_PERSONAL), &wish, &org, &ends), FAULT_MISSING_FIELD, "absent");
	is_text(w.trouble.field, "expires_in_days", "absent");
}

static void
seed_0_8_the_cap_of_the_organization(void **state)
{
	static const struct row rows[] = {
		{ KIND_PERSONAL, DAYS, NULL, 30, NOW, "2026-12-22T03:32:45Z", FAULT_NONE,
		    { .personal_max_days = 30 } },
		{ KIND_PERSONAL, DAYS, NULL, 90, NOW, NULL, FAULT_BAD_FIELD, { .personal_max_days = 30 } },
		{ KIND_PERSONAL, DAYS, NULL, 90, NOW, "2027-02-20T03:32:45Z", FAULT_NONE,
		    { .personal_max_days = 90 } },
		{ KIND_PERSONAL, DAYS, NULL, 180, NOW, NULL, FAULT_BAD_FIELD, { .personal_max_days = 90 } },
		{ KIND_PERSONAL, DAYS, NULL, 365, NOW, NULL, FAULT_BAD_FIELD, { .personal_max_days = 180 } },
		{ KIND_PERSONAL, DAYS, NULL, 365, NOW, "2027-11-22T03:32:45Z", FAULT_NONE,
		    { .personal_max_days = 365 } },
		/* the cap of machines is another, and dates have none */
		{ KIND_PERSONAL, DAYS, NULL, 365, NOW, "2027-11-22T03:32:45Z", FAULT_NONE,
		    { .machine_max_days = 30 } },
		{ KIND_MACHINE, PERIOD, "1y", 0, NOW, "2027-11-22T03:32:45Z", FAULT_NONE,
		    { .personal_max_days = 30 } },
		{ KIND_PROVIDER, DATE, "2030-01-01", 0, NOW, "2030-01-01T23:59:59Z", FAULT_NONE,
		    { .personal_max_days = 30, .machine_max_days = 30 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

static void
seed_1_6_periods_of_machines(void **state)
{
	static const struct row rows[] = {
		{ KIND_MACHINE, PERIOD, "30d", 0, NOW, "2026-12-22T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "90d", 0, NOW, "2027-02-20T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "6mo", 0, NOW, "2027-05-22T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "6mo", 0, "2026-08-31T00:00:00Z", "2027-02-28T00:00:00Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "6mo", 0, "2027-08-31T00:00:00Z", "2028-02-29T00:00:00Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "1y", 0, NOW, "2027-11-22T03:32:45Z", FAULT_NONE, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "1y", 0, "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "never", 0, NOW, "", FAULT_NONE, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "180d", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "1Y", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "30", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, NULL, 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_MACHINE, NOTHING, NULL, 0, NOW, NULL, FAULT_MISSING_FIELD, { .id = NULL } },
		{ KIND_MACHINE, PERIOD, "90d", 0, NOW, "2027-02-20T03:32:45Z", FAULT_NONE,
		    { .machine_max_days = 90 } },
		{ KIND_MACHINE, PERIOD, "6mo", 0, NOW, NULL, FAULT_BAD_FIELD, { .machine_max_days = 90 } },
		{ KIND_MACHINE, PERIOD, "never", 0, NOW, NULL, FAULT_BAD_FIELD, { .machine_max_days = 365 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

/* Half a year and a year are as long as their caps, on whatever day they begin. */
static void
a_period_is_never_longer_than_the_cap_of_its_name(void **state)
{
	(void)state;
	for (int day = 0; day < 1461; day++) {
		struct mint_wish wish = { .expires_in = { GIVEN, STR("6mo") } };
		struct org org = { .machine_max_days = 180 };
		char what[CLOCK_TEXT_SIZE];
		int64_t ends;

		w.now = at(NOW) + day * CLOCK_DAY;
		clock_text(w.now, what);
		is_fault(expiry_of(&w, kind_of(KIND_MACHINE), &wish, &org, &ends), FAULT_NONE, what);
		wish.expires_in.v = STR("1y");
		is_fault(expiry_of(&w, kind_of(KIND_MACHINE), &wish, &org, &ends), FAULT_BAD_FIELD, what);
		org.machine_max_days = 365;
		is_fault(expiry_of(&w, kind_of(KIND_MACHINE), &wish, &org, &ends), FAULT_NONE, what);
	}
}

static void
seed_2_11_seed_3_27_dates(void **state)
{
	static const struct row rows[] = {
		{ KIND_ORGANIZATION, NOTHING, NULL, 0, NOW, "", FAULT_NONE, { .id = NULL } },
		{ KIND_ORGANIZATION, DATE, NULL, 0, NOW, "", FAULT_NONE, { .id = NULL } },
		{ KIND_PROVIDER, NOTHING, NULL, 0, NOW, "", FAULT_NONE, { .id = NULL } },
		{ KIND_PROVIDER, DATE, NULL, 0, NOW, "", FAULT_NONE, { .id = NULL } },
		{ KIND_PROVIDER, DATE, "2026-11-22T03:32:46Z", 0, NOW, "2026-11-22T03:32:46Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_PROVIDER, DATE, "2026-11-22T03:32:45Z", 0, NOW, NULL, FAULT_BAD_FIELD,
		    { .id = NULL } },
		{ KIND_PROVIDER, DATE, "2026-11-22T04:32:45+02:00", 0, NOW, NULL, FAULT_BAD_FIELD,
		    { .id = NULL } },
		/* a bare date means through its last second, today too */
		{ KIND_PROVIDER, DATE, "2026-11-22", 0, NOW, "2026-11-22T23:59:59Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_PROVIDER, DATE, "2026-11-21", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_PROVIDER, DATE, "9999-12-31", 0, NOW, "9999-12-31T23:59:59Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_PROVIDER, DATE, "9999-12-31T23:59:59-01:00", 0, NOW, NULL, FAULT_BAD_FIELD,
		    { .id = NULL } },
		{ KIND_PROVIDER, DATE, "", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_PROVIDER, DATE, "never", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_PROVIDER, DATE, "2027-02-29", 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

static void
seed_4_7_a_space_token_has_a_date(void **state)
{
	static const struct row rows[] = {
		{ KIND_SPACE, DATE, "2027-01-01", 0, NOW, "2027-01-01T23:59:59Z", FAULT_NONE,
		    { .id = NULL } },
		{ KIND_SPACE, NOTHING, NULL, 0, NOW, NULL, FAULT_MISSING_FIELD, { .id = NULL } },
		{ KIND_SPACE, NOTHING, NULL, 0, NOW, NULL, FAULT_MISSING_FIELD,
		    { .space_never_allowed = 1 } },
		{ KIND_SPACE, DATE, NULL, 0, NOW, NULL, FAULT_BAD_FIELD, { .id = NULL } },
		{ KIND_SPACE, DATE, NULL, 0, NOW, "", FAULT_NONE, { .space_never_allowed = 1 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

/* What another kind would have read must not pass unheard. */
static void
a_member_of_another_kind_is_refused(void **state)
{
	static const char
	    *const fields[] = { [DAYS] = "expires_in_days", [PERIOD] = "expires_in", [DATE] = "expires_at" };
	static const enum member own[] = { [KIND_PERSONAL] = DAYS,
		[KIND_MACHINE] = PERIOD,
		[KIND_ORGANIZATION] = DATE,
		[KIND_PROVIDER] = DATE,
		[KIND_SPACE] = DATE };

	(void)state;
	for (int k = 0; k < KIND__MAX; k++)
		for (enum member m = DAYS; m <= DATE; m++) {
			struct mint_wish wish = { .expires_in_days = { GIVEN, 30 },
				.expires_in = { GIVEN, STR("30d") },
				.expires_at = { GIVEN, STR("2999-01-01") } };
			struct org org = { .id = NULL };
			int64_t ends;

			if (m == own[k])
				continue;
			for (enum member other = DAYS; other <= DATE; other++)
				if (other != m && other != own[k])
					*(other == DAYS		  ? &wish.expires_in_days.is
						: other == PERIOD ? &wish.expires_in.is
								  : &wish.expires_at.is) = ABSENT;
			is_fault(expiry_of(&w, kind_of((enum kind_id)k), &wish, &org, &ends), FAULT_BAD_FIELD,
			    fields[m]);
			is_text(w.trouble.field, fields[m], kind_of((enum kind_id)k)->name);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seed_0_7_days_are_one_of_four),
		cmocka_unit_test(seed_0_17_a_personal_token_always_ends),
		cmocka_unit_test(seed_0_8_the_cap_of_the_organization),
		cmocka_unit_test(seed_1_6_periods_of_machines),
		cmocka_unit_test(a_period_is_never_longer_than_the_cap_of_its_name),
		cmocka_unit_test(seed_2_11_seed_3_27_dates),
		cmocka_unit_test(seed_4_7_a_space_token_has_a_date),
		cmocka_unit_test(a_member_of_another_kind_is_refused),
	};

	return cmocka_run_group_tests_name("core/expiry", tests, bench_open, bench_close);
}
