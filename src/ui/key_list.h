/*
 * key_list.h: lists of keys as an address asks for them: searched, filtered, in an
 * order, and piece by piece.
 */
#ifndef UI_KEY_LIST_H
#define UI_KEY_LIST_H

#include "core/key_query.h"
#include "ui/board.h"

struct key_list {
	const char *path, *org;
	struct key_query said;	/* of the address: no empty ones */
	struct key_query asked; /* the same, with what the page adds */
	struct key_filter filter;
	struct order order;
	bool narrowed;			    /* the address asks for something */
	bool wide;			    /* keys of all kinds and owners: more can be asked for */
	const char *next_link, *first_link; /* NULL: there is none */
	const char *query; /* what is asked for, as it stands behind "?org=..."; begins with "&" */
	struct sort_head name, created, used, expires;
	struct choices kinds, states, sorts;
	struct key *keys;
	size_t n;
};

/*
 * Keys of a kind and an owner (STR_NONE: what the address says) at this path.  What
 * the address asks for wrongly is told as the page's trouble, and not asked for.
 */
enum fault key_list_read(struct call *, struct frame *, const char *path, struct str kind, struct str owner,
    struct key_list *);

/* What the query of the address, or a form that came, asks for. */
struct key_query key_query_said(struct call *, struct str query);
/* As text, in the order of key_query.def: "&kind=space&search=a%20b". */
const char *key_query_text(struct call *, const struct key_query *, bool sort);

#endif
