/*
 * workplace.c: arenas, connection, and ids for the pieces of work.
 */
#include "config.h"

#include "front/workplace.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "store/tables.h"

#define ARENA_MAX ((size_t)16 << 20)
#define VAULT_MAX ((size_t)256 << 10)

/* Of an id's characters: random ones of the process, then a count. */
#define ID_RANDOM 12

void
workplace_open(struct work *w, const struct settings *s, enum db_account account)
{
	*w = (struct work){ .settings = s };
	w->arena = arena_open(ARENA_MAX, ARENA_PLAIN);
	w->vault = arena_open(VAULT_MAX, ARENA_WIPED);
	w->db = db_open(s, account, store_tables);
	random_base62(w->request_id, REQUEST_ID_SIZE - 1);
	workplace_next(w);
}

/* An id is no secret: a count in base62 makes the next, without asking the system. */
static void
next_id(char id[static REQUEST_ID_SIZE])
{
	for (int i = REQUEST_ID_SIZE - 2; i >= ID_RANDOM; i--) {
		const char *next = strchr(base62_digits, id[i]) + 1;

		id[i] = *next == '\0' ? base62_digits[0] : *next;
		if (*next != '\0')
			return;
	}
}

void
workplace_clear(struct work *w)
{
	arena_reset(w->arena);
	arena_reset(w->vault);
}

void
workplace_next(struct work *w)
{
	workplace_clear(w);
	w->actor = NULL;
	w->peer = (struct address){ .known = false };
	w->trouble = (struct trouble){ .field = NULL };
	w->began_ms = clock_real_ms();
	w->now = w->began_ms / 1000;
	w->counted = false;
	w->overtaken = false;
	w->waited = false;
	w->reveals = false;
	w->again = NULL;
	w->again_ctx = NULL;
	log_time(w->now);
	next_id(w->request_id);
}

void
workplace_close(struct work *w)
{
	db_close(&w->db);
	arena_free(&w->vault);
	arena_free(&w->arena);
}
