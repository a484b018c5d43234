/*
 * test_check.c: documents that are valid against a schema, and those that are not,
 * rule by rule (October 2021, section 5).
 */
#include "graphql/toy.h"

#include "base/bench.h"

/* The first error, or "(none)". */
static const char *
flaw(struct str text)
{
	struct gql_document doc;
	struct gql_errors errors = { .arena = w.arena };

	if (!gql_parse(w.arena, text, &doc, &errors))
		return errors.first->message;
	return gql_check(&toy_schema, &doc, &errors) ? "(none)" : errors.first->message;
}

static void
the_schema_is_whole(void **state)
{
	(void)state;
	is_text(gql_schema_flaw(&toy_schema), NULL, "toy");
}

static void
a_schema_with_a_flaw_is_told(void **state)
{
	static const struct gql_field for_nobody[] = { { "a", "Int", GQL_FOR_NOBODY, toy_echo }, GQL_LAST };
	static const struct gql_field unknown[] = { GQL_ENTRY(GQL_FOR_ALL, toy_echo, NULL, "b", "Nix", NULL),
		GQL_LAST };
	static const struct gql_field for_parent[] = { GQL_ASKED(toy_echo, NULL, "c", "Int", NULL),
		GQL_LAST };
	static const struct gql_field no_way[] = { GQL_ENTRY(GQL_FOR_ALL, NULL, NULL, "d", "Int", NULL),
		GQL_LAST };
	static const struct gql_argument bad[] = { { "e", "Query", NULL, NULL }, { .name = NULL } };
	static const struct gql_field bad_argument[] = {
		GQL_ENTRY(GQL_FOR_ALL, toy_echo, bad, "f", "Int", NULL), GQL_LAST
	};
	static const struct {
		const struct gql_field *fields;
		const char *want;
	} cases[] = { { for_nobody, "a" }, { unknown, "b" }, { for_parent, "c" }, { no_way, "d" },
		{ bad_argument, "e" } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct gql_type query = { .sort = GQL_IS_OBJECT,
			.name = "Query",
			.fields = cases[i].fields };
		const struct gql_type *const types[] = { &query, &gql_int, &gql_string, &gql_boolean, NULL };
		const struct gql_schema s = { .types = types, .query = "Query" };

		is_text(gql_schema_flaw(&s), cases[i].want, cases[i].want);
	}
}

static void
what_is_valid_passes(void **state)
{
	static const char *const cases[] = {
		"{people{id}}",
		"{people(first:1){id name friend{name}} person(id:\"1\"){id}}",
		"{a:person(id:1){id} b:person(id:2){id}}",
		"{person(id:1){id} person(id:1){name}}",
		"{people{...P} some{...P}} fragment P on Person{id friend{...N}} fragment N on Person{name}",
		"{people{...on Person{id} ...@include(if:true){name}}}",
		"query($a:ID!){person(id:$a){id}}",
		"query($a:ID=\"1\"){person(id:$a){id}}",
		"query($a:Int!){people(first:$a){id}}",
		"query($a:Boolean!){people @skip(if:$a){id @include(if:$a)}}",
		"query($a:[Int!]!){echo(l:$a)}",
		"query($a:Wish,$n:String!){echo(in:$a) x:echo(in:{name:$n,more:[{name:$n}]})}",
		"query($a:JSON){echo(j:$a) x:echo(j:{a:[1,{b:$a}]})}",
		"query($a:Int=1){add:people(first:$a){id}}",
		"{echo(i:1,f:1,s:\"x\",b:true,id:7,t:\"2026-01-01\",l:1,ll:[[1],null,2],c:RED,in:{name:\"x\"})}",
		"{echo(i:null,l:null,in:null)}",
		"{__schema{types{name}} __type(name:\"x\"){name} __typename people{__typename}}",
		"mutation{add(by:2) maybe}",
		"query A{people{id}} query B{people{id}}",
		"query A($x:Int){people(first:$x){id}} query B($x:Int!){people(first:$x){id}}",
		"{people{id}} fragment F on Person{id}",
	};

	(void)state;
	for (size_t i = 0; i + 1 < COUNT(cases); i++) {
		bench_clear();
		is_text(flaw(str_of(cases[i])), "(none)", cases[i]);
	}
	bench_clear();
	has_text(flaw(str_of(cases[COUNT(cases) - 1])), "\"F\" is never used", "unused");
}

