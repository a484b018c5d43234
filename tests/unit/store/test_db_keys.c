/*
 * test_db_keys.c: the rows of keys: found by their digest, replaced once,
 * ended once.
 */
#include "store/world.h"

static const char hash[] =
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

static struct key
get(const char *id)
{
	struct key k = { .id = NULL };

	is_fault(keys_get(&w, "org_a", id, &k), FAULT_NONE, id);
	return k;
}

static void
a_key_is_found_by_its_digest_with_its_owner(void **state)
{
	struct key_new personal = key_row("key_p", 1), machine = key_row("key_m", 2),
		       own = key_row("key_o", 3);
	struct key_found k;
	uint8_t other[LOOKUP_SIZE] = { 9 };

	(void)state;
	personal.kind = "personal";
	personal.membership_id = "mem_bob_a";
	personal.secret_hash = hash;
	personal.expires_at = w.now + 10;
	personal.allowed_ips = "10.0.0.0/8 ::1";
	personal.scopes = 7;
	personal.restricted = 1;
	machine.kind = "machine";
	machine.machine_id = "mch_a";
	must(keys_insert(&w, "org_a", &personal));
	must(keys_insert(&w, "org_a", &machine));
	must(keys_insert(&w, "org_b", &own));
	is_fault(keys_by_lookup(&w, other, &k), FAULT_NO_ROW, "an unknown digest");
	is_fault(keys_by_lookup(&w, personal.lookup, &k), FAULT_NONE, "a member's");
	is_text(k.id, "key_p", "id");
	is_text(k.org_id, "org_a", "org_id");
	is_text(k.kind, "personal", "kind");
	is_text(k.secret_hash, hash, "secret_hash");
	is_text(k.membership_id, "mem_bob_a", "membership_id");
	is_text(k.user_id, "usr_bob", "user_id");
	is_text(k.user_name, "Bob", "user_name");
	is_text(k.user_email, "bob@example.org", "user_email");
	is_text(k.role, "member", "role");
	is_text(k.machine_id, NULL, "machine_id");
	is_text(k.allowed_ips, "10.0.0.0/8 ::1", "allowed_ips");
	is_int(k.scopes, 7, "scopes");
	is_int(k.restricted, 1, "restricted");
	is_int(k.expires_at, w.now + 10, "expires_at");
	is_int(k.created_at, w.now, "created_at");
	is_int(k.ended_at + k.left_at + k.machine_deleted_at + k.org_deleted_at + k.last_used_at, 0,
	    "times unset");
	is_int(k.version, 1, "version");
	is_int(k.org_epoch, 1, "epoch");
	is_int(k.org_personal_enabled, 1, "personal_enabled");
	is_fault(keys_by_lookup(&w, machine.lookup, &k), FAULT_NONE, "a machine's");
	is_text(k.machine_name, "Robot", "machine_name");
	is_text(k.user_id, NULL, "user_id");
	is_int(k.expires_at, 0, "expires_at");
	is_fault(keys_by_lookup(&w, own.lookup, &k), FAULT_NONE, "an organization's");
	is_text(k.org_name, "Acme", "org_name");
	is_text(k.membership_id, NULL, "membership_id");
	is_fault(keys_found(&w, "org_a", "key_o", &k), FAULT_NOT_FOUND, "by id, in another organization");
	is_fault(keys_found(&w, "org_b", "key_o", &k), FAULT_NONE, "by id");
}

