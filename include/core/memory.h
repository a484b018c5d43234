/*
 * memory.h: what all workers of a host remember of verified keys, in shared
 * memory: made by the master, kept over the death of workers, over reloads and,
 * in a file on tmpfs, over a restart of the service.
 *
 * A remembered key is worth something only while its organization's epoch is
 * the one it was read at.  The epochs lie here too.  Whoever makes a change
 * that may turn a verdict into another marks the organization in flux before
 * the database commits, and forgets the epoch after: a check in between reads
 * the database, and so does the first one after.
 *
 * Nobody waits for anybody.  Readers copy a slot and look whether its sequence
 * number stayed the same and even (a sequence lock); writers claim a slot by
 * making the number odd, with one compare-and-swap.  All words of a slot are
 * relaxed atomics between an acquire load and an acquire fence on the reader's
 * side, and a release fence and a release store on the writer's, which is what
 * C11 asks for on machines that reorder loads and stores (Boehm, "Can seqlocks
 * get along with programming language memory models?", 2012).  A writer killed
 * in the middle leaves an odd number: a miss until another writer takes the
 * slot over, never a wrong answer.
 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include "base/secret.h"
#include "base/settings.h"
#include "core/decide.h"
#include "core/secrets.h"

#define MEMORY_TAG 16 /* bytes of a key's digest that stand for it here */

/*
 * The master, before its first fork.  The file is used again only if its
 * format, its size, the peppers and the database are the same.  Without a file
 * that can be used nothing is remembered, and *why (if it is set) says so: the
 * command line would have no way to say that something changed.
 */
void memory_open(const struct settings *, const char **why);

/*
 * The command line, before a change: the memory of the service that runs, or
 * none.  False, and why: there is one, and it cannot be used; a change now would
 * not be exact.  A service that is started in the middle of a change is told of
 * it as well, at its end.
 */
bool memory_attach(const struct settings *, const char **why);

/*
 * The keeper says whether the database is there.  While it is not, what is
 * remembered counts for nothing, so that every answer is 503.
 */
void memory_database(bool there);

/* --- verified keys --- */

/* The standing as it was remembered, in the arena; NULL: read the database. */
struct standing *memory_find(struct work *, const uint8_t tag[static MEMORY_TAG]);
/*
 * Remember a standing that was verified just now, of a key that lives and is used
 * by that, or of a dead one; its epoch is the one its rows were read at.  Of one
 * that is too large it is remembered that its text was verified, and its use.
 * False: nothing is remembered (there is no memory, or its place could not be
 * had), and neither is its use.
 */
bool memory_keep(struct work *, const uint8_t tag[static MEMORY_TAG], const struct standing *, bool used);

/* Is there anything about this text, at whatever epoch? */
bool memory_has(const uint8_t tag[static MEMORY_TAG]);
/*
 * Has this host verified this very text against this version of the key's row?
 * Then Argon2id need not run again, whatever else has changed since.
 */
bool memory_verified(struct work *, const uint8_t tag[static MEMORY_TAG], const char *key_id,
    int64_t version);

/* --- which texts are keys at all --- */

/*
 * No key has this lookup digest; then the database need not be asked.  False
 * also where that cannot be said: while the database is away, in a cluster, and
 * until all keys there are have been met.
 */
bool memory_no_key(const struct work *, const uint8_t lookup[static LOOKUP_SIZE]);
/* There may be a key with this digest from now on: before its row is committed. */
void memory_key_comes(const uint8_t lookup[static LOOKUP_SIZE]);
/* Whether every key in the database has been told of. */
void memory_known_all(bool);

/* --- the chains of resources --- */

struct target *memory_find_target(struct work *, const char *org_id, const char *resource_id);
/* The epoch is one that was read before the chain was. */
void memory_keep_target(struct work *, const char *org_id, int64_t epoch, const struct target *);

/* --- epochs --- */

/*
 * In flux from now until the transaction at hand has ended; it may change one
 * organization only.  FAULT_BUSY: too many at once.
 */
enum fault memory_flux(struct work *, const char *org_id);

#define MEMORY_ID_SPACE 40 /* bytes of an id, the NUL included */

/* A change that nobody will end any more. */
struct memory_orphan {
	size_t place; /* where to look from */
	uint64_t word;
	char org_id[MEMORY_ID_SPACE];
};

/*
 * Changes whose process died, or whose end nobody knows: the first from .place
 * on.  Who has held a lock on its organization's row since, knows that the
 * change is over, and mends it.
 */
bool memory_orphan(struct memory_orphan *);
void memory_mend(const struct memory_orphan *);
/* Put the counts of those right who died while they were being counted, if that can be said now. */
void memory_recount(void);

/* --- last use, and how often on a day --- */

#define MEMORY_DAYS 2

/* Uses on a day, which is a number: days in UTC since 1970-01-01. */
struct memory_day {
	int64_t day, uses;
};

struct memory_use {
	char org_id[MEMORY_ID_SPACE], key_id[MEMORY_ID_SPACE];
	int64_t at, past; /* past: as in struct standing */
	struct address from;
	struct memory_day days[MEMORY_DAYS]; /* those without uses mean nothing */
	uint64_t tag[2];		     /* where it was found: for memory_uses_written */
	size_t slot;
};

/*
 * Note a use of a remembered key: counted by one atomic instruction, unless
 * w->counted; and a few stores, once a second.  False: it is not remembered, and
 * whether it was counted says w->counted.
 */
bool memory_used(struct work *, const uint8_t tag[static MEMORY_TAG]);
/*
 * Uses that are not written, from *turn on, at most max.  Without `all` those of
 * keys that are written often anyway wait a little (ten seconds at most).  They
 * are told again until they are said to be written.  What was counted is told
 * once: who surely did not write it gives it back.
 */
size_t memory_uses(struct work *, bool all, struct memory_use *, size_t max, size_t *turn);
void memory_uses_written(const struct memory_use *, size_t n);
void memory_uses_back(const struct memory_use *, size_t n);

#endif
