/*
 * wire.c: HTTP, spoken by libcurl.
 *
 * One multi handle a process keeps connections; what is read ahead is bounded by
 * pausing the transfer until the piece that is there has been taken.
 */
#include "config.h"

#include "files/wire.h"

#include <malloc.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <curl/curl.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/settings.h"

#define ROOM	  (2 * STREAM_PIECE)
#define WAIT_MS	  1000
#define HEADER_OF 300 /* bytes of a header's value that are kept */

struct wire_state {
	CURL *easy;
	struct curl_slist *headers;
	struct work *work;
	const struct wire_wish *wish;
	char error[CURL_ERROR_SIZE];
	char tag[HEADER_OF], modified[HEADER_OF];
	bool told, done, paused;
	bool dialled; /* there was an address it may speak to */
	bool given;   /* what is in the room was handed out */
	CURLcode result;
	enum fault fault; /* of the body that is sent */
	/* what is sent: a piece behind what was read, so that the end is known before the last goes out */
	char *held;
	size_t held_n, held_at;
	char *ahead;
	size_t ahead_n;
	bool ended;
	/* what comes */
	char *room;
	size_t n;
};

static CURLM *multi;

/* --- what is sent --- */

/* The next piece becomes the one that is held; only when another follows, or the end, may it go. */
static bool
read_ahead(struct wire_state *s)
{
	struct stream *from = s->wish->body;
	struct str piece;
	char *was = s->held;

	s->held = s->ahead;
	s->held_n = s->ahead_n;
	s->held_at = 0;
	s->ahead = was;
	if ((s->fault = from->next(from, s->work, &piece)) != FAULT_NONE)
		return false;
	if (piece.n > ROOM) {
		s->fault = FAULT_INTERNAL;
		return false;
	}
	memcpy(s->ahead, piece.s == NULL ? "" : piece.s, piece.n);
	s->ahead_n = piece.n;
	s->ended = piece.n == 0;
	return true;
}

static size_t
give(char *to, size_t size, size_t n, void *ctx)
{
	struct wire_state *s = ctx;

	n *= size;
	while (s->held_at == s->held_n && (!s->ended || s->ahead_n > 0))
		if (!read_ahead(s))
			return CURL_READFUNC_ABORT;
	if (n > s->held_n - s->held_at)
		n = s->held_n - s->held_at;
	memcpy(to, s->held + s->held_at, n);
	s->held_at += n;
	return n;
}

/* --- what comes --- */

static size_t
take(char *data, size_t size, size_t n, void *ctx)
{
	struct wire_state *s = ctx;

	n *= size;
	s->told = true;
	if (n > ROOM)
		return 0;
	if (n > ROOM - s->n) {
		s->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	memcpy(s->room + s->n, data, n);
	s->n += n;
	return n;
}

static void
keep_header(struct str line, const char *name, char value[static HEADER_OF])
{
	struct str first;

	(void)str_cut(&line, ':', &first);
	line = str_trim(line);
	while (line.n > 0 && (line.s[line.n - 1] == '\r' || line.s[line.n - 1] == '\n'))
		line.n--;
	if (!str_is_nocase(first, name) || line.n >= HEADER_OF)
		return;
	memcpy(value, line.s, line.n);
	value[line.n] = '\0';
}

static size_t
take_header(char *data, size_t size, size_t n, void *ctx)
{
	struct wire_state *s = ctx;
	struct str line = { data, n * size };

	keep_header(line, "ETag", s->tag);
	keep_header(line, "Last-Modified", s->modified);
	return n * size;
}

/* --- to whom --- */

static struct address
address_of(const struct sockaddr *sa)
{
	struct address a = { .byte = { [10] = 0xff, [11] = 0xff }, .known = true };

	if (sa->sa_family == AF_INET)
		memcpy(a.byte + 12, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
	else if (sa->sa_family == AF_INET6)
		memcpy(a.byte, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
	else
		a.known = false;
	return a;
}

bool
wire_is_public(const struct address *a)
{
	static const struct address unicast = { .byte = { 0x20 }, .known = true };
	const struct range global = { unicast, 3 }, ipv4 = { address_parse(STR("0.0.0.0")), 96 };
	/* The last three lines are IPv6: protocols of the IETF with Teredo among them, examples, 6to4. */
	const struct str ranges = STR("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 "
				      "172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 "
				      "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 "
				      "2001::/23 2001:db8::/32 2002::/16 3fff::/20");

	/* Of IPv6 nothing but global unicast is public; what leads to IPv4 by NAT64 lies outside of it. */
	if (!a->known || (!range_holds(&global, a) && !range_holds(&ipv4, a)))
		return false;
	return !ranges_hold(ranges, a);
}

static curl_socket_t
open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct wire_state *s = ctx;
	const struct address to = address_of(&a->addr);

	(void)purpose;
	if (s->wish->public_only && !wire_is_public(&to))
		return CURL_SOCKET_BAD;
	s->dialled = true;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* --- the exchange --- */

static struct curl_slist *
header_list(const struct wire_wish *wish)
{
	struct curl_slist *list = NULL, *more;

	for (size_t i = 0; i < WIRE_HEADERS_MAX && wish->header[i] != NULL; i++) {
		if ((more = curl_slist_append(list, wish->header[i])) == NULL)
			abort();
		list = more;
	}
	return list;
}

#define SET(option, value) ((void)curl_easy_setopt(s->easy, (option), (value)))

/* Not of the arena: one request may ask a storage for a thousand things. */
static char *
buffer(void)
{
	char *room = calloc(1, ROOM);

	if (room == NULL)
		abort();
	return room;
}

static void
set_up_body(struct wire_state *s)
{
	const struct stream *body = s->wish->body;

	if (body == NULL)
		return;
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, give);
	SET(CURLOPT_READDATA, s);
	SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)body->length);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)STREAM_PIECE);
	s->held = buffer();
	s->ahead = buffer();
}