/* What happens to the owner and the organization is seen at the key. */
static void
the_fate_of_the_owner_is_seen_at_the_key(void **state)
{
	struct key_new personal = key_row("key_p", 1), machine = key_row("key_m", 2);
	struct key_found k;

	(void)state;
	personal.membership_id = "mem_bob_a";
	machine.machine_id = "mch_a";
	must(keys_insert(&w, "org_a", &personal));
	must(keys_insert(&w, "org_a", &machine));
	w.now += 5;
	must(in_change("org_a", members_leave(&w, "org_a", "mem_bob_a")));
	must(in_change("org_a", machines_delete(&w, "org_a", "mch_a")));
	must(keys_by_lookup(&w, personal.lookup, &k));
	is_int(k.left_at, w.now, "left_at");
	is_int(k.org_epoch, 3, "epoch");
	is_int(get("key_p").owner_ended_at, w.now, "in a list");
	must(keys_by_lookup(&w, machine.lookup, &k));
	is_int(k.machine_deleted_at, w.now, "machine_deleted_at");
	is_int(get("key_m").owner_ended_at, w.now, "in a list");
	must(in_change("org_a", orgs_delete(&w, "org_a")));
	must(keys_by_lookup(&w, machine.lookup, &k));
	is_int(k.org_deleted_at, w.now, "org_deleted_at");
}

static void
a_text_is_replaced_by_the_first_only(void **state)
{
	struct key_new k = key_row("key_1", 1), one = key_row(NULL, 2), two = key_row(NULL, 3);
	struct key_found found;
	int64_t changed;

	(void)state;
	must(keys_insert(&w, "org_a", &k));
	one.prefix = "dk_New1";
	one.expires_at = w.now + 50;
	must(in_change("org_a", keys_replace(&w, "org_a", "key_1", 1, &one, &changed)));
	is_int(changed, 1, "the first");
	is_int(get("key_1").version, 2, "version");
	is_int(get("key_1").expires_at, w.now + 50, "expires_at");
	is_text(get("key_1").prefix, "dk_New1", "prefix");
	is_fault(keys_by_lookup(&w, k.lookup, &found), FAULT_NO_ROW, "the old text");
	is_fault(keys_by_lookup(&w, one.lookup, &found), FAULT_NONE, "the new text");
	two.prefix = "dk_New2";
	must(in_change("org_a", keys_replace(&w, "org_a", "key_1", 1, &two, &changed)));
	is_int(changed, 0, "a stale version");
	is_text(get("key_1").prefix, "dk_New1", "nothing changed");
	is_fault(keys_by_lookup(&w, two.lookup, &found), FAULT_NO_ROW, "the loser's text");
	must(in_change("org_b", keys_replace(&w, "org_b", "key_1", 2, &two, &changed)));
	is_int(changed, 0, "another organization");
	must(in_change("org_a", keys_end(&w, "org_a", "key_1", "usr_ann", &changed)));
	must(in_change("org_a", keys_replace(&w, "org_a", "key_1", get("key_1").version, &two, &changed)));
	is_int(changed, 0, "an ended key");
	is_fault(keys_by_lookup(&w, two.lookup, &found), FAULT_NO_ROW, "an ended key");
}

static void
a_hash_is_upgraded_of_its_own_version_only(void **state)
{
	struct key_new k = key_row("key_1", 1);
	struct key_found found;

	(void)state;
	must(keys_insert(&w, "org_a", &k));
	must(keys_rehash(&w, "org_a", "key_1", 2, "$other"));
	must(keys_found(&w, "org_a", "key_1", &found));
	is_text(found.secret_hash, "$x", "another version");
	must(keys_rehash(&w, "org_a", "key_1", 1, hash));
	must(keys_found(&w, "org_a", "key_1", &found));
	is_text(found.secret_hash, hash, "its own");
	is_int(found.version, 1, "the text is the same");
}

static void
a_key_ends_once(void **state)
{
	struct key_new k = key_row("key_1", 1);
	int64_t changed, first = w.now + 7;

	(void)state;
	must(keys_insert(&w, "org_a", &k));
	must(in_change("org_b", keys_end(&w, "org_b", "key_1", "usr_ann", &changed)));
	is_int(changed, 0, "another organization");
	w.now = first;
	must(in_change("org_a", keys_end(&w, "org_a", "key_1", "usr_ann", &changed)));
	is_int(changed, 1, "the first time");
	w.now += 100;
	must(in_change("org_a", keys_end(&w, "org_a", "key_1", "usr_bob", &changed)));
	is_int(changed, 0, "the second");
	is_int(get("key_1").ended_at, first, "the first time stands");
	is_int(get("key_1").version, 2, "version");
	is_int(sql_number("SELECT COUNT(*) FROM api_key WHERE ended_by = 'usr_ann'"), 1, "ended_by");
	must(in_change("org_a", keys_change(&w, "org_a", "key_1", &(struct key_change){ .name = "Other" })));
	is_text(get("key_1").name, "Key", "an ended key keeps its name");
}

