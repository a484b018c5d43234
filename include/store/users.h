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

#endif
