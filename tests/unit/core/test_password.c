/*
 * test_password.c: Argon2id against the vector of RFC 9106, our own hashes and
 * those of the library, rows that must not be believed, the memory of a run, its
 * admission, and which passwords people may have.
 */
#include "config.h"

#include <sys/mman.h>

/* Whether there is memory is decided here. */
static int mapped;
static int no_memory;

static inline void *
play_mmap(void *at, size_t n, int protection, int flags, int fd, long offset)
{
	mapped++;
	return no_memory ? MAP_FAILED : mmap(at, n, protection, flags, fd, offset);
}

#define mmap play_mmap
#include "core/password.c"
#undef mmap

#include <sys/resource.h>

#include "base/bench.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/embedded.h"

static int
start(void **state)
{
	counters_open();
	return bench_open(state);
}

/* RFC 9106 section 5.3. */
static void
argon2id_as_in_rfc_9106(void **state)
{
	static const uint8_t want[32] = { 0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37,
		0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25,
		0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59 };
	uint8_t password[32], salt[16], secret[8], data[12], tag[32];
	argon2_context ctx = { .out = tag,
		.outlen = sizeof tag,
		.pwd = password,
		.pwdlen = sizeof password,
		.salt = salt,
		.saltlen = sizeof salt,
		.secret = secret,
		.secretlen = sizeof secret,
		.ad = data,
		.adlen = sizeof data,
		.t_cost = 3,
		.m_cost = 32,
		.lanes = 4,
		.threads = 4,
		.version = ARGON2_VERSION_13 };

	(void)state;
	memset(password, 1, sizeof password);
	memset(salt, 2, sizeof salt);
	memset(secret, 3, sizeof secret);
	memset(data, 4, sizeof data);
	assert_int_equal(argon2id_ctx(&ctx), ARGON2_OK);
	assert_memory_equal(tag, want, sizeof want);
}

/* From the tests of the reference implementation. */
static const char known[] =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

static void
an_encoded_hash_of_others_verifies(void **state)
{
	bool right, outdated;

	(void)state;
	is_fault(password_verify(&w, known, STR("password"), &right, &outdated), FAULT_NONE, "right");
	is_int(right, true, "right");
	is_int(outdated, true, "made with other parameters");
	is_fault(password_verify(&w, known, STR("passwore"), &right, &outdated), FAULT_NONE, "wrong");
	is_int(right, false, "wrong");
	is_int(outdated, false, "a wrong one is never upgraded");
}

static void
our_own_hash_verifies_and_nothing_else_does(void **state)
{
	static const struct str secrets[] = { STR("correct horse battery"), STR(""), STR("a\0b"),
		STR("\360\237\224\221\360\237\224\221") };
	bool right, outdated;

	(void)state;
	for (size_t i = 0; i < COUNT(secrets); i++) {
		const char *one, *two;

		is_fault(password_hash(&w, secrets[i], &one), FAULT_NONE, shown(secrets[i]));
		is_fault(password_hash(&w, secrets[i], &two), FAULT_NONE, shown(secrets[i]));
		is_true(str_starts(str_of(one), STR("$argon2id$v=19$m=64,t=1,p=1$")), one);
		is_true(strcmp(one, two) != 0, "a salt of its own");
		is_int(strlen(one), strlen("$argon2id$v=19$m=64,t=1,p=1$") + 22 + 1 + 43, one);
		is_int(argon2id_verify(one, secrets[i].s, secrets[i].n), ARGON2_OK, "as the library sees it");
		for (size_t j = 0; j < COUNT(secrets); j++) {
			is_fault(password_verify(&w, one, secrets[j], &right, &outdated), FAULT_NONE,
			    "verify");
			is_int(right, i == j, shown(secrets[j]));
			is_int(outdated, false, "the same parameters");
		}
	}
}

