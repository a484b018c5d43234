/*
 * guard.h: a look at a request's records before libfcgi reads them.
 *
 * The library trusts who connects: lengths near 2^31 make it assert, a claimed
 * gigabyte is allocated before it is read, and a management record with names
 * given several times is answered from a buffer of 64 bytes on the stack, which
 * overflows.  Whoever may open the socket could end a worker, or worse, and on
 * Apache's TCP port that is every local account.
 *
 * So the beginning of a request and its parameters are peeked at until they are
 * complete, and only what the specification allows there is let through.  In the
 * AUTHORIZER role the library parses nothing else.  What follows in a body is
 * not looked at: the mode of the socket guards that.
 */
#ifndef FRONT_GUARD_H
#define FRONT_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parameters with their records; params.h allows less, and answers what lies between. */
#define GUARD_HEAD_MAX ((size_t)128 << 10)

enum guarded { GUARD_SOUND, GUARD_MORE, GUARD_BAD };

/*
 * The first bytes of a connection; they are moved about.  *whole: after sound
 * parameters the input ends at once, without a body.
 */
enum guarded guard_look(uint8_t *bytes, size_t n, bool *whole);

/*
 * What the connection holds now: mostly all parameters, which stay there to be
 * read, and often the end of the input as well.  Does not wait.
 */
enum guarded guard_peek(int connection, bool *whole);
/*
 * Wait until the connection holds all parameters.  False: close it; they are not
 * sound, or end early, or do not come in time.
 */
bool guard_wait(int connection, int64_t deadline_ms, bool *whole);

#endif
