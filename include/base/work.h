/*
 * work.h: what one piece of work carries through the floors: its memory, its
 * database, who asks, when, and what went wrong.  It knows no HTTP.
 */
#ifndef BASE_WORK_H
#define BASE_WORK_H

#include "base/address.h"
#include "base/arena.h"
#include "base/fault.h"

struct db;
struct standing; /* core/standing.h: who acts */
struct settings; /* base/settings.h */

#define REQUEST_ID_SIZE 21

struct work {
	struct arena *arena;
	struct arena *vault; /* for secrets; wiped when the work is done */
	struct db *db;
	const struct settings *settings;
	const struct standing *actor; /* NULL: nobody */
	int64_t now;	  /* all happens at this second, unless a storage or a body was waited for */
	int64_t began_ms; /* clock_real_ms */
	bool counted;	  /* of the credential presented: that it was used */
	bool overtaken;	  /* by another change, between looking who asks and its own beginning */
	bool waited;	  /* for the database or a body, so that it may have taken time */
	bool reveals;	  /* a secret was made, or found again, that its answer may show */
	struct address peer;
	char request_id[REQUEST_ID_SIZE];
	struct trouble trouble; /* details of the last fault */
	/*
	 * Asks again, as of now, who acts: for what goes on for long.  It may be another
	 * actor after it, or none: a fault.  NULL: there is nobody who could be put out.
	 */
	enum fault (*again)(struct work *);
	void *again_ctx;
	/* Called once when the transaction at hand has ended; certain: it is known how. */
	void (*after_tx)(struct work *, bool certain);
	void *after_ctx;
};

/*
 * Return a fault and say where: the member of the request it is about and a
 * sentence, both kept in the arena.  Either may be NULL.
 */
enum fault fault_at(struct work *, enum fault, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * FAULT_BODY_TOO_LARGE unless so many bytes of the arena are left: for loops whose
 * rows are bounded each, and not together.  An arena that ends, ends the process.
 */
enum fault work_room(struct work *, size_t n);

#endif
