/*
 * methods.h: the methods of the protocol, by their names.
 */
#ifndef MCP_METHODS_H
#define MCP_METHODS_H

#include "http/call.h"
#include "mcp/rpc.h"

struct rpc_method {
	const char *name;
	bool before, modern; /* in which eras it is there */
	bool writes_meta;    /* by itself, before what may be long */
	/* Writes the members of the result, which is open. */
	enum fault (*answer)(struct call *, const struct rpc *, struct json *);
};

/* The method of a message in its era; NULL: there is none. */
const struct rpc_method *method_named(const struct rpc *);

/* What is wrong with the params before anything is asked of a service; NULL: nothing. */
const char *method_params_wrong(const struct rpc *);

#endif
