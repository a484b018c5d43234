/*
 * memory_map.c: the shared memory itself: making it, or finding it again.
 */
#include "config.h"

#include "core/memory_map.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "base/random.h"
#include "core/secrets.h"

static_assert(sizeof(struct key_slot) == 1024, "a key's slot is 1 KiB");

struct memory_map memory;

static const char magic[8] = "claviger";

struct plan {
	size_t orgs, changers, keys, targets, size; /* offsets, and the whole */
	size_t keys_n, targets_n;
};

static size_t
page_up(size_t n)
{
	return (n + 4095) & ~(size_t)4095;
}

static struct plan
plan_for(const struct settings *s)
{
	struct plan p = { .keys_n = (size_t)s->keys_remembered / WAYS * WAYS };

	p.targets_n = p.keys_n;
	p.orgs = page_up(sizeof(struct memory_head));
	p.changers = p.orgs + page_up(sizeof(struct org_slot) * ORGS);
	p.keys = p.changers + page_up(sizeof(struct changer) * CHANGERS);
	p.targets = p.keys + page_up(sizeof(struct key_slot) * p.keys_n);
	p.size = p.targets + page_up(sizeof(struct target_slot) * p.targets_n);
	return p;
}

/* Other peppers or another database: what was remembered is about other keys. */
static void
identity_of(const struct settings *s, uint8_t identity[static SECRET_SIZE])
{
	uint8_t lookup[LOOKUP_SIZE];
	char place[1024];
	int n = snprintf(place, sizeof place, "%s|%s|%lld|%s", s->database_socket, s->database_host,
	    (long long)s->database_port, s->database_name);

	secrets_lookup(0, STR("memory"), lookup);
	secret_sha256((struct str){ (const char *)lookup, sizeof lookup }, (struct str){ place, (size_t)n },
	    identity);
}

/* Made by a program that lays it out alike. */
static bool
same_form(const struct memory_head *h, const struct plan *p)
{
	return str_eq((struct str){ h->magic, sizeof magic }, (struct str){ magic, sizeof magic }) &&
	    h->format == MEMORY_FORMAT && h->keys == p->keys_n && h->targets == p->targets_n;
}

static bool
fits(const struct memory_head *h, const struct plan *p, const uint8_t identity[static SECRET_SIZE])
{
	return same_form(h, p) &&
	    secret_equal((struct str){ (const char *)identity, SECRET_SIZE },
		(struct str){ (const char *)h->identity, SECRET_SIZE });
}

static void
take(void *base, const struct plan *p)
{
	char *at = base;

	memory = (struct memory_map){ .head = base,
		.orgs = (void *)(at + p->orgs),
		.changers = (void *)(at + p->changers),
		.keys = (void *)(at + p->keys),
		.targets = (void *)(at + p->targets),
		.keys_n = p->keys_n,
		.targets_n = p->targets_n };
}

static void
begin(const struct plan *p, const uint8_t identity[static SECRET_SIZE])
{
	memory.head->format = MEMORY_FORMAT;
	memory.head->keys = p->keys_n;
	memory.head->targets = p->targets_n;
	memcpy(memory.head->identity, identity, SECRET_SIZE);
	random_bytes(memory.head->boot_key, SECRET_SIZE);
	memcpy(memory.head->magic, magic, sizeof magic); /* last: now it is whole */
}

/* A file on tmpfs that is ours alone; -1 and why. */
static int
open_file(const char *path, int flags, const char **why)
{
	struct statfs fs;
	struct stat st;
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		*why = strerror(errno);
	else if (fs.f_type != TMPFS_MAGIC)
		*why = "is not on tmpfs; what is remembered must be gone at boot";
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
		*why = "must be a file with mode 0600";
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static size_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? 0 : (size_t)st.st_size;
}

static void *
map_file(int fd, size_t size, const char **why)
{
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (base == MAP_FAILED) {
		*why = strerror(errno);
		return NULL;
	}
	(void)madvise(base, size, MADV_DONTDUMP);
	/* A refusal (RLIMIT_MEMLOCK) only means that the pages could be swapped. */
	(void)mlock(base, size);
	return base;
}

/* Two masters must not share it: each would count the other's changes away. */
static bool
is_ours_alone(int fd, size_t size, const char **why)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		*why = "another service uses it";
	else if (size_of(fd) != size && (ftruncate(fd, 0) < 0 || ftruncate(fd, (off_t)size) < 0))
		*why = strerror(errno);
	return *why == NULL;
}

void
memory_open(const struct settings *s, const char **why)
{
	struct plan p = plan_for(s);
	uint8_t identity[SECRET_SIZE];
	void *base;
	int fd;

	*why = NULL;
	if (s->keys_memory_file[0] == '\0' || (fd = open_file(s->keys_memory_file, O_CREAT, why)) < 0)
		return;
	/* The descriptor stays open: it holds the lock for as long as the master lives. */
	if (!is_ours_alone(fd, p.size, why) || (base = map_file(fd, p.size, why)) == NULL) {
		close(fd);
		return;
	}
	identity_of(s, identity);
	take(base, &p);
	if (!fits(memory.head, &p, identity)) {
		memset(base, 0, p.size);
		begin(&p, identity);
	}
	memory_database(true); /* every epoch is unknown, so the database is asked anyway */
	memory_forget_epochs();
}

bool
memory_attach(const struct settings *s)
{
	struct plan p = plan_for(s);
	const char *why = NULL;
	void *base;
	int fd;

	if (s->keys_memory_file[0] == '\0' || access(s->keys_memory_file, F_OK) < 0)
		return true;
	if ((fd = open_file(s->keys_memory_file, 0, &why)) < 0)
		return false;
	base = size_of(fd) == p.size ? map_file(fd, p.size, &why) : NULL;
	close(fd);
	if (base == NULL)
		return false;
	take(base, &p);
	return same_form(memory.head, &p);
}

void
memory_database(bool there)
{
	if (memory.head != NULL)
		atomic_store_explicit(&memory.head->database, there, memory_order_release);
}

uint64_t
memory_hash(struct str first, struct str second)
{
	uint64_t a, b, h;
	struct str parts[2] = { first, second };

	memcpy(&a, memory.head->boot_key, sizeof a);
	memcpy(&b, memory.head->boot_key + 8, sizeof b);
	h = a;
	/* A keyed mix (multiply and fold), enough to spread ids; equality is always looked at too. */
	for (size_t p = 0; p < 2; p++) {
		for (size_t i = 0; i < parts[p].n; i++) {
			unsigned __int128 m = (unsigned __int128)(h ^ (unsigned char)parts[p].s[i]) * (b | 1);

			h = (uint64_t)m ^ (uint64_t)(m >> 64);
		}
		h += b;
	}
	return h == 0 ? 1 : h;
}
