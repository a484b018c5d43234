/*
 * gate.c: the only room that knows libfcgi (2.4.2 and later).
 *
 * What the library does not do, or does in a way that could be used against a
 * worker:
 *
 * - It has no time-out.  The worker accepts, so that time-outs can be set on the
 *   connection before the library reads; the library's own accept is given a
 *   socket that cannot be.
 * - A request whose parameters end early is accepted with those seen so far, and
 *   only FCGX_GetError tells.  Such a request is never served.
 * - Asked for n bytes it waits for n bytes or the end.  The body is read piece
 *   by piece as it comes, under a deadline.
 * - It can be brought to an abort, or a write beyond its buffers, by who may
 *   connect: see guard.h.
 *
 * It is lenient about the length of a body and about names that come twice;
 * both are checked here and in params.c.
 */
#include "config.h"

#include "front/gate.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "front/forget.h"
#include "front/guard.h"
#include "front/params.h"

#define ROLE_OF_RESPONDER  1 /* FCGI_RESPONDER and FCGI_AUTHORIZER of the specification; */
#define ROLE_OF_AUTHORIZER 2 /* fastcgi.h is not installed everywhere */

#define SKIP_MS	    250	 /* for the rest of a body nobody wants, before the answer */
#define LINGER_MS   1000 /* for the web server to hang up, after it */
#define PIECE	    8192
#define SURELY_FITS 8192

struct gate {
	FCGX_Request r;
	struct slot *slot;
	bool authorizer_only;
	int64_t pause_ms, total_ms; /* how long a web server may pause, and take in all */
	int64_t slowest;	    /* bytes a second, of what is long */
	int64_t began, passed;	    /* of a stream: when, and the bytes since */
	char *piece;		    /* of a stream that comes in */
	char bytes[PIECE];	    /* of any other input, while it is looked at */
	bool soiled;		    /* there is something in them */
	int64_t deadline;	    /* for the body */
	int64_t length;		    /* of the body, as announced; -1: not */
	bool may_have_body;
	bool whole;   /* all of the input was there at the first look: no read can wait */
	bool in_done; /* the input was read to its end */
	bool body_read, answered, reveals;
};

