/*
 * test_letter.c: templates filled, and all that there are with what they are filled with.
 */
#include "core/letter.h"

#include "base/bench.h"
#include "core/mailing.h"

static const struct mail_value some[] = { { "name", "<b>&\"'\r\n\x01\x7f\xc3\xbc{{x}}" }, { "x", "yes" },
	{ "none", "" }, { "null", NULL } };

static const char *
filled(const char *template, bool html)
{
	struct out o = out_limit(w.arena, 4096);
	const struct letter_values values = { some, COUNT(some) };

	return letter_fill(&o, str_of(template), &values, html) ? arena_text(w.arena, out_text(&o)) : NULL;
}

static void
holes_and_sections(void **state)
{
	static const struct {
		const char *template, *want;
	} rows[] = {
		{ "a{b}c {", "a{b}c {" },
		{ "[{{x}}|{{none}}|{{null}}]", "[yes||]" },
		{ "a{{#x}}b{{/x}}c", "abc" },
		{ "a{{#none}}b{{/none}}c{{#null}}d{{/null}}", "ac" },
		{ "a{{#none}}b{{#x}}c{{x}}{{/x}}d{{/none}}e", "ae" },
		{ "a{{#x}}b{{#none}}c{{/none}}d{{/x}}e", "abde" },
		{ "a\n{{#x}}\nb\n{{/x}}\nc\n", "a\nb\nc\n" },
		{ "a\n{{#none}}\nb\n{{/none}}\nc\n", "a\nc\n" },
		{ "{{x}}\nc", "yes\nc" },
		{ "{{unknown}}", NULL },
		{ "{{#unknown}}{{/unknown}}", NULL },
		{ "{{#none}}{{unknown}}{{/none}}", NULL },
		{ "{{x", NULL },
		{ "{{x}", NULL },
		{ "{{", NULL },
		{ "{{}}", NULL },
		{ "{{#}}", NULL },
		{ "{{#x}}a", NULL },
		{ "a{{/x}}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		is_text(filled(rows[i].template, false), rows[i].want, rows[i].template);
}

/* What fills a hole is not read for holes, and has no control characters. */
static void
values_are_only_values(void **state)
{
	(void)state;
	is_text(filled("{{name}}", false), "<b>&\"'    \xc3\xbc{{x}}", "text");
	is_text(filled("{{name}}", true), "&lt;b&gt;&amp;&quot;&#39;    \xc3\xbc{{x}}", "a page");
}

static const struct message about = { .id = "eml_1",
	.template = "key_ends",
	.name = "Ada",
	.email = "ada@example.org" };

static void
a_letter_needs_a_sender_and_a_template(void **state)
{
	struct message other = about;
	const char *was = settings->mail_from;
	const struct letter_values values = { some, COUNT(some) };
	struct str text;

	(void)state;
	settings->mail_from = "";
	is_fault(letter_write(&w, &about, &values, &text), FAULT_INTERNAL, "no sender");
	has_text(w.trouble.detail, "from is not set", "why");
	settings->mail_from = "keys@example.org";
	is_fault(letter_write(&w, &about, &values, &text), FAULT_INTERNAL, "not its values");
	has_text(w.trouble.detail, "key_ends does not go with", "why");
	other.template = "nothing";
	is_fault(letter_write(&w, &other, &values, &text), FAULT_INTERNAL, "no such template");
	settings->mail_from = was;
	is_true(letter_known("key_ends") && letter_known("key_ended"), "those that there are");
	is_true(!letter_known("key") && !letter_known("key_ends.txt") && !letter_known(""), "and no others");
}

static void
the_pause_grows(void **state)
{
	static const int64_t want[] = { 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600 };

	(void)state;
	for (size_t i = 0; i < COUNT(want); i++)
		is_int(mailing_pause((int64_t)i), want[i], "seconds");
	is_int(mailing_pause(INT64_MAX), 21600, "for ever");
	is_true(mailing_pause(100) < OUTBOX_AHEAD_MAX, "else it would look like a wrong clock");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_and_sections),
		cmocka_unit_test(values_are_only_values),
		cmocka_unit_test(a_letter_needs_a_sender_and_a_template),
		cmocka_unit_test(the_pause_grows),
	};

	return cmocka_run_group_tests_name("core/letter", tests, bench_open, bench_close);
}
