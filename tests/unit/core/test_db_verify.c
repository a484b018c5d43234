/*
 * test_db_verify.c: from a presented text to who presents it: keys of every
 * kind and sessions, dead and alive, and texts nobody ever gave out.
 */
#include "base/counters.h"
#include "base/hex.h"
#include "core/login.h"
#include "core/machine.h"
#include "core/password.h"
#include "core/secret_files.h"
#include "core/throttle.h"
#include "core/token.h"
#include "core/verify.h"
#include "store/world.h"

#define PASSWORD "correct cow battery staple"

static const char *exempt;

static int
start(void **state)
{
	counters_open();
	throttle_open();
	if (world_open(state) != 0 || !secret_files_open())
		return -1;
	exempt = settings->limits_throttle_exempt;
	settings->limits_throttle_exempt = "192.0.2.0/24";
	return 0;
}

static int
stop(void **state)
{
	secret_files_close();
	settings->limits_throttle_exempt = exempt;
	return world_close(state);
}

/* Bob has a password, and Ann acts in org_a. */
static int
fresh(void **state)
{
	struct standing session = { .owner = OWNER_MEMBER,
		.owner_id = "usr_ann",
		.org_alive = true,
		.kind_allowed = true,
		.owner_alive = true };
	struct standing *ann;
	const char *hash;

	if (world_fresh(state) != 0)
		return -1;
	secret_files_load("1 " A64 "\n", A64 "\n");
	w.peer = address_parse(STR("192.0.2.1"));
	must(standing_in(&w, &session, "org_a", &ann));
	w.actor = ann;
	must(password_hash(&w, STR(PASSWORD), &hash));
	must(users_set_password(&w, "usr_bob", hash));
	return 0;
}

static struct presented
present(struct str text)
{
	struct presented p;

	must(verify_text(&w, text, false, &p));
	return p;
}

static struct str
mint(const struct mint_wish *wish)
{
	struct minted m;

	must(db_begin(&w, DB_CHANGES));
	must(mint_key(&w, wish, &m));
	must(db_commit(&w));
	return arena_str(w.arena, m.token);
}

static struct str
mint_machine(void)
{
	struct machine_wish wish = { .name = { GIVEN, STR("CI") }, .expires_in = { GIVEN, STR("30d") } };
	struct machine made;
	struct minted m;

	must(db_begin(&w, DB_CHANGES));
	must(machine_create(&w, &wish, &made, &m));
	must(db_commit(&w));
	return arena_str(w.arena, m.token);
}

#define NAMED(k) .kind = { GIVEN, STR(k) }, .name = { GIVEN, STR("Key") }

static struct str
a_personal_token(void)
{
	return mint(&(struct mint_wish){ NAMED("personal"), .expires_in_days = { GIVEN, 30 } });
}

/* Both texts of a key that is rotated just now. */
static void
a_rotated_key(int64_t grace, struct str *old, struct str *new)
{
	static const struct mint_wish wish = { NAMED("organization"), .permission = { GIVEN, STR("write") } };
	struct mint_wish turn = { .grace = { GIVEN, grace } };
	struct minted m;

	must(db_begin(&w, DB_CHANGES));
	must(mint_key(&w, &wish, &m));
	*old = arena_str(w.arena, m.token);
	must(db_commit(&w));
	must(db_begin(&w, DB_CHANGES));
	must(mint_rotate(&w, m.key_id, &turn, &m));
	*new = arena_str(w.arena, m.token);
	must(db_commit(&w));
}

static void
two_texts_of_a_rotated_key(void **state)
{
	struct str old, new;
	struct presented p;

	(void)state;
	a_rotated_key(100, &old, &new);
	p = present(old);
	is_int(p.reason, REASON_OK, "the old one");
	is_int(p.standing->past, 1, "of the first version");
	is_int(standing_end(p.standing), w.now + 100, "ends");
	p = present(new);
	is_int(p.reason, REASON_OK, "the new one");
	is_int(p.standing->past, 0, "is the one there is");
	is_int(standing_end(p.standing), 0, "does not end");
	is_int(standing_rotates(p.standing, w.now), w.now + 100, "and is not alone");
	w.now += 99;
	is_int(present(old).reason, REASON_OK, "in the last second");
	w.now += 1;
	p = present(old);
	is_int(p.reason, REASON_REVOKED, "over");
	is_true(p.standing != NULL, "but known");
	is_int(present(new).reason, REASON_OK, "the new one goes on");
	is_int(standing_rotates(present(new).standing, w.now), 0, "alone");
}

