/*
 * teams.h: the rows of teams and of who is in them.
 */
#ifndef STORE_TEAMS_H
#define STORE_TEAMS_H

#include "base/page.h"
#include "base/work.h"

struct team {
	const char *id, *name;
	int64_t created_at, members;
};

enum { TEAMS_BY_CREATION, TEAMS_BY_NAME };
extern const struct page_orders teams_orders;

/* One of a team: a user or a machine. */
struct team_subject {
	const char *id, *type, *name;
	int64_t added_at;
};

enum fault teams_insert(struct work *, const char *org, const struct team *, const char *name_key);
enum fault teams_get(struct work *, const char *org, const char *id, struct team *);
enum fault teams_page(struct work *, const char *org, const struct page *, struct team **, size_t *n);
enum fault teams_of_machine(struct work *, const char *org, const char *machine_id, struct team **,
    size_t *n);
enum fault teams_subjects(struct work *, const char *org, const char *id, struct team_subject **, size_t *n);
enum fault teams_rename(struct work *, const char *org, const char *id, const char *name,
    const char *name_key);
/* With its members and grants. */
enum fault teams_delete(struct work *, const char *org, const char *id);
/* Exactly one of membership and machine is not NULL.  FAULT_TAKEN: it is in the team. */
enum fault teams_add(struct work *, const char *org, const char *id, const char *membership_id,
    const char *machine_id);
/* *changed: 0 if it was not in the team. */
enum fault teams_remove(struct work *, const char *org, const char *id, const char *membership_id,
    const char *machine_id, int64_t *changed);

#endif
