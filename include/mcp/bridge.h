/*
 * bridge.h: the other side of the door: messages of a client that knows standard
 * input and output only, carried to the service and back.
 */
#ifndef MCP_BRIDGE_H
#define MCP_BRIDGE_H

#include "base/out.h"

struct bridge;

/*
 * url: where the service is, with or without "/mcp/v1"; token: a key, or a
 * session's token.  Nothing is connected yet.  NULL: *why says what is wrong.
 */
struct bridge *bridge_open(const char *url, struct str token, const char **why);
void bridge_close(struct bridge **);

/*
 * Carry one message over.  What is to be written back is put into the answer, in
 * one line without its end: nothing after a notification, and an error with the
 * message's own id when the service refuses it, or cannot be reached.
 */
void bridge_carry(struct bridge *, struct arena *, struct str message, struct out *answer);

#endif