static void
set_up(struct wire_state *s)
{
	long timeout = (long)s->work->settings->files_s3_timeout;

	set_up_body(s);
	SET(CURLOPT_URL, s->wish->url);
	SET(CURLOPT_CUSTOMREQUEST, s->wish->method);
	SET(CURLOPT_NOBODY, strcmp(s->wish->method, "HEAD") == 0 ? 1L : 0L);
	SET(CURLOPT_HTTPHEADER, s->headers);
	SET(CURLOPT_WRITEFUNCTION, take);
	SET(CURLOPT_WRITEDATA, s);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_OPENSOCKETDATA, s);
	SET(CURLOPT_ERRORBUFFER, s->error);
	SET(CURLOPT_PRIVATE, s);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY,
	    ""); /* of the environment: whose address would be looked at, and not the storage's */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_BUFFERSIZE, (long)STREAM_PIECE);
	SET(CURLOPT_CONNECTTIMEOUT, timeout < 10 ? timeout : 10L);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, timeout);
	SET(CURLOPT_EXPECT_100_TIMEOUT_MS, 1000L);
}

/* That a name is one of the network in here is told to nobody who may only speak to what is outside. */
static enum wire_failure
failure_of(const struct wire_state *s)
{
	curl_off_t began = 0;

	switch (s->result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return WIRE_NAME;
	case CURLE_COULDNT_CONNECT:
		return s->dialled ? WIRE_CONNECTION : WIRE_NAME;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return WIRE_SECURITY;
	case CURLE_OPERATION_TIMEDOUT:
		(void)curl_easy_getinfo(s->easy, CURLINFO_PRETRANSFER_TIME_T, &began);
		return began == 0 ? WIRE_CONNECTION : WIRE_ANSWER;
	default:
		return WIRE_ANSWER;
	}
}

static enum fault
failed(struct wire_state *s)
{
	if (s->fault != FAULT_NONE)
		return s->fault;
	if (s->wish->public_only && failure_of(s) == WIRE_NAME)
		return fault_at(s->work, FAULT_STORAGE, NULL, "its name leads to no public address");
	return fault_at(s->work, FAULT_STORAGE, NULL, "it cannot be reached, or does not answer: %s",
	    curl_easy_strerror(s->result));
}

