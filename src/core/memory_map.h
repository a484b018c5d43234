/*
 * memory_map.h: how the remembered lies in shared memory; for the memory_*
 * rooms only.
 */
#ifndef CORE_MEMORY_MAP_H
#define CORE_MEMORY_MAP_H

#include <stdatomic.h>

#include "base/address.h"
#include "core/memory.h"

#define MEMORY_FORMAT 7
#define KEY_WORDS     118 /* with the words around them a slot is 1 KiB */
#define USE_WORDS     5
#define TARGET_WORDS  40
#define WAYS	      8 /* slots of a set; a key may be in either of two */
#define ORGS	      32768
#define KNOWN_WORDS   8 /* a block of the filter of known keys is a cache line */
#define KNOWN_BLOCKS  65536
#define CHANGERS      255 /* not more than the count of changes can hold */
#define ID_SPACE      MEMORY_ID_SPACE
#define ID_WORDS      (ID_SPACE / sizeof(uint64_t))

#define NOTE_WORDS 3

/*
 * What is known of an organization, in one word, so that it changes at once:
 * how many changes are under way (8 bits), how often that was (24 bits), and
 * its epoch (32 bits; 0: nobody has read it).  And in a cluster, which epoch was
 * read when.  A cache line each.
 */
struct org_slot {
	_Atomic uint64_t tag; /* 0: free */
	_Atomic uint64_t word;
	_Atomic uint64_t seq;
	_Atomic uint64_t note[NOTE_WORDS];
	uint64_t spare[2];
};

/* What a key is looked for by. */
struct tag {
	uint64_t w[2];
};

/*
 * Two locks, so that noting a use is no miss for those who read; see
 * memory_uses.c for the second.  Who needs both takes use_seq first.  The counts
 * of days are under neither, and each check writes one of them: they are as far
 * from what each check reads as a slot is long, in a line of the cache that
 * only the longest standings reach.
 */
struct key_slot {
	_Atomic uint64_t seq;
	_Atomic uint64_t use_seq;
	_Atomic uint64_t written_at; /* the last use that the database has, in seconds */
	_Atomic uint64_t use[USE_WORDS];
	_Atomic uint64_t word[KEY_WORDS];  /* tag, organization, epoch, the standing */
	_Atomic uint64_t day[MEMORY_DAYS]; /* see memory_days.c */
};

struct target_slot {
	_Atomic uint64_t seq;
	_Atomic uint64_t word[TARGET_WORDS]; /* tag, organization, epoch, the chain */
};

/* The place of a change: see memory_changers.c. */
struct changer {
	_Atomic uint64_t word;
	_Atomic uint64_t id[ID_WORDS]; /* of the organization; to be read of one that is counted */
};

struct memory_head {
	char magic[8];
	_Atomic uint64_t database; /* 1: the keeper sees it */
	_Atomic uint64_t known;	   /* 1: every key there is has been put into the filter */
	uint64_t format, keys, targets;
	uint64_t pids;		       /* the PID namespace of the service */
	uint8_t boot_key[SECRET_SIZE]; /* nobody outside can choose where something lies */
	uint8_t identity[SECRET_SIZE]; /* of the peppers and the database */
};

struct memory_map {
	struct memory_head *head;
	struct org_slot *orgs;
	struct changer *changers;
	_Atomic uint64_t (*known)[KNOWN_WORDS];
	struct key_slot *keys;
	_Atomic uint64_t *index; /* of the slots: a hint at whose they are, side by side; 0: free */
	_Atomic uint64_t *marks; /* a bit for each slot of a key whose use is not written */
	struct target_slot *targets;
	size_t keys_n, targets_n, size;
	bool attached; /* a command: the memory, if there is one, is a service's */
};

/* head == NULL: nothing is remembered (the command line, or before memory_open). */
extern struct memory_map memory;

/* A number for a text that nobody outside can foresee. */
uint64_t memory_hash(struct str first, struct str second);

