/*
 * setup.h: everything a generation of processes is started with: the settings,
 * and what was read of the files they name.
 *
 * The master reads it once and its children have it by the fork, so that a
 * process that is replaced hours later is like its siblings, whatever was
 * written into the files since.
 */
#ifndef FRONT_SETUP_H
#define FRONT_SETUP_H

#include "authorizer/routes_file.h"
#include "base/settings.h"

struct setup {
	struct settings *settings;
	struct routes *routes; /* NULL: none are named */
};

/*
 * Read the settings, the routes and the secrets, and look over what else the
 * settings name.  All problems are told; NULL if there was one.
 */
struct setup *setup_read(const char *config, settings_problem *, void *ctx);
void setup_free(struct setup **);

#endif
