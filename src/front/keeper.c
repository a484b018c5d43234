/*
 * keeper.c: upkeep, every few seconds.
 *
 * It ends after the workers and looks once more then, so that what they left in
 * shared memory is not lost in an orderly stop.
 */
#include "config.h"

#include "front/keeper.h"

#include <assert.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "core/memory.h"
#include "core/upkeep.h"
#include "front/process.h"
#include "files/upload.h"
#include "front/workplace.h"

#define PAUSE_MS      1000
#define RETRY_MS      250 /* while there is no database */
#define LAST_TRIES    5
#define LAST_PAUSE_MS 200

#define UPLOADS_EVERY_MS 60000

#define CLOCK_TOLD_MS 1000

/* Told once for each time it goes away, not every two seconds. */
static bool
database_is_there(struct work *w)
{
	static bool missing;
	enum fault f = db_ready(w->db);

	if (f != FAULT_NONE && f != FAULT_UNAVAILABLE)
		process_misfit(db_problem(w->db));
	if (f != FAULT_NONE && !missing)
		log_event(LOG_WARN, "database_unavailable", "problem", db_problem(w->db), NULL);
	missing = f != FAULT_NONE;
	return !missing;
}

/* Told when it is seen first, and when it has become more. */
static void
watch_clock(void)
{
	static int64_t told_ms;
	int64_t ahead = clock_ahead_ms();

	counter_set(COUNT_CLOCK_AHEAD, (uint64_t)ahead / 1000);
	if (ahead > told_ms + CLOCK_TOLD_MS)
		log_event(LOG_ERROR, "clock_went_back", "seconds", log_number(ahead / 1000), "now",
		    "the service goes on with its own time until it is reloaded", NULL);
	if (ahead > told_ms + CLOCK_TOLD_MS || ahead < CLOCK_TOLD_MS)
		told_ms = ahead;
}

/* Rarely, since storages that are far away may be asked. */
static void
look_after_uploads(struct work *w)
{
	static int64_t next_ms;

	if (clock_ms() < next_ms)
		return;
	next_ms = clock_ms() + UPLOADS_EVERY_MS;
	upload_upkeep(w);
}

static bool
look_after(const struct post *post, struct work *w, bool last)
{
	bool there;

	slot_set(post->slot, SLOT_BUSY);
	workplace_next(w);
	watch_clock();
	there = db_alive(w->db) && database_is_there(w);
	memory_database(there);
	if (there)
		upkeep_run(w, last);
	if (there && !last)
		look_after_uploads(w);
	assert(!db_in_transaction(w->db));
	slot_set(post->slot, SLOT_READY);
	return there;
}

void
keeper_run(const struct post *post)
{
	struct work w;

	workplace_open(&w, post->setup->settings, post->pool->account);
	while (!process_leaving(post)) {
		look_after(post, &w, false);
		/* A server that ends hangs up, and is missed at once. */
		process_sleep(db_descriptor(w.db), db_descriptor(w.db) < 0 ? RETRY_MS : PAUSE_MS);
	}
	/* A database that was away a moment ago may be back: what is not written now is lost. */
	for (int i = 0; i < LAST_TRIES && !look_after(post, &w, true); i++)
		process_sleep(-1, LAST_PAUSE_MS);
	workplace_close(&w);
	_exit(0);
}
