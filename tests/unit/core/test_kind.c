/*
 * test_kind.c: the kinds of key, row by row against the table of the design,
 * and what their scopes mean.
 */
#include "core/kind.h"

#include "base/bench.h"
#include "core/type.h"

#define RWA  (SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN)
#define RWAF (RWA | SCOPE_FULL)

static const struct kind designed[] = {
	{ .id = KIND_PERSONAL,
	    .name = "personal",
	    .body = BODY_BASE62_CRC,
	    .shown = 11,
	    .owner = OWNER_MEMBER,
	    .creator = CREATOR_MEMBER,
	    .expiry = EXPIRY_DAYS,
	    .scoping = SCOPING_ALL,
	    .sense = ADDITIVE,
	    .scopes = RWA,
	    .restrictable = 0,
	    .renewal = RENEW_NEVER,
	    .ending = ENDS_HIDDEN,
	    .unique_name = true,
	    .asks = false,
	    .policy = POLICY_PERSONAL },
	{ .id = KIND_MACHINE,
	    .name = "machine",
	    .body = BODY_BASE62_CRC,
	    .shown = 11,
	    .owner = OWNER_MACHINE,
	    .creator = CREATOR_ADMIN,
	    .expiry = EXPIRY_PERIOD,
	    .scoping = SCOPING_ALL,
	    .sense = ADDITIVE,
	    .scopes = RWA,
	    .restrictable = 0,
	    .renewal = RENEW_REGENERATE,
	    .ending = ENDS_HIDDEN,
	    .unique_name = false,
	    .asks = true,
	    .policy = POLICY_MACHINE },
	{ .id = KIND_ORGANIZATION,
	    .name = "organization",
	    .body = BODY_BASE62_CRC,
	    .shown = 7,
	    .owner = OWNER_ORGANIZATION,
	    .creator = CREATOR_ADMIN,
	    .expiry = EXPIRY_DATE,
	    .scoping = SCOPING_PERMISSION,
	    .sense = ADDITIVE,
	    .scopes = SCOPE_READ | SCOPE_WRITE,
	    .restrictable = 0,
	    .renewal = RENEW_NEVER,
	    .ending = ENDS_MARKED,
	    .unique_name = false,
	    .asks = true,
	    .policy = POLICY_NONE },
	{ .id = KIND_PROVIDER,
	    .name = "provider",
	    .body = BODY_HEX40,
	    .shown = 12,
	    .owner = OWNER_MEMBER,
	    .creator = CREATOR_MEMBER,
	    .expiry = EXPIRY_DATE,
	    .scoping = SCOPING_SET,
	    .sense = ADDITIVE,
	    .scopes = RWA,
	    .restrictable = TYPE_BIT(PROVIDER),
	    .renewal = RENEW_NEVER,
	    .ending = ENDS_MARKED,
	    .unique_name = false,
	    .asks = false,
	    .policy = POLICY_NONE },
	{ .id = KIND_SPACE,
	    .name = "space",
	    .body = BODY_BASE62_CRC,
	    .shown = 10,
	    .owner = OWNER_MEMBER,
	    .creator = CREATOR_MEMBER,
	    .expiry = EXPIRY_DATE_NEEDED,
	    .scoping = SCOPING_SET,
	    .sense = INDEPENDENT,
	    .scopes = RWAF,
	    .restrictable = TYPE_BIT(SPACE) | TYPE_BIT(BASE),
	    .renewal = RENEW_REFRESH,
	    .ending = ENDS_HIDDEN,
	    .unique_name = false,
	    .asks = false,
	    .policy = POLICY_SPACE },
};

static void
five_kinds_and_each_as_designed(void **state)
{
	(void)state;
	is_int(KIND__MAX, COUNT(designed), "kinds");
	for (size_t i = 0; i < COUNT(designed); i++) {
		const struct kind *k = kind_of(designed[i].id), *want = &designed[i];

		is_text(k->name, want->name, "name");
		is_true(k->title != NULL && k->title[0] != '\0', k->name);
		is_int(k->id, want->id, k->name);
		is_int(k->body, want->body, k->name);
		is_int(k->shown, want->shown, k->name);
		is_int(k->owner, want->owner, k->name);
		is_int(k->creator, want->creator, k->name);
		is_int(k->expiry, want->expiry, k->name);
		is_int(k->scoping, want->scoping, k->name);
		is_int(k->sense, want->sense, k->name);
		is_int(k->scopes, want->scopes, k->name);
		is_int(k->restrictable, want->restrictable, k->name);
		is_int(k->renewal, want->renewal, k->name);
		is_int(k->ending, want->ending, k->name);
		is_int(k->unique_name, want->unique_name, k->name);
		is_int(k->asks, want->asks, k->name);
		is_int(k->policy, want->policy, k->name);
	}
}

static void
kinds_are_found_by_name_and_place(void **state)
{
	static const char *const none[] = { "", "Personal", "personal ", "person", "personals", "root" };
	const struct kind *k;
	size_t n = 0;

	(void)state;
	while ((k = kind_at(n)) != NULL) {
		is_true(kind_named(str_of(k->name)) == k, k->name);
		is_true(kind_of((enum kind_id)n) == k, k->name);
		n++;
	}
	is_int(n, KIND__MAX, "kinds");
	assert_null(kind_at(SIZE_MAX));
	for (size_t i = 0; i < COUNT(none); i++)
		is_true(kind_named(str_of(none[i])) == NULL, none[i]);
	assert_null(kind_named(STR_NONE));
	assert_null(kind_named(STR("personal\0")));
}

