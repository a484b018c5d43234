/*
 * secret_files.h: a pepper file and a secret file of the test's own, and the
 * secrets read from them.
 */
#ifndef TESTS_CORE_SECRET_FILES_H
#define TESTS_CORE_SECRET_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bench.h"
#include "core/secrets.h"

#define A64 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define B64 "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static char secret_folder[] = "/tmp/claviger-secrets.XXXXXX";
static char pepper_file[64], secret_file[64];

static inline bool
secret_files_open(void)
{
	if (mkdtemp(secret_folder) == NULL)
		return false;
	snprintf(pepper_file, sizeof pepper_file, "%s/pepper", secret_folder);
	snprintf(secret_file, sizeof secret_file, "%s/secret", secret_folder);
	return true;
}

static inline void
secret_files_close(void)
{
	(void)unlink(pepper_file);
	(void)unlink(secret_file);
	(void)rmdir(secret_folder);
}

static inline void
secret_file_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
	assert_int_equal(chmod(path, 0600), 0);
}

/* Peppers as lines of "NUMBER DIGITS", and the secret's digits. */
static inline void
secret_files_load(const char *peppers, const char *secret)
{
	struct settings s = *settings;

	s.keys_pepper_file = pepper_file;
	s.keys_secret_file = secret_file;
	secret_file_write(pepper_file, peppers);
	secret_file_write(secret_file, secret);
	assert_true(secrets_load(&s, no_problem, NULL));
}

#endif
