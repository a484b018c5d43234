/*
 * rpc.h: one message of the protocol (JSON-RPC 2.0), read and checked.
 *
 * Two eras are served.  Since 2026-07-28 each request says by itself which
 * version it is of, in the body and in the headers, and both must agree.  Before,
 * a client began with "initialize", and then named the version in a header only.
 */
#ifndef MCP_RPC_H
#define MCP_RPC_H

#include "base/json_in.h"
#include "base/json_out.h"

enum rpc_error {
	RPC_FINE = 0,
	RPC_PARSE = -32700,
	RPC_REQUEST = -32600,
	RPC_METHOD = -32601,
	RPC_PARAMS = -32602,
	RPC_INTERNAL = -32603,
	RPC_SERVER = -32000, /* ours: a fault, told in its data */
	RPC_HEADERS = -32020,
	RPC_VERSION = -32022
};

/* The headers that say again what the body says; STR_NONE: not there. */
struct rpc_headers {
	struct str version, method, name;
};

struct rpc {
	bool modern;
	const struct json_value *id; /* NULL: not known, or a notification */
	bool notification;
	struct str method;
	const struct json_value *params; /* an object, or NULL */
	struct str requested;		 /* with RPC_VERSION: the version that was asked for */
	const char *why;		 /* of an error, for people */
	const struct json_value *batch;	 /* the messages of one; then nothing else is known */
};

#define RPC_BATCH_MAX 20 /* messages */

/*
 * Read a body.  An error fills id as far as it is known, and why.  Whether there
 * is such a method is not asked here.
 */
enum rpc_error rpc_read(struct arena *, struct str body, const struct rpc_headers *, struct rpc *);

/* The same with one message of a batch, which only version 2025-03-26 has. */
enum rpc_error rpc_read_member(struct arena *, const struct json_value *, const struct rpc_headers *,
    struct rpc *);

/* The versions, newest first, as a list; of the modern era, or of both. */
void rpc_write_versions(struct json *, const char *name, bool both);
/* The version of the era before that "initialize" is answered with. */
const char *rpc_agree(struct str wanted);

/* {"jsonrpc": "2.0", "id": ...; to be ended by the caller. */
void rpc_open(struct json *, const struct rpc *);
/* Who answers: this program, as a member of that name. */
void rpc_write_server(struct json *, const char *name);
/* What a modern result has beside its own members. */
void rpc_write_meta(struct json *, bool modern);

#endif
