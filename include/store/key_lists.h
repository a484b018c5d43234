/*
 * key_lists.h: long lists of keys: which of them, and in which order.
 */
#ifndef STORE_KEY_LISTS_H
#define STORE_KEY_LISTS_H

#include "base/page.h"
#include "store/keys.h"

/*
 * Which keys a list has.  Instants are Unix seconds, 0: not asked for; each pair
 * takes in `from` and leaves out `before`.
 */
struct key_filter {
	const char *kind;	   /* NULL: all */
	const char *membership_id; /* NULL: everybody's */
	const char *owner_id;	   /* of a user, a machine or the organization; NULL: anybody's */
	const char *search;	   /* in names, descriptions, prefixes and owners; NULL: anything */
	const char *marked;	   /* kinds, with commas, that stay to see when they are ended */
	bool active, expired, revoked;
	bool without_machines;
	bool never_used;
	int64_t created_from, created_before;
	int64_t expires_from, expires_before; /* either leaves out what never ends */
	int64_t used_from, used_before;	      /* either leaves out what was never used */
};

enum { KEYS_BY_CREATION, KEYS_BY_NAME, KEYS_BY_END, KEYS_BY_USE };
extern const struct page_orders keys_orders;

/* What a key that is to be ended is told by. */
struct key_brief {
	const char *id, *name, *prefix;
	int64_t created_at;
};

/* Equal ones are in the order of their ids.  Names are compared as people do, ends as INT64_MAX if never. */
enum fault keys_page(struct work *, const char *org, const struct key_filter *, const struct page *,
    struct key **, size_t *n);
enum fault keys_count(struct work *, const char *org, const struct key_filter *, int64_t *n);
/* In the order of creation. */
enum fault keys_brief(struct work *, const char *org, const struct key_filter *, const struct page *,
    struct key_brief **, size_t *n);

#endif
