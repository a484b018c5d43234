/*
 * page.h: a piece of a long list: how many, and after which row.
 *
 * A list is ordered by an instant or a text, and by id among equals; a cursor is
 * the last row that was shown, in a form that callers only hand back.  Where the
 * caller chooses the order or what is left out, a mark of that choice is in it,
 * so that it cannot be used with another.
 *
 * A list that can be had in several orders has a table of them, by which its
 * statements, its cursors and the words of its addresses go.
 */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include "base/arena.h"

#define PAGE_LIMIT     50
#define PAGE_LIMIT_MAX 200
#define PAGE_TEXT_MAX  800 /* bytes of after_text */

/* An order: its word, and the members of a row that make the row's place in it. */
struct page_order {
	const char *word;
	bool by_text;
	size_t place; /* offset of an int64_t, or by_text of a const char * */
	size_t id;    /* offset of the const char * that tells equal ones apart */
};

#define ORDER_AT(word, type, at, id) \
	{ \
		word, false, offsetof(struct type, at), offsetof(struct type, id) \
	}
#define ORDER_BY_TEXT(word, type, text, id) \
	{ \
		word, true, offsetof(struct type, text), offsetof(struct type, id) \
	}

/* All that a list has; where none is asked for, it is the first one, upward, which is by an instant. */
struct page_orders {
	const struct page_order *v;
	size_t n;
};

/* Which of them. */
struct order {
	size_t by;
	bool descending;
};

struct page {
	int64_t limit;
	int64_t after_at;
	const char *after_id;	/* "" at the start */
	const char *after_text; /* of a list in the order of texts, instead of after_at */
	const char *search;	/* only what has this text in it; NULL: everything */
	const char *mark;	/* of the choice: no colon in it; NULL: there is none to make */
	struct order order;
};

struct page page_first(void);
/* False if the text is no cursor of ours. */
bool page_cursor_read(struct arena *, struct str cursor, struct page *);
const char *page_cursor(struct arena *, int64_t at, const char *id);
/* The same with the mark of the page, and a text (NULL: none); false also for another mark. */
bool page_marked_read(struct arena *, struct str cursor, struct page *);
const char *page_marked(struct arena *, const char *mark, int64_t at, const char *id, const char *text);

/* Go on after this row of a list in such an order. */
void page_after(struct page *, const struct page_order *, const void *row);
/* The cursor that leads to where this page begins. */
const char *page_place(struct arena *, const struct page *);
/* "name" or "-name": what stands behind "sort=", and marks a cursor.  NULL for the first, upward. */
const char *page_sort(struct arena *, const struct page_orders *, struct order);

#endif
