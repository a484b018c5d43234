/*
 * members.h: the rows of memberships.
 */
#ifndef STORE_MEMBERS_H
#define STORE_MEMBERS_H

#include "base/page.h"
#include "base/work.h"

struct member {
	const char *id; /* of the membership */
	const char *user_id, *email, *name, *role;
	int64_t joined_at;
	int64_t awaits;			   /* closed to the user's password until the address is confirmed */
	const char *sort_name, *sort_role; /* the place in a list, of a row that comes from one */
};

enum { MEMBERS_BY_JOINING, MEMBERS_BY_NAME, MEMBERS_BY_ROLE };
extern const struct page_orders members_orders;

/* FAULT_TAKEN if the user is a member already. */
enum fault members_insert(struct work *, const char *org, const char *id, const char *user_id,
    const char *role, bool awaits);
/* A live membership by its user; FAULT_NOT_FOUND. */
enum fault members_of_user(struct work *, const char *org, const char *user_id, struct member *);
/* In the order of the page, which is one of members_orders. */
enum fault members_page(struct work *, const char *org, const struct page *, struct member **, size_t *n);
/* How many admins there are, the rows locked until the transaction ends. */
enum fault members_count_admins(struct work *, const char *org, int64_t *n);
enum fault members_set_role(struct work *, const char *org, const char *id, const char *role);
/* End the membership, and take it out of teams and grants. */
enum fault members_leave(struct work *, const char *org, const char *id);

#endif
