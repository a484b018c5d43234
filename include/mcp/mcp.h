/*
 * mcp.h: the door for programs that speak the Model Context Protocol: one
 * address, one message in and one out, and nothing is kept between two.
 */
#ifndef MCP_MCP_H
#define MCP_MCP_H

#include "http/call.h"

extern const struct door door_mcp;

handler mcp_message;

#endif
