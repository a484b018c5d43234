/*
 * test_parse.c: documents that are well formed, and those that are not.
 */
#include "graphql/document.h"

#include "base/bench.h"

static struct gql_document doc;
static struct gql_errors errors;

static bool
parse(struct str text)
{
	bench_clear();
	errors = (struct gql_errors){ .arena = w.arena };
	return gql_parse(w.arena, text, &doc, &errors);
}

static void
what_is_well_formed_is_read(void **state)
{
	static const char *const cases[] = {
		"{a}",
		"{a b,c\n\td\r\ne}",
		"\xef\xbb\xbf{a} # comment",
		"#\xc3\xa9\n{a}",
		"query{a}",
		"query Q{a} mutation M{b} fragment F on T{c} subscription S{d}",
		"query Q($a:Int=1,$b:[ID!]!=[\"x\"] @d){a}",
		"{x:a(i:1,j:-0,k:1.5e3,l:-1E-2,m:true,n:null,o:RED,p:[],q:[1 2],r:{},s:{t:$u}) @i(if:$v) @j{b}}",
		"{...F ...on T{a} ...@i(if:true){b} ...{c}}",
		"{query mutation fragment on true null}",
		"{a(s:\"\\u00e9\\n\\\"\\\\\\/\\uD83D\\uDE00\")}",
		"{a(s:\"\"\"a \"\" \\\"\"\" b\"\"\")}",
		"{_a __b A9}",
		"fragment F on T{a}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_true(parse(str_of(cases[i])), cases[i]);
		is_int(errors.n, 0, cases[i]);
	}
}

static const struct {
	const char *text, *part;
	unsigned line, column;
} not_well_formed[] = {
	{ "", "found <EOF>", 1, 1 },
	{ " \n  ", "found <EOF>", 2, 3 },
	{ "{", "Expected Name, found <EOF>", 1, 2 },
	{ "{}", "Expected Name, found \"}\"", 1, 2 },
	{ "}", "found \"}\"", 1, 1 },
	{ "{a}}", "found \"}\"", 1, 4 },
	{ "{a", "found <EOF>", 1, 3 },
	{ "{a(}", "Expected Name", 1, 4 },
	{ "{a()}", "Expected Name", 1, 4 },
	{ "{a(b)}", "Expected \":\"", 1, 5 },
	{ "{a(b:)}", "a value", 1, 6 },
	{ "{a{}}", "Expected Name", 1, 4 },
	{ "{a:}", "Expected Name", 1, 4 },
	{ "{...}", "found \"}\"", 1, 5 },
	{ "{...on}", "Expected Name", 1, 7 },
	{ "query($a){b}", "Expected \":\"", 1, 9 },
	{ "query(){b}", "Expected \"$\"", 1, 7 },
	{ "query($a:[Int){b}", "Expected \"]\"", 1, 14 },
	{ "query($a:Int=$b){b}", "constant", 1, 14 },
	{ "query Q query R{a}", "Expected \"{\"", 1, 9 },
	{ "fragment on on T{a}", "the name of a fragment", 1, 10 },
	{ "fragment F T{a}", "\"on\"", 1, 12 },
	{ "type T{a:Int}", "a query, a mutation or a fragment", 1, 1 },
	{ "schema{query:Q}", "a query", 1, 1 },
	{ "\"about\" query{a}", "a query", 1, 1 },
	{ "{a(i:01)}", "Invalid number", 1, 6 },
	{ "{a(i:-)}", "Invalid number", 1, 6 },
	{ "{a(i:1.)}", "Invalid number", 1, 6 },
	{ "{a(i:1e)}", "Invalid number", 1, 6 },
	{ "{a(i:1x)}", "Invalid number", 1, 6 },
	{ "{a(i:1.5.2)}", "Invalid number", 1, 6 },
	{ "{a(i:.5)}", "Unexpected character", 1, 6 },
	{ "{a(s:\"x)}", "Unterminated string", 1, 6 },
	{ "{a(s:\"x\n\")}", "Unterminated string", 1, 6 },
	{ "{a(s:\"\\x\")}", "escape", 1, 6 },
	{ "{a(s:\"\\u12\")}", "escape", 1, 6 },
	{ "{a(s:\"\\u0000\")}", "escape", 1, 6 },
	{ "{a(s:\"\\uD83D\")}", "escape", 1, 6 },
	{ "{a(s:\"\\uDE00\")}", "escape", 1, 6 },
	{ "{a(s:\"\\uD83D\\u0041\")}", "escape", 1, 6 },
	{ "{a(s:\"\"\"x)}", "Unterminated string", 1, 6 },
	{ "{a(s:'x')}", "Unexpected character", 1, 6 },
	{ "{a ? b}", "Unexpected character", 1, 4 },
	{ "{a .. b}", "Unexpected character", 1, 4 },
	{ "{\xc3\xa9}", "Unexpected character", 1, 2 },
	{ "{a\xff}", "not UTF-8", 1, 1 },
	{ "{\r\n\r\n  ?}", "Unexpected character", 3, 3 },
};

