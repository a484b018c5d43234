/*
 * master.h: the process that starts, watches and ends all others.
 *
 * It opens no database and reads no request, so nothing a client sends can end
 * it.
 */
#ifndef FRONT_MASTER_H
#define FRONT_MASTER_H

#include "front/crew.h"

enum master_state { MASTER_SERVES, MASTER_RELOADS, MASTER_DRAINS };

struct master {
	struct crew crew;
	struct sockets sockets;
	enum master_state state;
	const char *config;
	struct setup *setup;
	int generation;	     /* the one that serves */
	int last_generation; /* the newest number given */
	bool announced;	     /* the first generation was ready */
	int64_t deadline;    /* of the reload or the drain */

	/* a reload */
	struct setup *wanted;
	int wanted_generation;
	bool again; /* asked for another while one was under way */
};

/*
 * Run the service until it is told to stop.  Problems before it serves are told;
 * later ones go to the log.  The setup is freed.  Returns the status to end with.
 */
int master_run(const char *config, struct setup *, settings_problem *, void *ctx);

/* reload.c: SIGHUP.  A bad new configuration changes nothing. */
void reload_begin(struct master *);
/* While it goes on: finish it if the new generation is ready, or give it up. */
void reload_tick(struct master *);

#endif
