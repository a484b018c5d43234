/*
 * test_decide_who.c: what each sort of owner may do at each place: members and
 * admins, machines, organization keys, and keys that are restricted.
 */
#include "core/decide.h"

#include "base/bench.h"
#include "core/places.h"

#define NOW 1800000000

static enum reason
asked(const struct standing *who, enum action a, enum place at, const char *path)
{
	struct question q = { .action = a, .target = target_at(at), .path = path, .now = NOW };
	struct verdict v = { .explain = NULL };

	(void)decide(who, &q, &v);
	return v.reason;
}

/* A row for each place: the most that may be done there, of "", "r", "rw", "rwa". */
struct may {
	enum place at;
	const char *may;
};

static void
check(const char *what, const struct standing *who, const struct may *rows, size_t n, enum reason denied)
{
	char text[128];

	for (size_t i = 0; i < n; i++)
		for (enum action a = ACTION_READ; a <= ACTION_ADMIN; a++) {
			snprintf(text, sizeof text, "%s: %s at %s", what, action_name(a),
			    places[rows[i].at].id);
			is_int(asked(who, a, rows[i].at, NULL),
			    strchr(rows[i].may, action_name(a)[0]) != NULL ? REASON_OK : denied, text);
		}
}

static struct standing
session_of(enum rank org_rank, const struct granted *granted, size_t n)
{
	return (struct standing){ .org_id = "org_a",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_MEMBER,
		.owner_id = "usr_a",
		.membership_id = "mem_a",
		.owner_alive = true,
		.org_rank = org_rank,
		.granted = granted,
		.granted_n = n };
}

static struct standing
key_of(enum kind_id k, unsigned scopes, enum rank org_rank, const struct granted *granted, size_t n)
{
	struct standing s = session_of(org_rank, granted, n);

	s.kind = kind_of(k);
	s.owner = s.kind->owner;
	s.key_id = "key_a";
	s.scopes = scopes;
	return s;
}

#define ALL (SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN)

/* On the organization and its collections a member writes; that does not reach down. */
static void
a_member_without_grants(void **state)
{
	static const struct may rows[] = {
		{ ORG, "rw" },
		{ COLLECTION1, "rw" },
		{ SOURCE1, "" },
		{ PROVIDER1, "" },
		{ SPACE1, "" },
		{ BASE1, "" },
		{ TABLE1, "" },
		{ ANYWHERE, "rw" },
	};
	struct standing session = session_of(RANK_EDITOR, NULL, 0);
	struct standing personal = key_of(KIND_PERSONAL, ALL, RANK_EDITOR, NULL, 0);

	(void)state;
	check("session", &session, rows, COUNT(rows), REASON_ROLE);
	check("personal token", &personal, rows, COUNT(rows), REASON_ROLE);
}

static void
an_admin_rules_everything(void **state)
{
	static const struct granted less[] = { { "res_source1", RANK_MEMBER, "direct" } };
	static const struct may rows[] = {
		{ ORG, "rwa" },
		{ COLLECTION1, "rwa" },
		{ SOURCE1, "rwa" },
		{ PROVIDER1, "rwa" },
		{ SPACE1, "rwa" },
		{ BASE1, "rwa" },
		{ TABLE1, "rwa" },
		{ ANYWHERE, "rwa" },
	};
	struct standing session = session_of(RANK_ADMIN, less, 1);
	struct standing personal = key_of(KIND_PERSONAL, ALL, RANK_ADMIN, less, 1);

	(void)state;
	check("session", &session, rows, COUNT(rows), REASON_ROLE);
	check("personal token", &personal, rows, COUNT(rows), REASON_ROLE);
}

