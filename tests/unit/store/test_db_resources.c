/*
 * test_db_resources.c: the rows of resources and roles on them, and of the
 * audit.
 */
#include "base/out.h"
#include "store/meta.h"
#include "store/world.h"

/* The ids, a blank behind each. */
static const char *
ids_of(const char *org, const char *type, const char *parent, const struct page *p)
{
	struct resource *rows;
	struct out o = out_limit(w.arena, 1000);
	size_t n;

	must(resources_page(&w, org, type, parent, p, &rows, &n));
	for (size_t i = 0; i < n; i++)
		out_print(&o, "%s ", rows[i].id);
	return arena_text(w.arena, out_text(&o));
}

static void
a_tree_of_resources(void **state)
{
	static const struct {
		const char *id, *type, *parents[3];
	} cases[] = {
		{ "org_a", "organization", { NULL, NULL, NULL } },
		{ "res_source_a", "source", { NULL, NULL, NULL } },
		{ "spc_a", "space", { NULL, NULL, NULL } },
		{ "bse_a", "base", { "spc_a", NULL, NULL } },
		{ "tbl_a", "table", { "bse_a", "spc_a", NULL } },
	};
	struct page p = page_first();
	struct resource_chain c;
	struct resource r;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_fault(resources_chain(&w, "org_a", cases[i].id, &c), FAULT_NONE, cases[i].id);
		is_text(c.type, cases[i].type, cases[i].id);
		is_text(c.parent1, cases[i].parents[0], cases[i].id);
		is_text(c.parent2, cases[i].parents[1], cases[i].id);
		is_text(c.parent3, cases[i].parents[2], cases[i].id);
		is_fault(resources_chain(&w, "org_b", cases[i].id, &c), FAULT_NOT_FOUND,
		    "another organization's");
		is_fault(resources_get(&w, "org_b", cases[i].id, &r), FAULT_NOT_FOUND,
		    "another organization's");
	}
	is_text(ids_of("org_a", NULL, NULL, &p), "bse_a res_provider_a res_source_a spc_a tbl_a ",
	    "all but itself");
	is_text(ids_of("org_a", "space", NULL, &p), "spc_a ", "of a type");
	is_text(ids_of("org_a", NULL, "spc_a", &p), "bse_a ", "in another");
	is_text(ids_of("org_a", NULL, "spc_b", &p), "", "in a foreign one");
	p = (struct page){ .limit = 2, .after_at = w.now, .after_id = "res_provider_a" };
	is_text(ids_of("org_a", NULL, NULL, &p), "res_source_a spc_a ", "the next page");
	must(in_change("org_b", resources_delete(&w, "org_b", "spc_a")));
	must(resources_get(&w, "org_a", "spc_a", &r));
	must(in_change("org_a", resources_delete(&w, "org_a", "spc_a")));
	p = page_first();
	is_text(ids_of("org_a", NULL, NULL, &p), "res_provider_a res_source_a ", "with all that was in it");
	is_text(ids_of("org_b", "table", NULL, &p), "tbl_b ", "the other organization's stays");
}

static void
what_a_resource_is_connected_to(void **state)
{
	char config[3000];
	struct resource r = { .id = "res_x", .type = "provider", .name = "Files", .created_by = "usr_ann" };

	(void)state;
	memset(config, 'x', sizeof config);
	config[2999] = '\0';
	must(resources_insert(&w, "org_a", &r));
	must(resources_get(&w, "org_a", "res_x", &r));
	is_text(r.config, NULL, "none");
	is_str(r.config_sealed, STR_NONE, "none");
	r.config = config;
	r.config_sealed = STR("\0sealed\377\0");
	must(resources_change(&w, "org_a", &r));
	must(resources_get(&w, "org_a", "res_x", &r));
	is_text(r.config, config, "long");
	is_str(r.config_sealed, STR("\0sealed\377\0"), "bytes");
	r.name = "Other";
	must(resources_change(&w, "org_b", &r));
	must(resources_get(&w, "org_a", "res_x", &r));
	is_text(r.name, "Files", "another organization");
	is_fault(resources_insert(&w, "org_b", &r), FAULT_TAKEN, "an id is one in all organizations");
}

