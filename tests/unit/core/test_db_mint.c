/*
 * test_db_mint.c: who may make something else of a key that is there.
 */
#include "core/kind.h"
#include "core/mint.h"
#include "core/standing.h"
#include "store/world.h"

/* A space token of Bob's. */
static void
put_token(const char *id, uint8_t lookup)
{
	struct key_new k = key_row(id, lookup);

	k.kind = "space";
	k.membership_id = "mem_bob_a";
	k.expires_at = w.now + 1000;
	must(keys_insert(&w, "org_a", &k));
}

/*
 * Whoever asks by the addresses for tokens sees only his own; what a token may do
 * is guarded here all the same, for an admin sees the keys of all.
 */
static void
nobody_widens_anothers_token(void **state)
{
	struct standing session = { .owner = OWNER_MEMBER,
		.owner_id = "usr_ann",
		.org_alive = true,
		.kind_allowed = true,
		.owner_alive = true };
	struct standing *ann;
	struct str full = STR("full");
	struct mint_wish wish = { .name = { .is = GIVEN, .v = STR("Other") },
		.scopes = { .is = GIVEN, .v = &full, .n = 1 } };
	struct key k;

	(void)state;
	put_token("key_bob", 1);
	must(standing_in(&w, &session, "org_a", &ann));
	w.actor = ann;
	is_fault(mint_rescope(&w, "key_bob", &wish, &k), FAULT_ROLE, "an admin, of another's");
	must(keys_get(&w, "org_a", "key_bob", &k));
	is_int(k.scopes, 1, "as it was");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup(nobody_widens_anothers_token,
	    world_fresh) };

	return cmocka_run_group_tests_name("core/mint", tests, world_open, world_close);
}
