/*
 * test_memory.c: what is remembered comes back whole or not at all, and counts
 * only at the epoch it was read at.
 */
#include "core/remembered.h"

/* --- packing --- */

#define GRANTS	 3
#define CONFINES 2

static struct standing *
full(void)
{
	static const struct granted granted[GRANTS] = { { "res_a", RANK_MEMBER, "direct" },
		{ "res_b", RANK_EDITOR, "everyone" }, { "res_c", RANK_ADMIN, "tem_x" } };
	static const struct confine confined[CONFINES] = { { "res_p", "provider", "/a/b", NULL, NULL },
		{ "bse_1", "base", NULL, "spc_1", "org_one" } };
	struct standing *s = arena_new(w.arena, struct standing);

	*s = (struct standing){ .kind = kind_of(KIND_SPACE),
		.org_id = ORG_ID,
		.org_name = "Ünë",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_1",
		.owner_name = "",
		.owner_email = "a@b.example",
		.membership_id = "mbr_1",
		.machine_id = NULL,
		.owner_alive = true,
		.org_rank = RANK_EDITOR,
		.granted = granted,
		.granted_n = GRANTS,
		.key_id = "key_1",
		.key_name = "a key",
		.key_prefix = "dnt_abc",
		.created_at = INT64_C(1700000001),
		.expires_at = INT64_C(4102444799),
		.scopes = SCOPE_FULL,
		.restricted = true,
		.confine = confined,
		.confine_n = CONFINES,
		.allowed_ips = "192.0.2.0/24 ::1",
		.epoch = INT64_C(123456789012),
		.version = -5 };
	return s;
}

static void
same_numbers(const struct standing *a, const struct standing *b)
{
	is_true(a->kind == b->kind, "kind");
	is_int(a->owner, b->owner, "owner");
	is_int(a->org_alive, b->org_alive, "org_alive");
	is_int(a->kind_allowed, b->kind_allowed, "kind_allowed");
	is_int(a->owner_alive, b->owner_alive, "owner_alive");
	is_int(a->restricted, b->restricted, "restricted");
	is_int(a->org_rank, b->org_rank, "org_rank");
	is_int(a->scopes, b->scopes, "scopes");
	is_int(a->created_at, b->created_at, "created_at");
	is_int(a->expires_at, b->expires_at, "expires_at");
	is_int(a->epoch, b->epoch, "epoch");
	is_int(a->version, b->version, "version");
	is_int(a->past, b->past, "past");
	is_int(a->past_until, b->past_until, "past_until");
	is_int(a->rate_requests, b->rate_requests, "rate_requests");
	is_int(a->rate_seconds, b->rate_seconds, "rate_seconds");
}

static void
same_texts(const struct standing *a, const struct standing *b)
{
	is_text(a->org_id, b->org_id, "org_id");
	is_text(a->org_name, b->org_name, "org_name");
	is_text(a->owner_id, b->owner_id, "owner_id");
	is_text(a->owner_name, b->owner_name, "owner_name");
	is_text(a->owner_email, b->owner_email, "owner_email");
	is_text(a->membership_id, b->membership_id, "membership_id");
	is_text(a->machine_id, b->machine_id, "machine_id");
	is_text(a->key_id, b->key_id, "key_id");
	is_text(a->key_name, b->key_name, "key_name");
	is_text(a->key_prefix, b->key_prefix, "key_prefix");
	is_text(a->allowed_ips, b->allowed_ips, "allowed_ips");
}

static void
same_rows(const struct standing *a, const struct standing *b)
{
	is_int(a->granted_n, b->granted_n, "granted_n");
	for (size_t i = 0; i < b->granted_n; i++) {
		is_text(a->granted[i].resource_id, b->granted[i].resource_id, "grant's resource");
		is_int(a->granted[i].rank, b->granted[i].rank, "grant's rank");
		is_text(a->granted[i].via, b->granted[i].via, "grant's way");
	}
	is_int(a->confine_n, b->confine_n, "confine_n");
	for (size_t i = 0; i < b->confine_n; i++) {
		is_text(a->confine[i].resource_id, b->confine[i].resource_id, "restriction's resource");
		is_text(a->confine[i].type, b->confine[i].type, "restriction's type");
		is_text(a->confine[i].base_path, b->confine[i].base_path, "restriction's path");
		is_text(a->confine[i].parent1, b->confine[i].parent1, "restriction's parent");
		is_text(a->confine[i].parent2, b->confine[i].parent2, "restriction's second parent");
	}
}

static void
same(const struct standing *a, const struct standing *b)
{
	is_true(a != NULL, "there is one");
	same_numbers(a, b);
	same_texts(a, b);
	same_rows(a, b);
}

static void
every_member_comes_back(void **state)
{
	char *bytes = arena_take(w.arena, 1024);
	const struct standing *s = full();
	size_t n = memory_pack(s, bytes, 1024);

	(void)state;
	is_true(n > 0, "it fits");
	same(memory_unpack(w.arena, bytes, n), s);
	s = small("key_2");
	n = memory_pack(s, bytes, 1024);
	same(memory_unpack(w.arena, bytes, n), s);
}