static const struct {
	const char *text, *part;
} not_valid[] = {
	/* operations */
	{ "{people{id}} {people{id}}", "anonymous operation must be the only" },
	{ "{people{id}} query A{people{id}}", "anonymous operation must be the only" },
	{ "query A{people{id}} query A{people{id}}", "only one operation named \"A\"" },
	{ "subscription{people{id}}", "not configured to execute subscription" },
	{ "fragment F on Person{id}", "\"F\" is never used" },
	/* fields */
	{ "{nix}", "Cannot query field \"nix\" on type \"Query\"" },
	{ "{people{nix}}", "Cannot query field \"nix\" on type \"Person\"" },
	{ "{__nix}", "Cannot query field \"__nix\"" },
	{ "{people{__schema{types{name}}}}", "Cannot query field \"__schema\" on type \"Person\"" },
	{ "mutation{__type(name:\"x\"){name}}", "Cannot query field \"__type\"" },
	{ "{people}", "must have a selection of subfields" },
	{ "{people{id{x}}}", "must not have a selection" },
	{ "{a:people{id} a:some{id}}", "\"a\" conflict" },
	{ "{person(id:1){id} person(id:2){id}}", "\"person\" conflict" },
	{ "{echo(l:[1,2]) echo(l:[2,1])}", "\"echo\" conflict" },
	{ "{echo(l:[1]) echo(l:[1,1])}", "\"echo\" conflict" },
	{ "{echo(s:\"1\") echo(i:1)}", "\"echo\" conflict" },
	{ "query($a:Int,$b:Int){echo(i:$a) echo(i:$b)}", "\"echo\" conflict" },
	{ "{people{x:id} people{...F}} fragment F on Person{x:name}", "\"x\" conflict" },
	{ "{people{friend{x:id}} people{friend{x:name}}}", "\"x\" conflict" },
	/* arguments */
	{ "{people(nix:1){id}}", "Unknown argument \"nix\" on Field \"Query.people\"" },
	{ "{people(first:1,first:2){id}}", "only one argument named \"first\"" },
	{ "{person{id}}", "argument \"id\" of type \"ID!\" is required" },
	{ "{person(id:null){id}}", "non-null type \"ID!\", found null" },
	/* values */
	{ "{echo(i:\"1\")}", "Expected value of type \"Int\"" },
	{ "{echo(i:1.0)}", "Expected value of type \"Int\"" },
	{ "{echo(i:2147483648)}", "Expected value of type \"Int\"" },
	{ "{echo(i:99999999999999999999)}", "Expected value of type \"Int\"" },
	{ "{echo(i:RED)}", "Expected value of type \"Int\"" },
	{ "{echo(f:\"1\")}", "Expected value of type \"Float\"" },
	{ "{echo(f:1e999)}", "Expected value of type \"Float\"" },
	{ "{echo(s:1)}", "Expected value of type \"String\"" },
	{ "{echo(b:1)}", "Expected value of type \"Boolean\"" },
	{ "{echo(id:1.5)}", "Expected value of type \"ID\"" },
	{ "{echo(id:[1])}", "Expected value of type \"ID\"" },
	{ "{echo(t:\"yesterday\")}", "Expected value of type \"DateTime\"" },
	{ "{echo(j:RED)}", "\"RED\"" },
	{ "{echo(j:[RED])}", "\"RED\"" },
	{ "{echo(l:[1,null])}", "non-null type \"Int!\"" },
	{ "{echo(l:[\"x\"])}", "Expected value of type \"Int\"" },
	{ "{echo(c:BLUE)}", "does not exist in enum \"Colour\"" },
	{ "{echo(c:\"RED\")}", "does not exist in enum \"Colour\"" },
	{ "{echo(in:1)}", "\"Wish\" to be an object" },
	{ "{echo(in:{})}", "\"name\" was not provided" },
	{ "{echo(in:{name:\"x\",nix:1})}", "\"nix\" is not defined by type \"Wish\"" },
	{ "{echo(in:{name:\"x\",name:\"y\"})}", "only one input field named \"name\"" },
	{ "{echo(in:{name:\"x\",more:[{name:1}]})}", "Expected value of type \"String\"" },
	/* fragments */
	{ "{people{...F}}", "Unknown fragment \"F\"" },
	{ "{people{...F}} fragment F on Person{id} fragment F on Person{name}", "only one fragment named" },
	{ "{people{...F}} fragment F on Nix{id}", "Unknown type \"Nix\"" },
	{ "{people{...F}} fragment F on Colour{id}", "non composite type \"Colour\"" },
	{ "{people{...F}} fragment F on Query{people{id}}", "can never be of type \"Query\"" },
	{ "{people{...on Query{people{id}}}}", "can never be of type \"Query\"" },
	{ "{people{...on Nix{id}}}", "Unknown type \"Nix\"" },
	{ "{people{...F}} fragment F on Person{...F}", "\"F\" within itself" },
	{ "{people{...F}} fragment F on Person{friend{...G}} fragment G on Person{...on Person{...F}}",
	    "\"F\" within itself" },
	/* directives */
	{ "{people @nix{id}}", "Unknown directive \"@nix\"" },
	{ "{people @skip{id}}", "argument \"if\" of type \"Boolean!\" is required" },
	{ "{people @skip(if:1){id}}", "Expected value of type \"Boolean\"" },
	{ "{people @skip(if:true) @skip(if:true){id}}", "can only be used once" },
	{ "query @skip(if:true){people{id}}", "may not be used on QUERY" },
	{ "{people @deprecated{id}}", "may not be used on FIELD" },
	{ "query($a:Int @skip(if:true)){people(first:$a){id}}", "may not be used on VARIABLE_DEFINITION" },
	{ "{people{...F}} fragment F on Person @skip(if:true){id}",
	    "may not be used on FRAGMENT_DEFINITION" },
	/* variables */
	{ "query($a:Int,$a:Int){people(first:$a){id}}", "only one variable named \"$a\"" },
	{ "query($a:Nix){people(first:$a){id}}", "Unknown type \"Nix\"" },
	{ "query($a:Person){people(first:$a){id}}", "cannot be non-input type \"Person\"" },
	{ "query($a:Int=\"x\"){people(first:$a){id}}", "Expected value of type \"Int\"" },
	{ "query($a:Int!=null){people(first:$a){id}}", "non-null type" },
	{ "{people(first:$a){id}}", "Variable \"$a\" is not defined" },
	{ "{people{...F}} fragment F on Person{friend @skip(if:$a){id}}", "Variable \"$a\" is not defined" },
	{ "query($a:Int){people{id}}", "Variable \"$a\" is never used" },
	{ "query($a:String){people(first:$a){id}}", "expecting type \"Int\"" },
	{ "query($a:Int){people{id @skip(if:$a)}}", "expecting type \"Boolean!\"" },
	{ "query($a:ID){person(id:$a){id}}", "expecting type \"ID!\"" },
	{ "query($a:ID=null){person(id:$a){id}}", "expecting type \"ID!\"" },
	{ "query($a:[Int]){echo(l:$a)}", "expecting type \"[Int!]\"" },
	{ "query($a:Int!){echo(l:$a)}", "expecting type \"[Int!]\"" },
	{ "query($a:[Int!]){echo(i:$a)}", "expecting type \"Int\"" },
	{ "query($a:Int){echo(l:[$a])}", "expecting type \"Int!\"" },
	{ "query($a:Int){echo(in:{name:$a})}", "expecting type \"String!\"" },
	{ "query($a:Int){echo(j:{b:$a})}", "expecting type \"JSON\"" },
};

