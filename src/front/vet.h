/*
 * vet.h: looking over what the settings name, beyond their own form.
 */
#ifndef FRONT_VET_H
#define FRONT_VET_H

#include "base/settings.h"

/*
 * The addresses and names of the sockets, and the password files.  Every problem
 * is told; false if there was one.
 */
bool vet_files(const struct settings *, settings_problem *, void *ctx);

#endif
