/*
 * process.h: what a process of the service is to the system: its limits, its
 * signals, its end.
 */
#ifndef FRONT_PROCESS_H
#define FRONT_PROCESS_H

#include <signal.h>

#include "front/pools.h"

/* The whole service: descriptors 0 to 2 open, no core files, not traceable, no new privileges. */
void process_harden(void);

/* The signals the master waits for; blocked in all processes of the service. */
void process_signals(sigset_t *);

/*
 * In a fresh child: its name, its signals; and it ends with its master, also
 * when that is killed.
 */
void process_child(const struct post *, long master);

/*
 * Never put the process that just sent a request off its processor (SCHED_BATCH):
 * the web server first sends all it has, and a worker then answers several at a
 * turn.  Who is woken on an idle processor runs at once as ever.
 */
void process_let_others_finish(void);

/*
 * End a process that cannot work: its statements do not fit the schema.  The
 * master waits a moment before it tries another.
 */
void process_misfit(const char *problem) __attribute__((noreturn));

/*
 * True: finish and end; the master said so or is gone.  Mostly two loads from
 * memory: whether the master lives is asked only every so often, for a process
 * that never sleeps; one that does is told by a signal.
 */
bool process_leaving(const struct post *);

/* Is the master gone?  Asks the system. */
bool process_orphaned(void);

/*
 * Sleep until the descriptor (-1: none) is readable, a signal comes, or the time
 * is over (-1: never).  Signals come in here only, so that none cuts a read, a
 * write or a question to the database short.  Notes of the log are written first.
 */
void process_sleep(int fd, int64_t ms);
/* The same for the post's listener, with no end; of many that sleep so one is woken. */
void process_wait(const struct post *);

#endif
