/*
 * guard.c: peeking at records (FastCGI specification, sections 3.3 and 3.4).
 */
#include "config.h"

#include "front/guard.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"

#define HEADER_SIZE    8
#define BEGIN_SIZE     8
#define FCGI_VERSION_1 1
#define TYPE_BEGIN     1
#define TYPE_PARAMS    4
#define TYPE_STDIN     5
#define NAP_FIRST_NS   50000
#define NAP_MAX_NS     5000000

struct head {
	unsigned type, id;
	size_t content, padding;
};

static struct head
read_header(const uint8_t *p)
{
	return (struct head){
		.type = p[1],
		.id = (unsigned)p[2] << 8 | p[3],
		.content = (size_t)p[4] << 8 | p[5],
		.padding = p[6],
	};
}

/* A length of one byte or, with the high bit set, four. */
static bool
read_length(const uint8_t **p, const uint8_t *end, size_t *length)
{
	const uint8_t *at = *p;

	if (at == end)
		return false;
	if ((at[0] & 0x80) == 0) {
		*length = at[0];
		*p = at + 1;
		return true;
	}
	if (end - at < 4)
		return false;
	*length = (size_t)(at[0] & 0x7f) << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	*p = at + 4;
	return true;
}

/* Whole pairs and nothing else. */
static bool
pairs_fit(const uint8_t *p, const uint8_t *end)
{
	size_t name, value;

	while (p < end) {
		if (!read_length(&p, end, &name) || !read_length(&p, end, &value))
			return false;
		if (name > (size_t)(end - p) || value > (size_t)(end - p) - name)
			return false;
		p += name + value;
	}
	return true;
}

/* An empty record of the input: its end. */
static bool
ends_input(const uint8_t *bytes, size_t n, unsigned id)
{
	struct head h;

	if (n < HEADER_SIZE || bytes[0] != FCGI_VERSION_1)
		return false;
	h = read_header(bytes);
	return h.type == TYPE_STDIN && h.id == id && h.content == 0 && n >= HEADER_SIZE + h.padding;
}

/* The contents of the parameters' records are moved together, to be one text. */
enum guarded
guard_look(uint8_t *bytes, size_t n, bool *whole)
{
	size_t at = 0, text = 0;
	unsigned id = 0;
	struct head h;

	*whole = false;
	for (;;) {
		if (n - at < HEADER_SIZE)
			return n > at && bytes[at] != FCGI_VERSION_1 ? GUARD_BAD : GUARD_MORE;
		h = read_header(bytes + at);
		if (bytes[at] != FCGI_VERSION_1 || h.type != (at == 0 ? TYPE_BEGIN : TYPE_PARAMS) ||
		    h.id == 0 || (at == 0 ? h.content != BEGIN_SIZE : h.id != id))
			return GUARD_BAD;
		id = h.id;
		if (h.type == TYPE_PARAMS && h.content == 0) {
			at += HEADER_SIZE + h.padding;
			*whole = at <= n && ends_input(bytes + at, n - at, id);
			return pairs_fit(bytes, bytes + text) ? GUARD_SOUND : GUARD_BAD;
		}
		if (n - at - HEADER_SIZE < h.content + h.padding)
			return GUARD_MORE;
		if (h.type == TYPE_PARAMS) {
			memmove(bytes + text, bytes + at + HEADER_SIZE, h.content);
			text += h.content;
		}
		at += HEADER_SIZE + h.content + h.padding;
	}
}

static bool
has_ended(int connection)
{
	struct pollfd p = { .fd = connection, .events = POLLRDHUP };

	return poll(&p, 1, 0) == 1;
}

static uint8_t seen_bytes[GUARD_HEAD_MAX];

/* A key is among them, or a password. */
static enum guarded
look(ssize_t n, bool *whole)
{
	enum guarded seen = guard_look(seen_bytes, (size_t)n, whole);

	secret_wipe(seen_bytes, (size_t)n);
	return seen;
}

enum guarded
guard_peek(int connection, bool *whole)
{
	ssize_t n = recv(connection, seen_bytes, sizeof seen_bytes, MSG_PEEK | MSG_DONTWAIT);

	*whole = false;
	/* Whatever is not in order is looked at again by the one who waits, and told there. */
	return n > 0 ? look(n, whole) : GUARD_MORE;
}

static enum guarded
peek(int connection, bool *whole)
{
	bool ended = has_ended(connection);
	ssize_t n = recv(connection, seen_bytes, sizeof seen_bytes, MSG_PEEK);
	enum guarded seen = n <= 0 ? GUARD_BAD : look(n, whole);

	if (n > 0 && seen == GUARD_BAD)
		log_event(LOG_WARN, "request_refused", "why", "its records are not sound", NULL);
	if (seen == GUARD_MORE && (ended || (size_t)n == sizeof seen_bytes)) {
		log_event(LOG_WARN, "request_refused", "why", ended ? "it ends early" : "it is too large",
		    NULL);
		return GUARD_BAD;
	}
	return seen;
}

/*
 * Nothing wakes one who waits for more behind what is there already, so this
 * sleeps a little; mostly all of it is there at the first look.
 */
bool
guard_wait(int connection, int64_t deadline_ms, bool *whole)
{
	struct timespec nap = { 0, NAP_FIRST_NS };
	enum guarded seen;

	while ((seen = peek(connection, whole)) == GUARD_MORE && clock_ms() < deadline_ms) {
		(void)nanosleep(&nap, NULL);
		if (nap.tv_nsec < NAP_MAX_NS)
			nap.tv_nsec *= 2;
	}
	if (seen == GUARD_MORE)
		log_event(LOG_WARN, "request_refused", "why", "it does not come in time", NULL);
	return seen == GUARD_SOUND;
}
