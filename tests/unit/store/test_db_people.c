/*
 * test_db_people.c: the rows of organizations, accounts, memberships, teams,
 * machines and sessions.
 */
#include "store/identities.h"
#include "store/forms.h"
#include "store/resets.h"
#include "store/world.h"

static void
an_organization_comes_and_goes(void **state)
{
	struct page p = page_first();
	struct org_role *mine;
	struct org_brief brief;
	struct org o, *all;
	size_t n;

	(void)state;
	must(orgs_get(&w, "org_a", &o));
	is_text(o.name, "Acme", "name");
	is_int(o.epoch, 1, "epoch");
	is_int(o.personal_enabled, 1, "personal tokens are allowed at first");
	is_int(o.personal_max_days, 365, "personal_max_days");
	is_int(o.machine_max_days, 0, "machine_max_days");
	is_int(o.space_never_allowed, 0, "space_never_allowed");
	is_int(o.created_at, w.now, "created_at");
	is_fault(orgs_insert(&w, "org_a", "Again"), FAULT_TAKEN, "an id twice");
	must(in_change("org_a", orgs_rename(&w, "org_a", "caf\303\251 \360\237\224\221")));
	o.personal_enabled = 0;
	o.personal_max_days = 90;
	o.machine_max_days = 180;
	o.space_never_allowed = 1;
	must(in_change(o.id, orgs_set_policy(&w, &o)));
	must(orgs_get(&w, "org_a", &o));
	is_text(o.name, "caf\303\251 \360\237\224\221", "name");
	is_int(o.epoch, 3, "epoch");
	is_int(o.personal_enabled, 0, "personal_enabled");
	is_int(o.personal_max_days, 90, "personal_max_days");
	is_int(o.machine_max_days, 180, "machine_max_days");
	is_int(o.space_never_allowed, 1, "space_never_allowed");
	must(orgs_get(&w, "org_b", &o));
	is_text(o.name, "Acme", "the other keeps its name");
	is_int(o.epoch, 1, "the other keeps its epoch");
	must(orgs_brief(&w, "org_a", &brief));
	is_int(brief.epoch, 3, "epoch, in brief");
	must(orgs_of_user(&w, "usr_ann", false, &p, &mine, &n));
	is_int(n, 2, "of a member");
	is_text(mine[0].role, "admin", "role");
	must(in_change("org_a", orgs_delete(&w, "org_a")));
	is_fault(orgs_get(&w, "org_a", &o), FAULT_NOT_FOUND, "deleted");
	is_fault(orgs_brief(&w, "org_a", &brief), FAULT_NOT_FOUND, "deleted");
	must(orgs_of_user(&w, "usr_ann", false, &p, &mine, &n));
	is_int(n, 1, "of a member");
	must(orgs_all(&w, &p, &all, &n));
	is_int(n, 1, "of all");
	is_fault(orgs_get(&w, "org_", &o), FAULT_NOT_FOUND, "none");
}

static void
an_account_has_one_address(void **state)
{
	struct user u = { .id = "usr_c", .email = "ann@example.org", .name = "Other" }, *all;
	struct page p = page_first();
	size_t n;

	(void)state;
	is_fault(users_insert(&w, &u), FAULT_TAKEN, "an address twice");
	u.email = "j\303\266rg@example.org";
	must(users_insert(&w, &u));
	must(users_by_email(&w, "j\303\266rg@example.org", &u));
	is_text(u.id, "usr_c", "by address");
	is_text(u.password_hash, NULL, "no password");
	is_fault(users_by_email(&w, "jorg@example.org", &u), FAULT_NOT_FOUND, "an address like it");
	is_fault(users_by_email(&w, "", &u), FAULT_NOT_FOUND, "none");
	must(users_set_password(&w, "usr_c", "$argon2id$x"));
	must(users_get(&w, "usr_c", &u));
	is_text(u.password_hash, "$argon2id$x", "its password");
	must(users_get(&w, "usr_bob", &u));
	is_text(u.password_hash, "$hash", "the others keep theirs");
	must(users_all(&w, &p, &all, &n));
	is_int(n, 3, "all");
}

