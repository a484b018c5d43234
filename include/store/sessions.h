/*
 * sessions.h: the rows of sessions.
 */
#ifndef STORE_SESSIONS_H
#define STORE_SESSIONS_H

#include "base/page.h"
#include "base/work.h"

struct session {
	const char *id, *user_id, *user_name, *user_email;
	int64_t expires_at, ended_at;
	int64_t unproven; /* opened by a password that may be another's than the address's owner's */
};

/* As its owner sees it; the texts may be NULL but for the first three. */
struct session_row {
	const char *id, *user_id, *source;
	int64_t created_at, expires_at;
	const char *address, *agent;
};

/* FAULT_TAKEN if there is one of this id. */
enum fault sessions_insert(struct work *, const struct session_row *);
/* FAULT_NOT_FOUND if there is none. */
enum fault sessions_get(struct work *, const char *id, struct session *);
/* When its user last showed to know the password: at its beginning, or by sessions_prove. */
enum fault sessions_proven(struct work *, const char *id, int64_t *at);
enum fault sessions_prove(struct work *, const char *id);
enum fault sessions_end(struct work *, const char *id);
/* All of a user's but one (NULL: all), when the password changes. */
enum fault sessions_end_of_user(struct work *, const char *user_id, const char *but);
/* One of a user's own; FAULT_NOT_FOUND if it is none, or over. */
enum fault sessions_end_own(struct work *, const char *user_id, const char *id);
/* A user's live ones, the newest first. */
enum fault sessions_of_user(struct work *, const char *user_id, const struct page *, struct session_row **,
    size_t *n);
/* Forget those that ended or expired before the instant. */
enum fault sessions_forget(struct work *, int64_t before);

#endif
