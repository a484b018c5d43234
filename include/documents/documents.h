/*
 * documents.h: what sources hold: files below a directory, or those of a Git
 * working tree, to be listed, searched and read.  Nothing here changes any.
 *
 * A source is opened first, which asks decide(); then the rest needs no
 * database.  Paths are absolute within the source ("/", "/guide/start.md").
 * What Git keeps for itself (".git") is not there, links are not followed, and
 * neither are shown.  Of a working tree only what Git tracks is there, as it lies
 * in it now.
 */
#ifndef DOCUMENTS_DOCUMENTS_H
#define DOCUMENTS_DOCUMENTS_H

#include "base/work.h"

struct documents {
	const char *id, *name;
	int root;     /* a descriptor; -1: the directory cannot be reached */
	bool tracked; /* it is a Git working tree */
	int index;    /* what Git tracks in it; -1: nothing */
};

/*
 * The source, if the acting credential may read it; else FAULT_NOT_FOUND or why
 * it may not.  FAULT_NOT_FOUND also for a resource that is no source.  A source
 * whose directory is gone, or whose Git index is not to be read, is FAULT_CONFLICT.  documents_close ends it, and may
 * be called in any case.
 */
enum fault documents_open(struct work *, const char *source_id, struct documents *);
void documents_close(struct documents *);

/* --- a folder --- */

#define DOCUMENTS_LIST_MAX 500

struct document_entry {
	const char *name;
	bool folder;
	int64_t size;	  /* bytes of a file */
	int64_t modified; /* Unix seconds */
};

/*
 * The first `limit` entries of a folder whose names come after `after` ("": from
 * the start), in the order of their bytes.  *more: there are others behind them.
 * Names that are not UTF-8 are left out: nobody could ask for them.
 */
enum fault documents_list(struct work *, const struct documents *, struct str path, const char *after,
    int64_t limit, struct document_entry **, size_t *n, bool *more);

/* --- a piece of a document --- */

#define DOCUMENTS_READ_MAX (128 << 10) /* bytes of one piece */

/* Where it begins, either way; and how much at most. */
struct document_range {
	int64_t offset; /* bytes; or */
	int64_t line;	/* the first line, from 1; 0: by offset */
	int64_t lines;	/* at most; 0: any number */
	int64_t limit;	/* bytes; 0: as many as there may be */
};

struct document_piece {
	const char *path;
	int64_t size, modified;
	int64_t offset; /* of the first byte of the text */
	int64_t next;	/* of the byte after it */
	bool more;
	bool lossy; /* some bytes were no UTF-8 and are shown as U+FFFD */
	struct str text;
};

/* FAULT_NOT_TEXT for a document with NUL near its beginning. */
enum fault documents_read(struct work *, const struct documents *, struct str path,
    const struct document_range *, struct document_piece *);

/* --- what is seen --- */

#define DOCUMENTS_COUNTED_MAX 10000

struct documents_seen {
	enum { SOURCE_SEEN, SOURCE_GONE, SOURCE_NOT_ALLOWED, SOURCE_UNTOLD /* what Git tracks */ } how;
	bool git;		    /* a working tree of Git */
	int64_t documents, folders; /* with the top */
	int64_t hidden, unread;	    /* what is not shown; folders that cannot be read */
	bool more;		    /* not all was counted */
};

/*
 * How many documents a source has, up to DOCUMENTS_COUNTED_MAX; or why none is seen.
 * For whoever may read it, as documents_open.
 */
enum fault documents_look(struct work *, const char *source_id, struct documents_seen *);

/* --- searching --- */

#define DOCUMENTS_MATCHES_MAX 200
#define DOCUMENTS_SHOWN_MAX   400 /* bytes of a line that are shown */

struct document_wish {
	struct str text;
	struct str path; /* a folder or a document; STR_NONE: all of the source */
	bool regex, any_case;
	int64_t limit; /* matches; one a line */
};

struct document_match {
	const char *path;
	int64_t line, offset; /* of the line: its number from 1, and its first byte */
	struct str text;      /* of the line, shortened around the match */
};

struct document_matches {
	struct document_match *match;
	size_t n;
	int64_t files, bytes; /* that were looked at */
	int64_t unsearched;   /* lines on which the expression was given up */
	const char *stopped;  /* NULL: all was searched; "matches", "time", "files" or "depth" */
};

/* FAULT_BAD_FIELD: the expression is none, or takes too much. */
enum fault documents_search(struct work *, const struct documents *, const struct document_wish *,
    struct document_matches *);

#endif