/* A hash is made anew where its cost has changed; that of an old text must not take the new one's place. */
static void
an_old_text_leaves_the_new_ones_hash(void **state)
{
	int64_t passes = settings->keys_argon2_passes;
	struct str old, new;

	(void)state;
	a_rotated_key(100, &old, &new);
	settings->keys_argon2_passes = passes + 1;
	is_int(present(old).reason, REASON_OK, "the old one");
	is_int(present(old).reason, REASON_OK, "again");
	is_int(present(new).reason, REASON_OK, "the new one");
	is_int(present(old).reason, REASON_OK, "and the old one still");
	settings->keys_argon2_passes = passes;
}

/* What was used is told of the old text and of the key. */
static void
the_old_texts_use_is_noted(void **state)
{
	struct str old, new;

	(void)state;
	a_rotated_key(1000, &old, &new);
	w.now += 100;
	is_int(present(old).reason, REASON_OK, "used");
	is_int(sql_number("SELECT last_used_at FROM key_past"), w.now, "the old text's");
	is_int(sql_number("SELECT last_used_at FROM api_key"), w.now, "and the key's");
	w.now += 100;
	is_int(present(new).reason, REASON_OK, "used");
	is_int(sql_number("SELECT last_used_at FROM key_past"), w.now - 100, "the old text's");
	is_int(sql_number("SELECT last_used_at FROM api_key"), w.now, "and the key's");
}

static void
keys_of_every_kind(void **state)
{
	static struct str scopes[] = { STR("read") };
	static const struct mint_wish wishes[] = {
		[KIND_PERSONAL] = { NAMED("personal"), .expires_in_days = { GIVEN, 30 } },
		[KIND_ORGANIZATION] = { NAMED("organization"), .permission = { GIVEN, STR("write") } },
		[KIND_PROVIDER] = { NAMED("provider"), .scopes = { GIVEN, scopes, 1 } },
		[KIND_SPACE] = { NAMED("space"), .scopes = { GIVEN, scopes, 1 },
		    .expires_at = { GIVEN, STR("2999-01-01") } },
	};
	static const char *const owners[] = { [KIND_PERSONAL] = "usr_ann",
		[KIND_ORGANIZATION] = "org_a",
		[KIND_PROVIDER] = "usr_ann",
		[KIND_SPACE] = "usr_ann" };

	(void)state;
	for (enum kind_id k = KIND_PERSONAL; k < KIND__MAX; k++) {
		const char *name = kind_of(k)->name;
		struct str text = k == KIND_MACHINE ? mint_machine() : mint(&wishes[k]);
		uint64_t runs = counter_value(COUNT_ARGON2_RUNS);
		struct presented p = present(text);

		is_int(p.reason, REASON_OK, name);
		is_true(p.standing->kind == kind_of(k), name);
		is_text(p.standing->org_id, "org_a", name);
		if (k != KIND_MACHINE)
			is_text(p.standing->owner_id, owners[k], name);
		is_int(strlen(p.standing->key_prefix), kind_of(k)->shown, name);
		is_true(str_starts(text, str_of(p.standing->key_prefix)), name);
		is_int(counter_value(COUNT_ARGON2_RUNS), runs + 1, name);
	}
}

/* What is no key costs no look-up, an unknown one no run of Argon2id. */
static void
texts_nobody_gave_out(void **state)
{
	char wrong[] = "drvp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1hgl5o";
	const struct {
		const char *what;
		struct str text;
		enum reason reason;
	} cases[] = {
		{ "nothing", STR(""), REASON_MALFORMED },
		{ "a word", STR("password"), REASON_MALFORMED },
		{ "a wrong checksum", str_of(wrong), REASON_MALFORMED },
		{ "of a sixth kind", STR("xyz_0123456789abcdef0123456789abcdef01234567"), REASON_MALFORMED },
		{ "nearly a session", STR("eyJhbGciOiJub25lIn0.e30."), REASON_MALFORMED },
		{ "a sound one", token_make(&w, kind_of(KIND_PERSONAL)), REASON_UNKNOWN },
		{ "40 digits", STR("drv_0123456789abcdef0123456789abcdef01234567"), REASON_UNKNOWN },
	};
	uint64_t runs = counter_value(COUNT_ARGON2_RUNS);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct presented p = present(cases[i].text);

		is_int(p.reason, cases[i].reason, cases[i].what);
		is_true(p.standing == NULL, cases[i].what);
		is_fault(presented_fault(p.reason), FAULT_INVALID_TOKEN, cases[i].what);
	}
	is_int(counter_value(COUNT_ARGON2_RUNS), runs, "runs");
}