static void
a_member_leaves_and_joins_anew(void **state)
{
	struct grant_subject bob = { .membership_id = "mem_bob_a" };
	struct page p = page_first();
	struct grant_of *roles;
	struct member m, *rows;
	struct team t;
	int64_t admins;
	size_t n;

	(void)state;
	is_fault(members_insert(&w, "org_a", "mem_x", "usr_bob", "admin", false), FAULT_TAKEN, "twice");
	must(in_change("org_a", teams_add(&w, "org_a", "tem_a", "mem_bob_a", NULL)));
	must(in_change("org_a", grants_set(&w, "org_a", "res_source_a", &bob, "admin")));
	must(members_count_admins(&w, "org_a", &admins));
	is_int(admins, 1, "admins");
	must(in_change("org_a", members_set_role(&w, "org_a", "mem_bob_a", "admin")));
	must(members_count_admins(&w, "org_a", &admins));
	is_int(admins, 2, "admins");
	must(in_change("org_a", members_leave(&w, "org_a", "mem_bob_a")));
	is_fault(members_of_user(&w, "org_a", "usr_bob", &m), FAULT_NOT_FOUND, "gone");
	must(members_of_user(&w, "org_b", "usr_bob", &m));
	is_text(m.id, "mem_bob_b", "still in the other organization");
	must(members_count_admins(&w, "org_a", &admins));
	is_int(admins, 1, "admins");
	must(teams_get(&w, "org_a", "tem_a", &t));
	is_int(t.members, 0, "in no team");
	must(members_page(&w, "org_a", &p, &rows, &n));
	is_int(n, 1, "members");
	must(members_insert(&w, "org_a", "mem_bob2", "usr_bob", "member", false));
	must(members_of_user(&w, "org_a", "usr_bob", &m));
	is_text(m.id, "mem_bob2", "another membership");
	is_text(m.email, "bob@example.org", "the same person");
	must(grants_of_member(&w, "org_a", "mem_bob2", &roles, &n));
	is_int(n, 0, "the old roles are not his");
	must(grants_of_member(&w, "org_a", "mem_bob_a", &roles, &n));
	is_int(n, 0, "nor anybody's");
}

static void
a_team_and_who_is_in_it(void **state)
{
	struct team t = { .id = "tem_x", .name = "Team" }, *rows;
	struct page p = page_first();
	struct team_subject *in;
	int64_t changed;
	size_t n;

	(void)state;
	is_fault(teams_insert(&w, "org_a", &t, "team"), FAULT_TAKEN, "a name twice");
	must(teams_insert(&w, "org_a", &t, "team 2"));
	is_fault(teams_rename(&w, "org_a", "tem_x", "Team", "team"), FAULT_TAKEN, "renamed to it");
	must(teams_rename(&w, "org_a", "tem_x", "Crew", "crew"));
	must(in_change("org_a", teams_add(&w, "org_a", "tem_x", "mem_bob_a", NULL)));
	is_fault(in_change("org_a", teams_add(&w, "org_a", "tem_x", "mem_bob_a", NULL)), FAULT_TAKEN,
	    "twice");
	must(in_change("org_a", teams_add(&w, "org_a", "tem_x", NULL, "mch_a")));
	must(teams_get(&w, "org_a", "tem_x", &t));
	is_text(t.name, "Crew", "name");
	is_int(t.members, 2, "members");
	must(teams_subjects(&w, "org_a", "tem_x", &in, &n));
	is_int(n, 2, "subjects");
	is_text(in[0].id, "mch_a", "a machine");
	is_text(in[0].type, "machine", "a machine");
	is_text(in[1].id, "usr_bob", "a user, by the user's id");
	is_text(in[1].type, "user", "a user");
	is_text(in[1].name, "Bob", "a user");
	must(teams_of_machine(&w, "org_a", "mch_a", &rows, &n));
	is_int(n, 1, "of a machine");
	must(in_change("org_b", teams_remove(&w, "org_b", "tem_x", "mem_bob_a", NULL, &changed)));
	is_int(changed, 0, "another organization");
	must(in_change("org_a", teams_remove(&w, "org_a", "tem_x", "mem_bob_a", NULL, &changed)));
	is_int(changed, 1, "removed");
	must(in_change("org_a", teams_remove(&w, "org_a", "tem_x", "mem_bob_a", NULL, &changed)));
	is_int(changed, 0, "again");
	must(teams_page(&w, "org_a", &p, &rows, &n));
	is_int(n, 2, "teams");
	must(in_change("org_b", teams_delete(&w, "org_b", "tem_x")));
	must(teams_get(&w, "org_a", "tem_x", &t));
	must(in_change("org_a", teams_delete(&w, "org_a", "tem_x")));
	is_fault(teams_get(&w, "org_a", "tem_x", &t), FAULT_NOT_FOUND, "deleted, with who was in it");
	must(teams_of_machine(&w, "org_a", "mch_a", &rows, &n));
	is_int(n, 0, "of a machine");
}

