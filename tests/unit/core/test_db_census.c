/*
 * test_db_census.c: the figures of the installation are those of the rows.
 */
#include "core/census.h"

#include "base/clock.h"
#include "store/outbox.h"
#include "store/world.h"

#define DAY CLOCK_DAY

/* As the keeper does, every second; keys are counted in one or more turns. */
static const char *
counted(int64_t at)
{
	struct out o = out_limit(w.vault, OUT_BODY_MAX);
	const char *stamp =
	    arena_print(w.vault, "claviger_keys_counted_timestamp_seconds %lld\n", (long long)at);

	w.now = at;
	for (int i = 0; i < 1000; i++) {
		must(census_take(&w));
		out_reset(&o);
		census_write(&o);
		if (strstr(out_text(&o).s, stamp) != NULL)
			return out_text(&o).s;
	}
	fail_msg("the keys were not counted: %s", out_text(&o).s);
	return "";
}

static void
has_line(const char *text, const char *line)
{
	has_text(text, arena_print(w.vault, "\n%s\n", line), line);
}

static void
put_key(const char *id, uint8_t lookup, const char *kind, const char *membership, int64_t expires_in,
    bool ended)
{
	struct key_new k = key_row(id, lookup);
	int64_t changed;

	k.kind = kind;
	k.membership_id = membership;
	k.expires_at = expires_in == 0 ? 0 : w.now + expires_in;
	must(keys_insert(&w, "org_a", &k));
	if (ended)
		must(in_change("org_a", keys_end(&w, "org_a", id, "usr_ann", &changed)));
}

static void
keys_by_state_and_end(void **state)
{
	static int64_t at = INT64_C(1800000000);
	const char *text;

	(void)state;
	/* Digests in the first and the last slice, and in between. */
	put_key("key_1", 0, "personal", "mem_ann_a", DAY, false);
	put_key("key_2", 255, "personal", "mem_bob_a", DAY + 1, false);
	put_key("key_3", 3, "personal", "mem_bob_a", -1, false);
	put_key("key_4", 4, "personal", "mem_bob_a", 7 * DAY, true);
	put_key("key_5", 5, "organization", NULL, 0, false);
	put_key("key_6", 128, "organization", NULL, 30 * DAY, false);
	put_key("key_7", 127, "organization", NULL, 30 * DAY + 1, false);
	put_key("key_8", 252, "organization", NULL, -1, true);
	text = counted(at);
	has_line(text, "claviger_keys{kind=\"personal\",state=\"active\"} 2");
	has_line(text, "claviger_keys{kind=\"personal\",state=\"expired\"} 1");
	has_line(text, "claviger_keys{kind=\"personal\",state=\"revoked\"} 1");
	has_line(text, "claviger_keys{kind=\"organization\",state=\"active\"} 3");
	has_line(text, "claviger_keys{kind=\"organization\",state=\"expired\"} 0");
	has_line(text, "claviger_keys{kind=\"organization\",state=\"revoked\"} 1");
	has_line(text, "claviger_keys{kind=\"space\",state=\"active\"} 0");
	has_line(text, "claviger_keys_expiring{kind=\"personal\",within=\"1d\"} 1");
	has_line(text, "claviger_keys_expiring{kind=\"personal\",within=\"7d\"} 2");
	has_line(text, "claviger_keys_expiring{kind=\"organization\",within=\"7d\"} 0");
	has_line(text, "claviger_keys_expiring{kind=\"organization\",within=\"30d\"} 1");

	/* Bob leaves, and the organization is deleted: nothing is active any more. */
	must(in_change("org_a", members_leave(&w, "org_a", "mem_bob_a")));
	text = counted(at + 200);
	has_line(text, "claviger_keys{kind=\"personal\",state=\"active\"} 1");
	has_line(text, "claviger_keys{kind=\"personal\",state=\"expired\"} 0");
	has_line(text, "claviger_keys{kind=\"personal\",state=\"revoked\"} 3");
	must(in_change("org_a", orgs_delete(&w, "org_a")));
	text = counted(at + 400);
	has_line(text, "claviger_keys{kind=\"organization\",state=\"active\"} 0");
	has_line(text, "claviger_keys{kind=\"organization\",state=\"revoked\"} 4");
	has_line(text, "claviger_keys_expiring{kind=\"organization\",within=\"30d\"} 0");
}

static void
post_mail(const char *id)
{
	struct message m = { .id = id,
		.template = "key_ends",
		.user_id = "usr_ann",
		.good_until = w.now + DAY };

	must(outbox_insert(&w, &m));
}

static void
what_waits(void **state)
{
	const int64_t at = INT64_C(1800001000);
	struct event e = { .org_id = "org_a",
		.action = "team.create",
		.actor_type = "operator",
		.actor_id = "operator" };
	const char *text;

	(void)state;
	text = counted(at);
	has_line(text, "claviger_mails_oldest_seconds 0");
	has_line(text, "claviger_audit_unsealed_seconds 0");
	w.now = at + 10;
	post_mail("eml_1");
	w.now = at + 20;
	post_mail("eml_2");
	must(audit_insert(&w, &e));
	text = counted(at + 200);
	has_line(text, "claviger_mails_oldest_seconds 190");
	has_line(text, "claviger_audit_unsealed_seconds 180");
	must(outbox_end(&w, "eml_1", "sent", NULL));
	text = counted(at + 400);
	has_line(text, "claviger_mails_oldest_seconds 380");
}

/* A clock that went far ahead and came back does not stop the counting. */
static void
after_the_clock_went_back(void **state)
{
	(void)state;
	(void)counted(INT64_C(1900000000));
	put_key("key_1", 9, "organization", NULL, 0, false);
	has_line(counted(INT64_C(1800002000)), "claviger_keys{kind=\"organization\",state=\"active\"} 1");
	has_line(counted(INT64_C(1800001990)), "claviger_keys{kind=\"organization\",state=\"active\"} 1");
}

static void
nothing_is_said_before_it_is_known(void **state)
{
	struct out o = out_limit(w.arena, 1000);

	(void)state;
	census_write(&o);
	is_int(out_text(&o).n, 0, "before");
	must(census_take(&w)); /* nobody would read it */
	census_open();
	census_write(&o);
	is_int(out_text(&o).n, 0, "counted by nobody");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_said_before_it_is_known, world_fresh),
		cmocka_unit_test_setup(keys_by_state_and_end, world_fresh),
		cmocka_unit_test_setup(what_waits, world_fresh),
		cmocka_unit_test_setup(after_the_clock_went_back, world_fresh),
	};

	return cmocka_run_group_tests_name("core/census", tests, world_open, world_close);
}
