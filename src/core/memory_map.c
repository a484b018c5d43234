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
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/random.h"
#include "core/secrets.h"

static_assert(sizeof(struct key_slot) == 1024, "a key's slot is 1 KiB");
static_assert(offsetof(struct key_slot, word) == 64, "what a check reads begins with a line of the cache");

struct memory_map memory;

static const char magic[8] = "claviger";

struct plan {
	size_t orgs, changers, known, keys, index, marks, targets, size; /* offsets, and the whole */
	size_t keys_n, targets_n;
};

static size_t
page_up(size_t n)
{
	return (n + 4095) & ~(size_t)4095;
}

static struct plan
plan_for(size_t keys)
{
	struct plan p = { .keys_n = keys / WAYS * WAYS };

	p.targets_n = p.keys_n;
	p.orgs = page_up(sizeof(struct memory_head));
	p.changers = p.orgs + page_up(sizeof(struct org_slot) * ORGS);
	p.known = p.changers + page_up(sizeof(struct changer) * CHANGERS);
	p.keys = p.known + page_up(sizeof(uint64_t[KNOWN_WORDS]) * KNOWN_BLOCKS);
	p.index = p.keys + page_up(sizeof(struct key_slot) * p.keys_n);
	p.marks = p.index + page_up(sizeof(uint64_t) * p.keys_n);
	p.targets = p.marks + page_up(sizeof(uint64_t) * (p.keys_n / 64 + 1));
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

static void
forget_map(void)
{
	if (memory.head != NULL)
		(void)munmap(memory.head, memory.size);
	memory = (struct memory_map){ .attached = memory.attached };
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

	memory = (struct memory_map){ .attached = memory.attached,
		.size = p->size,
		.head = base,
		.orgs = (void *)(at + p->orgs),
		.changers = (void *)(at + p->changers),
		.known = (void *)(at + p->known),
		.keys = (void *)(at + p->keys),
		.index = (void *)(at + p->index),
		.marks = (void *)(at + p->marks),
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
	atomic_thread_fence(memory_order_release);
	memcpy(memory.head->magic, magic, sizeof magic); /* last: now it is whole */
}

/* Process ids mean something only where the same processes are counted.  0: nobody can say. */
static uint64_t
pids_counted_here(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) < 0 ? 0 : (uint64_t)st.st_ino;
}

/* What the file has, if it fits. */
static bool
take_old(int fd, const struct plan *p, const uint8_t identity[static SECRET_SIZE])
{
	const char *why;
	void *base;

	if (memory_file_size(fd) != p->size || (base = memory_file_map(fd, p->size, &why)) == NULL)
		return false;
	take(base, p);
	if (fits(memory.head, p, identity))
		return true;
	forget_map();
	return false;
}

static bool
take_new(int fd, const struct plan *p, const uint8_t identity[static SECRET_SIZE], const char **why)
{
	void *base = memory_file_map(fd, p->size, why);

	if (base == NULL)
		return false;
	take(base, p);
	begin(p, identity);
	return true;
}

void
memory_open(const struct settings *s, const char **why)
{
	struct plan p = plan_for((size_t)s->keys_remembered);
	uint8_t identity[SECRET_SIZE];
	int fd;

	*why = NULL;
	if (s->keys_memory_file[0] == '\0' || (fd = memory_file_open(s->keys_memory_file, O_CREAT, why)) < 0)
		return;
	/* The descriptor stays open: it holds the lock for as long as the master lives. */
	identity_of(s, identity);
	if (!memory_file_own(fd, why)) {
		close(fd);
		return;
	}
	if (!take_old(fd, &p, identity)) {
		int old = fd;

		fd = memory_file_replace(s->keys_memory_file, p.size, why);
		close(old);
		if (fd < 0 || !take_new(fd, &p, identity, why))
			return;
	}
	memory.head->pids = pids_counted_here();
	memory_database(true); /* every epoch is unknown, so the database is asked anyway */
	memory_forget_epochs();
	/* Somebody may have put keys into the database meanwhile. */
	memory_known_all(false);
}

/* Laid out as it says itself: its size may have been set anew since. */
static bool
take_of_service(int fd, const char **why)
{
	size_t size = memory_file_size(fd);
	struct memory_head *h;
	struct plan p;

	if (size < sizeof *h || (h = memory_file_map(fd, size, why)) == NULL)
		return false;
	p = plan_for((size_t)h->keys);
	if (p.size == size && same_form(h, &p)) {
		atomic_thread_fence(memory_order_acquire);
		take(h, &p);
		return true;
	}
	(void)munmap(h, size);
	return false;
}

/* False: there is a service, and its memory cannot be used. */
static bool
attach_to(int fd, const char **why)
{
	bool held = true;

	/* A service that starts just now needs a moment to make it whole. */
	for (int i = 0; held && i < MOMENTS; i++) {
		if (take_of_service(fd, why))
			return true;
		if ((held = memory_file_is_held(fd)))
			memory_file_wait();
	}
	*why = "it is another version's";
	return !held;
}

bool
memory_attach(const struct settings *s, const char **why)
{
	int fd;
	bool good;

	forget_map();
	memory.attached = true;
	*why = NULL;
	if (s->keys_memory_file[0] == '\0' ||
	    (access(s->keys_memory_file, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR)))
		return true;
	if ((fd = memory_file_open(s->keys_memory_file, 0, why)) < 0)
		return false;
	good = attach_to(fd, why);
	close(fd);
	if (memory.head == NULL || memory.head->pids == pids_counted_here())
		return good;
	/* The keeper would take this process for dead. */
	forget_map();
	*why = "its service counts its processes apart (another PID namespace)";
	return false;
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
	uint64_t key[2], h;

	memcpy(key, memory.head->boot_key, sizeof key);
	h = hash_mix(hash_mix(key[0], key[1], first.s, first.n), key[1], second.s, second.n);
	return h == 0 ? 1 : h;
}