static void
what_is_not_valid_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(not_valid); i++) {
		bench_clear();
		has_text(flaw(str_of(not_valid[i].text)), not_valid[i].part, not_valid[i].text);
	}
}

static struct str
repeated(const char *before, const char *piece, size_t n, const char *after)
{
	struct out o = out_limit(w.arena, OUT_BODY_MAX);

	out_put(&o, before);
	for (size_t i = 0; i < n; i++) {
		if (strstr(piece, "%zu") != NULL)
			out_print(&o, "a%zu:", i);
		out_put(&o, strstr(piece, "%zu") != NULL ? piece + 3 : piece);
	}
	out_put(&o, after);
	return out_text(&o);
}

static void
what_costs_too_much_is_refused(void **state)
{
	struct out o;

	(void)state;
	bench_clear();
	is_text(flaw(repeated("{", "%zuecho ", GQL_ALIASES_MAX, "}")), "(none)", "as many aliases as may be");
	has_text(flaw(repeated("{", "%zuecho ", GQL_ALIASES_MAX + 1, "}")), "more aliases", "one too many");
	has_text(flaw(repeated("{", "%zuecho ", 1500, "}")), "more than the 1000 fields", "1,500 aliases");
	has_text(flaw(repeated("{", "%zuecho ", 3000, "}")), "more tokens", "3,000 aliases");
	has_text(flaw(repeated("{", "echo ", 1001, "}")), "more than the 1000 fields", "one field often");
	has_text(flaw(repeated("{people{friend", "{friend", 20, "")), "Syntax", "not closed");

	/* As deep as may be: people, then 19. */
	o = out_limit(w.arena, 4096);
	out_put(&o, "{people");
	for (int i = 0; i < 18; i++)
		out_put(&o, "{friend");
	out_put(&o, "{id}}}}}}}}}}}}}}}}}}}}");
	is_text(flaw(out_text(&o)), "(none)", "depth 20");
	o = out_limit(w.arena, 4096);
	out_put(&o, "{people");
	for (int i = 0; i < 19; i++)
		out_put(&o, "{friend");
	out_put(&o, "{id}}}}}}}}}}}}}}}}}}}}}");
	has_text(flaw(out_text(&o)), "deeper than the 20", "depth 21");
}

