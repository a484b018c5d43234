/*
 * stream.h: bytes that are handed on piece by piece, so that the whole of them
 * is never in memory.  Whoever wants them asks for the next piece.
 */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include "base/work.h"

#define STREAM_PIECE ((size_t)64 << 10) /* what a piece is about */

struct stream {
	/* The next bytes, which live until the next call; none: that was the end. */
	enum fault (*next)(struct stream *, struct work *, struct str *piece);
	void (*close)(struct stream *); /* NULL: there is nothing to close */
	void *ctx;
	int64_t length; /* of all that will come; -1: not known */
};

/* Close it, if there is something to close; again does nothing. */
static inline void
stream_close(struct stream *s)
{
	if (s->close != NULL)
		s->close(s);
	s->close = NULL;
}

#endif
