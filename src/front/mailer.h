/*
 * mailer.h: the process that sends mail.
 */
#ifndef FRONT_MAILER_H
#define FRONT_MAILER_H

#include "front/pools.h"

/* The process is the mailer from here on; it ends when the master says so. */
void mailer_run(const struct post *) __attribute__((noreturn));

#endif
