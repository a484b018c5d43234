/*
 * wire.h: one HTTP exchange with a storage that is elsewhere.
 *
 * Bodies go both ways piece by piece.  No redirection is followed.  Where the
 * administrator has not said which endpoints there may be, only public addresses
 * are spoken to, whatever a name leads to at that moment.
 */
#ifndef FILES_WIRE_H
#define FILES_WIRE_H

#include "base/address.h"
#include "base/stream.h"

#define WIRE_HEADERS_MAX 12

struct wire_wish {
	const char *method, *url;
	const char *header[WIRE_HEADERS_MAX]; /* "Name: value", ended by NULL; used by wire_open alone */
	struct stream *body;		      /* of a known length; NULL: none */
	bool public_only;
};

struct wire_state;

/* How far an exchange came that failed. */
enum wire_failure {
	WIRE_FINE,
	WIRE_NAME,	 /* the name leads nowhere, or nowhere it may */
	WIRE_CONNECTION, /* nobody is there */
	WIRE_SECURITY,	 /* no TLS, or none that can be trusted */
	WIRE_ANSWER	 /* somebody is there, and does not answer as they should */
};

struct wire {
	int status;
	int64_t length;		    /* of the answer's body; -1: not told */
	const char *tag, *modified; /* ETag, Last-Modified; NULL: not told */
	enum wire_failure failure;
	struct wire_state *state;
};

/*
 * Send the request with its body, and read the answer up to its body.  The fault of
 * the body's stream comes back as it is; all else that fails is FAULT_STORAGE.
 */
enum fault wire_open(struct work *, const struct wire_wish *, struct wire *);
/* The next bytes of the answer; none at its end.  One that breaks off is a fault. */
enum fault wire_next(struct work *, struct wire *, struct str *piece);
void wire_close(struct wire *);

/* A date of HTTP; 0 if it is none. */
int64_t wire_time(const char *text);
/* Neither of this host nor of a private network, nor a way to one. */
bool wire_is_public(const struct address *);

#endif
