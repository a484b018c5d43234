/*
 * graphql.h: the door of Drivebase's clients: /graphql (GraphQL over HTTP), with the
 * types that they know.
 */
#ifndef GRAPHQL_GRAPHQL_H
#define GRAPHQL_GRAPHQL_H

#include "http/call.h"

extern const struct door door_graphql;

handler graphql_get, graphql_post, graphql_options;

/* Before the first request.  False: a row of the schema is not whole, *why. */
bool graphql_open(const char **why);

#endif
