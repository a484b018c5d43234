/*
 * vet.h: looking over what the settings name, beyond their own form.
 */
#ifndef FRONT_VET_H
#define FRONT_VET_H

#include "base/settings.h"

/*
 * The addresses and names of the sockets, and the password files.  Every problem
 * is told, with the line of its setting in the file; false if there was one.
 */
bool vet_files(const char *config, const struct settings *, settings_problem *, void *ctx);

#endif
