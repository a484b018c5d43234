/*
 * sessions.h: the rows of sessions.
 */
#ifndef STORE_SESSIONS_H
#define STORE_SESSIONS_H

#include "base/work.h"

struct session {
	const char *id, *user_id, *user_name, *user_email;
	int64_t expires_at, ended_at;
};

enum fault sessions_insert(struct work *, const char *id, const char *user_id, int64_t expires_at,
    const char *address, struct str agent);
/* FAULT_NOT_FOUND if there is none. */
enum fault sessions_get(struct work *, const char *id, struct session *);
enum fault sessions_end(struct work *, const char *id);
/* All of a user's, when the password changes. */
enum fault sessions_end_of_user(struct work *, const char *user_id);
/* Forget those that ended or expired before the instant. */
enum fault sessions_forget(struct work *, int64_t before);

#endif
