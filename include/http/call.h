/*
 * call.h: one request on its way through: route, credential, permission, body,
 * transaction, handler, answer.
 */
#ifndef HTTP_CALL_H
#define HTTP_CALL_H

#include "base/json_out.h"
#include "base/page.h"
#include "core/rate.h"
#include "http/route.h"

struct call {
	struct work *work;
	const struct request *req;
	struct response *resp;
	const struct route *route;
	struct str param[ROUTE_PARAMS];
	const struct standing *caller; /* as presented; work->actor is it within an organization */
	struct rate rate;	       /* of the caller's key */
	bool by_cookie;		       /* or by the web server's name: what browsers send by themselves */
	struct str text;	       /* the body as it came */
	void *body;		       /* of the route's shape */
	struct str form;	       /* the same as it came, where it is a form */
	bool again;		       /* a page's form is shown once more, as it was typed */
	enum fault refused;	       /* why, if it was refused */
	struct trouble wrong;	       /* and what was wrong with it */
	const char *proven;   /* of a page's form: the hash of the password that was in it; NULL: none */
	struct stream stream; /* the body, where the row says BODY_STREAM */
	struct json json;
};

/* The tables of routes, before the first request.  False: a row has no permit. */
bool call_open(const struct route_table *);
const struct route_table *call_routes(void);

/* Answer one request, whatever comes. */
void call_answer(struct work *, const struct request *, struct response *);

/*
 * A deed in a transaction of its own, for a handler whose row has none: begun, and
 * begun again with the deed when it lost a race, as for any handler.  In one that
 * changes it is looked again whether the caller is let in; work->actor is then as
 * for a new request.
 */
typedef enum fault call_deed(struct call *, void *ctx);
enum fault call_within(struct call *, enum db_tx, call_deed *, void *ctx);

/*
 * Before what cannot be undone, outside its transaction: FAULT_PROOF_NEEDED for a browser whose user has
 * not lately shown to know the password.  Pages have a field for it instead (ui_prove).
 */
handler call_sure;

/* The collection an address is about: what stands behind its organization. */
const char *call_collection(const struct call *);
/* The value of "{name}" in the address, as text; the row must have it. */
const char *call_param(const struct call *, const char *name);
/* A value of the query, decoded; STR_NONE if it is not there. */
struct str call_query(const struct call *, const char *name);
/*
 * An id in the query: NULL if it is not there, "" (which matches nothing) if it
 * cannot be one.
 */
const char *call_query_id(const struct call *, const char *name);
/* limit and cursor of the query; one more than asked for is read, to see whether more follow. */
enum fault call_page(struct call *, struct page *);
/* And search and sort: only what has that text in it, and in one of these orders, whose cursors are its own. */
enum fault call_page_sorted(struct call *, const struct page_orders *, struct page *);
/* The same for a list whose order or filter the caller chooses; the mark stands for that choice. */
enum fault call_page_marked(struct call *, const char *mark, struct page *);

/* Start a JSON answer. */
struct json *call_json(struct call *);

/* How the rows of a list are shown, and its orders: which members of a row make a cursor. */
struct listing {
	enum fault (*write)(struct call *, struct json *, const void *row);
	size_t size;			  /* of a row */
	const struct page_orders *orders; /* NULL: its cursor is known otherwise */
};

/* Of a list that has one order. */
#define LISTING(write, type, at, id) \
	{ \
		write, sizeof(struct type), &(const struct page_orders) \
		{ \
			(const struct page_order[]){ ORDER_AT(NULL, type, at, id) }, 1 \
		} \
	}
#define LISTING_SORTED(write, type, orders) \
	{ \
		write, sizeof(struct type), orders \
	}

/*
 * {"items": [...], "next": cursor or null}; a NULL page: all there is.  A page
 * whose items are long ends early, and its cursor says where to go on.
 */
enum fault call_list(struct call *, const struct listing *, const struct page *, const void *rows, size_t n);
/* The same with a cursor that is known already, or NULL. */
enum fault call_list_from(struct call *, const struct listing *, const void *rows, size_t n,
    const char *next);

#endif
