/*
 * test_decide.c: the decision, rule by rule: one case where only that rule
 * fails, the order of the reasons, and what each sort of owner may do where.
 */
#include "core/decide.h"
#include "core/rank.h"

#include "base/bench.h"
#include "core/places.h"

#define NOW 1800000000

/* One case: who asks, and what about. */
static struct ask {
	struct standing who;
	struct question q;
	struct granted granted[4];
	struct confine confine[4];
} ask;

/* A provider key of a member who may do all that is asked, with every sort of narrowing. */
static void
all_is_well(void)
{
	memset(&ask, 0, sizeof ask);
	ask.granted[0] = (struct granted){ places[PROVIDER1].id, RANK_EDITOR, "direct" };
	ask.granted[1] = (struct granted){ places[PROVIDER2].id, RANK_EDITOR, "tem_a" };
	ask.confine[0] = confined_to(PROVIDER1, "/backups");
	ask.who = (struct standing){ .kind = kind_of(KIND_PROVIDER),
		.org_id = "org_a",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_a",
		.membership_id = "mem_a",
		.owner_alive = true,
		.org_rank = RANK_EDITOR,
		.granted = ask.granted,
		.granted_n = 2,
		.key_id = "key_a",
		.created_at = NOW - 9,
		.expires_at = NOW + 1,
		.scopes = SCOPE_WRITE,
		.restricted = true,
		.confine = ask.confine,
		.confine_n = 1,
		.allowed_ips = "10.0.0.0/8 ::1" };
	ask.q = (struct question){ .action = ACTION_WRITE,
		.target = target_at(PROVIDER1),
		.path = "/backups/2025",
		.from = address_parse(STR("10.1.2.3")),
		.now = NOW };
}

static void
end_it(void)
{
	ask.who.ended_at = NOW - 5;
}

static void
replace_it(void)
{
	ask.who.past = 3;
	ask.who.past_until = NOW;
}

static void
expire_it(void)
{
	ask.who.expires_at = NOW;
}

static void
forbid_the_kind(void)
{
	ask.who.kind_allowed = false;
}

static void
take_the_owner_away(void)
{
	ask.who.owner_alive = false;
}

static void
take_the_scope_away(void)
{
	ask.who.scopes = SCOPE_READ;
}

static void
come_from_elsewhere(void)
{
	ask.q.from = address_parse(STR("11.1.2.3"));
}

static void
ask_about_another(void)
{
	ask.q.target = target_at(PROVIDER2);
}

static void
ask_about_another_path(void)
{
	ask.q.path = "/backups2/2025";
}

static void
take_the_role_away(void)
{
	ask.granted[0].rank = RANK_MEMBER;
	ask.granted[1].rank = RANK_MEMBER;
}

static const struct {
	const char *rule;
	void (*breaks)(void);
	enum reason reason;
	const char *code;
	enum fault fault;
} rules[] = {
	{ "not_revoked", end_it, REASON_REVOKED, "revoked", FAULT_REVOKED },
	{ "not_replaced", replace_it, REASON_REVOKED, "revoked", FAULT_REVOKED },
	{ "not_expired", expire_it, REASON_EXPIRED, "expired", FAULT_EXPIRED },
	{ "kind_allowed", forbid_the_kind, REASON_KIND_DISABLED, "kind_disabled", FAULT_KIND_DISABLED },
	{ "owner_exists", take_the_owner_away, REASON_OWNER_GONE, "owner_gone", FAULT_OWNER_GONE },
	{ "scope", take_the_scope_away, REASON_SCOPE, "scope", FAULT_SCOPE },
	{ "address", come_from_elsewhere, REASON_ADDRESS, "address", FAULT_ADDRESS },
	{ "restriction", ask_about_another, REASON_RESOURCE, "resource", FAULT_RESOURCE },
	{ "base_path", ask_about_another_path, REASON_PATH, "path", FAULT_PATH },
	{ "role", take_the_role_away, REASON_ROLE, "role", FAULT_ROLE },
};

#define ALIVE_RULES 5

/* The reason, with and without the steps, which must agree. */
static enum reason
decided(struct verdict *v)
{
	struct verdict bare = { .explain = NULL };

	bool allowed = decide(&ask.who, &ask.q, &bare);

	*v = (struct verdict){ .explain = w.arena };
	is_int(allowed, bare.reason == REASON_OK, "the answer and its reason");
	is_int(decide(&ask.who, &ask.q, v), allowed, "the answer with the steps");
	is_int(v->reason, bare.reason, "the reason with the steps");
	is_text(v->needed_scope, bare.needed_scope, "the scope with the steps");
	is_int(bare.steps_n, 0, "no steps unless wanted");
	is_int(v->steps_n, COUNT(rules), "all steps when wanted");
	return v->reason;
}

