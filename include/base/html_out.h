/*
 * html_out.h: writing what is not ours into HTML.
 *
 * The template compiler chooses among these by where in the HTML a hole stands;
 * nothing else calls them.  Texts must be UTF-8.
 */
#ifndef BASE_HTML_OUT_H
#define BASE_HTML_OUT_H

#include "base/out.h"

/*
 * Between tags or in a value in quotes: a text that looks like what it is, and
 * ends neither.  Takes a struct str, a text that ends in a NUL (NULL: nothing),
 * or a number.
 */
#define html_text(o, x) \
	_Generic((x), struct str \
		 : html_text_str, char * \
		 : html_text_chars, const char * \
		 : html_text_chars, default \
		 : html_text_int)(o, x)

void html_text_str(struct out *, struct str);
void html_text_chars(struct out *, const char *);
void html_text_int(struct out *, int64_t);

/*
 * A whole address: one of our own, "/...", or "https:...".  Anything else, with
 * which a link would run a script or leave for "//elsewhere", becomes "#".
 */
void html_url(struct out *, const char *);
/* A segment of a path, and a value of a query: all but letters, digits and -._~ as %XX (RFC 3986). */
void html_segment(struct out *, const char *);
void html_query(struct out *, const char *);

#endif
