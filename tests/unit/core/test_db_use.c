/*
 * test_db_use.c: how often keys were used on each day, as it is stored and shown,
 * and the keys of one organization by kind and state.
 */
#include "base/clock.h"
#include "core/census.h"
#include "core/standing.h"
#include "core/use.h"
#include "store/key_days.h"
#include "store/world.h"

#define DAY   CLOCK_DAY
#define TODAY (INT64_C(1800000000) / DAY)

/* Whoever it is acts in org_a. */
static void
act_as(const char *user_id)
{
	struct standing *here,
	    session = { .owner = OWNER_MEMBER,
		    .owner_id = user_id,
		    .org_alive = true,
		    .kind_allowed = true,
		    .owner_alive = true };

	must(standing_in(&w, &session, "org_a", &here));
	w.actor = here;
}

static int
fresh(void **state)
{
	struct key_new k;

	if (world_fresh(state) != 0)
		return -1;
	act_as("usr_ann");
	k = key_row("key_1", 1);
	must(keys_insert(&w, "org_a", &k));
	k = key_row("key_2", 2);
	must(keys_insert(&w, "org_a", &k));
	/* Of another organization, by the same id. */
	k = key_row("key_1", 3);
	must(keys_insert(&w, "org_b", &k));
	return 0;
}

static int64_t
on(const char *id, int64_t day)
{
	struct use_days u;

	must(use_of_key(&w, id, &u));
	is_int(u.first, TODAY - 29, "thirty days");
	return u.uses[day - u.first];
}

static void
uses_add_up(void **state)
{
	(void)state;
	must(key_days_add(&w, "org_a", "key_1", TODAY, 3));
	must(key_days_add(&w, "org_a", "key_1", TODAY, 4));
	must(key_days_add(&w, "org_a", "key_1", TODAY - 29, 2));
	must(key_days_add(&w, "org_a", "key_1", TODAY - 30, 1000));
	must(key_days_add(&w, "org_a", "key_1", TODAY + 1, 1000));
	must(key_days_add(&w, "org_b", "key_1", TODAY, 1000));
	must(key_days_add_many(&w,
	    STR("[{\"o\":\"org_a\",\"k\":\"key_1\",\"u\":[{\"d\":20833,\"n\":10},{\"d\":20832,\"n\":5}]},"
		"{\"o\":\"org_a\",\"k\":\"key_1\",\"u\":[{\"d\":20833,\"n\":20}]},"
		"{\"o\":\"org_a\",\"k\":\"key_2\",\"t\":1,\"u\":[]}]")));
	is_int(TODAY, 20833, "the day of the text");
	is_int(on("key_1", TODAY), 37, "one by one, and many, and a key that is told twice");
	is_int(on("key_1", TODAY - 1), 5, "the day before");
	is_int(on("key_1", TODAY - 29), 2, "the first day");
	is_int(on("key_2", TODAY), 0, "of another key nothing");
	is_fault(key_days_add(&w, "org_a", "key_9", TODAY, 1), FAULT_CONFLICT, "there is no such key");
}

static void
of_many_keys(void **state)
{
	static const char *const ids[] = { "key_2", "key_9", "key_1" };
	struct use_days *all;

	(void)state;
	must(key_days_add(&w, "org_a", "key_1", TODAY, 3));
	must(key_days_add(&w, "org_a", "key_2", TODAY - 1, 8));
	must(use_of_keys(&w, ids, COUNT(ids), &all));
	is_int(all[0].uses[28], 8, "the first");
	is_int(all[1].uses[29], 0, "one there is not");
	is_int(all[2].uses[29], 3, "the last");
	must(use_of_keys(&w, NULL, 0, &all));
}

static void
whose_it_is(void **state)
{
	struct use_days u;

	(void)state;
	act_as("usr_bob");
	is_fault(use_of_key(&w, "key_1", &u), FAULT_NOT_FOUND, "not a member's");
	is_fault(use_of_key(&w, "key_9", &u), FAULT_NOT_FOUND, "nobody's");
}

static int64_t
forgotten(int64_t before, int64_t most)
{
	int64_t gone;

	must(key_days_forget(&w, before, most, &gone));
	return gone;
}

static void
old_days_are_forgotten(void **state)
{
	(void)state;
	for (int64_t i = 0; i < 40; i++)
		must(key_days_add(&w, i % 2 == 0 ? "org_a" : "org_b", "key_1", TODAY - i, 1));
	is_int(forgotten(TODAY - 29, 7), 7, "a portion");
	is_int(forgotten(TODAY - 29, 7), 3, "the rest");
	is_int(on("key_1", TODAY - 28), 1, "what can be looked at stays");
	is_int(on("key_1", TODAY - 29), 0, "of the other organization");
}

static void
put_key(const char *id, uint8_t lookup, const char *kind, int64_t expires_in, bool ended)
{
	struct key_new k = key_row(id, lookup);
	int64_t changed;

	k.kind = kind;
	k.membership_id = "mem_bob_a";
	k.expires_at = expires_in == 0 ? 0 : w.now + expires_in;
	must(keys_insert(&w, "org_a", &k));
	if (ended)
		must(in_change("org_a", keys_end(&w, "org_a", id, "usr_ann", &changed)));
}

static void
keys_of_an_organization(void **state)
{
	struct key_count of[KIND__MAX];

	(void)state;
	put_key("key_3", 10, "provider", 0, true);
	put_key("key_4", 11, "provider", DAY, false);
	put_key("key_5", 12, "provider", -1, false);
	put_key("key_6", 13, "personal", 7 * DAY, true);
	put_key("key_7", 14, "personal", 7 * DAY, false);
	put_key("key_8", 15, "personal", 30 * DAY + 1, false);
	must(census_of_org(&w, of));
	is_int(of[KIND_ORGANIZATION].active, 2, "not those of the other one");
	is_int(of[KIND_PROVIDER].active, 1, "active");
	is_int(of[KIND_PROVIDER].expired, 1, "expired");
	is_int(of[KIND_PROVIDER].revoked, 1, "revoked");
	is_int(of[KIND_PROVIDER].in_1, 1, "ends within a day");
	is_int(of[KIND_PERSONAL].active, 2, "active");
	is_int(of[KIND_PERSONAL].revoked, 0, "deleted ones are in no list");
	is_int(of[KIND_PERSONAL].in_1, 0, "within a day");
	is_int(of[KIND_PERSONAL].in_7, 1, "within a week");
	is_int(of[KIND_PERSONAL].in_30, 1, "within a month");
	is_int(of[KIND_SPACE].active, 0, "none");
	is_text(of[KIND_SPACE].kind, "space", "and told");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(uses_add_up, fresh),
		cmocka_unit_test_setup(of_many_keys, fresh),
		cmocka_unit_test_setup(whose_it_is, fresh),
		cmocka_unit_test_setup(old_days_are_forgotten, fresh),
		cmocka_unit_test_setup(keys_of_an_organization, fresh),
	};

	return cmocka_run_group_tests_name("core/use", tests, world_open, world_close);
}