/* "resource:role:via " of each, sorted. */
static const char *
roles_text(const struct grant_of *rows, size_t n)
{
	struct out o = out_limit(w.arena, 1000);
	const char *lines[16], *swap;

	assert_in_range(n, 0, 16);
	for (size_t i = 0; i < n; i++) {
		lines[i] = arena_print(w.arena, "%s:%s:%s ", rows[i].resource_id, rows[i].role, rows[i].via);
		for (size_t j = i; j > 0 && strcmp(lines[j], lines[j - 1]) < 0; j--) {
			swap = lines[j];
			lines[j] = lines[j - 1];
			lines[j - 1] = swap;
		}
	}
	for (size_t i = 0; i < n; i++)
		out_put(&o, lines[i]);
	return arena_text(w.arena, out_text(&o));
}

static void
grant_all(char org)
{
	const struct grant_subject everyone = { .team_id = NULL }, team = { .team_id = id_in("tem", org) },
				   bob = { .membership_id = id_in("mem_bob", org) },
				   robot = { .machine_id = id_in("mch", org) };
	const char *o = id_in("org", org);

	must(in_change(o, grants_set(&w, o, id_in("res_source", org), &everyone, "member")));
	must(in_change(o, grants_set(&w, o, id_in("res_provider", org), &everyone, "admin")));
	must(in_change(o, grants_set(&w, o, id_in("res_source", org), &team, "editor")));
	must(in_change(o, grants_set(&w, o, id_in("res_source", org), &bob, "admin")));
	must(in_change(o, grants_set(&w, o, id_in("spc", org), &robot, "member")));
}

/* A machine never has what everyone has; a member has, beside direct and team roles. */
static void
seed_1_21_everyone_is_not_the_machines(void **state)
{
	static const struct {
		const char *who;
		bool machine, in_team;
		const char *roles;
	} cases[] = {
		{ "mem_bob_a", false, false,
		    "res_provider_a:admin:everyone res_source_a:admin:direct res_source_a:member:everyone " },
		{ "mem_bob_a", false, true,
		    "res_provider_a:admin:everyone res_source_a:admin:direct res_source_a:editor:tem_a "
		    "res_source_a:member:everyone " },
		{ "mem_ann_a", false, false, "res_provider_a:admin:everyone res_source_a:member:everyone " },
		{ "mch_a", true, false, "spc_a:member:direct " },
		{ "mch_a", true, true, "res_source_a:editor:tem_a spc_a:member:direct " },
		{ "mch_b", true, false, "" },
	};
	struct grant_of *rows;
	int64_t changed;
	size_t n;

	(void)state;
	grant_all('a');
	grant_all('b');
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *member = cases[i].machine ? NULL : cases[i].who,
			   *machine = cases[i].machine ? cases[i].who : NULL;

		if (cases[i].in_team)
			must(in_change("org_a", teams_add(&w, "org_a", "tem_a", member, machine)));
		if (cases[i].machine)
			must(grants_of_machine(&w, "org_a", machine, &rows, &n));
		else
			must(grants_of_member(&w, "org_a", member, &rows, &n));
		is_text(roles_text(rows, n), cases[i].roles, cases[i].who);
		must(in_change("org_a", teams_remove(&w, "org_a", "tem_a", member, machine, &changed)));
	}
}

