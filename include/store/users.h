/*
 * users.h: the rows of people's accounts.
 */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include "base/page.h"
#include "base/work.h"

struct user {
	const char *id, *email, *name, *password_hash;
	int64_t created_at;
	int64_t confirmed_at;	  /* 0: nobody has shown yet that the address is theirs */
	const char *password_org; /* whose admin chose the password; NULL: nobody's, or it is confirmed */
};

/* The address is normalized already.  FAULT_TAKEN if there is an account. */
enum fault users_insert(struct work *, const struct user *);
/* FAULT_NOT_FOUND if there is none. */
enum fault users_by_email(struct work *, const char *email, struct user *);
enum fault users_get(struct work *, const char *id, struct user *);
/* The same, kept as it is until the transaction ends. */
enum fault users_lock(struct work *, const char *id, struct user *);
enum fault users_all(struct work *, const struct page *, struct user **, size_t *n);
enum fault users_set_password(struct work *, const char *id, const char *hash);
/* The address is theirs, and so is the password from now on. */
enum fault users_confirm(struct work *, const char *id);

#endif