static void
a_unique_name_is_free_again_when_the_key_ends(void **state)
{
	struct key_new one = key_row("key_1", 1), two = key_row("key_2", 2), three = key_row("key_3", 3);
	const struct key_change taken = { "Deploy", "text", "mem_bob_a deploy", 5, 10 },
				own = { "Deploy", "text", "mem_ann_a deploy", 5, 10 };
	int64_t changed;

	(void)state;
	one.unique_name = two.unique_name = "mem_bob_a deploy";
	must(keys_insert(&w, "org_a", &one));
	is_fault(keys_insert(&w, "org_a", &two), FAULT_TAKEN, "the same name");
	must(keys_insert(&w, "org_b", &two));
	two.id = "key_4";
	two.lookup[0] = 4;
	two.unique_name = "mem_ann_a deploy";
	must(keys_insert(&w, "org_a", &two));
	is_fault(in_change("org_a", keys_change(&w, "org_a", "key_4", &taken)), FAULT_TAKEN, "renamed to it");
	is_text(get("key_4").description, NULL, "nothing changed");
	must(in_change("org_a", keys_change(&w, "org_a", "key_4", &own)));
	is_text(get("key_4").description, "text", "described");
	is_int(get("key_4").rate_requests, 5, "with a limit");
	is_int(get("key_4").rate_seconds, 10, "in so many seconds");
	must(in_change("org_a", keys_end(&w, "org_a", "key_1", "usr_bob", &changed)));
	three.unique_name = "mem_bob_a deploy";
	must(keys_insert(&w, "org_a", &three));
	/* Where the name need not be the only one there are as many as one likes. */
	for (uint8_t i = 10; i < 13; i++) {
		struct key_new k = key_row(arena_print(w.arena, "key_%d", i), i);

		must(keys_insert(&w, "org_a", &k));
	}
}

static void
two_texts_never_have_one_digest(void **state)
{
	struct key_new one = key_row("key_1", 1), two = key_row("key_2", 1), three = key_row("key_3", 2);
	int64_t changed;

	(void)state;
	must(keys_insert(&w, "org_a", &one));
	is_fault(keys_insert(&w, "org_b", &two), FAULT_TAKEN, "in another organization");
	must(keys_insert(&w, "org_b", &three));
	is_fault(in_change("org_b", keys_replace(&w, "org_b", "key_3", 1, &one, &changed)), FAULT_TAKEN,
	    "by a new text");
}

static void
a_machine_has_at_most_one_live_key(void **state)
{
	struct key_new one = key_row("key_1", 1), two = key_row("key_2", 2);

	(void)state;
	one.machine_id = two.machine_id = "mch_a";
	must(keys_insert(&w, "org_a", &one));
	is_fault(keys_insert(&w, "org_a", &two), FAULT_TAKEN, "a second");
	must(in_change("org_b", keys_end_of_machine(&w, "org_b", "mch_a", "usr_ann")));
	is_int(get("key_1").ended_at, 0, "another organization");
	must(in_change("org_a", keys_end_of_machine(&w, "org_a", "mch_a", "usr_ann")));
	is_int(get("key_1").ended_at, w.now, "ended");
	must(keys_insert(&w, "org_a", &two));
}

