/*
 * routes.h: the routes between the room that reads them (routes_file.c) and the
 * one that finds a request's (routes_match.c).
 */
#ifndef AUTHORIZER_ROUTES_H
#define AUTHORIZER_ROUTES_H

#include "authorizer/pattern.h"
#include "authorizer/routes_file.h"

struct route {
	int line;
	struct str *method;
	size_t methods; /* 0: every method */
	struct pattern pattern;
	bool open;
	enum action action;
	const struct type *type; /* NULL: anywhere */
	struct str id;		 /* of the resource, or the name that binds it */
	bool bound;
	struct pattern path; /* n == 0: none */
};

struct routes {
	struct arena *arena;
	struct route *v;
	size_t n;
};

bool route_has_method(const struct route *, struct str method);
/* An id of that type could look like this. */
bool route_id_fits(const struct type *, struct str id);

#endif