static void
the_settings_are_used_and_a_change_is_seen(void **state)
{
	static const struct {
		int64_t memory, passes;
		const char *begin;
	} cases[] = {
		{ 19456, 2, "$argon2id$v=19$m=19456,t=2,p=1$" },
		{ 64, 3, "$argon2id$v=19$m=64,t=3,p=1$" },
		{ 128, 1, "$argon2id$v=19$m=128,t=1,p=1$" },
	};
	const char *ours, *other;
	bool right, outdated;

	(void)state;
	assert_int_equal(password_hash(&w, STR("x"), &ours), FAULT_NONE);
	for (size_t i = 0; i < COUNT(cases); i++) {
		settings->keys_argon2_memory = cases[i].memory;
		settings->keys_argon2_passes = cases[i].passes;
		is_fault(password_hash(&w, STR("x"), &other), FAULT_NONE, cases[i].begin);
		is_true(str_starts(str_of(other), str_of(cases[i].begin)), other);
		is_fault(password_verify(&w, ours, STR("x"), &right, &outdated), FAULT_NONE, cases[i].begin);
		is_true(right && outdated, "made before the change");
		is_fault(password_verify(&w, ours, STR("y"), &right, &outdated), FAULT_NONE, cases[i].begin);
		is_true(!right && !outdated, "wrong, and made before the change");
		is_fault(password_verify(&w, other, STR("x"), &right, &outdated), FAULT_NONE, cases[i].begin);
		is_true(right && !outdated, "made after it");
	}
	settings->keys_argon2_memory = 64;
	settings->keys_argon2_passes = 1;
}

static long
peak_kib(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss;
}

#define TAIL "$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

/* A row somebody else wrote must not make a worker allocate or compute without end. */
static void
a_row_that_asks_for_too_much_costs_nothing(void **state)
{
	static const struct {
		const char *row;
	} rows[] = {
		{ "$argon2id$v=19$m=4194304,t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=1048577,t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=4294967295,t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=99999999999999999999,t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=0,t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=-256,t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=,t=2,p=1" TAIL },
		{ "$argon2id$v=19$t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=256,t=65,p=1" TAIL },
		{ "$argon2id$v=19$m=256,t=4294967295,p=1" TAIL },
		{ "$argon2id$v=19$m=256,t=0,p=1" TAIL },
		{ "$argon2id$v=19$m=256,t=2,p=0" TAIL },
		{ "$argon2id$v=19$m=256,t=2,p=5" TAIL },
		{ "$argon2id$v=19$m=256,t=2,p=16777215" TAIL },
		{ "$argon2id$v=19$m=256,t=2" TAIL },
		{ "$argon2id$v=16$m=256,t=2,p=1" TAIL },
		{ "$argon2id$m=256,t=2,p=1" TAIL },
		{ "$argon2i$v=19$m=256,t=2,p=1" TAIL },
		{ "$argon2d$v=19$m=256,t=2,p=1" TAIL },
		{ "$2b$12$abcdefghijklmnopqrstuv" },
		{ "plain" },
		{ "" },
		{ "$" },
		{ "$$$" },
		{ "$argon2id" },
		{ "$argon2id$v=19$" },
	};
	uint64_t runs = counter_value(COUNT_ARGON2_RUNS);
	int64_t begin = clock_ms();
	long peak = peak_kib();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool right = true, outdated = true;

		is_fault(password_verify(&w, rows[i].row, STR("password"), &right, &outdated), FAULT_NONE,
		    rows[i].row);
		is_true(!right && !outdated, rows[i].row);
	}
	is_int(counter_value(COUNT_ARGON2_RUNS), runs, "no run");
	is_true(peak_kib() - peak < 1024, "no memory");
	is_true(clock_ms() - begin < 1000, "no time");
}

