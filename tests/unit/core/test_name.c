/*
 * test_name.c: names people give to things, and addresses of their accounts.
 */
#include "core/name.h"

#include "base/bench.h"
#include "core/id.h"
#include "core/login.h"

/* So many times the same text. */
static struct str
times(const char *text, size_t n)
{
	size_t one = strlen(text);
	char *all = arena_take(w.arena, one * n + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(all + i * one, text, one);
	return str_part(all, one * n);
}

static void
is_name(struct given_text given, const char *want, enum fault fault, const char *detail, const char *what)
{
	const char *name = NULL;

	bench_clear();
	is_fault(name_check(&w, "title", &given, &name), fault, what);
	is_text(name, want, what);
	if (fault == FAULT_NONE)
		return;
	is_text(w.trouble.field, "title", what);
	has_text(w.trouble.detail, detail, what);
}

static void
names_and_what_becomes_of_them(void **state)
{
	static const struct {
		struct str text;
		const char *name; /* NULL: refused */
		const char *detail;
	} cases[] = {
		{ STR("Deploy"), "Deploy", NULL },
		{ STR("  Deploy key \t"), "Deploy key", NULL },
		{ STR("\302\240x\343\200\200"), "x", NULL },
		{ STR("cafe\314\201"), "caf\303\251", NULL },
		{ STR("<b>\"it's\" & so</b>"), "<b>\"it's\" & so</b>", NULL },
		{ STR("\360\237\224\221"), "\360\237\224\221", NULL },
		{ STR("0"), "0", NULL },
		{ STR(""), NULL, "at least one character" },
		{ STR(" "), NULL, "at least one character" },
		{ STR(" \t\r\n "), NULL, "at least one character" },
		{ STR("\302\240\343\200\200\342\200\250"), NULL, "at least one character" },
		{ STR("a\nb"), NULL, "control characters" },
		{ STR("a\tb"), NULL, "control characters" },
		{ STR("a\0b"), NULL, "control characters" },
		{ STR("\0"), NULL, "control characters" },
		{ STR("a\033[31mb"), NULL, "control characters" },
		{ STR("a\302\205b"), NULL, "control characters" },
		{ STR("a\342\200\250b"), NULL, "control characters" },
		{ STR("\377"), NULL, "UTF-8" },
		{ STR("a\303"), NULL, "UTF-8" },
		{ STR("\355\240\200"), NULL, "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_name((struct given_text){ GIVEN, cases[i].text }, cases[i].name,
		    cases[i].name != NULL ? FAULT_NONE : FAULT_BAD_FIELD, cases[i].detail,
		    shown(cases[i].text));
	is_name((struct given_text){ ABSENT, STR_NONE }, NULL, FAULT_MISSING_FIELD, "must be given",
	    "absent");
	is_name((struct given_text){ IS_NULL, STR_NONE }, NULL, FAULT_BAD_FIELD, "must be a text", "null");
}

/* Characters are counted, not bytes, and as they are in NFC. */
static void
a_name_has_at_most_100_characters(void **state)
{
	static const struct {
		const char *one;
		size_t times;
		bool good;
	} cases[] = {
		{ "a", 100, true },
		{ "a", 101, false },
		{ "a", 10000, false },
		{ "\360\237\224\221", 100, true },
		{ "\360\237\224\221", 101, false },
		{ "e\314\201", 100, true },
		{ "e\314\201", 101, false },
		{ " ", 10000, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = NULL;
		struct given_text given;
		char what[64];

		bench_clear();
		given = (struct given_text){ GIVEN, times(cases[i].one, cases[i].times) };
		snprintf(what, sizeof what, "%zu times %s", cases[i].times, shown(str_of(cases[i].one)));
		is_fault(name_check(&w, "name", &given, &name), cases[i].good ? FAULT_NONE : FAULT_BAD_FIELD,
		    what);
	}
}

static void
a_description_may_be_missing(void **state)
{
	static const struct {
		struct given_text given;
		enum fault fault;
		const char *text;
	} cases[] = {
		{ { ABSENT, STR_NONE }, FAULT_NONE, NULL },
		{ { IS_NULL, STR_NONE }, FAULT_NONE, NULL },
		{ { GIVEN, STR("") }, FAULT_NONE, NULL },
		{ { GIVEN, STR("  ") }, FAULT_NONE, NULL },
		{ { GIVEN, STR(" for CI ") }, FAULT_NONE, "for CI" },
		{ { GIVEN, STR("two\nlines") }, FAULT_BAD_FIELD, NULL },
		{ { GIVEN, STR("\377") }, FAULT_BAD_FIELD, NULL },
	};
	struct given_text given;
	const char *text = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_fault(description_check(&w, "description", &cases[i].given, &text), cases[i].fault,
		    shown(cases[i].given.v));
		is_text(text, cases[i].text, shown(cases[i].given.v));
	}
	given = (struct given_text){ GIVEN, times("a", 500) };
	is_fault(description_check(&w, "description", &given, &text), FAULT_NONE, "500 characters");
	given.v = times("a", 501);
	is_fault(description_check(&w, "description", &given, &text), FAULT_BAD_FIELD, "501 characters");
}

static void
folded_names_differ_when_names_do(void **state)
{
	(void)state;
	is_text(name_fold(&w, "Deploy Key"), "deploy key", "case");
	is_text(name_fold(&w, "cafe\314\201"), name_fold(&w, "CAF\303\211"), "form");
	is_text(name_fold(&w, " x "), "x", "blanks");
	is_true(strcmp(name_fold(&w, "a"), name_fold(&w, "b")) != 0, "others");
	/* The longest a folded name becomes, three characters for one: its column has room for 400. */
	is_text(name_fold(&w, "\357\254\203"), "ffi", "a ligature");
	is_int(strlen(name_fold(&w, times("\357\254\203", 100).s)), 300, "100 ligatures");
}

static void
addresses_of_accounts(void **state)
{
	static const struct {
		struct str text;
		const char *email; /* NULL: none */
	} cases[] = {
		{ STR("ann@example.org"), "ann@example.org" },
		{ STR(" Ann@Example.ORG\n"), "ann@example.org" },
		{ STR("a+b@example.org"), "a+b@example.org" },
		{ STR("a@b"), "a@b" },
		{ STR("jo\314\210rg@example.org"), "j\303\266rg@example.org" },
		/* which letters are one beyond ASCII is for their mail server to say */
		{ STR("J\303\226RG@EXAMPLE.ORG"), "j\303\226rg@example.org" },
		{ STR(""), NULL },
		{ STR_NONE, NULL },
		{ STR("ann"), NULL },
		{ STR("@example.org"), NULL },
		{ STR("ann@"), NULL },
		{ STR("@"), NULL },
		{ STR("a@b@c"), NULL },
		{ STR("a b@example.org"), NULL },
		{ STR("ann@exa mple.org"), NULL },
		{ STR("ann@example.org\nbcc: x@example.org"), NULL },
		{ STR("ann\0@example.org"), NULL },
		{ STR("ann@example.org\0"), NULL },
		{ STR("\377@example.org"), NULL },
	};
	char much[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_text(login_email(&w, cases[i].text), cases[i].email, shown(cases[i].text));
	memset(much, 'a', sizeof much);
	much[100] = '@';
	is_true(login_email(&w, str_part(much, 254)) != NULL, "254 bytes");
	is_true(login_email(&w, str_part(much, 255)) == NULL, "255 bytes");
}

static void
ids_tell_what_they_are(void **state)
{
	static const struct {
		const char *prefix;
		size_t length;
	} made[] = { { "org_", 24 }, { "key_", 24 }, { "res_", 24 }, { "spc", 19 }, { "bse", 19 },
		{ "tbl", 19 } };
	static const struct {
		struct str text;
		bool shape;
	} shapes[] = {
		{ STR("org_a"), true },
		{ STR("0123456789012345678901234567890_"), true },
		{ STR("012345678901234567890123456789012"), false },
		{ STR(""), false },
		{ STR("org-a"), false },
		{ STR("org_a "), false },
		{ STR("org_a'"), false },
		{ STR("org_a\0"), false },
		{ STR("\0"), false },
		{ STR("\303\251"), false },
		{ STR("../x"), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(made); i++) {
		const char *one = id_make(&w, made[i].prefix), *two = id_make(&w, made[i].prefix);

		is_int(strlen(one), made[i].length, one);
		is_true(str_starts(str_of(one), str_of(made[i].prefix)), one);
		is_true(id_shape(str_of(one)), one);
		is_true(strcmp(one, two) != 0, one);
	}
	for (size_t i = 0; i < COUNT(shapes); i++)
		is_int(id_shape(shapes[i].text), shapes[i].shape, shown(shapes[i].text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_what_becomes_of_them),
		cmocka_unit_test(a_name_has_at_most_100_characters),
		cmocka_unit_test(a_description_may_be_missing),
		cmocka_unit_test(folded_names_differ_when_names_do),
		cmocka_unit_test(addresses_of_accounts),
		cmocka_unit_test(ids_tell_what_they_are),
	};

	return cmocka_run_group_tests_name("core/name", tests, bench_open, bench_close);
}
