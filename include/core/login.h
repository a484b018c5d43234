/*
 * login.h: people's sessions.
 *
 * A session is a row; its token is a JWT (RFC 7519, HS256) that names the row,
 * given out once and carried as a bearer token or a cookie.  The row decides:
 * an ended session is dead at once, whatever its token says.
 */
#ifndef CORE_LOGIN_H
#define CORE_LOGIN_H

#include "core/verify.h"

#define SESSION_SECONDS (12 * 3600)

struct login {
	struct str token; /* in the vault */
	int64_t expires_at;
	const char *user_id, *user_name, *user_email;
	const char *csrf;
};

/* FAULT_INVALID_TOKEN takes the same time whether there is such an account or not. */
enum fault login_begin(struct work *, struct str email, struct str password, struct str agent,
    struct login *);
enum fault login_end(struct work *, const char *session_id);

/* Keep the row of a session; what the client calls itself may be anything. */
enum fault login_note(struct work *, const char *id, const char *user_id, const char *source,
    int64_t expires_at, struct str agent);

/* Does the text look like a session rather than a key? */
bool login_shape(struct str text);
/* The standing of a session's token; as verify_text. */
enum fault login_find(struct work *, struct str token, struct presented *);

/* The CSRF token that goes with a session. */
const char *login_csrf(struct work *, const char *session_id);

/* An address as accounts have it: trimmed, NFC, ASCII letters small; NULL if it is none. */
const char *login_email(struct work *, struct str);

#endif