static void
roles_on_a_resource(void **state)
{
	static const struct {
		const char *id, *type, *name, *role;
	} want[] = {
		{ "everyone", "everyone", NULL, "member" },
		{ "usr_bob", "user", "Bob", "admin" },
		{ "tem_a", "team", "Team", "editor" },
	};
	const struct grant_subject bob = { .membership_id = "mem_bob_a" }, nobody = { .machine_id = "mch_a" };
	struct grant_on *direct;
	struct grant *rows;
	int64_t changed;
	size_t n;

	(void)state;
	grant_all('a');
	must(grants_on(&w, "org_a", "res_source_a", &rows, &n));
	is_int(n, COUNT(want), "roles");
	for (size_t i = 0; i < n; i++) {
		is_text(rows[i].subject_id, want[i].id, want[i].id);
		is_text(rows[i].type, want[i].type, want[i].id);
		is_text(rows[i].name, want[i].name, want[i].id);
		is_text(rows[i].role, want[i].role, want[i].id);
		is_int(rows[i].granted_at, w.now, want[i].id);
	}
	must(in_change("org_a", grants_set(&w, "org_a", "res_source_a", &bob, "member")));
	must(grants_on(&w, "org_a", "res_source_a", &rows, &n));
	is_int(n, COUNT(want), "set again: one role");
	is_text(rows[1].role, "member", "the new one");
	must(in_change("org_b", grants_remove(&w, "org_b", "res_source_a", &bob, &changed)));
	is_int(changed, 0, "another organization");
	must(in_change("org_a", grants_remove(&w, "org_a", "res_source_a", &bob, &changed)));
	is_int(changed, 1, "removed");
	must(in_change("org_a", grants_remove(&w, "org_a", "res_source_a", &nobody, &changed)));
	is_int(changed, 0, "what was not there");
	must(grants_direct_of_machine(&w, "org_a", "mch_a", &direct, &n));
	is_int(n, 1, "direct of the machine");
	is_text(direct[0].resource_id, "spc_a", "direct of the machine");
	is_text(direct[0].name, "Thing", "direct of the machine");
	must(in_change("org_a", teams_delete(&w, "org_a", "tem_a")));
	must(in_change("org_a", resources_delete(&w, "org_a", "spc_a")));
	is_int(sql_number("SELECT COUNT(*) FROM role_grant"), 2,
	    "roles go with their team and their resource");
}

static void
put_event(const char *org, const char *action, const char *actor, const char *key, const char *after)
{
	struct event e = { .org_id = org,
		.action = action,
		.actor_type = "user",
		.actor_id = actor,
		.key_id = key,
		.target_id = key,
		.address = "192.0.2.1",
		.request_id = "req",
		.after_change = after };

	must(audit_insert(&w, &e));
	w.now++;
}

static void
what_happened_newest_first(void **state)
{
	static const struct {
		const char *what;
		struct event_filter filter;
		size_t n;
		const char *first;
	} cases[] = {
		{ "all", { .limit = 50 }, 4, "key.end" },
		{ "two", { .limit = 2 }, 2, "key.end" },
		{ "since", { .since = 1800000002, .limit = 50 }, 2, "key.end" },
		{ "an actor", { .actor_id = "usr_bob", .limit = 50 }, 1, "key.change" },
		{ "a key", { .key_id = "key_1", .limit = 50 }, 3, "key.end" },
		{ "an action", { .action = "member.add", .limit = 50 }, 1, "member.add" },
		{ "an action of nobody's", { .action = "member", .limit = 50 }, 0, NULL },
		{ "two at once", { .actor_id = "usr_ann", .key_id = "key_1", .limit = 50 }, 2, "key.end" },
	};
	struct event *rows;
	size_t n;

	(void)state;
	put_event("org_a", "member.add", "usr_ann", NULL, NULL);
	put_event("org_a", "key.create", "usr_ann", "key_1", "{\"prefix\":\"dk_Abcd\"}");
	put_event("org_a", "key.change", "usr_bob", "key_1", "{}");
	put_event("org_a", "key.end", "usr_ann", "key_1", NULL);
	put_event("org_b", "key.end", "usr_ann", "key_2", NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		must(audit_page(&w, "org_a", &cases[i].filter, &rows, &n));
		is_int(n, cases[i].n, cases[i].what);
		if (n > 0)
			is_text(rows[0].action, cases[i].first, cases[i].what);
	}
	must(audit_page(&w, "org_a", &(struct event_filter){ .limit = 50 }, &rows, &n));
	must(audit_page(&w, "org_a", &(struct event_filter){ .before_id = rows[1].id, .limit = 50 }, &rows,
	    &n));
	is_int(n, 2, "before an event");
	is_text(rows[0].after_change, "{\"prefix\":\"dk_Abcd\"}", "what it became");
	is_text(rows[1].key_id, NULL, "of no key");
	is_str(rows[0].hash, STR_NONE, "not sealed yet");
}

