/*
 * test_run.c: what comes of a document: values, null that goes up, variables,
 * mutations, and what the schema says about itself.
 */
#include "graphql/toy.h"

#include "base/bench.h"

static const char *
answer(const char *text, const char *variables)
{
	bench_clear();
	toy_count = toy_resolved = 0;
	return toy_answer(&w, str_of(text), STR_NONE, str_of(variables));
}

#define DATA(x) "{\"data\":" x "}"

static void
values_are_as_the_schema_says(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "{person(id:\"1\"){id name born alive note}}",
		    DATA("{\"person\":{\"id\":\"1\",\"name\":\"Ann\",\"born\":\"1970-01-02T00:00:00Z\","
			 "\"alive\":true,\"note\":\"a\"}}") },
		{ "{person(id:2){born alive}}", DATA("{\"person\":{\"born\":null,\"alive\":false}}") },
		{ "{person(id:3){name}}", DATA("{\"person\":{\"name\":\"Cy \\\"\\u003c\\u0026\"}}") },
		{ "{people{id}}", DATA("{\"people\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]}") },
		{ "{people(first:0){id}}", DATA("{\"people\":[]}") },
		{ "{people(first:1){tags friend{id friend{id friend{id}}}}}",
		    DATA(
			"{\"people\":[{\"tags\":[\"x\",\"y\"],\"friend\":{\"id\":\"2\",\"friend\":{\"id\":\"3\","
			"\"friend\":null}}}]}") },
		/* the order of what is asked for, and what is asked for twice */
		{ "{b:person(id:1){id} a:person(id:2){id name}}",
		    DATA("{\"b\":{\"id\":\"1\"},\"a\":{\"id\":\"2\",\"name\":\"Bob\"}}") },
		{ "{person(id:1){id friend{id}} person(id:1){name friend{name}}}",
		    DATA(
			"{\"person\":{\"id\":\"1\",\"friend\":{\"id\":\"2\",\"name\":\"Bob\"},\"name\":\"Ann\"}}") },
		{ "{people(first:1){...P}} fragment P on Person{id ...on Person{name ...{alive}}}",
		    DATA("{\"people\":[{\"id\":\"1\",\"name\":\"Ann\",\"alive\":true}]}") },
		{ "{__typename person(id:1){__typename x:__typename}}",
		    DATA(
			"{\"__typename\":\"Query\",\"person\":{\"__typename\":\"Person\",\"x\":\"Person\"}}") },
		/* what is left out */
		{ "{person(id:1){id @skip(if:true) name @include(if:false) alive @skip(if:false) @include(if:true)}}",
		    DATA("{\"person\":{\"alive\":true}}") },
		{ "{person(id:1){...F @skip(if:true) ...@include(if:true){id}}} fragment F on Person{name}",
		    DATA("{\"person\":{\"id\":\"1\"}}") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_text(answer(cases[i].text, NULL), cases[i].want, cases[i].text);
}