/* Whatever is wrong with the rest of a row, it never becomes right. */
static void
a_broken_row_is_not_right(void **state)
{
	static const struct {
		const char *row;
	} rows[] = {
		{ "$argon2id$v=19$m=256,t=2,p=1" },
		{ "$argon2id$v=19$m=256,t=2,p=1$" },
		{ "$argon2id$v=19$m=256,t=2,p=1$$" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29t$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4" },
		{ "$argon2id$v=19$m=256,m=4194304,t=2,p=1" TAIL },
		{ "$argon2id$v=19$t=2,m=256,p=1" TAIL },
		{ "$argon2id$v=19$m=256,t=2,p=1,x=1" TAIL },
		{ "$argon2id$v=19$m=256,t=2,p=1$!!!!!!!!$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4=" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/5" },
		{ "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHR$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4" },
		{ "$argon2id$v=19$m=257,t=2,p=1" TAIL },
		{ "$argon2id$v=19$m=256,t=3,p=1" TAIL },
		{ "$argon2id$v=19$m=256,t=2,p=2" TAIL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool right = true, outdated = true;

		(void)password_verify(&w, rows[i].row, STR("password"), &right, &outdated);
		is_true(!right, rows[i].row);
	}
}

/* The library's own encoded hashes, of all shapes that may be stored. */
static void
hashes_of_the_library_verify(void **state)
{
	static const struct {
		uint32_t memory, passes, lanes;
		size_t salt, hash;
	} cases[] = {
		{ 64, 1, 1, 16, 32 },
		{ 8, 1, 1, 8, 16 },
		{ 8, 64, 1, 16, 32 },
		{ 67, 2, 1, 17, 33 },
		{ 64, 1, 2, 16, 32 },
		{ 100, 2, 3, 16, 32 },
		{ 32, 1, 4, 16, 32 },
		{ 256, 3, 4, 64, 64 },
		{ 4096, 1, 4, 16, 32 },
		{ 40000, 1, 1, 16, 32 },
	};
	uint8_t salt[64];

	(void)state;
	random_bytes(salt, sizeof salt);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char row[320];
		bool right, outdated;

		assert_int_equal(argon2id_hash_encoded(cases[i].passes, cases[i].memory, cases[i].lanes,
				     "secret", 6, salt, cases[i].salt, cases[i].hash, row, sizeof row),
		    ARGON2_OK);
		is_fault(password_verify(&w, row, STR("secret"), &right, &outdated), FAULT_NONE, row);
		is_int(right, true, row);
		is_int(outdated, i > 0, row);
		is_fault(password_verify(&w, row, STR("secreT"), &right, &outdated), FAULT_NONE, row);
		is_int(right, false, row);
		is_int(outdated, false, row);
		bench_clear();
	}
}

/* --- the memory of a run --- */

static bool
is_wiped(void)
{
	const uint8_t *at = blocks.at;

	for (size_t i = 0; i < blocks.n; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static void
run_with(int64_t memory)
{
	const char *encoded;

	settings->keys_argon2_memory = memory;
	is_fault(password_hash(&w, STR("x"), &encoded), FAULT_NONE, "a run");
	settings->keys_argon2_memory = 64;
}

static void
the_memory_is_kept_and_wiped(void **state)
{
	const void *at;

	(void)state;
	blocks_unmap();
	mapped = 0;
	for (int i = 0; i < 5; i++) {
		run_with(19456);
		is_true(blocks.at != NULL && is_wiped(), "nothing of a secret is left");
	}
	is_int(mapped, 1, "mapped once");
	is_true(blocks.n >= (size_t)19456 << 10 && blocks.n < (size_t)24 << 20, "as much as it takes");
	at = blocks.at;
	run_with(19457);
	is_true(blocks.at == at, "it was large enough");
	run_with(40000);
	is_int(mapped, 2, "mapped anew for more");
	is_true(blocks.n >= (size_t)40000 << 10 && is_wiped(), "which is wiped too");
}

static long
page_faults(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_minflt;
}

/* The library's own allocation takes 11,776 of them each time. */
static void
a_run_meets_no_fresh_pages(void **state)
{
	long before;

	(void)state;
	run_with(47104);
	before = page_faults();
	for (int i = 0; i < 3; i++)
		run_with(47104);
	is_true(page_faults() - before < 1000, "page faults of three runs");
}

static void
a_row_that_asks_for_much_does_not_keep_it(void **state)
{
	bool right, outdated;
	char row[320];

	(void)state;
	assert_int_equal(argon2id_hash_encoded(1, 65536, 1, "x", 1, "saltsalt", 8, 32, row, sizeof row),
	    ARGON2_OK);
	is_fault(password_verify(&w, row, STR("x"), &right, &outdated), FAULT_NONE, row);
	is_int(right, true, row);
	is_true(blocks.at == NULL && blocks.n == 0, "given back");
	run_with(64);
	is_true(blocks.n > 0 && blocks.n < HUGE_PAGE, "little is mapped as little");
}

/* --- admission --- */

/* How a run by another process ends, if it may not wait. */
static enum fault
elsewhere(void)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		const char *encoded;

		no_memory = false;
		_exit((int)password_hash(&w, STR("x"), &encoded));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return (enum fault)WEXITSTATUS(status);
}

static int
limited(void **state)
{
	(void)state;
	admission_open();
	settings->keys_argon2_at_once = 1;
	settings->keys_argon2_wait = 0;
	return 0;
}

static void
no_memory_is_busy(void **state)
{
	bool right, outdated;
	const char *encoded;

	(void)state;
	blocks_unmap();
	no_memory = true;
	is_fault(password_hash(&w, STR("x"), &encoded), FAULT_BUSY, "a hash");
	is_fault(password_verify(&w, known, STR("password"), &right, &outdated), FAULT_BUSY, "a row");
	is_int(right, false, "not right");
	is_fault(elsewhere(), FAULT_NONE, "the place is free again");
	no_memory = false;
	is_fault(password_verify(&w, known, STR("password"), &right, &outdated), FAULT_NONE, "with memory");
	is_int(right, true, "right");
}

static void
each_run_has_a_place_and_gives_it_back(void **state)
{
	uint64_t runs = counter_value(COUNT_ARGON2_RUNS);
	bool right, outdated;
	const char *encoded;

	(void)state;
	is_fault(password_hash(&w, STR("x"), &encoded), FAULT_NONE, "a hash");
	is_fault(elsewhere(), FAULT_NONE, "after it");
	is_fault(password_verify(&w, known, STR("password"), &right, &outdated), FAULT_NONE, "a row");
	is_fault(elsewhere(), FAULT_NONE, "after it");
	is_fault(password_pretend(&w, STR("x")), FAULT_NONE, "a pretence");
	is_fault(elsewhere(), FAULT_NONE, "after it");
	is_int(counter_value(COUNT_ARGON2_RUNS), runs + 6, "runs");
	is_int(counter_value(COUNT_ARGON2_PEAK), 1, "at once");
	is_fault(admission_run(&w), FAULT_NONE, "a place that is kept");
	is_fault(elsewhere(), FAULT_BUSY, "meanwhile");
	admission_ran();
	is_fault(elsewhere(), FAULT_NONE, "after it");
	is_int(counter_value(COUNT_ARGON2_RUNS), runs + 7, "who is refused does not run");
}

static void
pretending_costs_a_run(void **state)
{
	uint64_t runs = counter_value(COUNT_ARGON2_RUNS);

	(void)state;
	is_fault(password_pretend(&w, STR("x")), FAULT_NONE, "pretend");
	is_int(counter_value(COUNT_ARGON2_RUNS), runs + 1, "one run");
}

static void
passwords_people_may_have(void **state)
{
	static const struct {
		struct str text;
		const char *refused; /* NULL: it is good */
	} cases[] = {
		{ STR("correct cow battery staple"), NULL },
		{ STR("fifteen letters"), NULL },
		{ STR("fourteen chars"), "15 to 128 characters" },
		{ STR(""), "15 to 128 characters" },
		{ STR(" \t leading blanks stay "), NULL },
		{ STR("tab\tand\nline are characters"), NULL },
		{ STR("\303\251\303\250\303\252\303\253\303\240\303\242\303\244\303\271\303\273\303\274\303\257\303\256\303\264"
		      "\303\266\303\247"),
		    NULL },
		{ STR("\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377"), "UTF-8" },
		{ STR("aaaaaaaaaaaaaaaaaaaa"), "common" },
		{ STR("abababababababababab"), "common" },
		{ STR("abcabcabcabcabcabcab"), "common" },
		{ STR("abcdabcdabcdabcdabcd"), "common" },
		{ STR("abcdeabcdeabcdeabcde"), "common" },
		{ STR("twice the same twice the same "), "common" },
		{ STR("twice the same twice the sane "), NULL },
		{ STR("               "), "common" },
		{ STR("123456789012345"), "common" },
		{ STR("PASSWORDpassword1"), "common" },
		{ STR("  passwordpassword1  "), "common" },
		{ STR("passwordpassword1 but longer"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str normal;

		is_fault(password_check(&w, "password", cases[i].text, &normal),
		    cases[i].refused == NULL ? FAULT_NONE : FAULT_BAD_FIELD, shown(cases[i].text));
		if (cases[i].refused != NULL) {
			is_text(w.trouble.field, "password", shown(cases[i].text));
			has_text(w.trouble.detail, cases[i].refused, shown(cases[i].text));
		}
	}
}

/* So many characters of four bytes each, no part of them again and again. */
static struct str
keys_and_locks(size_t n)
{
	char *text = arena_take(w.arena, 4 * n + 1);

	for (size_t i = 0; i < n; i++) {
		memcpy(text + 4 * i, "\360\237\224\200", 4);
		text[4 * i + 2] = (char)(0x90 + i % 97 / 64);
		text[4 * i + 3] = (char)(0x80 + i % 97 % 64);
	}
	return str_part(text, 4 * n);
}

static struct str
letters(size_t n)
{
	char *text = arena_take(w.arena, n + 1);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)('!' + i % 89);
	return str_part(text, n);
}

static void
a_password_is_counted_and_hashed_in_nfc(void **state)
{
	/* the vowels with an acute, a grave, a circumflex each, apart: two characters become one */
	static const char apart[] = "a\314\201e\314\201i\314\201o\314\201u\314\201a\314\200e\314\200i\314\200"
				    "o\314\200u\314\200a\314\202e\314\202i\314\202o\314\202u\314\202";
	const struct {
		const char *what;
		struct str text;
		bool good;
	} cases[] = {
		{ "15 of two characters", str_part(apart, 45), true },
		{ "14 of two characters", str_part(apart, 42), false },
		{ "128 of four bytes", keys_and_locks(128), true },
		{ "129 of four bytes", keys_and_locks(129), false },
		{ "a great many", keys_and_locks(10000), false },
		{ "128 of one byte", letters(128), true },
		{ "129 of one byte", letters(129), false },
	};
	struct str normal, same;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		is_fault(password_check(&w, "password", cases[i].text, &normal),
		    cases[i].good ? FAULT_NONE : FAULT_BAD_FIELD, cases[i].what);
	is_fault(password_check(&w, "p", STR("cafe\314\201 cre\314\200me bru\314\202le\314\201e"), &normal),
	    FAULT_NONE, "apart");
	is_fault(password_check(&w, "p", STR("caf\303\251 cr\303\250me br\303\273l\303\251e"), &same),
	    FAULT_NONE, "composed");
	is_str(normal, same, "one spelling");
}

/* The list is compared folded, and a line too short to be a password would be of no use. */
static void
every_common_password_is_refused(void **state)
{
	struct str rest = { common_passwords[0].text, common_passwords[0].size }, line, normal;
	size_t n = 0;

	(void)state;
	while (str_cut(&rest, '\n', &line)) {
		if (line.n == 0 || line.s[0] == '#')
			continue;
		is_true(line.n >= PASSWORD_MIN, shown(line));
		is_fault(password_check(&w, "password", line, &normal), FAULT_BAD_FIELD, shown(line));
		has_text(w.trouble.detail, "common", shown(line));
		n++;
	}
	is_true(n >= 90, "a list of common passwords");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(argon2id_as_in_rfc_9106),
		cmocka_unit_test(an_encoded_hash_of_others_verifies),
		cmocka_unit_test(our_own_hash_verifies_and_nothing_else_does),
		cmocka_unit_test(the_settings_are_used_and_a_change_is_seen),
		cmocka_unit_test(a_row_that_asks_for_too_much_costs_nothing),
		cmocka_unit_test(a_broken_row_is_not_right),
		cmocka_unit_test(hashes_of_the_library_verify),
		cmocka_unit_test(the_memory_is_kept_and_wiped),
		cmocka_unit_test(a_run_meets_no_fresh_pages),
		cmocka_unit_test(a_row_that_asks_for_much_does_not_keep_it),
		cmocka_unit_test_setup(no_memory_is_busy, limited),
		cmocka_unit_test_setup(each_run_has_a_place_and_gives_it_back, limited),
		cmocka_unit_test(pretending_costs_a_run),
		cmocka_unit_test(passwords_people_may_have),
		cmocka_unit_test(a_password_is_counted_and_hashed_in_nfc),
		cmocka_unit_test(every_common_password_is_refused),
	};

	return cmocka_run_group_tests_name("core/password", tests, start, bench_close);
}