/* What is deleted leaves its teams, its roles and its name. */
static void
seed_1_31_and_1_32_a_deleted_machine_leaves_all(void **state)
{
	struct machine m = { .id = "mch_x", .name = "Robot", .created_by = "usr_ann" }, *rows;
	struct grant_subject robot = { .machine_id = "mch_a" };
	struct key_new k = key_row("key_m", 1);
	struct page p = page_first();
	struct grant_of *roles;
	struct team *teams;
	int64_t n_live;
	size_t n;

	(void)state;
	is_fault(machines_insert(&w, "org_a", &m, "robot"), FAULT_TAKEN, "a name twice");
	k.machine_id = "mch_a";
	k.expires_at = w.now + 9;
	must(keys_insert(&w, "org_a", &k));
	must(in_change("org_a", teams_add(&w, "org_a", "tem_a", NULL, "mch_a")));
	must(in_change("org_a", grants_set(&w, "org_a", "res_source_a", &robot, "admin")));
	must(machines_get(&w, "org_a", "mch_a", &m));
	is_text(m.key_id, "key_m", "its live key");
	is_text(m.prefix, "dk_Abcd", "its live key");
	is_int(m.expires_at, w.now + 9, "its live key");
	must(in_change("org_a", machines_describe(&w, "org_a", "mch_a", "Robot 2", "robot 2", "CI")));
	must(machines_get(&w, "org_a", "mch_a", &m));
	is_text(m.description, "CI", "described");
	must(machines_page(&w, "org_a", &p, &rows, &n));
	is_int(n, 1, "machines");
	must(in_change("org_a", machines_delete(&w, "org_a", "mch_a")));
	is_fault(machines_get(&w, "org_a", "mch_a", &m), FAULT_NOT_FOUND, "deleted");
	must(machines_count(&w, "org_a", &n_live));
	is_int(n_live, 0, "live ones");
	must(teams_of_machine(&w, "org_a", "mch_a", &teams, &n));
	is_int(n, 0, "teams");
	must(grants_of_machine(&w, "org_a", "mch_a", &roles, &n));
	is_int(n, 0, "roles");
	must(machines_get(&w, "org_b", "mch_b", &m));
	m.id = "mch_x";
	must(machines_insert(&w, "org_a", &m, "robot 2"));
}

static enum fault
put_session(const char *id, const char *user, int64_t expires_at, const char *address, const char *agent)
{
	struct session_row s = { id, user, "password", w.now, expires_at, address, agent };

	return sessions_insert(&w, &s);
}

