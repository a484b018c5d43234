/*
 * test_out.c: writing with a limit; the mark of a text that was too long stays.
 */
#include "base/out.h"

#include "base/bench.h"

static void
what_is_written_is_there(void **state)
{
	struct out o = out_limit(w.arena, 1000);

	(void)state;
	is_str(out_text(&o), STR(""), "nothing yet");
	out_put(&o, "a");
	out_put(&o, NULL);
	out_char(&o, 'b');
	out_char(&o, '\0');
	out_str(&o, STR("c\0d"));
	out_str(&o, STR_NONE);
	out_int(&o, INT64_MIN);
	out_int(&o, INT64_MAX);
	out_print(&o, "[%s %d]", "x", 7);
	is_str(out_text(&o), STR("ab\0c\0d-92233720368547758089223372036854775807[x 7]"), "all of it");
	is_true(!out_failed(&o), "no mark");
}

static void
it_grows_without_losing_anything(void **state)
{
	struct out o = out_limit(w.arena, 100000);

	(void)state;
	for (int i = 0; i < 9999; i++)
		out_char(&o, (char)('a' + i % 26));
	is_int(out_text(&o).n, 9999, "length");
	for (int i = 0; i < 9999; i++)
		is_int(out_text(&o).s[i], 'a' + i % 26, "a byte");
	is_int(out_text(&o).s[9999], 0, "the NUL behind it");
}

static void
the_limit_is_exact_and_its_mark_sticks(void **state)
{
	static const size_t limits[] = { 0, 1, 255, 256, 257, 4096 };

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		struct out o = out_limit(w.arena, limits[i]);
		char what[32];

		snprintf(what, sizeof what, "limit %zu", limits[i]);
		for (size_t n = 0; n < limits[i]; n++)
			out_char(&o, 'x');
		is_true(!out_failed(&o), what);
		is_int(out_text(&o).n, limits[i], what);
		out_put(&o, "");
		out_str(&o, STR_NONE);
		is_true(!out_failed(&o), what);
		out_char(&o, 'y');
		is_true(out_failed(&o), what);
		is_int(out_text(&o).n, limits[i], what);
		out_reset(&o);
		is_true(!out_failed(&o), what);
		is_int(out_text(&o).n, 0, what);
	}
}

static void
a_long_piece_fails_and_a_short_one_after_it_too(void **state)
{
	struct out o = out_limit(w.arena, 10);

	(void)state;
	out_put(&o, "12345");
	out_put(&o, "6789012345");
	is_true(out_failed(&o), "too long");
	out_put(&o, "6");
	is_true(out_failed(&o), "the mark stays");
	is_str(out_text(&o), STR("12345"), "nothing was added");
	out_str(&o, (struct str){ "x", SIZE_MAX });
	is_str(out_text(&o), STR("12345"), "a length that would wrap");
}

static int
clear(void **state)
{
	(void)state;
	bench_clear();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_written_is_there, clear),
		cmocka_unit_test_setup(it_grows_without_losing_anything, clear),
		cmocka_unit_test_setup(the_limit_is_exact_and_its_mark_sticks, clear),
		cmocka_unit_test_setup(a_long_piece_fails_and_a_short_one_after_it_too, clear),
	};

	return cmocka_run_group_tests_name("base/out", tests, bench_open, bench_close);
}
