/*
 * request.h: what a request to /graphql asks for (GraphQL over HTTP), and how it
 * wants to be answered.
 */
#ifndef GRAPHQL_REQUEST_H
#define GRAPHQL_REQUEST_H

#include "base/json_in.h"
#include "http/call.h"

struct gql_request {
	struct str query;
	struct str operation;		    /* STR_NONE: the only one */
	const struct json_value *variables; /* an object; NULL: none */
};

/* FAULT_CONTENT_TYPE, FAULT_BAD_JSON, and FAULT_BAD_REQUEST that names a member. */
enum fault request_read_post(struct call *, struct gql_request *);
enum fault request_read_get(struct call *, struct gql_request *);

/* Its own media type, rather than plain JSON, whose status says nothing about the document. */
bool request_wants_graphql(const struct request *);

#endif
