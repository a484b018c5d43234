/*
 * test_db_reminder.c: keys in the database whose ends are told, each once, to
 * the right people, whatever the clock does.
 */
#include "core/reminder.h"

#include "base/clock.h"
#include "db/db.h"
#include "store/outbox.h"
#include "store/world.h"

#define START	INT64_C(1800000000)
#define DAYS(n) ((int64_t)(n)*CLOCK_DAY)

/* A key made at START that ends so many days later. */
static void
put_key(const char *id, uint8_t digest, const char *kind, const char *membership, const char *machine,
    int64_t life)
{
	struct key_new k = key_row(id, digest);

	k.kind = kind;
	k.membership_id = membership;
	k.machine_id = machine;
	k.expires_at = START + life;
	w.now = START;
	must(keys_insert(&w, "org_a", &k));
}

/* The first look at START: what ended before is not told. */
static int
fresh(void **state)
{
	size_t n;

	if (world_fresh(state) != 0)
		return -1;
	w.now = START;
	must(reminder_post_all(&w, &n));
	is_int(n, 0, "nothing yet");
	return 0;
}

/* How many are posted by a look at START and so much. */
static size_t
look(int64_t later)
{
	size_t n;

	bench_clear();
	w.now = START + later;
	must(reminder_post_all(&w, &n));
	return n;
}

static int64_t
posted(const char *where)
{
	return sql_number(arena_print(w.arena, "SELECT COUNT(*) FROM outbox WHERE %s", where));
}

static void
each_once_to_the_owner(void **state)
{
	(void)state;
	put_key("key_p", 1, "personal", "mem_bob_a", NULL, DAYS(90));
	is_int(look(DAYS(60) - 1), 0, "not yet");
	is_int(look(DAYS(60)), 1, "30 days");
	is_int(look(DAYS(60)), 0, "once");
	is_int(look(DAYS(82)), 0, "still");
	is_int(look(DAYS(83)), 1, "7 days");
	is_int(look(DAYS(89)), 1, "1 day");
	is_int(look(DAYS(90) - 1), 0, "the last second");
	is_int(look(DAYS(90)), 1, "over");
	is_int(look(DAYS(92)), 0, "told");
	is_int(look(DAYS(900)), 0, "for good");
	is_int(posted("user_id = 'usr_bob' AND key_id = 'key_p' AND org_id = 'org_a'"), 4, "to the owner");
	is_int(posted("template = 'key_ends' AND days IN (30, 7, 1)"), 3, "before");
	is_int(posted("template = 'key_ended' AND days = 0"), 1, "after");
	is_int(sql_number("SELECT COUNT(*) FROM reminder"), 4, "one row each");
}

static void
after_a_jump_only_the_most_urgent(void **state)
{
	(void)state;
	put_key("key_p", 1, "personal", "mem_bob_a", NULL, DAYS(90));
	is_int(look(DAYS(89) + 5), 1, "one for three");
	is_int(posted("days = 1"), 1, "the most urgent");
	is_int(look(DAYS(89) + 5 - 7200), 0, "two hours back: not the one before");
	is_int(look(DAYS(88) + 10), 0, "nor a day");
	is_int(look(DAYS(91)), 1, "over");
	is_int(posted("days = 0"), 1, "over");
}

/* For a minute the clock was 400 days ahead. */
static void
a_wrong_clock_silences_nothing(void **state)
{
	(void)state;
	put_key("key_p", 1, "personal", "mem_bob_a", NULL, DAYS(90));
	is_int(look(DAYS(400)), 1, "told to be over");
	is_int(look(DAYS(60)), 1, "30 days, in its time");
	is_int(look(DAYS(60)), 0, "once");
	is_int(look(DAYS(90)), 1, "over, in its time");
	is_int(look(DAYS(91)), 0, "once");
	is_int(sql_number("SELECT COUNT(*) FROM reminder"), 2, "a row for each all the same");
}

static void
keys_of_no_person_are_the_admins(void **state)
{
	(void)state;
	sql_must("UPDATE membership SET role = 'admin' WHERE id = 'mem_bob_a'");
	put_key("key_m", 1, "machine", NULL, "mch_a", DAYS(90));
	put_key("key_o", 2, "organization", NULL, NULL, DAYS(90));
	is_int(look(DAYS(83)), 4, "two keys, two admins");
	is_int(posted("user_id = 'usr_ann'"), 2, "to one");
	is_int(posted("user_id = 'usr_bob'"), 2, "to the other");
	is_int(sql_number("SELECT COUNT(*) FROM reminder"), 2, "a row for each key");
	sql_must("UPDATE membership SET left_at = 1 WHERE id = 'mem_bob_a'");
	is_int(look(DAYS(89)), 2, "whoever left is told nothing");
}

