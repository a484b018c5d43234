/*
 * rest.h (private): what the rooms of the contents' door share.
 */
#ifndef GRAPHQL_REST_PRIVATE_H
#define GRAPHQL_REST_PRIVATE_H

#include "graphql/rest.h"

/*
 * Into the organization: of the x-workspace-id, or a key's own, or a session's
 * first.  FAULT_RESOURCE for one that is not the caller's.
 */
enum fault rest_enter(struct call *);
/* A parameter of the query that must be there: an id, or a number. */
enum fault rest_param(struct call *, const char *name, const char **value);
enum fault rest_number(struct call *, const char *name, int64_t *value);
/* The body, at whose end it is asked again whether the caller may still come in. */
enum fault rest_body(struct call *, struct stream *, bool *empty);
/* The first tag of If-Match; STR_NONE: none was given, or any will do; empty: none that could be there. */
struct str rest_if_match(struct call *);
/* Is the tag in a list of entity tags?  Strong: a weak one is another one (RFC 9110 section 8.8.3.2). */
bool rest_tag_in(struct str list, const char *tag, bool strong);

#endif
