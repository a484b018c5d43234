/*
 * page.h: a piece of a long list: how many, and after which row.
 *
 * Lists are ordered by creation and id; a cursor is the last row that was
 * shown, in a form that callers only hand back.
 */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include "base/arena.h"

#define PAGE_LIMIT     50
#define PAGE_LIMIT_MAX 200

struct page {
	int64_t limit;
	int64_t after_at;
	const char *after_id; /* "" at the start */
};

struct page page_first(void);
/* False if the text is no cursor of ours. */
bool page_cursor_read(struct arena *, struct str cursor, struct page *);
const char *page_cursor(struct arena *, int64_t at, const char *id);

#endif