static void
what_is_not_is_refused_with_one_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(not_well_formed); i++) {
		is_true(!parse(str_of(not_well_formed[i].text)), not_well_formed[i].text);
		is_int(errors.n, 1, not_well_formed[i].text);
		has_text(errors.first->message, "Syntax Error", not_well_formed[i].text);
		has_text(errors.first->message, not_well_formed[i].part, not_well_formed[i].text);
		is_int(errors.first->at.line, not_well_formed[i].line, not_well_formed[i].text);
		is_int(errors.first->at.column, not_well_formed[i].column, not_well_formed[i].text);
	}
	is_true(!parse(str_part("{a\0}", 4)), "NUL");
	is_true(!parse(STR_NONE), "no text at all");
}

static void
texts_are_decoded(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "\"\"", "" },
		{ "\"a\\tb\\n\\u00e9\"", "a\tb\n\303\251" },
		{ "\"\\uD83D\\uDE00\\u20ac\"", "\360\237\230\200\342\202\254" },
		{ "\"\"\"\"\"\"", "" },
		{ "\"\"\"a\\n\"\"\"", "a\\n" },
		{ "\"\"\"\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  \"\"\"",
		    "Hello,\n  World!\n\nYours,\n  GraphQL." },
		{ "\"\"\"\r\n  a\r\n  \\\"\"\"b\r\n\"\"\"", "a\n\"\"\"b" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gql_value v = { .sort = GQL_NULL };

		bench_clear();
		errors = (struct gql_errors){ .arena = w.arena };
		is_true(gql_parse_value(w.arena, str_of(cases[i].text), &v, &errors), cases[i].text);
		is_int(v.sort, GQL_TEXT, cases[i].text);
		is_str(v.text, str_of(cases[i].want), cases[i].text);
	}
}

static struct str
repeated(const char *open, size_t n, const char *middle, const char *close)
{
	struct out o = out_limit(w.arena, OUT_BODY_MAX);

	for (size_t i = 0; i < n; i++)
		out_put(&o, open);
	out_put(&o, middle);
	for (size_t i = 0; i < n; i++)
		out_put(&o, close);
	return out_text(&o);
}

/* In the arena that parse() would clear. */
static const char *
refusal(struct str text)
{
	errors = (struct gql_errors){ .arena = w.arena };
	return gql_parse(w.arena, text, &doc, &errors) ? "(none)" : errors.first->message;
}

static void
what_is_large_or_deep_is_refused(void **state)
{
	(void)state;
	bench_clear();
	is_text(refusal(repeated("{a", GQL_NESTING_MAX, "", "}")), "(none)", "as deep as may be");
	has_text(refusal(repeated("{a", GQL_NESTING_MAX + 1, "", "}")), "nested deeper", "one too deep");
	has_text(refusal(repeated("{a", 10000, "", "}")), "nested deeper", "depth 10,000");
	has_text(refusal(repeated("{a(l:", 1, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "")), "nested deeper",
	    "lists");
	has_text(refusal(repeated("query($a:", 1, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "")), "nested deeper",
	    "types");
	has_text(refusal(repeated("{a} ", 3000, "", "")), "fewer definitions", "many operations");
	has_text(refusal(repeated("", 0, repeated("{", 1, repeated("a ", 6000, "", "").s, "}").s, "")),
	    "more tokens", "many tokens");
	has_text(refusal(repeated("#", 1 << 20, "{a}", "")), "larger", "a mebibyte");
	is_true(arena_peak(w.arena) < (size_t)12 << 20, "memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_well_formed_is_read),
		cmocka_unit_test(what_is_not_is_refused_with_one_error),
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(what_is_large_or_deep_is_refused),
	};

	return cmocka_run_group_tests_name("graphql/parse", tests, bench_open, bench_close);
}
