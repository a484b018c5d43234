/*
 * test_secrets.c: the files of the installation's own secrets: made once, read
 * strictly, and what is derived from them.
 */
#include "core/secrets.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/bench.h"
#include "base/conf.h"
#include "base/hex.h"

#define A64 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define B64 "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static char folder[] = "/tmp/claviger-secrets.XXXXXX";
static char pepper[64], secret[64];

static int
start(void **state)
{
	if (mkdtemp(folder) == NULL || bench_open(state) != 0)
		return -1;
	snprintf(pepper, sizeof pepper, "%s/pepper", folder);
	snprintf(secret, sizeof secret, "%s/secret", folder);
	return 0;
}

static int
stop(void **state)
{
	unlink(pepper);
	unlink(secret);
	rmdir(folder);
	return bench_close(state);
}

static struct settings
files(void)
{
	struct settings s = *settings;

	s.keys_pepper_file = pepper;
	s.keys_secret_file = secret;
	return s;
}

static void
write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

struct told {
	char text[4096];
	size_t n;
};

static void
remember(void *ctx, const char *where, const char *what)
{
	struct told *t = ctx;

	t->n += (size_t)snprintf(t->text + t->n, sizeof t->text - t->n, "%s: %s\n", where, what);
}

static const char *
digest_of(size_t i, struct str text)
{
	uint8_t lookup[LOOKUP_SIZE];
	char *digits = arena_take(w.arena, 2 * LOOKUP_SIZE + 1);

	secrets_lookup(i, text, lookup);
	hex_text(lookup, sizeof lookup, digits);
	return digits;
}

static void
both_files_are_made_once(void **state)
{
	struct settings s = files();
	struct told t = { .n = 0 };
	const char *why;
	struct str first;
	struct stat st;

	(void)state;
	is_true(secrets_create(&s, remember, &t), t.text);
	assert_int_equal(stat(pepper, &st), 0);
	is_int(st.st_mode & 07777, 0600, "mode of the pepper");
	assert_int_equal(stat(secret, &st), 0);
	is_int(st.st_mode & 07777, 0600, "mode of the secret");
	first = conf_file(w.arena, pepper, 200, true, &why);
	is_int(first.n, 2 + 64, "an id and 64 digits");
	is_true(!str_eq(str_from(first, 2), conf_file(w.arena, secret, 200, true, &why)), "two secrets");
	is_true(secrets_create(&s, remember, &t), "again");
	is_str(conf_file(w.arena, pepper, 200, true, &why), first, "what is there stays");
	is_true(secrets_load(&s, remember, &t), t.text);
	is_int(secrets_peppers(), 1, "peppers");
	is_text(t.text, "", "problems");
}

/* HMAC-SHA-256 under 00 01 02 ... 1f, its first 16 bytes; made with another program. */
static void
a_digest_is_the_first_half_of_the_hmac(void **state)
{
	struct settings s = files();
	struct told t = { .n = 0 };

	(void)state;
	write_file(pepper, "1 " A64 "\n", 0600);
	write_file(secret, A64 "\n", 0600);
	is_true(secrets_load(&s, remember, &t), t.text);
	is_text(digest_of(0, STR("drv_0123456789abcdef0123456789abcdef01234567")),
	    "a0e68f8151e4e2220c56971a12719259", "lookup");
}

static void
the_newest_pepper_is_the_last_line(void **state)
{
	struct settings s = files();
	struct told t = { .n = 0 };
	const char *old, *new;

	(void)state;
	write_file(pepper, "1 " A64 "\n", 0600);
	is_true(secrets_load(&s, remember, &t), t.text);
	old = digest_of(0, STR("x"));
	write_file(pepper, "1 " A64 "\n2 " B64 "\n", 0600);
	is_true(secrets_load(&s, remember, &t), t.text);
	is_int(secrets_peppers(), 2, "peppers");
	new = digest_of(0, STR("x"));
	is_true(strcmp(old, new) != 0, "new keys have the new one");
	is_text(digest_of(1, STR("x")), old, "old keys are still found");
}

static void
what_is_derived_differs_by_purpose(void **state)
{
	struct settings s = files();
	struct told t = { .n = 0 };
	uint8_t session[SECRET_SIZE];

	(void)state;
	write_file(secret, A64 "\n", 0600);
	is_true(secrets_load(&s, remember, &t), t.text);
	is_true(memcmp(secrets_session_key(), secrets_seal_key(), SECRET_SIZE) != 0, "two purposes");
	memcpy(session, secrets_session_key(), sizeof session);
	write_file(secret, B64 "\n", 0600);
	is_true(secrets_load(&s, remember, &t), t.text);
	is_true(memcmp(secrets_session_key(), session, SECRET_SIZE) != 0, "another secret");
}

static void
a_bad_file_is_told_and_nothing_changes(void **state)
{
	static const struct {
		const char *pepper, *secret;
		mode_t mode;
		const char *told;
	} cases[] = {
		{ "", A64, 0600, "pepper: must have lines of an id" },
		{ A64 "\n", A64, 0600, "pepper: must have lines of an id" },
		{ " " A64 "\n", A64, 0600, "pepper: must have lines of an id" },
		{ "1  " A64 "\n", A64, 0600, "pepper: must have lines of an id" },
		{ "1 " A64 "00\n", A64, 0600, "pepper: must have lines of an id" },
		{ "1 0001\n", A64, 0600, "pepper: must have lines of an id" },
		{ "1 FF0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", A64, 0600,
		    "pepper: must have lines of an id" },
		{ "1 " A64 "\n\n2 " B64 "\n", A64, 0600, "pepper: must have lines of an id" },
		{ "1 " A64 "\n2 " A64 "\n3 " A64 "\n4 " A64 "\n5 " A64 "\n6 " A64 "\n7 " A64 "\n8 " A64
		  "\n9 " A64 "\n",
		    A64, 0600, "pepper: has too many peppers" },
		{ "1 " A64, "", 0600, "secret: must be one line of 64 hex digits" },
		{ "1 " A64, A64 "\n" A64, 0600, "secret: must be one line of 64 hex digits" },
		{ "1 " A64, "0001", 0600, "secret: must be one line of 64 hex digits" },
		{ "1 " A64, A64, 0604, "secret: others may read it" },
	};
	struct settings s = files();
	struct told t = { .n = 0 };
	const char *before;

	(void)state;
	write_file(pepper, "1 " B64 "\n", 0600);
	write_file(secret, B64 "\n", 0600);
	is_true(secrets_load(&s, remember, &t), t.text);
	before = digest_of(0, STR("x"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		t = (struct told){ .n = 0 };
		write_file(pepper, cases[i].pepper, 0600);
		write_file(secret, cases[i].secret, cases[i].mode);
		is_true(!secrets_load(&s, remember, &t), cases[i].told);
		has_text(t.text, cases[i].told, cases[i].told);
		is_text(digest_of(0, STR("x")), before, "the old ones stay");
	}
	unlink(pepper);
	is_true(!secrets_load(&s, remember, &t), "no file");
	has_text(t.text, "pepper: cannot be read", "no file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_files_are_made_once),
		cmocka_unit_test(a_digest_is_the_first_half_of_the_hmac),
		cmocka_unit_test(the_newest_pepper_is_the_last_line),
		cmocka_unit_test(what_is_derived_differs_by_purpose),
		cmocka_unit_test(a_bad_file_is_told_and_nothing_changes),
	};

	return cmocka_run_group_tests_name("core/secrets", tests, start, stop);
}
