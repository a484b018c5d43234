/*
 * test_html_out.c: what is not ours, in HTML.
 */
#include "base/html_out.h"

#include "base/bench.h"

static struct out o;

static void
fresh(void)
{
	bench_clear();
	o = out_limit(w.arena, 65536);
}

static void
a_text_ends_neither_text_nor_value(void **state)
{
	static const struct {
		struct str text;
		const char *html;
	} cases[] = {
		{ STR(""), "" },
		{ STR_NONE, "" },
		{ STR("plain"), "plain" },
		{ STR("<script>"), "&lt;script&gt;" },
		{ STR("a & b"), "a &amp; b" },
		{ STR("\"'"), "&quot;&#39;" },
		{ STR("&lt;"), "&amp;lt;" },
		{ STR("a\0b"), "a\357\277\275b" },
		{ STR("\303\251 \342\200\256 \360\237\224\221"), "\303\251 \342\200\256 \360\237\224\221" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		fresh();
		html_text(&o, cases[i].text);
		is_str(out_text(&o), str_of(cases[i].html), cases[i].html);
	}
	fresh();
	html_text(&o, "a<b");
	html_text(&o, (const char *)NULL);
	html_text(&o, -12);
	is_str(out_text(&o), STR("a&lt;b-12"), "by type");
}

static void
an_address_is_ours_or_https(void **state)
{
	static const struct {
		const char *url, *html;
	} cases[] = {
		{ "/", "/" },
		{ "/settings/keys?a=1&b=2", "/settings/keys?a=1&amp;b=2" },
		{ "/\"x", "/&quot;x" },
		{ "https://example.org/", "https://example.org/" },
		{ "HTTPS://example.org/", "HTTPS://example.org/" },
		{ "http://example.org/", "#" },
		{ "https:example.org", "#" },
		{ "//example.org", "#" },
		{ "/\\example.org", "#" },
		{ "/\t/example.org", "#" },
		{ "javascript:alert(1)", "#" },
		{ " javascript:alert(1)", "#" },
		{ "java\nscript:alert(1)", "#" },
		{ "data:text/html,x", "#" },
		{ "settings", "#" },
		{ "", "#" },
		{ NULL, "#" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		fresh();
		html_url(&o, cases[i].url);
		is_str(out_text(&o), str_of(cases[i].html), cases[i].html);
	}
}

static void
a_piece_of_an_address_stays_one_piece(void **state)
{
	static const struct {
		const char *text, *html;
	} cases[] = {
		{ "key_aB3-._~", "key_aB3-._~" },
		{ "a/b?c#d&e=f", "a%2Fb%3Fc%23d%26e%3Df" },
		{ "\"<>'", "%22%3C%3E%27" },
		{ "\303\251 %", "%C3%A9%20%25" },
		{ "", "" },
		{ NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		fresh();
		html_segment(&o, cases[i].text);
		is_str(out_text(&o), str_of(cases[i].html), cases[i].html);
		fresh();
		html_query(&o, cases[i].text);
		is_str(out_text(&o), str_of(cases[i].html), cases[i].html);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_ends_neither_text_nor_value),
		cmocka_unit_test(an_address_is_ours_or_https),
		cmocka_unit_test(a_piece_of_an_address_stays_one_piece),
	};

	return cmocka_run_group_tests_name("base/html_out", tests, bench_open, bench_close);
}
