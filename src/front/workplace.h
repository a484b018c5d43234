/*
 * workplace.h: a struct work, set up for a process or a command.
 */
#ifndef FRONT_WORKPLACE_H
#define FRONT_WORKPLACE_H

#include "db/db.h"

/* The arenas, and a connection that is not made yet. */
void workplace_open(struct work *, const struct settings *, enum db_account);
/* Forget the last piece of work: its memory, the secrets above all. */
void workplace_clear(struct work *);
/* The same, and begin the next, at this time and with a new id. */
void workplace_next(struct work *);
void workplace_close(struct work *);

#endif
