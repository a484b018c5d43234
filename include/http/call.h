/*
 * call.h: one request on its way through: route, credential, permission, body,
 * transaction, handler, answer.
 */
#ifndef HTTP_CALL_H
#define HTTP_CALL_H

#include "base/json_out.h"
#include "base/page.h"
#include "core/standing.h"
#include "http/route.h"

struct call {
	struct work *work;
	const struct request *req;
	struct response *resp;
	const struct route *route;
	struct str param[ROUTE_PARAMS];
	const struct standing *caller; /* as presented; work->actor is it within an organization */
	bool by_cookie;
	void *body; /* of the route's shape */
	struct json json;
};

/* The tables of routes, before the first request.  False: a row has no permit. */
bool call_open(const struct route_table *);
const struct route_table *call_routes(void);

/* Answer one request, whatever comes. */
void call_answer(struct work *, const struct request *, struct response *);

/* The value of "{name}" in the address, as text; the row must have it. */
const char *call_param(const struct call *, const char *name);
/* A value of the query, decoded; STR_NONE if it is not there. */
struct str call_query(const struct call *, const char *name);
/* limit and cursor of the query; one more than asked for is read, to see whether more follow. */
enum fault call_page(struct call *, struct page *);

/* Start a JSON answer; call_json_end closes what was opened. */
struct json *call_json(struct call *);
/* How many of n rows to show, and "next" after them. */
size_t call_page_shown(const struct page *, size_t n);
void call_page_next(struct call *, const struct page *, size_t n, int64_t at, const char *id);

#endif
