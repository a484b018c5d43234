/*
 * test_log.c: a line of the log stays one line of JSON, whatever it is about.
 */
#include "base/log.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/is.h"

static char path[] = "/tmp/claviger-log.XXXXXX";
static int file = -1;
static char text[65536];

static int
start(void **state)
{
	(void)state;
	file = mkstemp(path);
	return file >= 0 && log_open(path) ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	close(file);
	unlink(path);
	return 0;
}

/* What was written since the last look. */
static struct str
written(void)
{
	ssize_t n = read(file, text, sizeof text - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	return str_part(text, (size_t)n);
}

/* One line: an object of texts, in printable ASCII, and nothing behind it. */
static void
is_line(struct str s, const char *what)
{
	bool quoted = false;
	size_t n = 0;

	is_true(s.n > 2 && s.s[0] == '{' && s.s[s.n - 2] == '}' && s.s[s.n - 1] == '\n', what);
	for (size_t i = 0; i + 1 < s.n; i++) {
		is_true(s.s[i] >= 0x20 && s.s[i] < 0x7f, what);
		if (s.s[i] == '\\' && quoted)
			i++;
		else if (s.s[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			is_true(strchr("{}:,", s.s[i]) != NULL, what);
		n += s.s[i] == ':' && !quoted;
	}
	is_true(!quoted && n >= 4, what);
}

static void
an_event_is_a_line_of_pairs(void **state)
{
	struct str line;

	(void)state;
	log_role("app");
	log_event(LOG_WARN, "worker_died", "pid", log_number(17), "signal", NULL, "why", "SIGSEGV", NULL);
	line = written();
	is_line(line, "an event");
	assert_true(str_starts(line, STR("{\"at\":\"20")));
	has_text(line.s,
	    "Z\",\"level\":\"warn\",\"role\":\"app\",\"event\":\"worker_died\",\"pid\":\"17\",\"why\":\"SIGSEGV\"}\n",
	    "an event");
	log_event(LOG_ERROR, "bare", NULL);
	has_text(written().s, "\"level\":\"error\",\"role\":\"app\",\"event\":\"bare\"}\n", "without pairs");
	log_event(LOG_NOTE, "note", NULL);
	has_text(written().s, "\"level\":\"note\"", "a note");
}

static void
no_value_breaks_or_forges_a_line(void **state)
{
	static const struct {
		const char *value, *seen;
	} cases[] = {
		{ "", "\"v\":\"\"}" },
		{ "a\nb", "\"v\":\"a\\u000ab\"}" },
		{ "\r\n{\"level\":\"error\"}",
		    "\"v\":\"\\u000d\\u000a{\\u0022level\\u0022:\\u0022error\\u0022}\"}" },
		{ "x\",\"actor\":\"root", "\"v\":\"x\\u0022,\\u0022actor\\u0022:\\u0022root\"}" },
		{ "back\\slash", "\"v\":\"back\\u005cslash\"}" },
		{ "\033[2J\007", "\"v\":\"\\u001b[2J\\u0007\"}" },
		{ "\177\200\377", "\"v\":\"\\u007f\\u0080\\u00ff\"}" },
		{ "\342\200\250", "\"v\":\"\\u00e2\\u0080\\u00a8\"}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str line;

		log_event(LOG_NOTE, "e", "v", cases[i].value, NULL);
		line = written();
		is_line(line, cases[i].value);
		has_text(line.s, cases[i].seen, cases[i].value);
	}
}

static void
every_byte_alone_keeps_the_line(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char value[] = { (char)c, '\0' };

		log_event(LOG_NOTE, value, "v", value, NULL);
		is_line(written(), value);
	}
}

/* Every length around the most a line may have, of bytes that take one place and of those that take six. */
static void
a_long_line_is_cut_and_stays_whole(void **state)
{
	static char value[4096];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (size_t n = round == 0 ? 1800 : 250; n < (round == 0 ? 2200 : 400); n++) {
			struct str line;

			memset(value, round == 0 ? 'x' : '\n', n);
			value[n] = '\0';
			log_event(LOG_NOTE, "long", "v", value, "after", "it", "more", value, NULL);
			line = written();
			is_line(line, "a long value");
			is_true(line.n <= 2048, "at most 2048 bytes");
		}
}

/* Lines of several processes do not mix: each is one write to a file opened to append. */
static void
lines_of_several_processes_stay_whole(void **state)
{
	pid_t pid[4];
	struct str rest, line;
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(pid); i++) {
		if ((pid[i] = fork()) == 0) {
			(void)log_open(path); /* as a worker does after its start */
			for (int n = 0; n < 100; n++)
				log_event(LOG_NOTE, "many", "from", log_number((int64_t)i), NULL);
			_exit(0);
		}
	}
	for (size_t i = 0; i < COUNT(pid); i++)
		assert_int_equal(waitpid(pid[i], NULL, 0), pid[i]);
	rest = written();
	while (str_cut(&rest, '\n', &line) && line.n > 0) {
		is_line(str_part(line.s, line.n + 1), "of several processes");
		lines++;
	}
	is_int(lines, 400, "lines");
}

static void
numbers_do_not_overwrite_each_other(void **state)
{
	const char *seven = log_number(7), *least = log_number(INT64_MIN);

	(void)state;
	is_text(seven, "7", "the first of two");
	is_text(least, "-9223372036854775808", "the least");
}

static void
a_log_that_cannot_be_opened_changes_nothing(void **state)
{
	(void)state;
	is_true(!log_open("/nowhere/at/all"), "no such folder");
	is_true(log_open(""), "no name");
	is_true(log_open(NULL), "no name");
	log_event(LOG_NOTE, "still_there", NULL);
	has_text(written().s, "still_there", "the old one stays");
}

/* Last, for there is no way back: notes wait, in their order, and lines stay whole. */
static void
gathered_notes_come_together(void **state)
{
	int lines = 0;

	(void)state;
	log_gather();
	log_event(LOG_NOTE, "first", NULL);
	assert_int_equal(written().n, 0);
	log_event(LOG_WARN, "second", NULL);
	written();
	assert_non_null(strstr(strstr(text, "first"), "second"));
	log_time(1800000000);
	log_event(LOG_NOTE, "third", NULL);
	assert_int_equal(written().n, 0);
	log_flush();
	has_text(written().s, "{\"at\":\"2027-01-15T08:00:00Z\",\"level\":\"note\"", "the time of the work");
	log_flush();
	assert_int_equal(written().n, 0);
	for (int i = 0; i < 500; i++)
		log_event(LOG_NOTE, "many", "n", log_number(i), NULL);
	log_flush();
	written();
	for (const char *at = text; at != NULL; lines++) {
		char wanted[32];

		snprintf(wanted, sizeof wanted, "\"many\",\"n\":\"%d\"", lines);
		at = strstr(at, wanted);
	}
	lines--; /* the last was not found */
	assert_int_equal(lines, 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_a_line_of_pairs),
		cmocka_unit_test(no_value_breaks_or_forges_a_line),
		cmocka_unit_test(every_byte_alone_keeps_the_line),
		cmocka_unit_test(a_long_line_is_cut_and_stays_whole),
		cmocka_unit_test(lines_of_several_processes_stay_whole),
		cmocka_unit_test(numbers_do_not_overwrite_each_other),
		cmocka_unit_test(a_log_that_cannot_be_opened_changes_nothing),
		cmocka_unit_test(gathered_notes_come_together),
	};

	return cmocka_run_group_tests_name("base/log", tests, start, stop);
}
