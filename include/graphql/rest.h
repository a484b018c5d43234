/*
 * rest.h: the addresses beside /graphql that existing Drivebase clients use for
 * contents: whole uploads, chunks, downloads.  Errors are {"error": text}.
 */
#ifndef GRAPHQL_REST_H
#define GRAPHQL_REST_H

#include "http/call.h"

extern const struct door door_rest;

handler rest_upload, rest_chunk, rest_download;

#endif