static void
a_user_sees_and_ends_their_own_sessions(void **state)
{
	struct page p = page_first();
	struct session_row *rows;
	size_t n;

	(void)state;
	must(put_session("ses_1", "usr_ann", w.now + 100, "192.0.2.1", "curl/8"));
	must(put_session("ses_2", "usr_ann", w.now + 100, NULL, NULL));
	must(put_session("ses_3", "usr_bob", w.now + 100, NULL, NULL));
	must(put_session("ses_4", "usr_ann", w.now, NULL, NULL));
	w.now++;
	must(put_session("ses_5", "usr_ann", w.now + 100, NULL, NULL));
	is_fault(put_session("ses_5", "usr_bob", w.now + 100, NULL, NULL), FAULT_TAKEN, "one of this id");
	must(sessions_of_user(&w, "usr_ann", &p, &rows, &n));
	is_int(n, 3, "live ones");
	is_text(rows[0].id, "ses_5", "the newest");
	is_text(rows[1].id, "ses_1", "the next");
	is_text(rows[1].agent, "curl/8", "agent");
	is_text(rows[1].address, "192.0.2.1", "address");
	is_text(rows[1].source, "password", "source");
	p.after_at = rows[1].created_at;
	p.after_id = rows[1].id;
	must(sessions_of_user(&w, "usr_ann", &p, &rows, &n));
	is_int(n, 1, "the rest");
	is_text(rows[0].id, "ses_2", "the rest");
	is_fault(sessions_end_own(&w, "usr_ann", "ses_3"), FAULT_NOT_FOUND, "another's");
	is_fault(sessions_end_own(&w, "usr_ann", "ses_4"), FAULT_NOT_FOUND, "over");
	must(sessions_end_own(&w, "usr_ann", "ses_1"));
	is_fault(sessions_end_own(&w, "usr_ann", "ses_1"), FAULT_NOT_FOUND, "once more");
	must(sessions_end_of_user(&w, "usr_ann", "ses_2"));
	p = page_first();
	must(sessions_of_user(&w, "usr_ann", &p, &rows, &n));
	is_int(n, 1, "all but one");
	is_text(rows[0].id, "ses_2", "all but one");
}

static void
somebody_is_known_elsewhere(void **state)
{
	struct identified i;

	(void)state;
	is_fault(identities_find(&w, "iss", "17", &i), FAULT_NOT_FOUND, "nobody yet");
	must(identities_by_email(&w, "iss", "ann@example.org", &i));
	is_int(i.bound, 0, "not yet");
	must(identities_insert(&w, "iss", "17", "usr_ann"));
	must(identities_find(&w, "iss", "17", &i));
	is_text(i.user_id, "usr_ann", "user");
	is_text(i.user_email, "ann@example.org", "address");
	/* Byte for byte: the database's own comparison drops blanks at the end. */
	is_fault(identities_find(&w, "iss", "17 ", &i), FAULT_NOT_FOUND, "a blank more");
	is_fault(identities_find(&w, "iss ", "17", &i), FAULT_NOT_FOUND, "another issuer");
	is_fault(identities_insert(&w, "iss", "17", "usr_bob"), FAULT_TAKEN, "one subject, two people");
	is_fault(identities_insert(&w, "iss", "18", "usr_ann"), FAULT_TAKEN, "two subjects, one person");
	must(identities_insert(&w, "other", "17", "usr_ann"));
	must(identities_by_email(&w, "iss", "ann@example.org", &i));
	is_int(i.bound, 1, "by now");
	must(identities_by_email(&w, "third", "ann@example.org", &i));
	is_int(i.bound, 0, "not there");
	is_fault(identities_by_email(&w, "iss", "eve@example.org", &i), FAULT_NOT_FOUND, "no account");
	must(identities_remove(&w, "usr_ann"));
	is_fault(identities_find(&w, "iss", "17", &i), FAULT_NOT_FOUND, "not any more");
}

