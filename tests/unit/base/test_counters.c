/*
 * test_counters.c: counting over all processes.
 */
#include "base/counters.h"

#include "base/bench.h"

/* Runs first: nothing was opened yet. */
static void
before_it_is_opened_counting_goes_nowhere(void **state)
{
	(void)state;
	count(COUNT_ARGON2_RUNS);
	is_int(counter_value(COUNT_ARGON2_RUNS), 0, "not opened");
}

static void
processes_count_together(void **state)
{
	pid_t pid[4];

	(void)state;
	counters_open();
	for (size_t i = 0; i < COUNT(pid); i++) {
		if ((pid[i] = fork()) == 0) {
			for (int n = 0; n < 5000; n++)
				count(COUNT_VERDICTS_DENIED);
			_exit(0);
		}
	}
	for (int n = 0; n < 5000; n++)
		count(COUNT_VERDICTS_DENIED);
	for (size_t i = 0; i < COUNT(pid); i++)
		assert_int_equal(waitpid(pid[i], NULL, 0), pid[i]);
	is_int(counter_value(COUNT_VERDICTS_DENIED), 25000, "of all processes");
	is_int(counter_value(COUNT_VERDICTS_ALLOWED), 0, "its neighbour");
}

/* Every metric has its HELP and TYPE once, before its first row, and all rows in a piece. */
static void
a_peak_never_goes_down(void **state)
{
	static const struct {
		uint64_t value, peak;
	} cases[] = { { 0, 0 }, { 3, 3 }, { 2, 3 }, { 3, 3 }, { 7, 7 }, { 1, 7 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		count_peak(COUNT_ARGON2_PEAK, cases[i].value);
		is_int(counter_value(COUNT_ARGON2_PEAK), cases[i].peak, "the peak");
	}
}

static void
a_gauge_goes_up_and_down(void **state)
{
	(void)state;
	counter_set(COUNT_MAILS_WAITING, 7);
	is_int(counter_value(COUNT_MAILS_WAITING), 7, "up");
	counter_set(COUNT_MAILS_WAITING, 0);
	is_int(counter_value(COUNT_MAILS_WAITING), 0, "down");
}

static bool
ends_in_total(struct str name)
{
	return name.n > 6 && str_is(str_from(name, name.n - 6), "_total");
}

static void
what_prometheus_reads(void **state)
{
	struct out o = out_limit(w.arena, 65536);
	struct str rest, line, metric = STR_NONE;
	size_t rows = 0;

	(void)state;
	counters_write(&o);
	rest = out_text(&o);
	is_true(rest.n > 0 && rest.s[rest.n - 1] == '\n', "ends in a line end");
	while (str_cut(&rest, '\n', &line) && line.n > 0) {
		struct str name = line;

		if (str_starts(line, STR("# HELP "))) {
			name = str_from(line, 7);
			assert_true(str_cut(&name, ' ', &metric) && name.n > 0);
			assert_true(str_cut(&rest, '\n', &line));
			is_str(line,
			    str_of(arena_print(w.arena, "# TYPE %.*s %s", (int)metric.n, metric.s,
				ends_in_total(metric) ? "counter" : "gauge")),
			    "TYPE");
			has_text(out_text(&o).s, arena_text(w.arena, metric), "HELP");
			continue;
		}
		is_true(str_starts(line, metric), shown(line));
		is_true(line.s[metric.n] == '{' || line.s[metric.n] == ' ', shown(line));
		is_true(strspn(strrchr(arena_text(w.arena, line), ' ') + 1, "0123456789") > 0, shown(line));
		rows++;
	}
	is_int(rows, COUNT__MAX, "rows");
	has_text(out_text(&o).s, "claviger_verdicts_total{verdict=\"deny\"} 25000\n", "a value");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_it_is_opened_counting_goes_nowhere),
		cmocka_unit_test(processes_count_together),
		cmocka_unit_test(a_peak_never_goes_down),
		cmocka_unit_test(a_gauge_goes_up_and_down),
		cmocka_unit_test(what_prometheus_reads),
	};

	return cmocka_run_group_tests_name("base/counters", tests, bench_open, bench_close);
}