static void
arguments_are_coerced(void **state)
{
	static const struct {
		const char *text, *variables, *want;
	} cases[] = {
		{ "{echo}", NULL, "d:text=own" },
		{ "{echo(d:null)}", NULL, "d:null=" },
		{ "{echo(i:-7,f:3,b:true,id:12)}", NULL,
		    "i:int=-7 f:float=3 b:flag=true! id:text=12 d:text=own" },
		{ "{echo(l:1,ll:[[1,null],2])}", NULL,
		    "l:list=(:int=1) ll:list=(:list=(:int=1 :null=) :list=(:int=2)) d:text=own" },
		{ "{echo(c:GREEN,in:{name:\"x\"})}", NULL,
		    "c:word=GREEN in:object=(name:text=x colour:word=RED) d:text=own" },
		{ "{echo(j:{a:[1,\"x\",{b:null}]})}", NULL,
		    "j:object=(a:list=(:int=1 :text=x :object=(b:null=null))) d:text=own" },
		{ "query($i:Int,$l:[Int!],$w:Wish,$c:Colour){echo(i:$i,l:$l,in:$w,c:$c)}",
		    "{\"i\":5,\"l\":[1,2],\"w\":{\"name\":\"y\",\"more\":[{\"name\":\"z\",\"colour\":null}]},"
		    "\"c\":\"GREEN\"}",
		    "i:int=5 l:list=(:int=1 :int=2) c:word=GREEN in:object=(name:text=y colour:word=RED "
		    "more:list=(:object=(name:text=z colour:null=))) d:text=own" },
		{ "query($i:Int=4,$d:String){echo(i:$i,d:$d)}", NULL, "i:int=4 d:text=own" },
		{ "query($i:Int){echo(i:$i)}", "{\"i\":4.0}", "i:int=4 d:text=own" },
		{ "query($i:Int=4,$d:String){echo(i:$i,d:$d)}", "{\"i\":null,\"d\":null}",
		    "i:null= d:null=" },
		{ "query($f:Float,$id:ID){echo(f:$f,id:$id)}", "{\"f\":1.5,\"id\":9}",
		    "f:float= id:text=9 d:text=own" },
		{ "query($j:JSON){echo(j:[$j])}", "{\"j\":{\"a\":true}}",
		    "j:list=(:object=(a:flag=!)) d:text=own" },
		{ "query($n:String!){echo(in:{name:$n})}", "{\"n\":\"q\"}",
		    "in:object=(name:text=q colour:word=RED) d:text=own" },
		{ "query($l:[Int!]){echo(l:$l)}", "{\"l\":3}", "l:list=(:int=3) d:text=own" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *got = answer(cases[i].text, cases[i].variables);

		is_text(got, arena_print(w.arena, DATA("{\"echo\":\"%s\"}"), cases[i].want), cases[i].text);
	}
}

static void
variables_that_are_not_right_are_told(void **state)
{
	static const struct {
		const char *text, *variables, *part;
	} cases[] = {
		{ "query($a:ID!){person(id:$a){id}}", NULL,
		    "\"$a\\\" of required type \\\"ID!\\\" was not provided" },
		{ "query($a:ID!){person(id:$a){id}}", "{\"a\":null}", "\"$a\\\" got invalid value" },
		{ "query($a:Int){people(first:$a){id}}", "{\"a\":\"x\"}",
		    "Expected value of type \\\"Int\\\"" },
		{ "query($a:Int){people(first:$a){id}}", "{\"a\":1.5}",
		    "Expected value of type \\\"Int\\\"" },
		{ "query($a:Int){people(first:$a){id}}", "{\"a\":3000000000}",
		    "Expected value of type \\\"Int\\\"" },
		{ "query($a:Int){people(first:$a){id}}", "{\"a\":true}",
		    "Expected value of type \\\"Int\\\"" },
		{ "query($c:Colour){echo(c:$c)}", "{\"c\":\"BLUE\"}", "does not exist in enum" },
		{ "query($w:Wish){echo(in:$w)}", "{\"w\":{}}", "\\\"name\\\" was not provided" },
		{ "query($w:Wish){echo(in:$w)}", "{\"w\":{\"name\":\"x\",\"nix\":1}}",
		    "is not defined by type" },
		{ "query($w:Wish){echo(in:$w)}", "{\"w\":{\"name\":\"x\",\"more\":[null]}}", "found null" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *got = answer(cases[i].text, cases[i].variables);

		has_text(got, cases[i].part, cases[i].text);
		is_true(strstr(got, "\"data\"") == NULL, cases[i].text);
		is_int(toy_resolved, 0, cases[i].text);
	}
	/* null where a value has to be, by way of a variable that may be null and has one of its own */
	has_text(answer("query($a:ID=\"1\"){person(id:$a){id} echo}", "{\"a\":null}"),
	    "{\"data\":{\"person\":null,\"echo\":\"d:text=own\"},\"errors\":[{\"message\":", "null at last");
}

static void
null_goes_up_as_far_as_it_must(void **state)
{
	static const struct {
		const char *text, *data, *path;
	} cases[] = {
		{ "{person(id:9){id}}", "{\"person\":null}", "[\"person\"]" },
		{ "{sure(id:9){id}}", "null", "[\"sure\"]" },
		{ "{echo sure(id:9){id}}", "null", "[\"sure\"]" },
		{ "{person(id:1){failing id}}", "{\"person\":{\"failing\":null,\"id\":\"1\"}}",
		    "[\"person\",\"failing\"]" },
		{ "{person(id:2){id note}}", "{\"person\":null}", "[\"person\",\"note\"]" },
		{ "{people{id note}}", "null", "[\"people\",1,\"note\"]" },
		{ "{some{note}}", "{\"some\":[{\"note\":\"a\"},null,{\"note\":\"c\"}]}",
		    "[\"some\",1,\"note\"]" },
		{ "{person(id:1){id f:friend{n:note}}}", "{\"person\":{\"id\":\"1\",\"f\":null}}",
		    "[\"person\",\"f\",\"n\"]" },
		{ "{person(id:3){id needed{id}}}", "{\"person\":null}", "[\"person\",\"needed\"]" },
		{ "{some{needed{id}}}",
		    "{\"some\":[{\"needed\":{\"id\":\"2\"}},{\"needed\":{\"id\":\"3\"}},null]}",
		    "[\"some\",2,\"needed\"]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *got = answer(cases[i].text, NULL);

		has_text(got, arena_print(w.arena, "{\"data\":%s,\"errors\":[{\"message\":", cases[i].data),
		    cases[i].text);
		has_text(got, arena_print(w.arena, "\"path\":%s,\"extensions\"", cases[i].path),
		    cases[i].text);
	}
	is_text(answer("{\n  person(id:9){id}}", NULL),
	    "{\"data\":{\"person\":null},\"errors\":[{\"message\":\"Nobody found\","
	    "\"locations\":[{\"line\":2,\"column\":3}],\"path\":[\"person\"],"
	    "\"extensions\":{\"code\":\"NOT_FOUND\",\"statusCode\":404}}]}",
	    "all of an error");
}

static void
a_field_is_for_whom_its_row_says(void **state)
{
	(void)state;
	toy_refused = GQL_FOR_RULER;
	is_text(answer("{echo secret}", NULL),
	    "{\"data\":{\"echo\":\"d:text=own\",\"secret\":null},\"errors\":[{\"message\":\"Not for you\","
	    "\"locations\":[{\"line\":1,\"column\":7}],\"path\":[\"secret\"],"
	    "\"extensions\":{\"code\":\"AUTHORIZATION_ERROR\",\"statusCode\":403}}]}",
	    "one of two");
	toy_refused = GQL_FOR_READER;
	has_text(answer("{people{id}}", NULL), "{\"data\":null,\"errors\"", "all");
	has_text(answer("{__schema{queryType{name}} __typename}", NULL), "\"name\":\"Query\"",
	    "introspection");
	toy_refused = GQL_FOR_NOBODY;
}

static void
what_is_away_ends_a_query(void **state)
{
	(void)state;
	has_text(answer("{echo away}", NULL), "\"stop\":\"unavailable\"", "query");
}

static void
changes_are_made_one_after_the_other(void **state)
{
	(void)state;
	is_text(answer("mutation{add a:add(by:5) maybe(by:10) __typename}", NULL),
	    DATA("{\"add\":1,\"a\":6,\"maybe\":16,\"__typename\":\"Mutation\"}"), "in their order");
	has_text(answer("mutation{maybe(by:100) x:maybe touch(id:1){id}}", NULL),
	    "{\"data\":{\"maybe\":100,\"x\":null,\"touch\":{\"id\":\"1\"}},\"errors\":", "the others go on");
	has_text(answer("mutation{add(by:100) x:add touch(id:1){id}}", NULL),
	    "{\"data\":null,\"errors\":", "nothing after what must not be null");
}

static void
an_operation_is_chosen_by_its_name(void **state)
{
	struct str two = STR("query A{a:echo} query B($d:String!){b:echo(d:$d)}");

	(void)state;
	bench_clear();
	is_text(toy_answer(&w, two, STR("A"), STR_NONE), DATA("{\"a\":\"d:text=own\"}"), "A");
	is_text(toy_answer(&w, two, STR("B"), STR("{\"d\":\"x\"}")), DATA("{\"b\":\"d:text=x\"}"), "B");
	has_text(toy_answer(&w, two, STR("C"), STR_NONE), "Unknown operation named \\\"C\\\"", "C");
	has_text(toy_answer(&w, two, STR_NONE, STR_NONE), "Must provide operation name", "none");
}

static const struct {
	const char *text, *part;
} told[] = {
	{ "{__schema{description queryType{name} mutationType{name} subscriptionType{name}}}",
	    "{\"__schema\":{\"description\":\"A toy.\",\"queryType\":{\"name\":\"Query\"},"
	    "\"mutationType\":{\"name\":\"Mutation\"},\"subscriptionType\":null}}" },
	{ "{__schema{types{name}}}",
	    "{\"name\":\"Query\"},{\"name\":\"Mutation\"},{\"name\":\"Person\"},{\"name\":\"Wish\"}" },
	{ "{__schema{directives{name isRepeatable locations args{name type{kind ofType{name}}}}}}",
	    "{\"name\":\"skip\",\"isRepeatable\":false,\"locations\":[\"FIELD\",\"FRAGMENT_SPREAD\","
	    "\"INLINE_FRAGMENT\"],\"args\":[{\"name\":\"if\",\"type\":{\"kind\":\"NON_NULL\","
	    "\"ofType\":{\"name\":\"Boolean\"}}}]}" },
	{ "{__type(name:\"Person\"){kind name description fields{name}}}",
	    "{\"kind\":\"OBJECT\",\"name\":\"Person\",\"description\":\"Somebody.\",\"fields\":["
	    "{\"name\":\"id\"},{\"name\":\"name\"},{\"name\":\"born\"},{\"name\":\"alive\"},"
	    "{\"name\":\"note\"},{\"name\":\"friend\"},{\"name\":\"needed\"},{\"name\":\"failing\"},"
	    "{\"name\":\"tags\"}]}" },
	{ "{__type(name:\"Person\"){fields(includeDeprecated:true){name isDeprecated deprecationReason}}}",
	    "{\"name\":\"old\",\"isDeprecated\":true,\"deprecationReason\":\"Use name.\"}]" },
	{ "{__type(name:\"Query\"){fields{name type{kind name ofType{kind ofType{kind ofType{name}}}}}}}",
	    "{\"name\":\"people\",\"type\":{\"kind\":\"NON_NULL\",\"name\":null,\"ofType\":{\"kind\":"
	    "\"LIST\",\"ofType\":{\"kind\":\"NON_NULL\",\"ofType\":{\"name\":\"Person\"}}}}}" },
	{ "{__type(name:\"Wish\"){kind inputFields{name defaultValue type{name}}}}",
	    "{\"kind\":\"INPUT_OBJECT\",\"inputFields\":[{\"name\":\"name\",\"defaultValue\":null,"
	    "\"type\":{\"name\":null}},{\"name\":\"colour\",\"defaultValue\":\"RED\"," },
	{ "{__type(name:\"Colour\"){kind enumValues{name isDeprecated description deprecationReason}}}",
	    "{\"kind\":\"ENUM\",\"enumValues\":[{\"name\":\"RED\",\"isDeprecated\":false,"
	    "\"description\":null,\"deprecationReason\":null}" },
	{ "{__type(name:\"DateTime\"){kind specifiedByURL fields{name} possibleTypes{name} interfaces{name}}}",
	    "{\"kind\":\"SCALAR\",\"specifiedByURL\":\"https://www.rfc-editor.org/rfc/rfc3339\","
	    "\"fields\":null,\"possibleTypes\":null,\"interfaces\":null}" },
	{ "{__type(name:\"Person\"){interfaces{name} enumValues{name} inputFields{name} ofType{name}}}",
	    "{\"interfaces\":[],\"enumValues\":null,\"inputFields\":null,\"ofType\":null}" },
	{ "{__type(name:\"__Type\"){name fields{name args{name defaultValue}}}}",
	    "{\"name\":\"fields\",\"args\":[{\"name\":\"includeDeprecated\",\"defaultValue\":\"false\"}]}" },
	{ "{__type(name:\"Nix\"){name}}", "{\"__type\":null}" },
};

static void
the_schema_tells_of_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(told); i++) {
		const char *got = answer(told[i].text, NULL);

		has_text(got, told[i].part, told[i].text);
		is_true(strstr(got, "\"errors\"") == NULL, told[i].text);
	}
}

/* A schema is a circle: whoever goes round in it is stopped, and no memory is used up. */
static void
what_is_asked_of_too_many_things_ends(void **state)
{
	struct out text;

	(void)state;
	bench_clear();
	text = out_limit(w.arena, 16384);
	out_char(&text, '{');
	for (int i = 0; i < 90; i++)
		out_print(&text, "a%d:__schema{types{fields{type{ofType{fields{name}}}}}}", i);
	out_char(&text, '}');
	has_text(toy_answer(&w, out_text(&text), STR_NONE, STR_NONE),
	    "{\"data\":null,\"stop\":\"bad_request\"}", "often");
	is_true(arena_peak(w.arena) < (size_t)16 << 20, "memory");

	bench_clear();
	(void)arena_take(w.arena, arena_left(w.arena) - GQL_ROOM / 2);
	has_text(toy_answer(&w, STR("{people{id}}"), STR_NONE, STR_NONE),
	    "{\"data\":null,\"stop\":\"bad_request\"}", "no room");
	bench_clear();
	text = out_limit(w.arena, 65536);
	for (int i = 0; i < GQL_VALUES_MAX; i++)
		out_put(&text, i == 0 ? "{\"j\":[1" : ",1");
	out_put(&text, "]}");
	has_text(toy_answer(&w, STR("query($j:JSON){echo(j:$j)}"), STR_NONE, out_text(&text)),
	    "more than the 5000 values", "values");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_as_the_schema_says),
		cmocka_unit_test(arguments_are_coerced),
		cmocka_unit_test(variables_that_are_not_right_are_told),
		cmocka_unit_test(null_goes_up_as_far_as_it_must),
		cmocka_unit_test(a_field_is_for_whom_its_row_says),
		cmocka_unit_test(what_is_away_ends_a_query),
		cmocka_unit_test(changes_are_made_one_after_the_other),
		cmocka_unit_test(an_operation_is_chosen_by_its_name),
		cmocka_unit_test(the_schema_tells_of_itself),
		cmocka_unit_test(what_is_asked_of_too_many_things_ends),
	};

	return cmocka_run_group_tests_name("graphql/run", tests, bench_open, bench_close);
}