/* One step; the multi handle may have news of others only when they are left over, and there are none. */
static enum fault
step(struct wire_state *s, bool wait)
{
	CURLMsg *m;
	int running, left;

	if (curl_multi_perform(multi, &running) != CURLM_OK)
		return FAULT_INTERNAL;
	while ((m = curl_multi_info_read(multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE || m->easy_handle != s->easy)
			continue;
		s->done = true;
		s->result = m->data.result;
	}
	if (wait && !s->done && s->n == 0)
		(void)curl_multi_poll(multi, NULL, 0, WAIT_MS, NULL);
	return FAULT_NONE;
}

/* What curl copies of a request signs it, and is in whatever it frees: none of that is left. */
static void
wiped_free(void *p)
{
	if (p != NULL)
		secret_wipe(p, malloc_usable_size(p));
	free(p);
}

static void *
wiped_realloc(void *p, size_t n)
{
	size_t had = p == NULL ? 0 : malloc_usable_size(p);
	void *made = malloc(n);

	if (made == NULL || p == NULL)
		return made;
	memcpy(made, p, had < n ? had : n);
	wiped_free(p);
	return made;
}

static void
start(void)
{
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiped_free, wiped_realloc, strdup, calloc) !=
		CURLE_OK ||
	    (multi = curl_multi_init()) == NULL)
		abort();
}

/*
 * Headers that come a little at a time could go on for ever.  What is sent, or copied there, takes
 * what it takes.
 */
static bool
is_late(const struct wire_state *s, int64_t began_ms)
{
	if (s->wish->body != NULL || strcmp(s->wish->method, "PUT") == 0)
		return false;
	return clock_ms() - began_ms > s->work->settings->files_s3_timeout * 1000;
}

static enum fault
begin(struct wire_state *s)
{
	int64_t began_ms = clock_ms();
	enum fault f = FAULT_NONE;

	if (multi == NULL)
		start();
	if ((s->easy = curl_easy_init()) == NULL)
		abort();
	s->headers = header_list(s->wish);
	set_up(s);
	if (curl_multi_add_handle(multi, s->easy) != CURLM_OK)
		abort();
	while (f == FAULT_NONE && !s->done && !s->told) {
		if (is_late(s, began_ms)) {
			s->result = CURLE_OPERATION_TIMEDOUT;
			s->done = true;
		} else {
			f = step(s, true);
		}
	}
	if (f == FAULT_NONE && s->done && s->result != CURLE_OK)
		f = failed(s);
	return f;
}

enum fault
wire_open(struct work *w, const struct wire_wish *wish, struct wire *x)
{
	struct wire_state *s = arena_new(w->arena, struct wire_state);
	curl_off_t length = -1;
	long status = 0;
	enum fault f;

	*x = (struct wire){ .length = -1, .state = s };
	*s = (struct wire_state){ .work = w, .wish = wish, .room = buffer() };
	w->waited = true;
	if ((f = begin(s)) != FAULT_NONE) {
		x->failure = s->result == CURLE_OK ? WIRE_FINE : failure_of(s);
		wire_close(x);
		return f;
	}
	(void)curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(s->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	x->status = (int)status;
	x->length = length;
	x->tag = s->tag[0] == '\0' ? NULL : s->tag;
	x->modified = s->modified[0] == '\0' ? NULL : s->modified;
	/* A server may answer before it has read all: then the body's own fault is what matters. */
	return s->fault;
}

enum fault
wire_next(struct work *w, struct wire *x, struct str *piece)
{
	struct wire_state *s = x->state;
	enum fault f = FAULT_NONE;

	w->waited = true;
	/* What was told last is taken by now. */
	if (s->given)
		s->n = 0;
	if (s->paused) {
		s->paused = false;
		(void)curl_easy_pause(s->easy, CURLPAUSE_CONT);
	}
	while (f == FAULT_NONE && s->n == 0 && !s->done)
		f = step(s, true);
	if (f == FAULT_NONE && s->n == 0 && s->result != CURLE_OK)
		return failed(s);
	*piece = (struct str){ s->room, s->n };
	s->given = true;
	return f;
}

void
wire_close(struct wire *x)
{
	struct wire_state *s = x->state;

	if (s == NULL)
		return;
	free(s->room);
	free(s->held);
	free(s->ahead);
	x->state = NULL;
	if (s->easy == NULL)
		return;
	(void)curl_multi_remove_handle(multi, s->easy);
	curl_easy_cleanup(s->easy);
	curl_slist_free_all(s->headers);
}

int64_t
wire_time(const char *text)
{
	time_t at = text == NULL ? -1 : curl_getdate(text, NULL);

	return at < 0 ? 0 : (int64_t)at;
}
