/*
 * secrets.c: the installation's own secrets.
 *
 * They are read by the master before it forks and lie in locked memory that is
 * left out of core dumps.
 */
#include "config.h"

#include "core/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/hex.h"
#include "base/random.h"

#define FILE_MAX 2048

struct secrets {
	size_t peppers;
	uint8_t pepper[PEPPERS_MAX][SECRET_SIZE];
	uint8_t session[SECRET_SIZE], seal[SECRET_SIZE], audit[SECRET_SIZE];
};

static struct arena *keeper;
static struct secrets *secrets;
static struct secret_mac *macs[PEPPERS_MAX]; /* of the peppers, ready to begin */

/* The last line of the file is the newest pepper, and becomes number 0. */
static const char *
read_peppers(struct secrets *s, struct str text)
{
	uint8_t read[PEPPERS_MAX][SECRET_SIZE];
	struct str line, id;

	for (s->peppers = 0; str_cut(&text, '\n', &line); s->peppers++) {
		if (s->peppers == PEPPERS_MAX)
			return "has too many peppers";
		if (!str_cut(&line, ' ', &id) || id.n == 0 || !hex_bytes(line, read[s->peppers], SECRET_SIZE))
			return "must have lines of an id, a blank and 64 hex digits";
	}
	for (size_t i = 0; i < s->peppers; i++)
		memcpy(s->pepper[i], read[s->peppers - 1 - i], SECRET_SIZE);
	secret_wipe(read, sizeof read);
	return s->peppers == 0 ? "has no pepper" : NULL;
}

static const char *
read_secret(struct secrets *s, struct str text)
{
	uint8_t key[SECRET_SIZE];
	struct str whole = { (const char *)key, sizeof key };

	if (!hex_bytes(text, key, sizeof key))
		return "must be one line of 64 hex digits";
	secret_derive(whole, "claviger session", s->session);
	secret_derive(whole, "claviger seal", s->seal);
	secret_derive(whole, "claviger audit", s->audit);
	secret_wipe(key, sizeof key);
	return NULL;
}

static void
make_macs(const struct secrets *s)
{
	for (size_t i = 0; i < PEPPERS_MAX; i++) {
		secret_mac_close(&macs[i]);
		if (i < s->peppers)
			macs[i] = secret_mac_open((struct str){ (const char *)s->pepper[i], SECRET_SIZE });
	}
}

typedef const char *reader(struct secrets *, struct str);

static bool
read_one(struct arena *a, const char *path, struct secrets *s, reader *read, settings_problem *tell,
    void *ctx)
{
	const char *why;
	struct str text = conf_file(a, path, FILE_MAX, true, &why);

	if (why != NULL) {
		tell(ctx, path, why + strlen(path) + 2);
		return false;
	}
	if ((why = read(s, text)) != NULL)
		tell(ctx, path, why);
	return why == NULL;
}

bool
secrets_load(const struct settings *set, settings_problem *tell, void *ctx)
{
	struct arena *a = arena_open(32768, ARENA_WIPED);
	struct secrets *s = arena_new(a, struct secrets);
	bool good = read_one(a, set->keys_pepper_file, s, read_peppers, tell, ctx);

	good = read_one(a, set->keys_secret_file, s, read_secret, tell, ctx) && good;
	if (!good) {
		arena_free(&a);
		return false;
	}
	arena_free(&keeper);
	keeper = a;
	secrets = s;
	make_macs(s);
	return true;
}

static bool
create_one(const char *path, const char *before, settings_problem *tell, void *ctx)
{
	char line[128], digits[2 * SECRET_SIZE + 1];
	uint8_t key[SECRET_SIZE];
	bool good;
	int n;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		if (errno == EEXIST)
			return true;
		tell(ctx, path, strerror(errno));
		return false;
	}
	random_bytes(key, sizeof key);
	hex_text(key, sizeof key, digits);
	n = snprintf(line, sizeof line, "%s%s\n", before, digits);
	good = write(fd, line, (size_t)n) == n && fsync(fd) == 0;
	good = close(fd) == 0 && good;
	if (!good)
		tell(ctx, path, "cannot be written");
	secret_wipe(key, sizeof key);
	secret_wipe(digits, sizeof digits);
	secret_wipe(line, sizeof line);
	return good;
}

bool
secrets_create(const struct settings *s, settings_problem *tell, void *ctx)
{
	return create_one(s->keys_pepper_file, "1 ", tell, ctx) &&
	    create_one(s->keys_secret_file, "", tell, ctx);
}

void
secrets_lock(void)
{
	if (keeper != NULL)
		arena_lock(keeper);
}

size_t
secrets_peppers(void)
{
	return secrets->peppers;
}

void
secrets_digest(size_t i, struct str text, uint8_t digest[static SECRET_SIZE])
{
	secret_mac_digest(macs[i], text, digest);
}

void
secrets_lookup(size_t i, struct str text, uint8_t lookup[static LOOKUP_SIZE])
{
	uint8_t digest[SECRET_SIZE];

	secrets_digest(i, text, digest);
	memcpy(lookup, digest, LOOKUP_SIZE);
	secret_wipe(digest, sizeof digest);
}

const uint8_t *
secrets_session_key(void)
{
	return secrets->session;
}

const uint8_t *
secrets_seal_key(void)
{
	return secrets->seal;
}

const uint8_t *
secrets_audit_key(void)
{
	return secrets->audit;
}
