/*
 * subject.h: who may be given a role or a place in a team: by id.
 */
#ifndef CORE_SUBJECT_H
#define CORE_SUBJECT_H

#include "base/work.h"
#include "store/grants.h"

/* A user, a machine, a team, or "everyone" of the organization; FAULT_NOT_FOUND. */
enum fault subject_find(struct work *, const char *org_id, const char *id, struct grant_subject *);

#endif
