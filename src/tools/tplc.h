/*
 * tplc.h: the template compiler, which makes C of the templates in www while building.
 *
 * It knows where in the HTML every hole stands, and chooses how what goes into
 * it is written by that.  A hole where nothing can be written safely does not
 * build: in a script, a style, a comment, an attribute that is code, a tag's
 * name, a value without quotes.
 */
#ifndef TOOLS_TPLC_H
#define TOOLS_TPLC_H

#include <stdbool.h>
#include <stddef.h>

#define NAME_MAX_ 32 /* of an element or an attribute, the NUL included */
#define DEPTH_MAX 48 /* of elements, and of blocks */

/* A template that is being read. */
struct source {
	const char *path, *text;
	size_t n, at;
	int line;
};

/* Says where and what, and ends: a template that is not right is no template. */
_Noreturn void source_die(const struct source *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- tplc_html.c: where in the HTML we are --- */

enum where {
	IN_TEXT,
	IN_MARK, /* behind a '<' */
	IN_DOCTYPE,
	IN_NAME,    /* of an element */
	IN_CLOSING, /* behind the '/' of an end tag */
	IN_TAG,	    /* between attributes */
	IN_GAP,	    /* behind one, where a blank or the end of the tag must come */
	IN_ATTRIBUTE,
	IN_EQUALS, /* behind the '=' */
	IN_VALUE,
	IN_SLASH /* behind the '/' that ends an element of an SVG */
};

/* What an attribute holds, and how far we are in a URL. */
enum value { VALUE_FIXED, VALUE_TEXT, VALUE_URL, VALUE_PATH, VALUE_QUERY };

struct html {
	enum where where;
	enum value value;
	size_t depth, name_n;
	char tag[NAME_MAX_];		 /* the element whose start tag we are in, or were last */
	char name[NAME_MAX_];		 /* of the tag, and then of its attribute */
	char open[DEPTH_MAX][NAME_MAX_]; /* elements, the innermost last */
};

/* The next byte of the template as it stands. */
void html_byte(const struct source *, struct html *, char);
/* A block begins or ends here: in a tag, what was begun of a name is all of it. */
void html_pause(const struct source *, struct html *);
/* The function that writes what goes into a hole here; and on behind it. */
const char *html_hole(const struct source *, struct html *);
/* NULL, or in what the two differ: they must not where ways through a template meet. */
const char *html_differs(const struct html *, const struct html *);
/* May blanks be made fewer here? */
bool html_squeezes(const struct html *);
/* Has a start tag of this element ended just now? */
bool html_just_opened(const struct html *, const char *element);

/* --- tplc_out.c: the C that is written --- */

/* Only what is declared: for the header. */
extern bool out_declares;

/* A byte of the page. */
void out_literal(char);
/* C, for this line of the template; what was gathered of the page is written before. */
void out_code(const struct source *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* C that belongs to no line; and what goes into the header. */
void out_plain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void out_header(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- tplc_block.c: what begins, goes on and ends --- */

#define CODE_MAX 1024 /* bytes in braces */

enum block_sort { PAGE, LAYOUT, WITHIN, IF, FOR };

struct block {
	enum block_sort sort;
	int line;
	struct html at, ended; /* where it began, and where its first branch ended */
	bool branched, has_else;
	char code[CODE_MAX]; /* of a layout or its use: what its end needs */
};

struct reader {
	struct source s;
	struct html html;
	struct block blocks[DEPTH_MAX];
	size_t depth; /* of blocks; 0: in no page */
};

/* What stands in {% %}. */
void block_directive(struct reader *, const char *code);
/* The template has ended: so must all that it began. */
void block_done(const struct reader *);

#endif