static void
when_all_is_well_it_is_allowed(void **state)
{
	struct verdict v;

	(void)state;
	all_is_well();
	is_int(decided(&v), REASON_OK, "all is well");
	is_text(v.needed_scope, NULL, "nothing is needed");
	for (size_t i = 0; i < COUNT(rules); i++) {
		is_text(v.steps[i].rule, rules[i].rule, "the order of the steps");
		is_true(v.steps[i].holds, rules[i].rule);
		is_true(v.steps[i].because != NULL && v.steps[i].because[0] != '\0', rules[i].rule);
	}
}

static void
each_rule_alone_denies(void **state)
{
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		all_is_well();
		rules[i].breaks();
		is_int(decided(&v), rules[i].reason, rules[i].rule);
		for (size_t j = 0; j < COUNT(rules); j++) {
			/* Beside the resource its path is not covered either. */
			bool beside = rules[i].reason == REASON_RESOURCE && rules[j].reason == REASON_PATH;

			is_text(v.steps[j].rule, rules[j].rule, "the order of the steps");
			is_int(v.steps[j].holds, j != i && !beside, rules[j].rule);
			is_true(v.steps[j].because != NULL && v.steps[j].because[0] != '\0', rules[j].rule);
		}
		if (rules[i].reason == REASON_RESOURCE)
			is_text(v.steps[i + 1].because, "nothing the key is restricted to covers it",
			    "its path");
		is_int(decide_alive(&ask.who, NOW), i < ALIVE_RULES ? rules[i].reason : REASON_OK,
		    rules[i].rule);
		is_text(reason_code(v.reason), rules[i].code, rules[i].rule);
		is_fault(reason_fault(&w, &v), rules[i].fault, rules[i].rule);
		is_text(fault_code(rules[i].fault), rules[i].code, "the code on the wire");
		is_text(w.trouble.needed_scope, "write", "the scope that would do");
	}
}

/* Whatever else fails, the first rule that does is the reason. */
static void
the_first_rule_that_fails_is_the_reason(void **state)
{
	struct verdict v;
	char what[64];

	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++)
		for (size_t j = i + 1; j < COUNT(rules); j++) {
			all_is_well();
			rules[j].breaks();
			rules[i].breaks();
			snprintf(what, sizeof what, "%s and %s", rules[i].rule, rules[j].rule);
			is_int(decided(&v), rules[i].reason, what);
			is_true(!v.steps[i].holds && !v.steps[j].holds, what);
		}
	for (size_t i = COUNT(rules); i-- > 0;) {
		all_is_well();
		for (size_t j = i; j < COUNT(rules); j++)
			rules[j].breaks();
		is_int(decided(&v), rules[i].reason, rules[i].rule);
	}
}

static void
a_key_ends_at_its_second(void **state)
{
	static const struct {
		int64_t expires_at, ended_at;
		enum reason reason;
	} cases[] = {
		{ 0, 0, REASON_OK },
		{ NOW + 1, 0, REASON_OK },
		{ NOW, 0, REASON_EXPIRED },
		{ NOW - 1, 0, REASON_EXPIRED },
		{ 1, 0, REASON_EXPIRED },
		{ NOW + 1, NOW, REASON_REVOKED },
		{ NOW + 1, NOW + 100, REASON_REVOKED },
		{ NOW - 1, NOW - 1, REASON_REVOKED },
	};
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		all_is_well();
		ask.who.expires_at = cases[i].expires_at;
		ask.who.ended_at = cases[i].ended_at;
		is_int(decided(&v), cases[i].reason, "decide");
		is_int(decide_alive(&ask.who, NOW), cases[i].reason, "decide_alive");
	}
	all_is_well();
	ask.who.org_alive = false;
	is_int(decided(&v), REASON_OWNER_GONE, "the organization is gone");
}

/* What the scopes of each kind allow: a row for each set, a column for each action. */
static void
scopes_of_every_kind(void **state)
{
	enum { R = SCOPE_READ, W = SCOPE_WRITE, A = SCOPE_ADMIN, F = SCOPE_FULL };
	static const struct {
		enum kind_id kind;
		unsigned scopes;
		const char *may; /* of "rwa" */
	} cases[] = {
		{ KIND_PROVIDER, R, "r" },
		{ KIND_PROVIDER, W, "rw" },
		{ KIND_PROVIDER, A, "rwa" },
		{ KIND_PROVIDER, R | W, "rw" },
		{ KIND_PROVIDER, R | A, "rwa" },
		{ KIND_PROVIDER, 0, "" },
		{ KIND_ORGANIZATION, R, "r" },
		{ KIND_ORGANIZATION, W, "rw" },
		{ KIND_PERSONAL, R | W | A, "rwa" },
		{ KIND_MACHINE, R | W | A, "rwa" },
		{ KIND_SPACE, R, "r" },
		{ KIND_SPACE, W, "w" },
		{ KIND_SPACE, A, "a" },
		{ KIND_SPACE, R | A, "ra" },
		{ KIND_SPACE, W | A, "wa" },
		{ KIND_SPACE, F, "rwa" },
		{ KIND_SPACE, F | R, "rwa" },
		{ KIND_SPACE, 0, "" },
	};
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (enum action a = ACTION_READ; a <= ACTION_ADMIN; a++) {
			all_is_well();
			ask.who.kind = kind_of(cases[i].kind);
			ask.who.scopes = cases[i].scopes;
			ask.who.org_rank = RANK_ADMIN;
			ask.confine[0].base_path = "/";
			ask.q.action = a;
			is_int(decided(&v),
			    strchr(cases[i].may, action_name(a)[0]) != NULL ? REASON_OK : REASON_SCOPE,
			    ask.who.kind->name);
			is_text(v.needed_scope, v.reason == REASON_OK ? NULL : action_name(a),
			    ask.who.kind->name);
		}
}

