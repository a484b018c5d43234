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
/* Also says that the address is theirs: the administrator of the machine vouches for it. */
enum fault user_set_password(struct work *, const char *email, struct str password);

/*
 * Does a place of the user in the organization stay closed to sessions by password
 * until the address is confirmed?  So it does where somebody else than this
 * organization's admins may have chosen the password.
 */
bool member_awaits(const struct user *, const char *org_id);

/*
 * Into the acting credential's organization.  An address that has an account is
 * added as it is: neither its name nor its password changes by this.
 */
enum fault member_add(struct work *, const struct member_wish *, struct member *);
enum fault member_set_role(struct work *, const char *user_id, const struct member_wish *, struct member *);
/* Its keys stop at once, for good.  FAULT_LAST_ADMIN. */
enum fault member_leave(struct work *, const char *user_id);

#endif