static void
a_part_is_nothing(void **state)
{
	char *bytes = arena_take(w.arena, 1024);
	size_t n = memory_pack(full(), bytes, 1024);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		is_int(memory_pack(full(), arena_take(w.arena, 1024), i), 0, "too little room");
		is_true(memory_unpack(w.arena, bytes, i) == NULL, "too few bytes");
	}
}

/* --- keeping and finding --- */

static void
nothing_is_remembered_without_a_memory(void **state)
{
	struct memory_orphan o = { .place = 0 };
	struct memory_use u;
	size_t turn = 0;

	(void)state;
	forget_mapping();
	is_true(!memory_keep(&w, tag_nr(1), small("key_1"), true), "no memory");
	is_true(memory_find(&w, tag_nr(1)) == NULL, "no memory");
	is_true(!memory_used(&w, tag_nr(1)), "no use of it");
	is_int(memory_uses(&w, true, &u, 1, &turn), 0, "no uses");
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "no change");
	is_true(w.after_tx == NULL, "nothing to end");
	memory_recount();
	is_true(!memory_orphan(&o), "no orphans");
	memory_database(false);
}

static void
what_is_kept_is_found(void **state)
{
	(void)state;
	is_true(memory_find(&w, tag_nr(1)) == NULL, "not yet");
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	same(memory_find(&w, tag_nr(1)), small("key_1"));
	is_true(memory_find(&w, tag_nr(2)) == NULL, "another tag");
	memory_keep(&w, tag_nr(1), full(), true);
	is_true(memory_find(&w, tag_nr(1)) == NULL, "the same slot, read at another epoch");
	db.epoch = full()->epoch;
	w.after_ctx = NULL;
	memory_forget_epochs();
	same(memory_find(&w, tag_nr(1)), full());
}

static void
of_what_is_too_large_only_that_it_was_verified(void **state)
{
	struct standing *s = small("key_1");
	struct memory_use u;
	size_t turn = 0;
	char *name = arena_take(w.arena, STANDING_MAX + 1);

	(void)state;
	memset(name, 'x', STANDING_MAX);
	s->owner_name = name;
	is_true(memory_keep(&w, tag_nr(1), s, true), "too large");
	is_true(memory_find(&w, tag_nr(1)) == NULL, "too large");
	/* Its text need not be verified again, and its use is told. */
	is_true(memory_verified(&w, tag_nr(1), "key_1", s->version), "verified");
	is_true(!memory_verified(&w, tag_nr(1), "key_1", s->version + 1), "another version");
	is_true(!memory_verified(&w, tag_nr(1), "key_2", s->version), "another key");
	is_int(memory_uses(&w, true, &u, 1, &turn), 1, "its use");
	is_text(u.key_id, "key_1", "whose use");
	is_text(u.org_id, ORG_ID, "where");
	/* The largest that fits does. */
	for (size_t n = STANDING_MAX; n > 0; n--) {
		name[n] = '\0';
		if (memory_pack(s, arena_take(w.arena, STANDING_MAX), STANDING_MAX) == 0)
			continue;
		memory_keep(&w, tag_nr(1), s, true);
		same(memory_find(&w, tag_nr(1)), s);
		return;
	}
}

static void
what_has_a_text_without_bounds_is_not_packed(void **state)
{
	static char name[1 << 17], bytes[1 << 18];
	struct standing *s = small("key_1");

	(void)state;
	memset(name, 'x', sizeof name - 1);
	s->owner_name = name;
	for (size_t n = UINT16_MAX - 1; n < UINT16_MAX + 3; n++) {
		name[n] = '\0';
		is_true((memory_pack(s, bytes, sizeof bytes) != 0) == (n < UINT16_MAX),
		    "its length is kept in 16 bits");
		name[n] = 'x';
	}
}

static void
a_slot_that_is_being_written_is_a_miss(void **state)
{
	struct key_slot *slot;
	uint64_t claimed;

	(void)state;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	slot = slot_nr(tag_nr(1));
	is_true(seqlock_claim(&slot->seq, &claimed), "claim");
	is_true(memory_find(&w, tag_nr(1)) == NULL, "being written");
	is_true(!memory_keep(&w, tag_nr(1), small("key_1"), true), "does not wait");
}

static void
the_one_not_used_for_longest_goes(void **state)
{
	static const char *const ids[] = { "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7" };

	(void)state;
	for (uint64_t i = 0; i < WAYS; i++, w.now++)
		memory_keep(&w, crowded(i), small(ids[i]), true);
	for (uint64_t i = 0; i < WAYS; i++)
		same(memory_find(&w, crowded(i)), small(ids[i]));
	/* All but the fourth are used again. */
	for (uint64_t i = 0; i < WAYS; i++, w.now++)
		if (i != 3)
			is_true(memory_used(&w, crowded(i)), "used");
	is_true(memory_keep(&w, crowded(WAYS), small("k8"), true), "another");
	is_true(memory_find(&w, crowded(3)) == NULL, "gone");
	same(memory_find(&w, crowded(WAYS)), small("k8"));
	for (uint64_t i = 0; i < WAYS; i++)
		if (i != 3)
			same(memory_find(&w, crowded(i)), small(ids[i]));
}

