/*
 * parts.h: what the parts of pages take.
 */
#ifndef UI_PARTS_H
#define UI_PARTS_H

#include "base/page.h"
#include "ui/words.h"

struct call;

/* One line of text in a form. */
struct input {
	const char *name;
	enum words label, hint; /* WORDS_none: there is no hint */
	const char *value;	/* what is there, if nothing was typed; may be NULL */
	int max;
	bool needed;
};

struct option {
	const char *value, *text;
	bool chosen;
};

struct choices {
	size_t n;
	struct option *v;
};

/* The head of a column. */
struct sort_head {
	const char *text;
	const char *link;  /* to the list in the order of this column; NULL: there is none */
	const char *order; /* "ascending" or "descending"; NULL: not by this one */
};

/*
 * The head of what has one of the list's orders: it leads to the list at this link,
 * which has a query and no "sort=", in that order, or the other way round where that
 * is the order there is.
 */
struct sort_head sort_head(struct call *, enum words text, const char *link, const struct page_orders *,
    struct order now, size_t by);

/* How a client of MCP is set up with a key. */
struct mcp_view {
	const char *url, *variable, *placeholder; /* where a program looks for the text; "${NAME}" */
};

#define INPUT(name, label, hint, value, max, needed) \
	(&(const struct input){ name, WORDS_##label, WORDS_##hint, value, max, needed })

#endif
