/*
 * password.c: Argon2id, with libargon2.
 *
 * The memory of a run is kept for the next one: to map and to fill fresh pages
 * takes as long again as Argon2id itself where it uses much.  The library
 * overwrites it with zeros before it gives it back, so nothing of one secret is
 * left for the next.
 */
#include "config.h"

#include "core/password.h"

#include <sys/mman.h>
#include <unistd.h>

#include <argon2.h>

#include "base/counters.h"
#include "base/embedded.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/text.h"
#include "core/admission.h"
#include "core/phc.h"

#define SALT	  16
#define HASH	  32
#define LANES	  1
#define HUGE_PAGE ((size_t)2 << 20)

extern const struct embedded common_passwords[];

/* The memory of a run; this process runs one at a time. */
static struct {
	void *at;
	size_t n;
} blocks;

/* As many bytes as are mapped for a run with so many. */
static size_t
mapped_size(size_t n)
{
	size_t unit = n < HUGE_PAGE ? (size_t)sysconf(_SC_PAGESIZE) : HUGE_PAGE;

	return (n + unit - 1) / unit * unit;
}

static void
blocks_unmap(void)
{
	if (blocks.at != NULL)
		(void)munmap(blocks.at, blocks.n);
	blocks.at = NULL;
	blocks.n = 0;
}

static bool
blocks_map(size_t n)
{
	void *at;

	blocks_unmap();
	at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return false;
	(void)madvise(at, n, MADV_DONTDUMP);
	if (n >= HUGE_PAGE)
		(void)madvise(at, n, MADV_HUGEPAGE);
	blocks.at = at;
	blocks.n = n;
	return true;
}

static int
blocks_lend(uint8_t **memory, size_t n)
{
	*memory = NULL;
	if (n > blocks.n && !blocks_map(mapped_size(n)))
		return ARGON2_MEMORY_ALLOCATION_ERROR;
	*memory = blocks.at;
	return ARGON2_OK;
}

static void
blocks_back(uint8_t *memory, size_t n)
{
	(void)memory;
	(void)n;
}

/* One row that asked for much must not keep it for as long as this process lives. */
static void
blocks_trim(const struct settings *s)
{
	if (blocks.n > mapped_size((size_t)s->keys_argon2_memory << 10))
		blocks_unmap();
}

static enum fault
made(int error)
{
	return error == ARGON2_OK		      ? FAULT_NONE
	    : error == ARGON2_MEMORY_ALLOCATION_ERROR ? FAULT_BUSY
						      : FAULT_INTERNAL;
}

static uint8_t *
bytes_of(struct str s)
{
	return (uint8_t *)(uintptr_t)s.s;
}

/* Always in one thread, whatever the lanes: a run is admitted as one core's work. */
static enum fault
run_argon2(struct work *w, const struct phc *p, struct str secret, uint8_t *out, size_t n)
{
	argon2_context ctx = { .out = out,
		.outlen = (uint32_t)n,
		.pwd = bytes_of(secret),
		.pwdlen = (uint32_t)secret.n,
		.salt = bytes_of(p->salt),
		.saltlen = (uint32_t)p->salt.n,
		.t_cost = (uint32_t)p->passes,
		.m_cost = (uint32_t)p->memory,
		.lanes = (uint32_t)p->lanes,
		.threads = 1,
		.version = ARGON2_VERSION_13,
		.allocate_cbk = blocks_lend,
		.free_cbk = blocks_back,
		.flags = ARGON2_DEFAULT_FLAGS };
	enum fault f = admission_run(w);

	if (f != FAULT_NONE)
		return f;
	count(COUNT_ARGON2_RUNS);
	f = made(argon2id_ctx(&ctx));
	admission_ran();
	blocks_trim(w->settings);
	return f;
}

enum fault
password_hash(struct work *w, struct str secret, const char **encoded)
{
	uint8_t salt[SALT], hash[HASH];
	struct phc p = { .memory = w->settings->keys_argon2_memory,
		.passes = w->settings->keys_argon2_passes,
		.lanes = LANES,
		.salt = { (const char *)salt, sizeof salt },
		.hash = { (const char *)hash, sizeof hash } };
	enum fault f;

	random_bytes(salt, sizeof salt);
	if ((f = run_argon2(w, &p, secret, hash, sizeof hash)) != FAULT_NONE)
		return f;
	*encoded = phc_text(w->arena, &p);
	return FAULT_NONE;
}

enum fault
password_verify(struct work *w, const char *encoded, struct str secret, bool *right, bool *outdated)
{
	uint8_t hash[PHC_HASH_MAX];
	struct phc p;
	enum fault f;

	*right = *outdated = false;
	if (!phc_read(w->arena, str_of(encoded), &p))
		return FAULT_NONE;
	if ((f = run_argon2(w, &p, secret, hash, p.hash.n)) != FAULT_NONE)
		return f;
	*right = secret_equal(p.hash, (struct str){ (const char *)hash, p.hash.n });
	*outdated = *right &&
	    (p.memory != w->settings->keys_argon2_memory || p.passes != w->settings->keys_argon2_passes ||
		p.lanes != LANES);
	return FAULT_NONE;
}

enum fault
password_pretend(struct work *w, struct str secret)
{
	const char *encoded;

	return password_hash(w, secret, &encoded);
}

static bool
is_common(struct str folded)
{
	struct str rest = { common_passwords[0].text, common_passwords[0].size }, line;

	while (str_cut(&rest, '\n', &line))
		if (line.n > 0 && line.s[0] != '#' && str_eq(line, folded))
			return true;
	return false;
}

/* "aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc": a short text again and again. */
static bool
repeats(struct str s)
{
	for (size_t n = 1; n <= s.n / 2; n++)
		if (str_eq((struct str){ s.s, s.n - n }, str_from(s, n)))
			return true;
	return false;
}

struct str
password_normal(struct work *w, struct str password)
{
	/* Normalizing may make three times as many bytes of it: measured before. */
	return password.n > PASSWORD_MAX * 4 ? STR_NONE : text_nfc(w->vault, password);
}

enum fault
password_check(struct work *w, const char *field, struct str password, struct str *normalized)
{
	size_t length;

	if (!text_valid(password))
		return fault_at(w, FAULT_BAD_FIELD, field, "must be UTF-8");
	*normalized = password_normal(w, password);
	length = text_length(*normalized);
	if (length < PASSWORD_MIN || length > PASSWORD_MAX)
		return fault_at(w, FAULT_BAD_FIELD, field, "must have %d to %d characters", PASSWORD_MIN,
		    PASSWORD_MAX);
	if (repeats(*normalized) || is_common(text_fold(w->vault, *normalized)))
		return fault_at(w, FAULT_BAD_FIELD, field,
		    "is on the list of common passwords; choose another");
	return FAULT_NONE;
}
