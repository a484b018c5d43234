/*
 * test_mime.c: addresses, headers nobody can add lines to, and bodies of short lines.
 */
#include "base/mime.h"

#include "base/bench.h"

static void
what_is_an_address(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ "ada@example.org", true },
		{ "a.b+c=d/e@x", true },
		{ "j\xc3\xb6rg@example.org", true },
		{ "", false },
		{ "ada", false },
		{ "@example.org", false },
		{ "ada@", false },
		{ "a@b@c", false },
		{ "a b@c", false },
		{ "a@b\r\nRCPT TO:<c@d>", false },
		{ "a\n@b", false },
		{ "<a@b>", false },
		{ "a@b,c@d", false },
		{ "a@b;", false },
		{ "a@b(c)", false },
		{ "\"a\"@b", false },
		{ "a\x7f@b", false },
		{ "a\t@b", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		is_int(mime_address(str_of(rows[i].text)), rows[i].good, rows[i].text);
	is_true(!mime_address(STR("a\0b@c")), "a NUL");
	is_true(!mime_address(str_of(arena_print(w.arena, "%0254d@x", 0))), "too long");
}

static void
what_is_a_mailbox(void **state)
{
	static const struct {
		const char *text, *name, *address;
	} rows[] = {
		{ "keys@example.org", "", "keys@example.org" },
		{ "  Keys of Acme <keys@example.org> ", "Keys of Acme", "keys@example.org" },
		{ "<keys@example.org>", "", "keys@example.org" },
		{ "Keys", NULL, NULL },
		{ "Keys <keys>", NULL, NULL },
		{ "Keys <keys@example.org", NULL, NULL },
		{ "Keys\r\nBcc: x <keys@example.org>", NULL, NULL },
		{ "", NULL, NULL },
		{ ">", NULL, NULL },
		{ "<>", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str name, address;
		bool good = mime_mailbox(str_of(rows[i].text), &name, &address);

		is_int(good, rows[i].name != NULL, rows[i].text);
		if (good) {
			is_str(name, str_of(rows[i].name), rows[i].text);
			is_str(address, str_of(rows[i].address), rows[i].text);
		}
	}
}

static const char *
header(struct str value)
{
	struct out o = out_limit(w.arena, 65536);

	mime_header(&o, "Subject", value);
	is_true(!out_failed(&o), "there is room");
	return out_text(&o).s;
}

static void
headers(void **state)
{
	(void)state;
	is_text(header(STR("Your key")), "Subject: Your key\r\n", "plain");
	is_text(header(STR("")), "Subject: \r\n", "empty");
	is_text(header(STR("b\xc3\xbcro a=b?")), "Subject: =?UTF-8?Q?b=C3=BCro_a=3Db=3F?=\r\n", "not ASCII");
	is_text(header(STR("a\r\nBcc: x")), "Subject: =?UTF-8?Q?a__Bcc=3A_x?=\r\n", "a line end is a blank");
	is_text(header(STR("=?UTF-8?Q?=0D=0A?=")),
	    "Subject: =?UTF-8?Q?=3D=3FUTF-8=3FQ=3F=3D0D=3D0A=3F=3D?=\r\n",
	    "one that is encoded already is not decoded");
}

/* However long, no line is longer than 76 and no character is cut in two. */
static void
long_headers_are_folded(void **state)
{
	char value[1201] = "";
	struct str rest, line;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		memcpy(value + 3 * i, i % 3 == 0 ? "\xe2\x82\xac" : "abc", 4);
	rest = str_of(header(str_of(value)));
	while (str_cut(&rest, '\n', &line)) {
		is_true(line.n <= 77, "short");
		is_true(line.n == 0 || line.s[line.n - 1] == '\r', "ends in CRLF");
		is_true(line.n < 20 || strstr(arena_text(w.arena, line), "=E2=82?=") == NULL, "whole");
	}
}

static const char *
person(const char *name)
{
	struct out o = out_limit(w.arena, 4096);

	mime_header_person(&o, "To", str_of(name), STR("a@b.c"));
	return out_text(&o).s;
}

static void
people(void **state)
{
	(void)state;
	is_text(person(""), "To: <a@b.c>\r\n", "no name");
	is_text(person("Ada, Countess \"of\" \\ <x@y>"),
	    "To: \"Ada, Countess \\\"of\\\" \\\\ <x@y>\"\r\n <a@b.c>\r\n", "quoted");
	is_text(person("J\xc3\xb6rg\nX: y"), "To: =?UTF-8?Q?J=C3=B6rg_X=3A_y?=\r\n <a@b.c>\r\n", "encoded");
}

static void
dates(void **state)
{
	struct out o = out_limit(w.arena, 4096);

	(void)state;
	mime_header_date(&o, INT64_C(1709164800));
	mime_header_date(&o, 0);
	is_str(out_text(&o),
	    STR("Date: Thu, 29 Feb 2024 00:00:00 +0000\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n"),
	    "dates");
}

static const char *
quoted(const char *text)
{
	struct out o = out_limit(w.arena, 65536);

	mime_quoted(&o, str_of(text));
	return out_text(&o).s;
}

static void
bodies(void **state)
{
	(void)state;
	is_text(quoted(""), "", "nothing");
	is_text(quoted("a\n\nb"), "a\r\n\r\nb\r\n", "line ends");
	is_text(quoted("a=b \xe2\x82\xac\r\n"), "a=3Db =E2=82=AC=0D\r\n", "marks");
	is_text(quoted("end \nend\t\nx "), "end=20\r\nend=09\r\nx=20\r\n", "blanks at the end");
	is_text(quoted(arena_print(w.arena, "%076d", 0)), arena_print(w.arena, "%075d=\r\n0\r\n", 0), "long");
	is_text(quoted(arena_print(w.arena, "%073d\xc3\xbc", 0)),
	    arena_print(w.arena, "%073d=\r\n=C3=BC\r\n", 0), "no byte is cut");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_an_address),
		cmocka_unit_test(what_is_a_mailbox),
		cmocka_unit_test(headers),
		cmocka_unit_test(long_headers_are_folded),
		cmocka_unit_test(people),
		cmocka_unit_test(dates),
		cmocka_unit_test(bodies),
	};

	return cmocka_run_group_tests_name("base/mime", tests, bench_open, bench_close);
}