/* A grant covers what lies below, never what lies above or beside. */
static void
grants_reach_down(void **state)
{
	static const struct {
		enum place on;
		enum rank rank;
		struct may rows[8];
		size_t n;
	} cases[] = {
		{ SPACE1, RANK_EDITOR,
		    { { SPACE1, "rw" }, { BASE1, "rw" }, { TABLE1, "rw" }, { SPACE2, "" }, { BASE2, "" },
			{ ORG, "" }, { ANYWHERE, "rw" } },
		    7 },
		{ BASE1, RANK_ADMIN,
		    { { SPACE1, "" }, { BASE1, "rwa" }, { TABLE1, "rwa" }, { BASE2, "" },
			{ ANYWHERE, "rwa" } },
		    5 },
		{ TABLE1, RANK_MEMBER, { { SPACE1, "" }, { BASE1, "" }, { TABLE1, "r" }, { ANYWHERE, "r" } },
		    4 },
		{ SOURCE1, RANK_MEMBER, { { SOURCE1, "r" }, { SOURCE2, "" }, { ORG, "" }, { ANYWHERE, "r" } },
		    4 },
		{ COLLECTION1, RANK_ADMIN, { { COLLECTION1, "rwa" }, { ORG, "" }, { ANYWHERE, "rwa" } }, 3 },
		/* a role on the organization: on itself and its collections */
		{ ORG, RANK_ADMIN,
		    { { ORG, "rwa" }, { COLLECTION1, "rwa" }, { SOURCE1, "" }, { PROVIDER1, "" },
			{ SPACE1, "" }, { TABLE1, "" }, { ANYWHERE, "rwa" } },
		    7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct granted g = { places[cases[i].on].id, cases[i].rank, "direct" };
		struct standing machine = key_of(KIND_MACHINE, ALL, RANK_NONE, &g, 1);

		check(places[cases[i].on].id, &machine, cases[i].rows, cases[i].n, REASON_ROLE);
	}
}

/* A machine has nothing but what was granted to it: not even the organization. */
static void
seed_1_22_a_machine_without_grants_reaches_nothing(void **state)
{
	struct standing machine = key_of(KIND_MACHINE, ALL, RANK_NONE, NULL, 0);

	(void)state;
	for (enum place p = ORG; p <= ANYWHERE; p++)
		check("machine", &machine, &(struct may){ p, "" }, 1, REASON_ROLE);
}

static void
seed_1_15_and_1_16_roles_of_a_machine_on_a_source(void **state)
{
	static const struct granted admin[] = { { "res_source1", RANK_ADMIN, "direct" } };
	static const struct granted member[] = { { "res_source1", RANK_MEMBER, "direct" } };
	static const struct granted both[] = { { "res_source1", RANK_MEMBER, "direct" },
		{ "res_source1", RANK_ADMIN, "tem_a" }, { "res_source2", RANK_MEMBER, "tem_a" } };
	struct standing machine = key_of(KIND_MACHINE, ALL, RANK_NONE, admin, 1);

	(void)state;
	check("source admin", &machine, (struct may[]){ { SOURCE1, "rwa" }, { SOURCE2, "" } }, 2,
	    REASON_ROLE);
	machine.granted = member;
	check("source member", &machine, (struct may[]){ { SOURCE1, "r" }, { SOURCE2, "" } }, 2, REASON_ROLE);
	machine.granted = both;
	machine.granted_n = 3;
	check("the highest", &machine, (struct may[]){ { SOURCE1, "rwa" }, { SOURCE2, "r" } }, 2,
	    REASON_ROLE);
}

static void
seed_2_9_and_2_10_levels_of_an_organization_key(void **state)
{
	static const struct {
		unsigned scopes;
		enum rank level;
		const char *may;
	} cases[] = {
		{ SCOPE_READ, RANK_MEMBER, "r" },
		{ SCOPE_WRITE, RANK_EDITOR, "rw" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct standing key = key_of(KIND_ORGANIZATION, cases[i].scopes, cases[i].level, NULL, 0);

		/* The whole organization, sources and spaces included. */
		for (enum place p = ORG; p <= ANYWHERE; p++)
			check("organization key", &key, &(struct may){ p, cases[i].may }, 1, REASON_SCOPE);
	}
}

/* A restricted key of an admin with every scope is still restricted. */
static void
seed_3_22_restrictions_beat_every_scope(void **state)
{
	struct confine one[] = { confined_to(PROVIDER1, "/") };
	struct standing key = key_of(KIND_PROVIDER, SCOPE_ADMIN, RANK_ADMIN, NULL, 0);

	(void)state;
	key.restricted = true;
	key.confine = one;
	key.confine_n = 1;
	for (enum place p = ORG; p < PLACES; p++)
		check("restricted", &key, &(struct may){ p, p == PROVIDER1 ? "rwa" : "" }, 1,
		    REASON_RESOURCE);
	check("restricted", &key, &(struct may){ ANYWHERE, "rwa" }, 1, REASON_RESOURCE);
}

static void
seed_3_19_base_paths(void **state)
{
	static const struct {
		const char *base, *path;
		const char *may;
	} cases[] = {
		{ "/", NULL, "rwa" },
		{ "/", "/", "rwa" },
		{ "/", "/any/thing", "rwa" },
		{ "/backups", "/backups", "rwa" },
		{ "/backups", "/backups/2025", "rwa" },
		{ "/backups", "/backups2", "" },
		{ "/backups", "/", "" },
		{ "/backups", "/other", "" },
		/* without a path: somewhere in it will do, but to rule it takes the whole */
		{ "/backups", NULL, "rw" },
		{ NULL, "/any/thing", "rwa" },
		{ NULL, NULL, "rwa" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct confine one[] = { confined_to(PROVIDER2, "/elsewhere"),
			confined_to(PROVIDER1, cases[i].base) };
		struct standing key = key_of(KIND_PROVIDER, SCOPE_ADMIN, RANK_ADMIN, NULL, 0);

		key.restricted = true;
		key.confine = one;
		key.confine_n = 2;
		for (enum action a = ACTION_READ; a <= ACTION_ADMIN; a++)
			is_int(asked(&key, a, PROVIDER1, cases[i].path),
			    strchr(cases[i].may, action_name(a)[0]) != NULL ? REASON_OK : REASON_PATH,
			    cases[i].path);
		/* Two bases in one provider: either will do. */
		one[0] = confined_to(PROVIDER1, "/other");
		is_int(asked(&key, ACTION_WRITE, PROVIDER1, "/other/x"), REASON_OK,
		    "the second of two bases");
	}
}

static void
seed_4_6_a_space_token_restricted_to_a_base(void **state)
{
	static const struct granted granted[] = { { "spc1", RANK_ADMIN, "direct" },
		{ "spc2", RANK_ADMIN, "direct" } };
	static const struct may base[] = { { BASE1, "rwa" }, { TABLE1, "rwa" }, { ANYWHERE, "rwa" } };
	static const struct may space[] = { { SPACE1, "rwa" }, { BASE1, "rwa" }, { TABLE1, "rwa" } };
	static const struct may outside[] = { { SPACE2, "" }, { BASE2, "" }, { ORG, "" }, { SOURCE1, "" } };
	struct confine one[] = { confined_to(BASE1, NULL) };
	struct standing key = key_of(KIND_SPACE, SCOPE_FULL, RANK_EDITOR, granted, 2);

	(void)state;
	key.restricted = true;
	key.confine = one;
	key.confine_n = 1;
	check("a base", &key, base, COUNT(base), REASON_RESOURCE);
	check("a base", &key, outside, COUNT(outside), REASON_RESOURCE);
	check("a base", &key, &(struct may){ SPACE1, "" }, 1, REASON_RESOURCE);
	one[0] = confined_to(SPACE1, NULL);
	check("a space", &key, space, COUNT(space), REASON_RESOURCE);
	check("a space", &key, outside, COUNT(outside), REASON_RESOURCE);
}

/* All that was listed was deleted: then it reaches nothing, not everything. */
static void
a_restriction_to_nothing_is_still_one(void **state)
{
	struct standing key = key_of(KIND_SPACE, SCOPE_FULL, RANK_ADMIN, NULL, 0);

	(void)state;
	key.restricted = true;
	for (enum place p = ORG; p <= ANYWHERE; p++)
		check("nothing left", &key, &(struct may){ p, "" }, 1, REASON_RESOURCE);
}

/* Anywhere: what a restricted key may do is what it may do within its restriction. */
static void
anywhere_is_within_the_restriction(void **state)
{
	static const struct granted granted[] = { { "res_provider1", RANK_MEMBER, "direct" },
		{ "res_provider2", RANK_ADMIN, "direct" } };
	struct confine one[] = { confined_to(PROVIDER1, "/") };
	struct standing key = key_of(KIND_PROVIDER, SCOPE_ADMIN, RANK_EDITOR, granted, 2);

	(void)state;
	check("not restricted", &key, &(struct may){ ANYWHERE, "rwa" }, 1, REASON_ROLE);
	key.restricted = true;
	key.confine = one;
	key.confine_n = 1;
	check("restricted", &key, &(struct may){ ANYWHERE, "r" }, 1, REASON_ROLE);
	one[0] = confined_to(PROVIDER2, "/backups");
	check("restricted to a path", &key, &(struct may){ ANYWHERE, "rwa" }, 1, REASON_ROLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_without_grants),
		cmocka_unit_test(an_admin_rules_everything),
		cmocka_unit_test(grants_reach_down),
		cmocka_unit_test(seed_1_22_a_machine_without_grants_reaches_nothing),
		cmocka_unit_test(seed_1_15_and_1_16_roles_of_a_machine_on_a_source),
		cmocka_unit_test(seed_2_9_and_2_10_levels_of_an_organization_key),
		cmocka_unit_test(seed_3_22_restrictions_beat_every_scope),
		cmocka_unit_test(seed_3_19_base_paths),
		cmocka_unit_test(seed_4_6_a_space_token_restricted_to_a_base),
		cmocka_unit_test(a_restriction_to_nothing_is_still_one),
		cmocka_unit_test(anywhere_is_within_the_restriction),
	};

	return cmocka_run_group_tests_name("core/decide_who", tests, bench_open, bench_close);
}