static void
a_session_ends_and_is_forgotten(void **state)
{
	struct session s;

	(void)state;
	must(put_session("ses_1", "usr_ann", w.now + 100, "192.0.2.1", "curl/8"));
	must(put_session("ses_2", "usr_ann", w.now + 200, NULL, NULL));
	must(put_session("ses_3", "usr_bob", w.now + 100, NULL, "\360\237\224\221"));
	must(sessions_get(&w, "ses_1", &s));
	is_text(s.user_id, "usr_ann", "user_id");
	is_text(s.user_email, "ann@example.org", "user_email");
	is_int(s.expires_at, w.now + 100, "expires_at");
	is_int(s.ended_at, 0, "ended_at");
	w.now += 5;
	must(sessions_end(&w, "ses_1"));
	w.now += 5;
	must(sessions_end(&w, "ses_1"));
	must(sessions_end_of_user(&w, "usr_ann", NULL));
	must(sessions_get(&w, "ses_1", &s));
	is_int(s.ended_at, w.now - 5, "the first time stands");
	must(sessions_get(&w, "ses_2", &s));
	is_int(s.ended_at, w.now, "all of a user's");
	must(sessions_get(&w, "ses_3", &s));
	is_int(s.ended_at, 0, "not another's");
	must(sessions_forget(&w, w.now + 150));
	is_fault(sessions_get(&w, "ses_1", &s), FAULT_NOT_FOUND, "forgotten");
	must(sessions_get(&w, "ses_2", &s));
	is_fault(sessions_get(&w, "ses_", &s), FAULT_NOT_FOUND, "none");
}

static void
a_place_awaits_the_confirmation_of_an_address(void **state)
{
	struct page p = page_first();
	struct org_role *mine;
	struct user eve = { .id = "usr_eve",
		.email = "eve@example.org",
		.name = "Eve",
		.password_hash = "x",
		.password_org = "org_b" };
	struct member m;
	struct session s;
	struct user u;
	size_t n;

	(void)state;
	must(users_insert(&w, &eve));
	must(members_insert(&w, "org_a", "mem_eve_a", "usr_eve", "member", true));
	must(members_insert(&w, "org_b", "mem_eve_b", "usr_eve", "member", false));
	must(put_session("ses_1", "usr_eve", w.now + 100, NULL, NULL));
	must(sessions_get(&w, "ses_1", &s));
	is_int(s.unproven, 1, "by a password");
	must(members_of_user(&w, "org_a", "usr_eve", &m));
	is_int(m.awaits, 1, "added later");
	must(members_of_user(&w, "org_b", "usr_eve", &m));
	is_int(m.awaits, 0, "where the account was made");
	must(orgs_of_user(&w, "usr_eve", true, &p, &mine, &n));
	is_int(n, 1, "for such a session");
	is_text(mine[0].id, "org_b", "for such a session");
	must(orgs_of_user(&w, "usr_eve", false, &p, &mine, &n));
	is_int(n, 2, "for another");
	w.now++;
	must(users_confirm(&w, "usr_eve"));
	w.now++;
	must(users_confirm(&w, "usr_eve"));
	must(users_get(&w, "usr_eve", &u));
	is_int(u.confirmed_at, w.now - 1, "the first time stands");
	is_true(u.password_org == NULL, "nobody else's password");
	must(sessions_get(&w, "ses_1", &s));
	is_int(s.unproven, 0, "confirmed");
	must(members_of_user(&w, "org_a", "usr_eve", &m));
	is_int(m.awaits, 0, "confirmed");
}

