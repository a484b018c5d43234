/*
 * member.h: accounts of people and their places in organizations.
 */
#ifndef CORE_MEMBER_H
#define CORE_MEMBER_H

#include "base/given.h"
#include "base/work.h"
#include "store/members.h"
#include "store/users.h"

struct member_wish {
	struct given_text email, name, role, password;
};

/* An account of its own, for the command line.  FAULT_TAKEN if there is one. */
enum fault user_create(struct work *, const struct member_wish *, struct user *);
enum fault user_set_password(struct work *, const char *email, struct str password);

/*
 * Into the acting credential's organization.  An address that has an account is
 * added as it is: neither its name nor its password changes by this.
 */
enum fault member_add(struct work *, const struct member_wish *, struct member *);
enum fault member_set_role(struct work *, const char *user_id, const struct member_wish *, struct member *);
/* Its keys stop at once, for good.  FAULT_LAST_ADMIN. */
enum fault member_leave(struct work *, const char *user_id);

#endif