static void
events_are_sealed_once_and_in_their_place(void **state)
{
	struct str zeros = STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	struct str ones = STR("11111111111111111111111111111111");
	struct event_place last;
	struct audit_org *orgs;
	struct event *rows;
	int64_t count;
	size_t n;

	(void)state;
	put_event("org_a", "one", NULL, NULL, NULL);
	put_event("org_b", "other", NULL, NULL, NULL);
	put_event("org_a", "two", NULL, NULL, NULL);
	must(audit_orgs_unsealed(&w, "", 10, &orgs, &n));
	is_int(n, 2, "organizations with unsealed events");
	is_text(orgs[0].id, "org_a", "the first");
	must(audit_orgs_unsealed(&w, "org_a", 10, &orgs, &n));
	is_int(n, 1, "after the first");
	must(audit_unsealed(&w, "org_a", 0, 10, &rows, &n));
	is_int(n, 2, "unsealed");
	is_text(rows[0].action, "one", "in their order");
	is_text(rows[1].action, "two", "in their order");
	must(audit_seal(&w, rows[0].id, 1, zeros, ones));
	is_fault(audit_seal(&w, rows[1].id, 1, ones, zeros), FAULT_TAKEN, "a place twice");
	is_fault(audit_seal(&w, rows[0].id, 7, ones, zeros), FAULT_TRY_AGAIN, "an event twice");
	must(audit_at_most(&w, "org_a", 7, &last));
	is_int(last.place, 1, "a sealed event stays where it is");
	is_str(last.hash, ones, "its hash");
	is_fault(audit_at_most(&w, "org_a", 0, &last), FAULT_NOT_FOUND, "before the first");
	is_fault(audit_at_most(&w, "org_b", 7, &last), FAULT_NOT_FOUND, "another's");
	must(audit_unsealed(&w, "org_a", 0, 10, &rows, &n));
	is_int(n, 1, "unsealed");
	must(audit_count_unsealed(&w, "org_b", &count));
	is_int(count, 1, "another's unsealed");
	must(audit_sealed(&w, "org_a", 0, 9, 10, &rows, &n));
	is_int(n, 1, "sealed");
	is_int(rows[0].place, 1, "its place");
	is_str(rows[0].prev, zeros, "what it follows");
}

static void
where_a_chain_ends_is_recorded(void **state)
{
	struct str zeros = STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	struct str ones = STR("11111111111111111111111111111111");
	struct audit_chain c = { .place = 3, .hash = ones, .gone_hash = zeros, .signature = ones }, seen;

	(void)state;
	is_fault(audit_chain(&w, "org_a", &seen), FAULT_NOT_FOUND, "before the first");
	must(audit_chain_set(&w, "org_a", &c));
	c = (struct audit_chain){ .place = 9,
		.hash = zeros,
		.gone_place = 2,
		.gone_hash = ones,
		.signature = zeros };
	must(audit_chain_set(&w, "org_a", &c));
	must(db_begin(&w, DB_CHANGES));
	must(audit_chain_lock(&w, "org_a", &seen));
	must(db_commit(&w));
	is_int(seen.place, 9, "end");
	is_str(seen.hash, zeros, "its hash");
	is_int(seen.gone_place, 2, "what is gone");
	is_str(seen.gone_hash, ones, "its hash");
	is_str(seen.signature, zeros, "signature");
	is_fault(audit_chain(&w, "org_b", &seen), FAULT_NOT_FOUND, "another's");
}

static void
the_schema_has_a_version(void **state)
{
	int64_t version;

	(void)state;
	must(meta_schema_version(&w, &version));
	is_int(version, migrate_newest(), "version");
}

#define CASE(name) cmocka_unit_test_setup(name, world_fresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_tree_of_resources),
		CASE(what_a_resource_is_connected_to),
		CASE(seed_1_21_everyone_is_not_the_machines),
		CASE(roles_on_a_resource),
		CASE(what_happened_newest_first),
		CASE(events_are_sealed_once_and_in_their_place),
		CASE(where_a_chain_ends_is_recorded),
		CASE(the_schema_has_a_version),
	};

	return cmocka_run_group_tests_name("store/resources", tests, world_open, world_close);
}
