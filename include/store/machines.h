/*
 * machines.h: the rows of machines.
 */
#ifndef STORE_MACHINES_H
#define STORE_MACHINES_H

#include "base/page.h"
#include "base/work.h"

/* A machine with what its overview shows of its live key. */
struct machine {
	const char *id, *name, *description, *created_by;
	int64_t created_at;
	const char *key_id, *prefix, *last_used_ip; /* of the live key; NULL if there is none */
	int64_t expires_at, last_used_at, rate_requests, rate_seconds, past_until;
	int64_t ends_at; /* its place in lists: without an end it is behind all others */
};

enum { MACHINES_BY_CREATION, MACHINES_BY_NAME, MACHINES_BY_END, MACHINES_BY_USE };
extern const struct page_orders machines_orders;

/* FAULT_TAKEN if a live machine of the organization has the name. */
enum fault machines_insert(struct work *, const char *org, const struct machine *, const char *name_key);
enum fault machines_get(struct work *, const char *org, const char *id, struct machine *);
enum fault machines_page(struct work *, const char *org, const struct page *, struct machine **, size_t *n);
enum fault machines_count(struct work *, const char *org, int64_t *n);
enum fault machines_describe(struct work *, const char *org, const char *id, const char *name,
    const char *name_key, const char *description);
/* Mark it deleted, and take it out of teams and grants. */
enum fault machines_delete(struct work *, const char *org, const char *id);

#endif
