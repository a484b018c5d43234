/*
 * test_words.c: the language of a request, and texts with something put into them.
 */
#include "config.h"

#include "ui/words.h"

#include "base/bench.h"

static const struct {
	struct str header;
	enum language want;
} accepted[] = {
	{ STR_NONE, ENGLISH },
	{ STR(""), ENGLISH },
	{ STR("de"), GERMAN },
	{ STR("DE-at"), GERMAN },
	{ STR("fr, de;q=0.5, en;q=0.4"), GERMAN },
	{ STR("fr, de;q=0.5, en"), ENGLISH },
	{ STR("de;q=0.5,en;q=0.5"), GERMAN },
	{ STR("de;q=0"), ENGLISH },
	{ STR("deutsch, *"), ENGLISH },
	{ STR(";;;,,,q=,de;q=x"), ENGLISH },
	{ STR("en;q=0.001, de ; q=0.01"), GERMAN },
};

static void
the_best_language_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++)
		is_int(language_accepted(accepted[i].header), accepted[i].want, shown(accepted[i].header));
}

static void
every_text_is_there_in_every_language(void **state)
{
	(void)state;
	for (int l = 0; l < LANGUAGE__MAX; l++) {
		words_speak((enum language)l);
		for (int i = WORDS_none + 1; i < WORDS__MAX; i++)
			is_true(words_text((enum words)i)[0] != '\0', "a text");
	}
	words_speak(ENGLISH);
}

static void
what_is_put_into_a_text_is_escaped_in_a_page_only(void **state)
{
	struct out o = out_limit(w.arena, 200);

	(void)state;
	words_speak(ENGLISH);
	is_text(words_format(w.arena, WORDS_in_days, "3"), "in 3 days", "English");
	is_text(words_format(w.arena, WORDS_end_label, "a<", "{1}"), "a<: {1}", "not read again");
	words_print(&o, WORDS_end_label, "a<", "{1}");
	is_str(out_text(&o), STR("a&lt;: {1}"), "escaped");
	words_speak(GERMAN);
	is_text(words_format(w.arena, WORDS_in_days, "3"), "in 3 Tagen", "German");
	words_speak(ENGLISH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_language_is_taken),
		cmocka_unit_test(every_text_is_there_in_every_language),
		cmocka_unit_test(what_is_put_into_a_text_is_escaped_in_a_page_only),
	};

	return cmocka_run_group_tests_name("ui/words", tests, bench_open, bench_close);
}
