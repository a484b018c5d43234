/*
 * scan.h: finding the texts of keys in bytes that may be anything, of any length,
 * in memory of a fixed size.
 *
 * A key has one underscore, at the end of its prefix: only there it looks closer.
 * What has a checksum is a key's text, whatever stands around it; what has none may
 * be something else, and is not taken for one in the middle of more of its digits.
 */
#ifndef CORE_SCAN_H
#define CORE_SCAN_H

#include "core/kind.h"

#define SCAN_AT_ONCE ((size_t)64 << 10)

struct scan_hit {
	const struct kind *kind;
	struct str text;       /* only until the function returns */
	bool sure;	       /* by its checksum */
	uint64_t line, column; /* where it begins, from 1; columns are bytes */
};

typedef void scan_found(void *ctx, const struct scan_hit *);

struct scan {
	const struct settings *settings;
	scan_found *found;
	void *ctx;
	char buf[SCAN_AT_ONCE + 2 * KIND_TEXT_MAX];
	size_t n;	    /* bytes in buf */
	size_t looked;	    /* of those, how many were looked at for underscores */
	size_t counted;	    /* and for ends of lines */
	uint64_t line, at;  /* at: of the first byte of buf, from the beginning */
	uint64_t line_from; /* where the line at hand begins */
};

void scan_begin(struct scan *, const struct settings *, scan_found *, void *ctx);
/* Where the next bytes go, and how many there may be; then say how many there are. */
char *scan_space(struct scan *, size_t *room);
void scan_bytes(struct scan *, size_t n);
/* No more come.  What was read is wiped. */
void scan_end(struct scan *);

#endif