/* The highest of all grants wins, in whatever order they come, and nothing else counts. */
static void
the_highest_role_wins(void **state)
{
	static const struct {
		enum rank rank[3];
		enum rank have;
	} cases[] = {
		{ { RANK_NONE, RANK_NONE, RANK_NONE }, RANK_NONE },
		{ { RANK_MEMBER, RANK_NONE, RANK_NONE }, RANK_MEMBER },
		{ { RANK_MEMBER, RANK_EDITOR, RANK_MEMBER }, RANK_EDITOR },
		{ { RANK_ADMIN, RANK_MEMBER, RANK_MEMBER }, RANK_ADMIN },
		{ { RANK_MEMBER, RANK_MEMBER, RANK_ADMIN }, RANK_ADMIN },
		{ { RANK_EDITOR, RANK_ADMIN, RANK_EDITOR }, RANK_ADMIN },
	};
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (enum action a = ACTION_READ; a <= ACTION_ADMIN; a++) {
			all_is_well();
			ask.who.kind = NULL;
			ask.who.restricted = false;
			ask.who.granted_n = 4;
			for (size_t g = 0; g < 3; g++)
				ask.granted[g] =
				    (struct granted){ places[SOURCE1].id, cases[i].rank[g], "x" };
			ask.granted[3] = (struct granted){ places[SOURCE2].id, RANK_ADMIN, "x" };
			ask.q = (struct question){ .action = a,
				.target = target_at(SOURCE1),
				.now = NOW,
				.from = ask.q.from };
			is_int(decided(&v), (int)cases[i].have >= (int)a + 1 ? REASON_OK : REASON_ROLE,
			    action_name(a));
			is_int(rank_on(&ask.who, ask.q.target, &(const struct granted *){ NULL }),
			    cases[i].have, "the role itself");
		}
}

static void
addresses_that_are_allowed(void **state)
{
	static const struct {
		const char *allowed, *from;
		bool good;
	} cases[] = {
		{ NULL, "203.0.113.9", true },
		{ NULL, "", true },
		{ "10.0.0.0/8", "10.1.2.3", true },
		{ "10.0.0.0/8", "::ffff:10.1.2.3", true },
		{ "10.0.0.0/8", "11.1.2.3", false },
		{ "10.0.0.0/8", "::1", false },
		{ "10.0.0.0/8", "", false },
		{ "10.0.0.0/8 2001:db8::/32", "2001:db8::9", true },
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.8", false },
		{ "", "192.0.2.7", false },
		{ "nonsense", "192.0.2.7", false },
	};
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		all_is_well();
		ask.who.allowed_ips = cases[i].allowed;
		ask.q.from = address_parse(str_of(cases[i].from));
		is_int(decided(&v), cases[i].good ? REASON_OK : REASON_ADDRESS, cases[i].from);
		is_int(decide_address(&ask.who, &ask.q.from), cases[i].good, cases[i].from);
	}
}

static void
reasons_and_actions_have_their_words(void **state)
{
	static const char *const codes[] = { "ok", "no_credential", "malformed", "unknown", "expired",
		"revoked", "kind_disabled", "owner_gone", "scope", "resource", "path", "address", "role",
		"throttled" };
	enum action a;

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct verdict v = { .reason = (enum reason)i };

		is_text(reason_code((enum reason)i), codes[i], codes[i]);
		is_true((reason_fault(&w, &v) == FAULT_NONE) == (i == 0), codes[i]);
	}
	is_true(action_named(STR("read"), &a) && a == ACTION_READ, "read");
	is_true(action_named(STR("write"), &a) && a == ACTION_WRITE, "write");
	is_true(action_named(STR("admin"), &a) && a == ACTION_ADMIN, "admin");
	is_true(!action_named(STR("Read"), &a) && !action_named(STR(""), &a) && !action_named(STR_NONE, &a),
	    "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_all_is_well_it_is_allowed),
		cmocka_unit_test(each_rule_alone_denies),
		cmocka_unit_test(the_first_rule_that_fails_is_the_reason),
		cmocka_unit_test(a_key_ends_at_its_second),
		cmocka_unit_test(scopes_of_every_kind),
		cmocka_unit_test(the_highest_role_wins),
		cmocka_unit_test(addresses_that_are_allowed),
		cmocka_unit_test(reasons_and_actions_have_their_words),
	};

	return cmocka_run_group_tests_name("core/decide", tests, bench_open, bench_close);
}
