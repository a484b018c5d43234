/*
 * crew.h: the processes of the service as the master sees them: who sits where,
 * who is to be started, who hangs.
 *
 * A seat is a place for one process; when the process ends unasked, another is
 * put there.  A generation is all processes that were started with the same
 * settings.
 */
#ifndef FRONT_CREW_H
#define FRONT_CREW_H

#include "front/sockets.h"

enum seat_state {
	SEAT_FREE,
	SEAT_DUE, /* to be filled, when it is time */
	SEAT_RUNS,
	SEAT_LEAVES /* was told to; not filled again */
};

struct seat {
	enum seat_state state;
	enum pool_id pool;
	int generation;
	const struct setup *setup;
	int64_t limit_ms; /* for one request; 0: none */
	pid_t pid;
	int64_t at;	 /* clock_ms: of its start, or when it is due */
	uint64_t turn;	 /* of its slot, as last seen, */
	int64_t turn_at; /* and the clock_ms at which it was seen first */
	int falls;	 /* quick deaths in a row */
};

struct crew {
	struct seat seat[SLOTS_MAX];
	struct slots *slots;
	struct sockets *sockets;
	int misfit; /* generation of which a process could not start at all */
};

/*
 * Seats for a new generation, due now.  Only pools with a socket have any.
 * False if there is no room, because too many are still leaving.
 */
bool crew_enlist(struct crew *, const struct setup *, int generation);
/* Start what is due. */
void crew_start(struct crew *);
/* Take note of those that ended; and what they may have left undone, the others do. */
void crew_reap(struct crew *);
/* Kill those that have worked on one request for too long. */
void crew_watch(struct crew *);

enum crew_part { CREW_WORKERS, CREW_KEEPER, CREW_ALL };

/* Tell those of a generation (0: of all) to finish and end. */
void crew_dismiss(struct crew *, int generation, enum crew_part);
/* Wake all that sleep, by this signal, or end all by it. */
void crew_signal(struct crew *, int number);

/* All seats of a generation are filled, and their processes ready for work. */
bool crew_ready(const struct crew *, int generation);
/* Living processes. */
int crew_count(const struct crew *, enum crew_part);
/* Milliseconds until something is due, at most max. */
int64_t crew_next(const struct crew *, int64_t max);

#endif
