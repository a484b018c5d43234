/*
 * credential.h: the one credential of a request.
 */
#ifndef HTTP_CREDENTIAL_H
#define HTTP_CREDENTIAL_H

#include "http/request.h"

/*
 * The text of the Authorization header (Bearer, RFC 6750; "secret-token:" of
 * RFC 8959 is taken off), or else of the session cookie.  FAULT_NO_CREDENTIAL
 * if there is neither, FAULT_TWO_CREDENTIALS for more than one in the header,
 * FAULT_INVALID_TOKEN for another scheme or nothing in it, FAULT_CREDENTIAL_IN_URL
 * for one in the query.
 */
enum fault credential_read(struct work *, const struct request *, struct str *text, bool *from_cookie);
/* The same for who has looked at the query already. */
enum fault credential_of_headers(const struct request *, struct str *text, bool *from_cookie);

/*
 * Whom the web server vouches for, where the settings let it and there is no Bearer
 * credential: it goes before a cookie, which may be somebody else's who sat there
 * before.  Browsers cause it to be sent by themselves, as they send cookies.
 */
bool credential_remote_user(struct work *, const struct request *, struct str *name);

/* The same for pages: the session cookie or nothing; FAULT_SESSION_REQUIRED where a Bearer credential came. */
enum fault credential_of_page(const struct request *, struct str *text);

/* Something in the query that looks like a key or a session, or is called access_token. */
bool credential_in_url(struct work *, const struct request *);

/* The name of the session cookie: __Host- needs https. */
const char *credential_cookie(const struct request *);

/*
 * A request of our own pages: same origin, and the session's CSRF token, in the
 * header or in the field "csrf" of the form (STR_NONE: there is no form).
 */
enum fault credential_csrf(struct work *, const struct request *, struct str form, const char *session_id);

/* The value of Set-Cookie for a session; no token: it is forgotten. */
const char *credential_set_cookie(struct work *, const struct request *, struct str token, int64_t seconds);

/* The Origin is the one the client reached us by. */
bool credential_same_origin(struct work *, const struct request *);

#endif