static void
what_is_not_told(void **state)
{
	static const struct {
		const char *sql, *what;
	} rows[] = {
		{ "UPDATE api_key SET ended_at = 1 WHERE id = 'key_p'", "ended" },
		{ "UPDATE membership SET left_at = 1 WHERE id = 'mem_bob_a'", "the owner left" },
		{ "UPDATE organization SET personal_enabled = 0 WHERE id = 'org_a'", "turned off" },
		{ "UPDATE organization SET deleted_at = 1 WHERE id = 'org_a'", "no organization" },
		{ "UPDATE api_key SET expires_at = NULL WHERE id = 'key_p'", "without an end" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		fresh(state);
		put_key("key_p", 1, "personal", "mem_bob_a", NULL, DAYS(90));
		sql_must(rows[i].sql);
		is_int(look(DAYS(83)), 0, rows[i].what);
		is_int(look(DAYS(91)), 0, rows[i].what);
	}
}

static void
turned_on_again_they_are_told_again(void **state)
{
	(void)state;
	put_key("key_p", 1, "personal", "mem_bob_a", NULL, DAYS(90));
	sql_must("UPDATE organization SET personal_enabled = 0 WHERE id = 'org_a'");
	is_int(look(DAYS(61)), 0, "off");
	sql_must("UPDATE organization SET personal_enabled = 1 WHERE id = 'org_a'");
	is_int(look(DAYS(62)), 1, "on");
}

static void
another_end_begins_anew(void **state)
{
	struct key_new k = key_row("key_m", 9);
	int64_t changed;

	(void)state;
	put_key("key_m", 1, "machine", NULL, "mch_a", DAYS(90));
	is_int(look(DAYS(89)), 1, "1 day");
	w.now = START + DAYS(89);
	k.expires_at = w.now + DAYS(30);
	must(in_change("org_a", keys_replace(&w, "org_a", "key_m", 1, &k, &changed)));
	is_int(changed, 1, "regenerated");
	is_int(look(DAYS(89)), 0, "30 days are its whole new life");
	is_int(look(DAYS(112)), 1, "7 days before the new end");
	is_int(posted(arena_print(w.arena, "expires_at = %lld AND days = 7", (long long)k.expires_at)), 1,
	    "of the new end");
	/* A new text with the same end is no new life. */
	k = key_row("key_m", 10);
	k.expires_at = START + DAYS(119);
	w.now = START + DAYS(117);
	must(in_change("org_a", keys_replace(&w, "org_a", "key_m", 2, &k, &changed)));
	is_int(sql_number("SELECT renewed_at FROM api_key WHERE id = 'key_m'"), START + DAYS(89),
	    "as before");
}

/* Mail is turned on where keys have ended for years. */
static void
what_ended_before_the_first_look_is_not_told(void **state)
{
	(void)state;
	sql_must("DELETE FROM reminder_start");
	put_key("key_old", 1, "personal", "mem_bob_a", NULL, DAYS(10));
	put_key("key_new", 2, "personal", "mem_bob_a", NULL, DAYS(100));
	is_int(look(DAYS(95)), 1, "the one that lives");
	is_int(posted("key_id = 'key_new' AND days = 7"), 1, "of the one that lives");
}

/* More than one read finds, with ends in the same second. */
static void
many_at_once(void **state)
{
	(void)state;
	put_key("key_p", 1, "personal", "mem_bob_a", NULL, DAYS(90));
	sql_must(
	    "INSERT INTO api_key (org_id, id, kind, name, prefix, lookup, secret_hash, membership_id, scopes, "
	    "created_at, created_by, expires_at) SELECT org_id, CONCAT('key_', seq), kind, name, prefix, "
	    "UNHEX(LPAD(HEX(seq + 1000), 32, '0')), secret_hash, membership_id, scopes, created_at, created_by, "
	    "expires_at + seq DIV 300 FROM api_key, seq_1_to_600 WHERE id = 'key_p'");
	is_int(look(DAYS(89)), 601, "all");
	is_int(sql_number("SELECT COUNT(DISTINCT key_id) FROM outbox"), 601, "each once");
	is_int(posted("days = 7 AND expires_at > 1800000000 + 90 * 86400"), 301, "those with a second more");
}

/* Another look has noted it between this one's reading and noting. */
static void
two_that_look_agree(void **state)
{
	struct reminder_look l;
	struct reminder *found;
	size_t n;
	bool first;

	(void)state;
	put_key("key_p", 1, "personal", "mem_bob_a", NULL, DAYS(90));
	w.now = START + DAYS(89);
	must(reminder_look(&w, &l));
	must(reminder_next(&w, &l, &found, &n));
	is_int(n, 1, "found");
	must(reminders_note(&w, &found[0].key, 1, w.now, &first));
	is_true(first, "the first");
	must(reminders_note(&w, &found[0].key, 1, w.now, &first));
	is_true(!first, "the second");
}

#define CASE(name) cmocka_unit_test_setup(name, fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_once_to_the_owner),
		CASE(after_a_jump_only_the_most_urgent),
		CASE(a_wrong_clock_silences_nothing),
		CASE(keys_of_no_person_are_the_admins),
		CASE(what_is_not_told),
		CASE(turned_on_again_they_are_told_again),
		CASE(another_end_begins_anew),
		CASE(what_ended_before_the_first_look_is_not_told),
		CASE(many_at_once),
		CASE(two_that_look_agree),
	};

	return cmocka_run_group_tests_name("core/reminder in the database", tests, world_open, world_close);
}
