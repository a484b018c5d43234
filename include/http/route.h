/*
 * route.h: what an address needs before its handler is called: a row of a table.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "db/db.h"
#include "http/fields.h"
#include "http/request.h"
#include "http/response.h"

struct call;

/* A way in, and how it shows a fault. */
struct door {
	const char *name;
	void (*fault)(struct call *, enum fault);
	/* For people and their browsers: no key opens it, whatever the Authorization header says. */
	bool pages;
	/*
	 * The organization of a request whose address names none; NULL: that of the
	 * address.  Asked only where the row's permit is about an organization.
	 */
	enum fault (*enter)(struct call *, const char **org);
};

/* How a request authenticates.  AUTH_OPTIONAL: whoever presents nothing is nobody, and the handler says what of it. */
enum auth { AUTH_NONE, AUTH_OPTIONAL, AUTH_ANY, AUTH_SESSION };

enum permit {
#define PERMIT(id, check, about) PERMIT_##id,
#include "http/permit.def"
#undef PERMIT
	PERMIT__MAX
};

/* Which form the body has.  A stream is read by the handler, of any length and type. */
enum body_form { BODY_NONE, BODY_JSON, BODY_FORM, BODY_STREAM };

#define KIB		1024
#define ROUTE_PARAMS	4
#define ROUTE_BODY_JSON (64 * KIB)

typedef enum fault handler(struct call *);

struct route {
	enum method method;
	const char *path; /* "/v1/organizations/{org}/keys/{key}" */
	const struct door *door;
	enum auth auth;
	enum permit permit;
	enum db_tx tx;
	enum body_form form;
	const struct shape *shape; /* of the body; NULL: none is read */
	handler *handler;
	const char *summary; /* for /openapi.json */
	const char *answer;  /* its schema there; NULL: no body */
	int status;	     /* of a good answer */
	bool no_tx;	     /* the handler begins its own, or needs no database */
	handler *again;	     /* of a page's form: the page that has it, to be shown with what was wrong */
	handler *before;     /* what takes long and needs no lock: before the transaction; NULL: nothing */
};

struct route_table {
	const struct route *rows;
	size_t n;
};

struct route_match {
	const struct route *route;
	struct str param[ROUTE_PARAMS]; /* in the order of the pattern */
	unsigned allowed; /* with FAULT_METHOD_NOT_ALLOWED: bits of the methods this path takes */
};

/*
 * The row of a method and path over all tables (ended by rows == NULL);
 * FAULT_NOT_FOUND, or FAULT_METHOD_NOT_ALLOWED with m->allowed filled.
 */
enum fault route_find(const struct route_table *, enum method, struct str path, struct route_match *);

/* The number of "{name}" in the pattern, or -1. */
int route_param(const struct route *, const char *name);

#endif