/* Who holds the right text learns why it is dead. */
static void
what_makes_a_right_text_dead(void **state)
{
	static const struct {
		const char *sql;
		enum reason reason;
		enum fault fault;
	} cases[] = {
		{ "UPDATE api_key SET ended_at = 1", REASON_REVOKED, FAULT_REVOKED },
		{ "UPDATE api_key SET ended_at = NULL, expires_at = 1800000000", REASON_EXPIRED,
		    FAULT_EXPIRED },
		{ "UPDATE api_key SET expires_at = 1800000001", REASON_OK, FAULT_NONE },
		{ "UPDATE organization SET personal_enabled = 0", REASON_KIND_DISABLED, FAULT_KIND_DISABLED },
		{ "UPDATE organization SET personal_enabled = 1", REASON_OK, FAULT_NONE },
		{ "UPDATE organization SET deleted_at = 1", REASON_OWNER_GONE, FAULT_OWNER_GONE },
		{ "UPDATE organization SET deleted_at = NULL; UPDATE membership SET left_at = 1",
		    REASON_OWNER_GONE, FAULT_OWNER_GONE },
		{ "UPDATE membership SET left_at = NULL", REASON_OK, FAULT_NONE },
	};
	struct str text = a_personal_token();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct presented p;

		sql_must(cases[i].sql);
		p = present(text);
		is_int(p.reason, cases[i].reason, cases[i].sql);
		is_true(p.standing != NULL, cases[i].sql);
		is_fault(presented_fault(p.reason), cases[i].fault, cases[i].sql);
	}
}

static void
a_hash_with_other_parameters_is_made_anew(void **state)
{
	static const char count[] =
	    "SELECT COUNT(*) FROM api_key WHERE secret_hash LIKE '$argon2id$v=19$m=128,t=1,p=1$%'";
	struct str text = a_personal_token();

	(void)state;
	settings->keys_argon2_memory = 128;
	is_int(sql_number(count), 0, "before");
	is_int(present(token_make(&w, kind_of(KIND_PERSONAL))).reason, REASON_UNKNOWN, "a wrong text");
	is_int(sql_number(count), 0, "a wrong text changes nothing");
	is_int(present(text).reason, REASON_OK, "the right text");
	is_int(sql_number(count), 1, "made anew");
	is_int(present(text).reason, REASON_OK, "verifies as before");
	settings->keys_argon2_memory = 64;
}

static void
keys_of_an_older_pepper_are_found(void **state)
{
	struct str text = a_personal_token();

	(void)state;
	secret_files_load("1 " A64 "\n2 " B64 "\n", A64 "\n");
	is_int(present(text).reason, REASON_OK, "with a newer one beside it");
	secret_files_load("2 " B64 "\n", A64 "\n");
	is_int(present(text).reason, REASON_UNKNOWN, "without its own");
}

/* A row of another key put in the place of this one opens nothing. */
static void
the_digest_alone_opens_nothing(void **state)
{
	struct str text = a_personal_token();

	(void)state;
	sql_must("UPDATE api_key SET secret_hash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"
		 "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'");
	is_int(present(text).reason, REASON_UNKNOWN, "the hash of another text");
}

static void
use_is_noted_at_most_once_a_minute(void **state)
{
	struct str text = a_personal_token();
	static const struct {
		int64_t after, noted;
	} cases[] = { { 0, 0 }, { 30, 0 }, { 59, 0 }, { 60, 60 }, { 100, 60 }, { 121, 121 } };
	int64_t now = w.now;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		w.now = now + cases[i].after;
		is_int(present(text).reason, REASON_OK, "used");
		is_int(sql_number("SELECT last_used_at FROM api_key"), now + cases[i].noted, "noted");
	}
	sql_must("UPDATE api_key SET ended_at = 1");
	w.now += 1000;
	is_int(present(text).reason, REASON_REVOKED, "ended");
	is_int(sql_number("SELECT last_used_at FROM api_key"), now + 121, "a dead key is not used");
}

static void
failures_are_counted_and_then_refused(void **state)
{
	struct str text = a_personal_token();
	struct presented p;

	(void)state;
	w.peer = address_parse(STR("203.0.113.1"));
	settings->limits_failed_per_minute = 3;
	for (int i = 0; i < 3; i++)
		is_int(present(STR("nonsense")).reason, REASON_MALFORMED, "below the limit");
	is_fault(verify_text(&w, text, false, &p), FAULT_THROTTLED, "even the right text");
	is_fault(verify_text(&w, text, true, &p), FAULT_NONE, "asked by a caller who may");
	w.peer = address_parse(STR("203.0.113.2"));
	is_int(present(text).reason, REASON_OK, "from elsewhere");
	settings->limits_failed_per_minute = 60;
}

static struct login
log_in(void)
{
	struct login l;

	must(db_begin(&w, DB_CHANGES));
	must(login_begin(&w, STR(" Bob@Example.org"), STR(PASSWORD), STR("test"), &l));
	must(db_commit(&w));
	return l;
}