/* A key may be in either of two sets: places are not given up while there are free ones nearby. */
static void
most_slots_are_taken_before_one_is_given_up(void **state)
{
	static const size_t n = 2400; /* of 4096; with one set each some twenty would be lost */

	(void)state;
	settings->keys_remembered = 4096;
	path[strlen(path)] = 'x';
	is_text(open_memory(), NULL, "a larger one");
	for (uint64_t i = 0; i < n; i++) {
		uint8_t tag[SECRET_SIZE];

		secret_sha256((struct str){ (const char *)&i, sizeof i }, STR(""), tag);
		is_true(memory_keep(&w, tag, small("key_1"), true), "kept");
	}
	for (uint64_t i = 0; i < n; i++) {
		uint8_t tag[SECRET_SIZE];

		secret_sha256((struct str){ (const char *)&i, sizeof i }, STR(""), tag);
		assert_non_null(memory_find(&w, tag));
		bench_clear();
	}
}

static void
a_dead_one_is_remembered_but_not_used(void **state)
{
	struct standing *s = small("key_1");
	const struct standing *found;
	struct memory_use u;
	size_t turn = 0;

	(void)state;
	s->ended_at = w.now - 1;
	is_true(memory_keep(&w, tag_nr(1), s, false), "kept");
	found = memory_find(&w, tag_nr(1));
	assert_non_null(found);
	is_int(found->ended_at, w.now - 1, "dead");
	is_int(memory_uses(&w, true, &u, 1, &turn), 0, "no use");
}

/* --- epochs --- */

static void
the_epoch_is_asked_once(void **state)
{
	(void)state;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	is_int(epoch_of(word_of_org()), 0, "unknown");
	for (int i = 0; i < 3; i++)
		is_true(is_found(), "at its epoch");
	is_int(db.asked, 1, "asked once");
	is_int(epoch_of(word_of_org()), 7, "known");
}

static void
another_epoch_is_a_miss(void **state)
{
	(void)state;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	db.epoch = 8;
	is_true(!is_found(), "newer in the database");
	is_true(!is_found(), "and known to be");
	is_int(db.asked, 1, "asked once");
}

static void
while_it_cannot_be_asked_nothing_is_believed(void **state)
{
	(void)state;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	db.gone = true;
	is_true(!is_found(), "no database");
	is_int(epoch_of(word_of_org()), 0, "still unknown");
	db.gone = false;
	is_true(is_found(), "it is back");
	memory_database(false);
	is_true(!is_found(), "the keeper misses it");
	memory_database(true);
	is_true(is_found(), "the keeper sees it");
}

/* A whole change while a check asks for the epoch. */
static void
change_meanwhile(void)
{
	db.meanwhile = NULL;
	is_fault(memory_flux(&w, ORG_ID), FAULT_NONE, "a change");
	db.epoch++;
	w.after_tx(&w, true);
}

static void
an_old_epoch_does_not_come_in_after_a_change(void **state)
{
	(void)state;
	memory_keep(&w, tag_nr(1), small("key_1"), true);
	db.meanwhile = change_meanwhile;
	is_true(is_found(), "it began before the change");
	is_int(epoch_of(word_of_org()), 0, "the old epoch was not noted");
	is_true(!is_found(), "the next one sees the change");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_member_comes_back, fresh),
		cmocka_unit_test_setup(a_part_is_nothing, fresh),
		cmocka_unit_test_setup(nothing_is_remembered_without_a_memory, fresh),
		cmocka_unit_test_setup(what_is_kept_is_found, fresh),
		cmocka_unit_test_setup(of_what_is_too_large_only_that_it_was_verified, fresh),
		cmocka_unit_test_setup(what_has_a_text_without_bounds_is_not_packed, fresh),
		cmocka_unit_test_setup(a_slot_that_is_being_written_is_a_miss, fresh),
		cmocka_unit_test_setup(the_one_not_used_for_longest_goes, fresh),
		cmocka_unit_test_setup(most_slots_are_taken_before_one_is_given_up, fresh),
		cmocka_unit_test_setup(a_dead_one_is_remembered_but_not_used, fresh),
		cmocka_unit_test_setup(the_epoch_is_asked_once, fresh),
		cmocka_unit_test_setup(another_epoch_is_a_miss, fresh),
		cmocka_unit_test_setup(while_it_cannot_be_asked_nothing_is_believed, fresh),
		cmocka_unit_test_setup(an_old_epoch_does_not_come_in_after_a_change, fresh),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