/* Of a list: those of the organization, and each once, the first time. */
static void
many_are_ended_at_once(void **state)
{
	struct key_new one = key_row("key_1", 1), two = key_row("key_2", 2), three = key_row("key_3", 3);
	int64_t changed;

	(void)state;
	two.unique_name = "mem_bob_a name";
	must(keys_insert(&w, "org_a", &one));
	must(keys_insert(&w, "org_a", &two));
	must(keys_insert(&w, "org_a", &three));
	must(in_change("org_b",
	    keys_end_many(&w, "org_b", STR("[{\"t\":\"key_1\"},{\"t\":\"key_2\"}]"), "usr_ann", &changed)));
	is_int(changed, 0, "another organization's");
	must(in_change("org_a",
	    keys_end_many(&w, "org_a",
		STR("[{\"t\":\"key_1\",\"b\":\"x\"},{\"t\":\"key_2\"},{\"t\":\"KEY_3\"}]"), "usr_ann",
		&changed)));
	is_int(changed, 2, "its own");
	is_int(get("key_1").ended_at, w.now, "the first");
	is_int(get("key_2").version, 2, "the second");
	is_int(get("key_3").ended_at, 0, "the third");
	w.now += 100;
	must(in_change("org_a", keys_end_many(&w, "org_a", STR("[{\"t\":\"key_1\"}]"), "usr_bob", &changed)));
	is_int(changed, 0, "again");
	is_int(get("key_1").ended_at, w.now - 100, "the first time stands");
	two.id = "key_4";
	memset(two.lookup, 4, sizeof two.lookup);
	must(keys_insert(&w, "org_a", &two)); /* its name is free */
}