static void
a_session_and_its_end(void **state)
{
	struct login l = log_in();
	struct presented p = present(l.token);
	const char *session;

	(void)state;
	is_int(p.reason, REASON_OK, "a session");
	is_true(p.standing->kind == NULL, "no key");
	is_text(p.standing->owner_id, "usr_bob", "whose");
	is_text(p.standing->org_id, NULL, "of no organization yet");
	session = p.standing->session_id;
	is_text(login_csrf(&w, session), l.csrf, "csrf");
	w.now += SESSION_SECONDS - 1;
	is_int(present(l.token).reason, REASON_OK, "its last second");
	w.now += 1;
	is_int(present(l.token).reason, REASON_EXPIRED, "expired");
	w.now -= 100;
	must(login_end(&w, session));
	is_int(present(l.token).reason, REASON_REVOKED, "ended");
	sql_must("DELETE FROM session");
	is_int(present(l.token).reason, REASON_UNKNOWN, "forgotten");
}

/* Header, claims and signature of another make, each alone. */
static void
a_session_cannot_be_forged(void **state)
{
	struct login l = log_in();
	struct str rest = l.token, header, claims;
	const char *none = base64url_text(w.arena, STR("{\"alg\":\"none\",\"typ\":\"JWT\"}"));
	const char *other =
	    base64url_text(w.arena, STR("{\"iss\":\"claviger\",\"sub\":\"usr_ann\",\"sid\":\"ses_x\"}"));
	char *flipped = arena_text(w.arena, l.token);

	(void)state;
	assert_true(str_cut(&rest, '.', &header) && str_cut(&rest, '.', &claims) && rest.n == 43);
	for (size_t i = 0; i < l.token.n; i++) {
		flipped[i] = flipped[i] == 'A' ? 'B' : 'A';
		is_true(present(str_of(flipped)).standing == NULL, flipped);
		flipped[i] = l.token.s[i];
	}
	for (size_t n = 0; n < l.token.n; n++)
		is_true(present(str_part(l.token.s, n)).standing == NULL, "cut short");
	is_int(present(l.token).reason, REASON_OK, "as it is");
	is_int(present(str_of(arena_print(w.arena, "%s.%.*s.", none, (int)claims.n, claims.s))).reason,
	    REASON_MALFORMED, "no algorithm, no signature");
	is_int(present(str_of(arena_print(w.arena, "%s.%.*s.%.*s", none, (int)claims.n, claims.s, (int)rest.n,
			   rest.s)))
		   .reason,
	    REASON_MALFORMED, "no algorithm");
	is_int(present(str_of(arena_print(w.arena, "%.*s.%s.%.*s", (int)header.n, header.s, other,
			   (int)rest.n, rest.s)))
		   .reason,
	    REASON_MALFORMED, "other claims");
	is_int(present(str_of(arena_print(w.arena, "%.*s.x", (int)l.token.n, l.token.s))).reason,
	    REASON_MALFORMED, "a fourth part");
}

static void
a_wrong_log_in_tells_nothing_and_costs_the_same(void **state)
{
	static const struct {
		const char *what;
		struct str email, password;
	} cases[] = {
		{ "a wrong password", STR("bob@example.org"), STR("correct cow battery stable") },
		{ "no password", STR("bob@example.org"), STR("") },
		{ "no such account", STR("nobody@example.org"), STR(PASSWORD) },
		{ "an account without one", STR("ann@example.org"), STR(PASSWORD) },
		{ "no address", STR("bob"), STR(PASSWORD) },
		{ "no UTF-8", STR("bob@example.org"),
		    STR("\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377") },
	};
	struct login l;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t runs = counter_value(COUNT_ARGON2_RUNS);

		must(db_begin(&w, DB_CHANGES));
		is_fault(login_begin(&w, cases[i].email, cases[i].password, STR(""), &l), FAULT_INVALID_TOKEN,
		    cases[i].what);
		db_rollback(&w);
		is_int(counter_value(COUNT_ARGON2_RUNS), runs + 1, cases[i].what);
	}
	is_int(sql_number("SELECT COUNT(*) FROM session"), 0, "sessions");
}

#define CASE(name) cmocka_unit_test_setup(name, fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(two_texts_of_a_rotated_key),
		CASE(an_old_text_leaves_the_new_ones_hash),
		CASE(the_old_texts_use_is_noted),
		CASE(keys_of_every_kind),
		CASE(texts_nobody_gave_out),
		CASE(what_makes_a_right_text_dead),
		CASE(a_hash_with_other_parameters_is_made_anew),
		CASE(keys_of_an_older_pepper_are_found),
		CASE(the_digest_alone_opens_nothing),
		CASE(use_is_noted_at_most_once_a_minute),
		CASE(failures_are_counted_and_then_refused),
		CASE(a_session_and_its_end),
		CASE(a_session_cannot_be_forged),
		CASE(a_wrong_log_in_tells_nothing_and_costs_the_same),
	};

	return cmocka_run_group_tests_name("core/verify", tests, start, stop);
}
