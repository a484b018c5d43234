/*
 * paged.h: statements of lists that can be had in several orders.
 *
 * Each order has two statements, upward and downward, which end in one of these and
 * stand side by side, in the order of the table of orders.  At the start a condition
 * holds of every row, and the server sees that before it chooses an index.
 */
#ifndef STORE_PAGED_H
#define STORE_PAGED_H

#include "base/page.h"
#include "db/stmt.h"

#define PAGED_UP(column, id) \
	"AND " column " >= ? AND (" column " > ? OR " id " > ?) ORDER BY " column ", " id " LIMIT ?"
#define PAGED_DOWN(column, id) \
	"AND " column " <= ? AND (" column " < ? OR " id " < ?) ORDER BY " column " DESC, " id " DESC LIMIT ?"
/* No text is behind all others: at the start there is none. */
#define PAGED_DOWN_TEXT(column, id) \
	"AND (? IS NULL OR " column " <= ?) AND (? IS NULL OR " column " < ? OR " id " < ?) " \
	"ORDER BY " column " DESC, " id " DESC LIMIT ?"

/* The letters of their parameters. */
#define PAGED_AT	"iiti"
#define PAGED_TEXT	"ttti"
#define PAGED_TEXT_DOWN "ttttti"

/* One page by the pair of statements of its order: pairs points to the first of all. */
enum fault paged_list(struct work *, const struct stmt *pairs, const struct page_orders *, struct args,
    const struct page *, void *rows, size_t *n);

#endif