static void
a_wish_for_a_password_is_seen_to_once(void **state)
{
	static const uint8_t digest[RESET_DIGEST_SIZE] = { 1 }, other[RESET_DIGEST_SIZE] = { 2 };
	struct reset *rows, r;
	int64_t recent;
	bool posted;
	size_t n;

	(void)state;
	must(resets_ask(&w, "rst_1", "ann@example.org"));
	must(resets_ask(&w, "rst_2", "eve@example.org"));
	must(resets_waiting(&w, 10, &rows, &n));
	is_int(n, 2, "wait");
	must(resets_drop(&w, "rst_2"));
	must(resets_post(&w, "rst_1", "usr_ann", digest, w.now + 10, &posted));
	is_true(posted, "posted");
	must(resets_post(&w, "rst_1", "usr_ann", other, w.now + 10, &posted));
	is_true(!posted, "by another host already");
	must(resets_waiting(&w, 10, &rows, &n));
	is_int(n, 0, "wait");
	must(resets_recent(&w, "usr_ann", w.now, &recent));
	is_int(recent, 1, "of late");
	must(resets_recent(&w, "usr_ann", w.now + 1, &recent));
	is_int(recent, 0, "later");
	must(resets_by_digest(&w, digest, &r));
	is_text(r.user_id, "usr_ann", "whose");
	is_fault(resets_by_digest(&w, other, &r), FAULT_NOT_FOUND, "nobody's");
	w.now += 10;
	is_fault(resets_by_digest(&w, digest, &r), FAULT_NOT_FOUND, "too late");
	must(resets_use(&w, "usr_ann", &recent));
	is_int(recent, 0, "too late");
	w.now--;
	must(resets_use(&w, "usr_ann", &recent));
	is_int(recent, 1, "used");
	must(resets_use(&w, "usr_ann", &recent));
	is_int(recent, 0, "once");
	is_fault(resets_by_digest(&w, digest, &r), FAULT_NOT_FOUND, "used");
	must(resets_forget(&w, w.now + 1));
	is_int(sql_number("SELECT COUNT(*) FROM password_reset"), 0, "forgotten");
}

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

static void
a_password_is_shown_again(void **state)
{
	int64_t at;

	(void)state;
	must(put_session("ses_1", "usr_ann", w.now + 100, NULL, NULL));
	must(sessions_proven(&w, "ses_1", &at));
	is_int(at, w.now, "at its beginning");
	w.now += 50;
	must(sessions_proven(&w, "ses_1", &at));
	is_int(at, w.now - 50, "still then");
	must(sessions_prove(&w, "ses_1"));
	must(sessions_proven(&w, "ses_1", &at));
	is_int(at, w.now, "now");
	is_fault(sessions_proven(&w, "ses_2", &at), FAULT_NOT_FOUND, "there is none");
	is_int(at, 0, "never");
}

static void
a_form_is_sent_once(void **state)
{
	(void)state;
	must(forms_insert(&w, "ses_1", "abc"));
	is_fault(forms_insert(&w, "ses_1", "abc"), FAULT_TAKEN, "again");
	must(forms_insert(&w, "ses_2", "abc"));
	must(forms_insert(&w, "ses_1", "ABC"));
	must(forms_forget(&w, w.now));
	is_int(sql_number("SELECT COUNT(*) FROM form_sent"), 3, "of now");
	must(forms_forget(&w, w.now + 1));
	is_int(sql_number("SELECT COUNT(*) FROM form_sent"), 0, "forgotten");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_organization_comes_and_goes),
		CASE(an_account_has_one_address),
		CASE(a_member_leaves_and_joins_anew),
		CASE(a_team_and_who_is_in_it),
		CASE(seed_1_31_and_1_32_a_deleted_machine_leaves_all),
		CASE(a_session_ends_and_is_forgotten),
		CASE(a_user_sees_and_ends_their_own_sessions),
		CASE(somebody_is_known_elsewhere),
		CASE(a_password_is_shown_again),
		CASE(a_form_is_sent_once),
		CASE(a_place_awaits_the_confirmation_of_an_address),
		CASE(a_wish_for_a_password_is_seen_to_once),
	};

	return cmocka_run_group_tests_name("store/people", tests, world_open, world_close);
}
