/*
 * forget.h: what the FastCGI library has of a request in memory of its own, which it
 * frees as it is.
 */
#ifndef FRONT_FORGET_H
#define FRONT_FORGET_H

#include <fcgiapp.h>

/* Wipe the buffer of a stream: of one that was read, or of one that was written and flushed. */
void forget_stream(const FCGX_Stream *);

/* Wipe the values of those parameters that present a credential. */
void forget_params(char **envp);

#endif
