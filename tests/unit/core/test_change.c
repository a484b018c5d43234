/*
 * test_change.c: the list of changes: each has a name of its own, and moves the
 * epoch exactly if it can turn a verdict into another.
 */
#include "core/change.h"

#include "base/bench.h"
#include "core/standing.h"

static void
which_changes_move_the_epoch(void **state)
{
	static const struct {
		enum act act;
		const char *name;
		bool bumps;
	} rows[] = {
		{ ACT_ORG_CREATE, "organization.create", false },
		{ ACT_ORG_RENAME, "organization.rename", true },
		{ ACT_ORG_DELETE, "organization.delete", true },
		{ ACT_POLICY_SET, "policy.set", true },
		{ ACT_MEMBER_ADD, "member.add", true },
		{ ACT_MEMBER_ROLE, "member.role", true },
		{ ACT_MEMBER_LEAVE, "member.leave", true },
		{ ACT_TEAM_CREATE, "team.create", false },
		{ ACT_TEAM_RENAME, "team.rename", false },
		{ ACT_TEAM_DELETE, "team.delete", true },
		{ ACT_TEAM_ADD, "team.add", true },
		{ ACT_TEAM_REMOVE, "team.remove", true },
		{ ACT_MACHINE_CREATE, "machine.create", false },
		{ ACT_MACHINE_CHANGE, "machine.change", true },
		{ ACT_MACHINE_DELETE, "machine.delete", true },
		{ ACT_RESOURCE_CREATE, "resource.create", true },
		{ ACT_RESOURCE_CHANGE, "resource.change", false },
		{ ACT_RESOURCE_DELETE, "resource.delete", true },
		{ ACT_GRANT_SET, "grant.set", true },
		{ ACT_GRANT_REMOVE, "grant.remove", true },
		{ ACT_KEY_CREATE, "key.create", false },
		{ ACT_KEY_CHANGE, "key.change", true },
		{ ACT_KEY_END, "key.end", true },
		{ ACT_KEY_RENEW, "key.renew", true },
		{ ACT_KEY_ROTATE, "key.rotate", true },
		{ ACT_KEY_ROTATED, "key.rotated", true },
		{ ACT_KEY_LEAKED, "key.leaked", false },
		{ ACT_FIELD_CREATE, "field.create", false },
		{ ACT_FIELD_CHANGE, "field.change", false },
		{ ACT_FIELD_DELETE, "field.delete", false },
		{ ACT_VIEW_CREATE, "view.create", false },
		{ ACT_VIEW_CHANGE, "view.change", false },
		{ ACT_VIEW_DELETE, "view.delete", false },
		{ ACT_AUDIT_SIGN, "audit.sign", false },
		{ ACT_USER_PASSWORD, "user.password", false },
		{ ACT_USER_CONFIRM, "user.confirm", false },
		{ ACT_USER_UNLINK, "user.unlink", false },
		{ ACT_USER_LOGOUT, "user.logout", false },
		{ ACT_LOGIN, "login", false },
		{ ACT_LOGIN_DENIED, "login.denied", false },
		{ ACT_SESSION_DENIED, "session.denied", false },
		{ ACT_KEY_DENIED, "key.denied", false },
	};

	(void)state;
	is_int(ACT__MAX, COUNT(rows), "changes");
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_text(act_name(rows[i].act), rows[i].name, rows[i].name);
		is_int(act_bumps(rows[i].act), rows[i].bumps, rows[i].name);
	}
}

static void
names_fit_their_column_and_differ(void **state)
{
	(void)state;
	for (int i = 0; i < ACT__MAX; i++) {
		is_true(strlen(act_name(i)) <= 40, act_name(i));
		is_true(str_only(str_of(act_name(i)), "abcdefghijklmnopqrstuvwxyz._"), act_name(i));
		for (int j = 0; j < i; j++)
			is_true(strcmp(act_name(i), act_name(j)) != 0, act_name(i));
	}
}

static void
what_changed_is_json(void **state)
{
	(void)state;
	is_str(change_of(&w, "name", "a \"b\"\n"), STR("{\"name\":\"a \\\"b\\\"\\n\"}"), "a text");
	is_str(change_of(&w, "name", NULL), STR("{\"name\":null}"), "nothing");
}

static void
who_acts(void **state)
{
	struct standing s = { .owner = OWNER_MACHINE, .owner_id = "mch_a" };

	(void)state;
	is_text(actor_id(&w), "operator", "nobody");
	w.actor = &s;
	is_text(actor_id(&w), "mch_a", "a machine");
	w.actor = NULL;
}

static void
roles_have_names(void **state)
{
	static const struct {
		enum rank rank;
		const char *name;
	} rows[] = {
		{ RANK_MEMBER, "member" },
		{ RANK_EDITOR, "editor" },
		{ RANK_ADMIN, "admin" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		is_text(rank_name(rows[i].rank), rows[i].name, rows[i].name);
		is_int(rank_named(str_of(rows[i].name)), rows[i].rank, rows[i].name);
		is_true(i == 0 || rows[i].rank > rows[i - 1].rank, rows[i].name);
	}
	is_int(rank_named(STR("none")), RANK_NONE, "none is no role to give");
	is_int(rank_named(STR("Admin")), RANK_NONE, "Admin");
	is_int(rank_named(STR("")), RANK_NONE, "empty");
	is_int(rank_named(STR_NONE), RANK_NONE, "nothing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_changes_move_the_epoch),
		cmocka_unit_test(names_fit_their_column_and_differ),
		cmocka_unit_test(what_changed_is_json),
		cmocka_unit_test(who_acts),
		cmocka_unit_test(roles_have_names),
	};

	return cmocka_run_group_tests_name("core/change", tests, bench_open, bench_close);
}
