/*
 * page.h: a piece of a long list: how many, and after which row.
 *
 * A list is ordered by an instant or a text, and by id among equals; a cursor is
 * the last row that was shown, in a form that callers only hand back.  Where the
 * caller chooses the order or what is left out, a mark of that choice is in it,
 * so that it cannot be used with another.
 */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include "base/arena.h"

#define PAGE_LIMIT     50
#define PAGE_LIMIT_MAX 200
#define PAGE_TEXT_MAX  800 /* bytes of after_text */

struct page {
	int64_t limit;
	int64_t after_at;
	const char *after_id;	/* "" at the start */
	const char *after_text; /* of a list in the order of texts, instead of after_at */
	const char *search;	/* only what has this text in it; NULL: everything */
	const char *mark;	/* of the choice: letters and digits; NULL: there is none to make */
};

struct page page_first(void);
/* False if the text is no cursor of ours. */
bool page_cursor_read(struct arena *, struct str cursor, struct page *);
const char *page_cursor(struct arena *, int64_t at, const char *id);
/* The same with the mark of the page, and a text (NULL: none); false also for another mark. */
bool page_marked_read(struct arena *, struct str cursor, struct page *);
const char *page_marked(struct arena *, const char *mark, int64_t at, const char *id, const char *text);

#endif
