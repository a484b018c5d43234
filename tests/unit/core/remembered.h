/*
 * remembered.h: a memory of the test's own, on tmpfs, and a database that is
 * played, for the tests of what is remembered.
 */
#ifndef TESTS_CORE_REMEMBERED_H
#define TESTS_CORE_REMEMBERED_H

#include "config.h"

#include "db/db.h"
#include "store/key_days.h"
#include "store/keys.h"
#include "store/orgs.h"

/* The database, as far as these rooms ask it. */
#define orgs_epoch	  play_epoch
#define keys_used	  play_used
#define key_days_add	  play_days_add
#define db_in_transaction play_in_transaction

static enum fault play_epoch(struct work *, const char *, int64_t *);
static enum fault play_used(struct work *, const char *, const char *, int64_t, const char *);
static enum fault play_days_add(struct work *, const char *, const char *, int64_t, int64_t);
static bool play_in_transaction(const struct db *);

#include "core/memory_changers.c"
#include "core/memory_days.c"
#include "core/memory_epochs.c"
#include "core/memory_pack.c"

#include "core/memory_keys.c"
#include "core/memory_known.c"
#include "core/memory_uses.c"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/bench.h"
#include "core/secrets.h"

#define ORG_ID "org_one"

static struct {
	int64_t epoch;		 /* what the database says */
	int asked, used;	 /* how often it was asked, and told of a use */
	bool gone, changing;	 /* is there none; is there a transaction */
	void (*meanwhile)(void); /* happens while it is asked */
	char key[ID_SPACE];
	char address[ADDRESS_TEXT_SIZE];
	int64_t at;
	char counted_key[ID_SPACE];
	int64_t day, uses; /* the last of them, and all */
	enum fault days_fault;
} db;

/* Whose texts are ours, and so are not freed. */
static struct settings ours, *made;
static char directory[] = "/dev/shm/claviger-test-XXXXXX";
static char path[64];

static inline enum fault
play_epoch(struct work *wk, const char *id, int64_t *epoch)
{
	(void)wk;
	(void)id;
	db.asked++;
	*epoch = db.epoch;
	if (db.meanwhile != NULL)
		db.meanwhile();
	return db.gone ? FAULT_UNAVAILABLE : FAULT_NONE;
}

static inline enum fault
play_used(struct work *wk, const char *org, const char *id, int64_t at, const char *address)
{
	(void)wk;
	(void)org;
	db.used++;
	db.at = at;
	(void)snprintf(db.key, sizeof db.key, "%s", id);
	(void)snprintf(db.address, sizeof db.address, "%s", address == NULL ? "" : address);
	if (db.meanwhile != NULL)
		db.meanwhile();
	return db.gone ? FAULT_UNAVAILABLE : FAULT_NONE;
}

static inline enum fault
play_days_add(struct work *wk, const char *org, const char *id, int64_t day, int64_t uses)
{
	(void)wk;
	(void)org;
	if (db.days_fault != FAULT_NONE)
		return db.days_fault;
	(void)snprintf(db.counted_key, sizeof db.counted_key, "%s", id);
	db.day = day;
	db.uses += uses;
	return FAULT_NONE;
}

static inline bool
play_in_transaction(const struct db *d)
{
	(void)d;
	return db.changing;
}

/* --- a file, a memory --- */

static inline void
forget_mapping(void)
{
	memory = (struct memory_map){ .head = NULL };
}

/* In a process of its own the lock of the file would go with it: here a mapping is only dropped. */
static inline const char *
open_memory(void)
{
	const char *why;

	forget_mapping();
	memory_open(settings, &why);
	return why;
}

static inline int
fresh(void **state)
{
	static int turn;

	(void)state;
	bench_clear();
	memset(&db, 0, sizeof db);
	db.epoch = 7;
	w.now = 1800000000;
	w.counted = false;
	w.after_tx = NULL;
	w.after_ctx = NULL;
	w.peer = address_parse(STR("192.0.2.1"));
	settings->keys_remembered = 64;
	/* Another file each time: this process holds the locks of the earlier ones. */
	(void)snprintf(path, sizeof path, "%s/%d", directory, turn++);
	settings->keys_memory_file = path;
	is_text(open_memory(), NULL, "a new file");
	is_true(memory.head != NULL, "remembered");
	return 0;
}

static inline int
start(void **state)
{
	static char pepper[64], secret[64];

	if (bench_open(state) != 0 || mkdtemp(directory) == NULL)
		return -1;
	made = settings;
	ours = *made;
	w.settings = settings = &ours;
	(void)snprintf(pepper, sizeof pepper, "%s/pepper", directory);
	(void)snprintf(secret, sizeof secret, "%s/secret", directory);
	settings->keys_pepper_file = pepper;
	settings->keys_secret_file = secret;
	return secrets_create(settings, no_problem, NULL) && secrets_load(settings, no_problem, NULL) ? 0
												      : -1;
}

static inline int
finish(void **state)
{
	char entry[256];
	struct dirent *e;
	DIR *d = opendir(directory);

	w.settings = settings = made;
	while (d != NULL && (e = readdir(d)) != NULL) {
		(void)snprintf(entry, sizeof entry, "%s/%.200s", directory, e->d_name);
		(void)unlink(entry);
	}
	if (d != NULL)
		closedir(d);
	return rmdir(directory) + bench_close(state);
}

static inline const uint8_t *
tag_nr(uint64_t n)
{
	static uint8_t tag[8][MEMORY_TAG];
	static unsigned turn;
	uint8_t *t = tag[turn++ % 8];

	memset(t, 0x5a, MEMORY_TAG);
	memcpy(t, &n, sizeof n);
	return t;
}

/* Tags both of whose sets are the first one. */
static inline const uint8_t *
crowded(uint64_t i)
{
	static uint8_t tag[8][MEMORY_TAG];
	static unsigned turn;
	uint8_t *t = tag[turn++ % 8];
	uint64_t half[2];

	memcpy(half, memory.head->boot_key, sizeof half);
	half[0] ^= i * (memory.keys_n / WAYS);
	memcpy(t, half, MEMORY_TAG);
	return t;
}

static inline struct key_slot *
slot_nr(const uint8_t *tag)
{
	return memory_slot(memory_tag(tag));
}

static inline void
in_child(void run(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static inline struct standing *
small(const char *key_id)
{
	struct standing *s = arena_new(w.arena, struct standing);

	*s = (struct standing){ .kind = kind_of(KIND_ORGANIZATION),
		.org_id = ORG_ID,
		.org_name = "One",
		.org_alive = true,
		.kind_allowed = true,
		.owner = OWNER_ORGANIZATION,
		.owner_alive = true,
		.owner_id = ORG_ID,
		.owner_name = "One",
		.key_id = key_id,
		.key_name = "k",
		.key_prefix = "dk_",
		.epoch = 7,
		.version = 1 };
	return s;
}

static inline uint64_t
word_of_org(void)
{
	return atomic_load(&memory.orgs[memory_org(ORG_ID)].word);
}

static inline bool
is_found(void)
{
	return memory_find(&w, tag_nr(1)) != NULL;
}

#endif