/* --- memory_file.c --- */

#define MOMENTS 20 /* to wait for somebody who starts, or looks */

/* A file on tmpfs that is nobody else's; -1 and why. */
int memory_file_open(const char *path, int flags, const char **why);
size_t memory_file_size(int fd);
/* NULL and why: it cannot be mapped. */
void *memory_file_map(int fd, size_t size, const char **why);
/* Take it for a service, for as long as it is open in a process.  False and why: another has it. */
bool memory_file_own(int fd, const char **why);
/* Another file of this size in its place, owned; -1 and why. */
int memory_file_replace(const char *path, size_t size, const char **why);
/* Does a service use it?  Nobody remembers anything by a file that none uses. */
bool memory_file_is_held(int fd);
void memory_file_wait(void);
static inline uint64_t
memory_load(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static inline void
memory_store(_Atomic uint64_t *word, uint64_t v)
{
	atomic_store_explicit(word, v, memory_order_relaxed);
}

/* --- memory_keys.c --- */

struct tag memory_tag(const uint8_t bytes[static MEMORY_TAG]);
/* The slot that has this tag now, or NULL. */
struct key_slot *memory_slot(struct tag);
bool memory_has_tag(const struct key_slot *, struct tag);
/*
 * What a slot has of the key of this tag, whole, in the arena, and the words it
 * was read from; NULL if it is not there or somebody writes it.
 */
struct standing *memory_copy(struct arena *, const struct key_slot *, struct tag, uint64_t **words);

/* --- memory_uses.c --- */

/* When its key was last used, in seconds. */
uint64_t memory_used_at(const struct key_slot *);
/* Have the last use of its key written, and how often it was used.  False: it could not be; the key stays. */
bool memory_use_let_go(struct work *, struct key_slot *);
/*
 * Claim the record of a slot that is to be this key's.  False: somebody has it,
 * or it is another key's and not written.
 */
bool memory_use_claim(struct key_slot *, struct tag, uint64_t *claimed);
/* The slot stays as it was; or it is this key's now, which was used now. */
void memory_use_release(struct key_slot *, uint64_t claimed);
void memory_use_begin(struct work *, struct key_slot *, struct tag, uint64_t claimed);

/* --- memory_days.c --- */

/* Count uses of the key of this tag; true: nothing waited to be written before. */
bool memory_day_add(struct key_slot *, struct tag, int64_t day, uint64_t uses);
/* The slot is this key's from now on. */
void memory_days_begin(struct key_slot *, struct tag, int64_t day, uint64_t uses);
/* Is anything of this key to be written? */
bool memory_days_wait(const struct key_slot *, struct tag);
/* Take it out: who does not write it loses it. */
void memory_days_take(struct key_slot *, struct tag, int64_t today, struct memory_day[static MEMORY_DAYS]);

/* --- memory_epochs.c --- */

/* The place of an organization, made if there is none; ORGS: the table is full. */
size_t memory_org(const char *org_id);
/*
 * A service starts: what was known is read again, what is in flux stays so.
 */
void memory_forget_epochs(void);
/* One change more (1) or less (-1), or just forget what is known (0). */
void memory_turn(size_t org, int by);
uint64_t memory_word(size_t org);
/* So many changes; false: the word is not what it was before. */
bool memory_set_changes(size_t org, uint64_t before, unsigned changes);
/* May what was read at this epoch be believed now? */
bool memory_epoch_holds(struct work *, size_t org, const char *org_id, uint64_t epoch);
/* Could it be when this piece of work has asked last?  For what goes with a key that is believed. */
bool memory_epoch_held(struct work *, size_t org, const char *org_id, uint64_t epoch);

/* --- memory_pack.c --- */

/* The standing as bytes; 0 if it does not fit. */
size_t memory_pack(const struct standing *, char *to, size_t max);
/* Texts point into the bytes, which lie in the arena. */
struct standing *memory_unpack(struct arena *, char *from, size_t n);

#endif