static void
a_use_only_goes_forward(void **state)
{
	struct key_new k = key_row("key_1", 1);

	(void)state;
	must(keys_insert(&w, "org_a", &k));
	is_int(get("key_1").last_used_at, 0, "never");
	must(keys_used(&w, "org_a", "key_1", 500, "192.0.2.1"));
	must(keys_used(&w, "org_a", "key_1", 400, "192.0.2.2"));
	is_int(get("key_1").last_used_at, 500, "an older use");
	is_text(get("key_1").last_used_ip, "192.0.2.1", "an older use");
	must(keys_used(&w, "org_a", "key_1", 600, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"));
	is_int(get("key_1").last_used_at, 600, "a newer use");
	is_text(get("key_1").last_used_ip, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "a newer use");
	is_int(get("key_1").version, 1, "the text is the same");
}

static void
many_uses_at_once_go_forward_too(void **state)
{
	struct key_new k = key_row("key_1", 1), two = key_row("key_2", 2), three = key_row("key_1", 3);

	(void)state;
	must(keys_insert(&w, "org_a", &k));
	must(keys_insert(&w, "org_a", &two));
	must(keys_insert(&w, "org_b", &three));
	must(keys_used(&w, "org_a", "key_2", 500, "192.0.2.1"));
	must(keys_used_many(&w, STR("[]")));
	must(keys_used_many(&w,
	    STR("[{\"o\":\"org_a\",\"k\":\"key_1\",\"t\":300,\"a\":\"192.0.2.3\"},"
		"{\"o\":\"org_a\",\"k\":\"key_1\",\"t\":400,\"a\":\"192.0.2.4\"},"
		"{\"o\":\"org_a\",\"k\":\"key_1\",\"t\":200,\"a\":null},"
		"{\"o\":\"org_a\",\"k\":\"key_2\",\"t\":499,\"a\":\"192.0.2.5\"},"
		"{\"o\":\"org_a\",\"k\":\"key_none\",\"t\":1,\"a\":null}]")));
	is_int(get("key_1").last_used_at, 400, "the latest of several");
	is_text(get("key_1").last_used_ip, "192.0.2.4", "and its address");
	is_int(get("key_2").last_used_at, 500, "an older use");
	is_text(get("key_2").last_used_ip, "192.0.2.1", "an older use");
	is_int(sql_number("SELECT last_used_at FROM api_key WHERE org_id = 'org_b'"), -1,
	    "another organization");
	must(keys_used_many(&w, STR("[{\"o\":\"org_a\",\"k\":\"key_1\",\"t\":401,\"a\":null}]")));
	is_int(get("key_1").last_used_at, 401, "a newer use");
	is_text(get("key_1").last_used_ip, NULL, "from nobody knows where");
}

/* A statement is not to look at every key there is: that cannot be afforded with a million. */
static void
many_uses_look_at_their_own_keys(void **state)
{
	struct key_new k = key_row("key_1", 1);
	int64_t before;

	(void)state;
	must(keys_insert(&w, "org_a", &k));
	sql_must(
	    "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, scopes, created_at, created_by) "
	    "SELECT 'org_a', CONCAT('key_x', seq), 'organization', 'x', 'x', LPAD(seq, 16, 'x'), 'x', 1, 1, 'x' "
	    "FROM seq_1_to_10000; ANALYZE TABLE api_key");
	before = sql_number("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
			    "WHERE VARIABLE_NAME = 'HANDLER_READ_RND_NEXT'");
	must(keys_used_many(&w, STR("[{\"o\":\"org_a\",\"k\":\"key_1\",\"t\":5,\"a\":null}]")));
	is_int(get("key_1").last_used_at, 5, "written");
	is_true(sql_number("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
			   "WHERE VARIABLE_NAME = 'HANDLER_READ_RND_NEXT'") < before + 1000,
	    "not all of them");
}

/* As long as they may be, and NULL; texts over 256 bytes come back whole. */
static void
long_texts_and_missing_ones(void **state)
{
	struct key_new k = key_row("key_1", 1);
	struct restriction r = { .resource_id = "res_provider_a" }, *rows;
	char name[800], text[4000], ips[2001], path[1025];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof name - 1; i += 4)
		memcpy(name + i, "\360\237\224\221", 4);
	name[796] = '\0';
	memset(text, 'x', sizeof text);
	text[1000] = '\0';
	memset(ips, '1', sizeof ips);
	ips[2000] = '\0';
	memset(path, 'p', sizeof path);
	path[0] = '/';
	path[1024] = '\0';
	k.name = name;
	k.description = text;
	k.allowed_ips = ips;
	must(keys_insert(&w, "org_a", &k));
	is_text(get("key_1").name, name, "199 characters of four bytes");
	is_text(get("key_1").description, text, "1000 bytes");
	is_text(get("key_1").allowed_ips, ips, "2000 bytes");
	is_text(get("key_1").last_used_ip, NULL, "NULL");
	is_text(get("key_1").membership_id, NULL, "NULL");
	must(keys_restrict(&w, "org_a", "key_1", &(struct restriction){ .resource_id = "bse_a" }));
	r.base_path = path;
	must(keys_restrict(&w, "org_a", "key_1", &r));
	is_fault(keys_restrict(&w, "org_a", "key_1", &r), FAULT_TAKEN, "the same twice");
	must(keys_restrictions(&w, "org_a", "key_1", &rows, &n));
	is_int(n, 2, "restrictions");
	is_text(rows[0].resource_id, "bse_a", "the base");
	is_text(rows[0].type, "base", "its type");
	is_text(rows[0].parent1, "spc_a", "what it is in");
	is_text(rows[0].parent2, NULL, "and no further");
	is_text(rows[0].base_path, NULL, "no path");
	is_text(rows[1].base_path, path, "1024 bytes");
	must(keys_restrictions(&w, "org_b", "key_1", &rows, &n));
	is_int(n, 0, "another organization");
	/* What was listed is gone: the row of it too, and the mark on the key stays. */
	must(in_change("org_a", resources_delete(&w, "org_a", "spc_a")));
	must(keys_restrictions(&w, "org_a", "key_1", &rows, &n));
	is_int(n, 1, "a deleted base");
}

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_key_is_found_by_its_digest_with_its_owner),
		CASE(the_fate_of_the_owner_is_seen_at_the_key),
		CASE(a_text_is_replaced_by_the_first_only),
		CASE(a_hash_is_upgraded_of_its_own_version_only),
		CASE(a_key_ends_once),
		CASE(a_unique_name_is_free_again_when_the_key_ends),
		CASE(two_texts_never_have_one_digest),
		CASE(a_machine_has_at_most_one_live_key),
		CASE(many_are_ended_at_once),
		CASE(a_use_only_goes_forward),
		CASE(many_uses_at_once_go_forward_too),
		CASE(many_uses_look_at_their_own_keys),
		CASE(long_texts_and_missing_ones),
	};

	return cmocka_run_group_tests_name("store/keys", tests, world_open, world_close);
}
