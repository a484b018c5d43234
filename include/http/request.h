/*
 * request.h: one request as the doors see it: read-only, already measured.
 *
 * The gate fills it from FastCGI parameters; a test fills it by hand.  All texts
 * are borrowed until the request is over.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/stream.h"

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_OTHER
};

enum header {
#define HEADER(name, param, twice) HEADER_##name,
#include "http/headers.def"
#undef HEADER
	HEADER__MAX
};

/* What is asked of us: to answer, or to decide (front-end dependent). */
enum role { ROLE_RESPONDER, ROLE_AUTHORIZER };

#define TARGET_MAX 8192 /* bytes of a request target */

/* Reads the whole body, at most max bytes, into the arena. */
typedef enum fault body_reader(void *ctx, struct work *, size_t max, struct str *body);

/* The body as it comes, instead of the whole of it. */
typedef struct stream body_streamer(void *ctx);

struct request {
	enum method method;
	struct str method_name;
	struct str target; /* REQUEST_URI, as the client sent it */
	struct str query;  /* after the first '?', still encoded */
	struct str header[HEADER__MAX];
	struct address peer;
	bool https;
	enum role role;
	struct str
	    remote_user;   /* whom the web server says it has authenticated; see credential_remote_user */
	struct str mode;   /* CLAVIGER_MODE: "auth", "denied" or not given */
	enum fault broken; /* FAULT_NONE, or what the gate saw wrong: answer it and no more */
	body_reader *read_body;
	body_streamer *stream_body;
	void *body_ctx;
};

enum method method_of(struct str name);
const char *method_text(enum method);

/*
 * The path of a target, decoded once.  FAULT_NOT_CANONICAL if another reader
 * could take it for another path: "//", "." or ".." segments, an encoded
 * slash, NUL, backslash or semicolon, control bytes, invalid UTF-8, a bad
 * escape, one that leaves another escape behind, or what is not NFC.
 */
enum fault request_path(struct arena *, struct str target, struct str *path);

/*
 * Of the query or a form.  One value by name, decoded, with a NUL behind it; STR_NONE
 * if absent.  Nothing else of it is decoded, so nothing else is in the arena.
 */
struct str query_value(struct arena *, struct str query, const char *name);
/* Has it this name with this value? */
bool query_has(struct str query, const char *name, const char *value);
/*
 * Calls each for every pair, decoded, with a NUL behind each text; stops when it
 * returns false.  The texts stay in the arena, in no more than the query's length.
 */
void query_each(struct arena *, struct str query, bool each(void *ctx, struct str name, struct str value),
    void *ctx);

/* A cookie's value, STR_NONE if absent. */
struct str request_cookie(const struct request *, const char *name);
/* Any of the types in Accept matches text/html before application/json. */
bool request_wants_page(const struct request *);
/* scheme://host[:port] by which the client reached us, or base_url. */
const char *request_base_url(struct arena *, const struct request *, const struct settings *);

#endif