static void
prefixes_come_from_their_own_setting(void **state)
{
	static const char *const prefixes[] = { "drvp_", "drvm_", "dk_", "drv_", "dnt_" };

	(void)state;
	for (size_t i = 0; i < COUNT(prefixes); i++)
		is_text(kind_prefix(kind_at(i), settings), prefixes[i], kind_at(i)->name);
}

/* The whole table: every set of scopes, in both senses. */
static void
what_a_set_of_scopes_is_in_effect(void **state)
{
	static const struct {
		unsigned set, additive, independent;
	} rows[] = {
		{ 0, 0, 0 },
		{ SCOPE_READ, SCOPE_READ, SCOPE_READ },
		{ SCOPE_WRITE, SCOPE_READ | SCOPE_WRITE, SCOPE_WRITE },
		{ SCOPE_READ | SCOPE_WRITE, SCOPE_READ | SCOPE_WRITE, SCOPE_READ | SCOPE_WRITE },
		{ SCOPE_ADMIN, RWA, SCOPE_ADMIN },
		{ SCOPE_READ | SCOPE_ADMIN, RWA, SCOPE_READ | SCOPE_ADMIN },
		{ SCOPE_WRITE | SCOPE_ADMIN, RWA, SCOPE_WRITE | SCOPE_ADMIN },
		{ RWA, RWA, RWA },
		{ SCOPE_FULL, RWAF, RWAF },
		{ SCOPE_FULL | SCOPE_READ, RWAF, RWAF },
		{ SCOPE_FULL | SCOPE_WRITE, RWAF, RWAF },
		{ SCOPE_FULL | SCOPE_ADMIN, RWAF, RWAF },
		{ RWAF, RWAF, RWAF },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; kind_at(k) != NULL; k++)
			is_int(scope_effective(kind_at(k), rows[i].set),
			    kind_at(k)->sense == ADDITIVE ? rows[i].additive : rows[i].independent,
			    kind_at(k)->name);
}

struct names {
	char text[64];
	size_t n;
};

static void
put_name(void *ctx, const char *name)
{
	struct names *names = ctx;

	names->n += (size_t)snprintf(names->text + names->n, sizeof names->text - names->n, "%s ", name);
}

static void
scopes_have_names(void **state)
{
	static const struct {
		unsigned set;
		const char *names;
	} rows[] = {
		{ 0, "" },
		{ SCOPE_READ, "read " },
		{ RWA, "read write admin " },
		{ SCOPE_ADMIN | SCOPE_READ, "read admin " },
		{ SCOPE_FULL, "full " },
		{ SCOPE_FULL | SCOPE_READ, "full read " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct names names = { .n = 0 };

		scope_each(rows[i].set, put_name, &names);
		is_text(names.text, rows[i].names, rows[i].names);
	}
	for (unsigned bit = 1; bit <= SCOPE_FULL; bit <<= 1)
		is_int(scope_named(str_of(scope_name(bit))), bit, scope_name(bit));
	is_int(scope_named(STR("")), 0, "empty");
	is_int(scope_named(STR("READ")), 0, "READ");
	is_int(scope_named(STR("read write")), 0, "two at once");
	is_int(scope_named(STR_NONE), 0, "none");
	assert_null(scope_name(SCOPE_READ | SCOPE_WRITE));
	assert_null(scope_name(0));
}

static void
types_of_resource_as_designed(void **state)
{
	static const struct {
		const char *name, *prefix;
		unsigned parents, traits;
	} rows[] = {
		{ "organization", "org_", 0, 0 },
		{ "source", "res_", 0, HAS_ROOT },
		{ "provider", "res_", 0, HAS_PATHS | HAS_DRIVER },
		{ "space", "spc", 0, MEMBERS_MAKE },
		{ "base", "bse", TYPE_BIT(SPACE), 0 },
		{ "table", "tbl", TYPE_BIT(BASE), 0 },
		{ "collection", "res_", 0, FOLLOWS_ORG },
	};

	(void)state;
	is_int(TYPE__MAX, COUNT(rows), "types");
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct type *t = type_of((enum type_id)i);

		is_text(t->name, rows[i].name, "name");
		is_text(t->id_prefix, rows[i].prefix, t->name);
		is_int(t->parents, rows[i].parents, t->name);
		is_int(t->traits, rows[i].traits, t->name);
		is_true(type_named(str_of(t->name)) == t, t->name);
	}
	assert_null(type_named(STR("Source")));
	assert_null(type_named(STR("")));
	assert_null(type_named(STR_NONE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_kinds_and_each_as_designed),
		cmocka_unit_test(kinds_are_found_by_name_and_place),
		cmocka_unit_test(prefixes_come_from_their_own_setting),
		cmocka_unit_test(what_a_set_of_scopes_is_in_effect),
		cmocka_unit_test(scopes_have_names),
		cmocka_unit_test(types_of_resource_as_designed),
	};

	return cmocka_run_group_tests_name("core/kind", tests, bench_open, bench_close);
}
