/*
 * team.h: teams of the acting credential's organization.
 */
#ifndef CORE_TEAM_H
#define CORE_TEAM_H

#include "base/given.h"
#include "base/work.h"
#include "store/teams.h"

struct team_wish {
	struct given_text name;
};

enum fault team_create(struct work *, const struct team_wish *, struct team *);
enum fault team_rename(struct work *, const char *id, const struct team_wish *, struct team *);
enum fault team_delete(struct work *, const char *id);
/* The subject is the id of a user or of a machine. */
enum fault team_add(struct work *, const char *id, const char *subject_id);
enum fault team_remove(struct work *, const char *id, const char *subject_id);

#endif
