/*
 * resource.h: resources of the acting credential's organization.
 */
#ifndef CORE_RESOURCE_H
#define CORE_RESOURCE_H

#include "base/given.h"
#include "base/work.h"
#include "store/resources.h"

/* What a provider or a source is connected to. */
struct resource_config {
	struct given_text driver, root, endpoint, bucket, region, access_key, secret_key, prefix;
	struct given_int quota; /* bytes a provider may hold; 0: any */
};

struct resource_wish {
	struct given_text type, name, parent;
	struct given_rows config; /* of struct resource_config, at most one */
};

enum fault resource_create(struct work *, const struct resource_wish *, struct resource *);
enum fault resource_change(struct work *, const char *id, const struct resource_wish *, struct resource *);
enum fault resource_delete(struct work *, const char *id);
/*
 * At most p->limit of those the acting credential may read.  *next is where to
 * go on; its after_id is NULL when that was all.  There may be fewer than the
 * limit and still more to come.
 */
enum fault resource_list(struct work *, const char *type, const char *parent, const struct page *,
    struct resource **, size_t *n, struct page *next);

#endif
