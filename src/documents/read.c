/*
 * read.c: a piece of a document, by bytes or by lines.
 *
 * However large the document is, only the piece is in memory.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/text.h"
#include "documents/documents.h"
#include "documents/file.h"
#include "documents/path.h"
#include "documents/tracked.h"

#define BLOCK	 ((size_t)64 << 10)
#define SCAN_MAX (INT64_C(256) << 20) /* to find a line by its number */
#define UTF8_MAX 4

/* A folder is told from nothing, but only if it is there for whoever asks. */
static enum fault
check_file(struct work *w, const struct documents *d, const char *path, int fd, struct beneath_seen *seen)
{
	bool shown = false;
	enum fault f = FAULT_NONE;

	if (fd >= 0 && beneath_look(fd, seen) == 0 && seen->sort != BENEATH_OTHER)
		f = tracked_shows(w, d, path, seen->sort, &shown);
	if (f != FAULT_NONE || (shown && seen->sort == BENEATH_FILE))
		return f;
	return shown ? fault_at(w, FAULT_BAD_FIELD, "path", "is a folder")
		     : fault_at(w, FAULT_NOT_FOUND, "path", "there is no such document");
}

enum fault
document_file(struct work *w, const struct documents *d, const char *path, int *fd, struct beneath_seen *seen)
{
	enum fault f;

	*fd = path == NULL ? -1 : beneath_open(d->root, path, O_RDONLY, 0);
	f = check_file(w, d, path, *fd, seen);
	if (f != FAULT_NONE && *fd >= 0)
		(void)close(*fd);
	return f;
}

ssize_t
document_bytes(int fd, char *to, size_t n, int64_t at)
{
	size_t got = 0;
	ssize_t r;

	while (got < n) {
		r = pread(fd, to + got, n - got, (off_t)(at + (int64_t)got));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

bool
document_is_text(struct str beginning)
{
	size_t n = beginning.n < DOCUMENT_LOOK ? beginning.n : DOCUMENT_LOOK;

	return beginning.n == 0 || memchr(beginning.s, '\0', n) == NULL;
}

/* The first byte of a line; at its end for one that the document does not have. */
static enum fault
find_line(struct work *w, int fd, int64_t line, int64_t *offset)
{
	char *block = arena_take(w->arena, BLOCK);
	ssize_t n;

	for (*offset = 0; line > 1 && (n = document_bytes(fd, block, BLOCK, *offset)) > 0;) {
		const char *at = block, *end = block + n, *newline = NULL;

		while (line > 1 && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
			at = newline + 1;
			line--;
		}
		*offset += line > 1 ? n : at - block;
		if (*offset > SCAN_MAX)
			return fault_at(w, FAULT_BAD_FIELD, "line",
			    "lies too far behind to be counted to: use offset");
	}
	return FAULT_NONE;
}

/* Bytes at the end that begin a character which goes on behind it. */
static size_t
unfinished(struct str s)
{
	for (size_t back = 1; back < UTF8_MAX && back <= s.n; back++) {
		unsigned char c = (unsigned char)s.s[s.n - back];

		if ((c & 0xc0) == 0x80)
			continue;
		return c >= (back == 1 ? 0xc0 : back == 2 ? 0xe0 : 0xf0) ? back : 0;
	}
	return 0;
}

/* No more lines than asked for. */
static size_t
cut_lines(struct str s, int64_t lines)
{
	size_t at = 0;
	const char *newline;

	while (lines-- > 0 && at < s.n) {
		newline = memchr(s.s + at, '\n', s.n - at);
		at = newline == NULL ? s.n : (size_t)(newline - s.s) + 1;
	}
	return at;
}

static enum fault
read_piece(struct work *w, int fd, const struct document_range *r, struct document_piece *p)
{
	size_t most = r->limit > 0 && r->limit < DOCUMENTS_READ_MAX ? (size_t)r->limit : DOCUMENTS_READ_MAX;
	/* One byte more tells whether something follows. */
	char *bytes = arena_take(w->arena, most + 1);
	ssize_t got = document_bytes(fd, bytes, most + 1, p->offset);
	struct str s = { bytes, got < 0 ? 0 : (size_t)got };

	if (got < 0)
		return fault_at(w, FAULT_CONFLICT, "path", "the document cannot be read");
	p->more = s.n > most;
	if (p->more) {
		s.n = most;
		/* A piece of less than one character is given as it is. */
		if (s.n > unfinished(s))
			s.n -= unfinished(s);
	}
	if (r->lines > 0 && cut_lines(s, r->lines) < s.n) {
		s.n = cut_lines(s, r->lines);
		p->more = true;
	}
	p->next = p->offset + (int64_t)s.n;
	p->text = text_readable(w->arena, s, &p->lossy);
	return FAULT_NONE;
}

static enum fault
read_open(struct work *w, int fd, const struct document_range *r, struct document_piece *p)
{
	char beginning[DOCUMENT_LOOK];
	ssize_t n = document_bytes(fd, beginning, sizeof beginning, 0);
	enum fault f = FAULT_NONE;

	if (n < 0 || !document_is_text((struct str){ beginning, (size_t)n }))
		return fault_at(w, FAULT_NOT_TEXT, "path", "has %lld bytes that are no text",
		    (long long)p->size);
	p->offset = r->offset;
	if (r->line > 0)
		f = find_line(w, fd, r->line, &p->offset);
	return f != FAULT_NONE ? f : read_piece(w, fd, r, p);
}

enum fault
documents_read(struct work *w, const struct documents *d, struct str path, const struct document_range *r,
    struct document_piece *p)
{
	struct beneath_seen seen;
	enum fault f;
	int fd;

	*p = (struct document_piece){ .path = documents_path(w, path) };
	if ((f = document_file(w, d, p->path, &fd, &seen)) != FAULT_NONE)
		return f;
	p->size = seen.size;
	p->modified = seen.modified;
	f = read_open(w, fd, r, p);
	(void)close(fd);
	return f;
}