struct gate *
gate_open(const struct settings *s, struct slot *slot, bool authorizer_only)
{
	struct gate *g = calloc(1, sizeof *g);

	if (g == NULL || FCGX_Init() != 0 || FCGX_InitRequest(&g->r, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		abort();
	g->slot = slot;
	g->authorizer_only = authorizer_only;
	g->slowest = s->files_slowest;
	g->pause_ms = s->service_read_timeout * 1000;
	g->total_ms = s->service_request_timeout * 500;
	return g;
}

void
gate_close(struct gate **gp)
{
	free(*gp);
	*gp = NULL;
}

static void
set_timeout(int fd, int which, int64_t ms)
{
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	/* Zero would mean: for ever. */
	if (ms <= 0)
		t = (struct timeval){ .tv_usec = 1000 };
	(void)setsockopt(fd, SOL_SOCKET, which, &t, sizeof t);
}

/*
 * Mostly the request came along with the connection: then no time-out is set,
 * because what is there already can be read without waiting.
 */
static bool
is_there(struct gate *g, int fd)
{
	if (guard_peek(fd, &g->whole) == GUARD_SOUND)
		return true;
	set_timeout(fd, SO_RCVTIMEO, g->pause_ms);
	return guard_wait(fd, clock_ms() + g->pause_ms, &g->whole);
}

/*
 * The library finishes the last request first, and then only keeps a connection
 * that is marked as kept; detached, it closes without waiting for the peer.
 */
static bool
accept_request(struct gate *g, int fd)
{
	if (!is_there(g, fd)) {
		close(fd);
		return false;
	}
	g->in_done = g->body_read = g->answered = false;
	g->r.ipcFd = fd;
	g->r.keepConnection = 1;
	g->r.detached = 1;
	return FCGX_Accept_r(&g->r) == 0;
}

static void
refuse(struct gate *g, const char *why)
{
	log_event(LOG_WARN, "request_refused", "why", why, NULL);
	(void)FCGX_PutS("Status: 503\r\n\r\n", g->r.out);
	g->answered = true;
	gate_end(g);
}

static bool
is_wanted(const struct gate *g)
{
	return g->r.role == ROLE_OF_AUTHORIZER || (g->r.role == ROLE_OF_RESPONDER && !g->authorizer_only);
}

static enum fault gate_body(void *ctx, struct work *, size_t max, struct str *body);
static struct stream gate_stream(void *ctx);

bool
gate_begin(struct gate *g, int connection, struct work *w, struct request *req)
{
	struct params p = params_start(w->arena);

	if (!accept_request(g, connection))
		return false;
	g->may_have_body = false;
	if (FCGX_GetError(g->r.in) != 0) {
		refuse(g, "its parameters end early");
		return false;
	}
	if (!is_wanted(g)) {
		refuse(g, "its role is not served here");
		return false;
	}
	for (char **e = g->r.envp; *e != NULL; e++) {
		struct str value = str_of(*e), name;

		(void)str_cut(&value, '=', &name);
		params_take(&p, name, value);
	}
	params_request(&p, g->r.role == ROLE_OF_AUTHORIZER ? ROLE_AUTHORIZER : ROLE_RESPONDER, req,
	    &g->length);
	g->may_have_body = req->role == ROLE_RESPONDER && req->mode.s == NULL;
	req->read_body = gate_body;
	req->stream_body = gate_stream;
	req->body_ctx = g;
	return true;
}

/*
 * The next bytes of the input, as they come: how many, 0 at its end, -1 if it
 * broke off or nothing came in time.
 */
static int
next_piece(struct gate *g, int64_t wait_ms, char piece[static PIECE])
{
	FCGX_Stream *in = g->r.in;
	int c, n;

	if (!g->whole)
		set_timeout(g->r.ipcFd, SO_RCVTIMEO, wait_ms);
	if ((c = FCGX_GetChar(in)) < 0) {
		g->in_done = FCGX_GetError(in) == 0;
		return g->in_done ? 0 : -1;
	}
	g->soiled |= piece == g->bytes;
	piece[0] = (char)c;
	/* No more than is there already, so that this does not wait. */
	n = in->stop - in->rdNext < PIECE - 1 ? (int)(in->stop - in->rdNext) : PIECE - 1;
	return 1 + FCGX_GetStr(piece + 1, n, in);
}

static enum fault
read_all(struct gate *g, struct work *w, struct out *o)
{
	int64_t left;
	int n;

	w->waited = true;
	g->deadline = clock_ms() + g->total_ms;
	while (!g->in_done) {
		if ((left = g->deadline - clock_ms()) <= 0)
			return FAULT_REQUEST_TIMEOUT;
		if ((n = next_piece(g, left < g->pause_ms ? left : g->pause_ms, g->bytes)) < 0)
			return FCGX_GetError(g->r.in) == EAGAIN ? FAULT_REQUEST_TIMEOUT : FAULT_BAD_REQUEST;
		out_str(o, (struct str){ g->bytes, (size_t)n });
		if (out_failed(o))
			return g->length < 0 ? FAULT_BODY_TOO_LARGE : FAULT_BAD_REQUEST;
	}
	return g->length >= 0 && o->n != (size_t)g->length ? FAULT_BAD_REQUEST : FAULT_NONE;
}

/* The body_reader of every request. */
static enum fault
gate_body(void *ctx, struct work *w, size_t max, struct str *body)
{
	struct gate *g = ctx;
	struct out o;
	enum fault f;

	*body = STR("");
	if (!g->may_have_body)
		return FAULT_NONE;
	assert(!g->body_read);
	g->body_read = true;
	if (g->length >= 0 && (uint64_t)g->length > max)
		return FAULT_BODY_TOO_LARGE;
	/* What was announced is the limit: a byte more is a fault already. */
	o = out_limit(w->arena, g->length >= 0 ? (size_t)g->length : max);
	if ((f = read_all(g, w, &o)) == FAULT_NONE && o.n > 0)
		*body = out_text(&o);
	return f;
}

/* Whatever is long may take long, but not for ever: it must go on at some speed. */
static void
stream_begins(struct gate *g)
{
	g->began = clock_ms();
	g->passed = 0;
}

static bool
stream_goes_on(struct gate *g, size_t n)
{
	g->passed += (int64_t)n;
	slot_set(g->slot, SLOT_BUSY);
	return clock_ms() - g->began - g->total_ms <= g->passed / g->slowest * 1000;
}

/* As much as fits into a piece, or less at the end. */
static enum fault
gate_next(struct stream *s, struct work *w, struct str *piece)
{
	struct gate *g = s->ctx;
	size_t n = 0;
	int got;

	w->waited = true;
	if (g->piece == NULL)
		g->piece = arena_take(w->arena, STREAM_PIECE);
	while (g->may_have_body && !g->in_done && n + PIECE <= STREAM_PIECE) {
		if ((got = next_piece(g, g->pause_ms, g->piece + n)) < 0)
			return FCGX_GetError(g->r.in) == EAGAIN ? FAULT_REQUEST_TIMEOUT : FAULT_BAD_REQUEST;
		n += (size_t)got;
		if (!stream_goes_on(g, (size_t)got))
			return FAULT_REQUEST_TIMEOUT;
	}
	/* What is less than was announced is not the whole of it. */
	if (g->length >= 0 && (g->passed > g->length || (n == 0 && g->passed < g->length)))
		return FAULT_BAD_REQUEST;
	*piece = (struct str){ g->piece, n };
	return FAULT_NONE;
}

/* The body_streamer of every request. */
static struct stream
gate_stream(void *ctx)
{
	struct gate *g = ctx;

	assert(!g->body_read);
	g->body_read = true;
	g->piece = NULL;
	stream_begins(g);
	return (struct stream){ .next = gate_next, .ctx = g, .length = g->may_have_body ? g->length : 0 };
}

/*
 * A web server that is still sending a body when the answer comes may lose the
 * answer: read on for a moment, and throw away.  In an authorizer's request
 * nothing follows the parameters, and whatever does is not read.
 */
static void
skip_body(struct gate *g)
{
	int64_t end;

	if (g->authorizer_only || g->r.role != ROLE_OF_RESPONDER)
		return;
	if (g->whole && next_piece(g, 0, g->bytes) == 0)
		return;
	end = clock_ms() + SKIP_MS;
	while (!g->in_done && clock_ms() < end)
		if (next_piece(g, SKIP_MS, g->bytes) <= 0)
			break;
}

static void
put(struct gate *g, struct str s)
{
	if (s.n > 0)
		(void)FCGX_PutStr(s.s, (int)s.n, g->r.out);
}

/* What breaks off is told by its length, which was in the headers. */
static void
put_stream(struct gate *g, struct work *w, struct stream *s)
{
	struct str piece;
	enum fault f;

	stream_begins(g);
	while ((f = s->next(s, w, &piece)) == FAULT_NONE && piece.n > 0) {
		put(g, piece);
		if (FCGX_GetError(g->r.out) != 0 || !stream_goes_on(g, piece.n))
			break;
	}
	/* Less than was announced, in an answer that ends: nginx waits on where the connection is cut. */
	if (f != FAULT_NONE || piece.n > 0)
		FCGX_SetExitStatus(1, g->r.out);
	if (f != FAULT_NONE)
		log_event(LOG_WARN, "answer_broke_off", "request_id", w->request_id, "fault", fault_name(f),
		    "detail", w->trouble.detail, NULL);
}

static bool
has_body(const struct request *req, int status)
{
	return req->method != METHOD_HEAD && status != 204 && status != 304;
}

void
gate_answer(struct gate *g, struct work *w, const struct request *req, struct response *resp)
{
	struct out head = out_limit(w->arena, OUT_HEADER_MAX + 64);

	assert(!g->answered);
	if (!g->in_done)
		skip_body(g);
	out_put(&head, "Status: ");
	out_int(&head, resp->status);
	out_put(&head, "\r\n");
	out_str(&head, out_text(&resp->headers));
	out_put(&head, "\r\n");
	g->answered = true;
	g->reveals = w->reveals;
	if (out_failed(&head) || out_failed(&resp->headers) || out_failed(&resp->body)) {
		log_event(LOG_ERROR, "answer_too_large", "request_id", w->request_id, NULL);
		put(g, STR("Status: 503\r\n\r\n"));
		return;
	}
	/* What is small fits into the socket's buffer, whoever reads it and when. */
	if (head.n + resp->body.n > SURELY_FITS || resp->stream.next != NULL)
		set_timeout(g->r.ipcFd, SO_SNDTIMEO, g->pause_ms);
	put(g, out_text(&head));
	if (has_body(req, resp->status))
		put(g, out_text(&resp->body));
	if (has_body(req, resp->status) && resp->stream.next != NULL)
		put_stream(g, w, &resp->stream);
	stream_close(&resp->stream);
}

static void
forget_bytes(struct gate *g)
{
	if (g->soiled)
		secret_wipe(g->bytes, sizeof g->bytes);
	g->soiled = false;
}

/*
 * What was presented, and what was sent, which may be a password, does not stay in
 * memory that the library frees, nor in ours.
 */
static void
forget_input(struct gate *g)
{
	forget_params(g->r.envp);
	forget_stream(g->r.in);
	forget_bytes(g);
}

/* All that will come is there: what the library has not read of it must not be left. */
static void
drain(struct gate *g)
{
	while (recv(g->r.ipcFd, g->bytes, sizeof g->bytes, MSG_DONTWAIT) > 0)
		;
	g->soiled = true;
}

/*
 * Closing with unread input resets the connection, and the answer may be lost:
 * unless all was read, wait for the web server to hang up first.
 */
static void
linger(struct gate *g)
{
	int64_t end = clock_ms() + LINGER_MS;

	(void)shutdown(g->r.ipcFd, SHUT_WR);
	set_timeout(g->r.ipcFd, SO_RCVTIMEO, LINGER_MS);
	while (recv(g->r.ipcFd, g->bytes, sizeof g->bytes, 0) > 0 && clock_ms() < end)
		;
	g->soiled = true;
}

void
gate_end(struct gate *g)
{
	assert(g->answered);
	forget_input(g);
	/* An error of the input would make the library close at once. */
	FCGX_ClearError(g->r.in);
	if (g->reveals) {
		(void)FCGX_FFlush(g->r.out);
		forget_stream(g->r.out);
	}
	g->r.keepConnection = 1;
	FCGX_Finish_r(&g->r);
	if (g->r.ipcFd < 0)
		return;
	if (!g->in_done && g->whole)
		drain(g);
	else if (!g->in_done)
		linger(g);
	close(g->r.ipcFd);
	g->r.ipcFd = -1;
	forget_bytes(g);
}