/* Each fragment spreads the next in two fields, so that thirty of them would be a thousand million. */
static void
fragments_do_not_multiply(void **state)
{
	struct out o;
	size_t before;

	(void)state;
	bench_clear();
	o = out_limit(w.arena, GQL_SIZE_MAX);
	out_put(&o, "{people{...F0}}");
	for (int i = 0; i < 15; i++)
		out_print(&o, " fragment F%d on Person{friend{...F%d} needed{...F%d}}", i, i + 1, i + 1);
	out_put(&o, " fragment F15 on Person{id}");
	before = arena_peak(w.arena);
	has_text(flaw(out_text(&o)), "more than the 1000 fields", "doubling");
	is_true(arena_peak(w.arena) < before + ((size_t)4 << 20), "memory");

	o = out_limit(w.arena, GQL_SIZE_MAX);
	out_put(&o, "{people{...F0}}");
	for (int i = 0; i < 90; i++)
		out_print(&o, " fragment F%d on Person{...F%d ...F%d ...F%d}", i, i + 1, i + 1, i + 1);
	out_put(&o, " fragment F90 on Person{id}");
	is_text(flaw(out_text(&o)), "(none)", "in one set each counts once");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_schema_is_whole),
		cmocka_unit_test(a_schema_with_a_flaw_is_told),
		cmocka_unit_test(what_is_valid_passes),
		cmocka_unit_test(what_is_not_valid_is_told),
		cmocka_unit_test(what_costs_too_much_is_refused),
		cmocka_unit_test(fragments_do_not_multiply),
	};

	return cmocka_run_group_tests_name("graphql/check", tests, bench_open, bench_close);
}
