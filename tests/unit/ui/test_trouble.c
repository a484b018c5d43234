/*
 * test_trouble.c: what core says of a field, in a sentence for people, in the
 * language they read.
 */
#include "config.h"

#include "ui/trouble.h"

#include "base/bench.h"
#include "ui/words.h"

static const struct {
	const char *detail, *english, *german;
} told[] = {
	{ "must be given", "Please fill this in.", "Bitte ausfüllen." },
	{ "must be 1 to 86400", "Enter a number from 1 to 86400.",
	    "Geben Sie eine Zahl von 1 bis 86400 an." },
	{ "must have 15 to 128 characters", "A password has 15 to 128 characters.",
	    "Ein Passwort hat 15 bis 128 Zeichen." },
	{ "must have at most 100 characters", "It may have 100 characters at most.",
	    "Es darf höchstens 100 Zeichen haben." },
	{ "the text before this one is good until 2031-01-02T03:04:05Z; end that first",
	    "The text before this one is good until 2031-01-02T03:04:05Z. End that first.",
	    "Der Text davor wirkt bis 2031-01-02T03:04:05Z. Beenden Sie ihn zuerst." },
	{ "must be 30, 90, 180 or 365, or null", "Choose 30, 90, 180 or 365 days.",
	    "Wählen Sie 30, 90, 180 oder 365 Tage." },
	/* What nobody wrote a sentence for is shown as core says it. */
	{ "must be odd", "This is not right: must be odd.", "Das passt nicht: must be odd." },
	{ "must be give", "This is not right: must be give.", "Das passt nicht: must be give." },
	{ "must be given again", "This is not right: must be given again.",
	    "Das passt nicht: must be given again." },
	{ "must have 1", "This is not right: must have 1.", "Das passt nicht: must have 1." },
	{ "", "This is not right: .", "Das passt nicht: ." },
};

static void
each_detail_is_told_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(told); i++) {
		w.trouble.detail = told[i].detail;
		words_speak(ENGLISH);
		is_text(trouble_text(&w, FAULT_BAD_FIELD), told[i].english, told[i].detail);
		words_speak(GERMAN);
		is_text(trouble_text(&w, FAULT_BAD_FIELD), told[i].german, told[i].detail);
	}
	words_speak(ENGLISH);
	w.trouble.detail = NULL;
	is_text(trouble_text(&w, FAULT_TAKEN), "The name is taken.", "no detail");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_detail_is_told_in_both_languages),
	};

	return cmocka_run_group_tests_name("ui/trouble", tests, bench_open, bench_close);
}
